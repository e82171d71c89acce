"""What numbers of a policy may be at all: nobody means a limit below zero or a share of a million."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from scoring.documents import Fault

NUMBER_MAX = Decimal(10) ** 12
SMALLEST_STEP = Decimal("0.000001")
# Days early are days late below zero, a figure of a scorecard or a rule may be, and points may be taken off.
MAY_BE_NEGATIVE = frozenset(
    {"up_to", "at", "at_least", "below", "points", "missing_points", "base_points", "target", "value"}
)
NOT_ZERO = frozenset({"base_odds", "points_to_double_odds", "credibility_k", "step"})
SHARES = frozenset(
    {
        "confidence_min",
        "credibility_cap",
        "overdue_share_max",
        "name_similarity_min",
        "recheck_above_rise",
        "book_shares",
    }
)
SHARE_STARTS = ("quality_", "vat_rate", "pd_", "typical_pd")


def out_of_bounds(document: Any, path: str = "", name: str = "") -> Iterator[Fault]:
    """Every number in a policy document that cannot be meant, with its path (`limits.buffer_days`)."""
    if isinstance(document, Mapping):
        for key, value in document.items():
            yield from out_of_bounds(value, f"{path}.{key}" if path else str(key), str(key))
    elif isinstance(document, list | tuple):
        for index, value in enumerate(document):
            yield from out_of_bounds(value, f"{path}.{index}", name)
    elif (number := _number(document)) is not None:
        detail = _fault_of(number, name)
        if detail:
            yield Fault(path, detail)


def _fault_of(number: Decimal, name: str) -> str | None:
    """What is wrong with a number of that name, None when it may be."""
    if not number.is_finite() or abs(number) > NUMBER_MAX:
        return f"is beyond {NUMBER_MAX:,}"
    if number < 0 and name not in MAY_BE_NEGATIVE:
        return "is below zero"
    if number < SMALLEST_STEP and name in NOT_ZERO:
        return "must be above zero"
    if number > 1 and (name in SHARES or name.startswith(SHARE_STARTS)):
        return "is a share: at most 1"
    return None


def _number(value: Any) -> Decimal | None:
    """The number a value is or writes, None when it is none."""
    if value is None or isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
