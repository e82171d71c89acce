"""Official numbers as vendors write them, in the one form in which they are compared."""

from providers.ports import Identifier
from scoring.company_numbers import InvalidNumber, read_number


def official(scheme: str, country: str, text: str) -> Identifier | None:
    """The number of a scheme (`country` ISO 3166-1 alpha-2); None for what no number of the scheme looks like."""
    try:
        number = read_number(scheme, country, text)
    except InvalidNumber:
        return None
    return Identifier(number.scheme, number.country, number.value)
