"""The official numbers a caller names a company by, checked and in the one form in which they are compared."""

from collections.abc import Mapping
from typing import Any

from api.problems import Fault
from providers.ports import Identifier
from scoring.company_numbers import REGISTRATION, WORLD, InvalidNumber, read_number

# What a caller may name by its own field, the most trusted first, with its scheme.
NUMBER_FIELDS = {
    "kvk_number": "kvk",
    "registration_number": REGISTRATION,
    "vat_number": "vat",
    "lei": "lei",
    "duns": "duns",
    "establishment_number": "kvk_vestiging",
}


def read_numbers(given: Mapping[str, Any], pointer: str = "") -> tuple[tuple[Identifier, ...], list[Fault]]:
    """Identifiers of NUMBER_FIELDS and `identifiers` in `given`, the most trusted first, and every fault.

    `country` in `given` (ISO 3166-1 alpha-2) may not contradict a field's number, and is that of `identifiers` without
    one of their own. Faults lie below the JSON `pointer`.
    """
    identifiers: list[Identifier] = []
    faults: list[Fault] = []
    country = given.get("country")
    for name, scheme in NUMBER_FIELDS.items():
        if given.get(name) is None:
            continue
        number = _number(scheme, country, given[name])
        if isinstance(number, str):
            faults.append(Fault(f"{pointer}/{name}", f"invalid_{name}", number))
        elif country not in (None, number.country) and number.country != WORLD:
            detail = f"A number of {number.country} names no company of {country}."
            faults.append(Fault(f"{pointer}/{name}", "other_country", detail))
        else:
            identifiers.append(number)
    for index, each in enumerate(given.get("identifiers") or ()):
        number = _number(each["scheme"], each.get("country") or country, each["value"])
        if isinstance(number, str):
            faults.append(Fault(f"{pointer}/identifiers/{index}", "invalid_identifier", number))
        else:
            identifiers.append(number)
    return tuple(dict.fromkeys(identifiers)), faults


def _number(scheme: str, country: str | None, value: str) -> Identifier | str:
    """The number, or what is wrong with it."""
    try:
        number = read_number(scheme, country, value)
    except InvalidNumber as fault:
        return str(fault)
    return Identifier(number.scheme, number.country, number.value)
