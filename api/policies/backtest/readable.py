"""Figures of a result as people read them, in English or Dutch: shares in percent, amounts with their thousands."""

from datetime import date
from decimal import Decimal

from scoring.reasons.registry import Language

NOTHING = "-"  # Where there is no figure; why not is said elsewhere on the page.
_DUTCH = str.maketrans(",.", ".,")
_ONE_PERCENT = Decimal("0.01")


def percent(share: str | None, language: Language) -> str:
    """Write a share in percent: with one decimal, below one percent with two."""
    if share is None:
        return NOTHING
    value = Decimal(share)
    return _written(value * 100, 2 if 0 < abs(value) < _ONE_PERCENT else 1, language) + " %"


def figure(value: str | None, language: Language) -> str:
    """Write a measure such as an AUC with three decimals."""
    return NOTHING if value is None else _written(Decimal(value), 3, language)


def difference(value: str | None, language: Language) -> str:
    """Write the difference of two measures with its sign and four decimals, as it is often small."""
    if value is None:
        return NOTHING
    rounded = round(Decimal(value), 4) or Decimal(0)  # A zero has no sign.
    return ("+" if rounded > 0 else "") + _written(rounded, 4, language)


def amount(value: str | None, language: Language) -> str:
    """Write an amount with the decimals it has; its currency stands beside it."""
    if value is None:
        return NOTHING
    exponent = Decimal(value).as_tuple().exponent
    return _written(Decimal(value), -exponent if isinstance(exponent, int) else 0, language)


def count(value: int | None, language: Language) -> str:
    """Write a number of things."""
    return NOTHING if value is None else _written(Decimal(value), 0, language)


def day(value: str | None, language: Language) -> str:
    """Write a day as it is written in the language."""
    if value is None:
        return NOTHING
    return value if language == "en" else f"{date.fromisoformat(value):%d-%m-%Y}"


def _written(value: Decimal, decimals: int, language: Language) -> str:
    text = f"{value:,.{decimals}f}"
    return text if language == "en" else text.translate(_DUTCH)
