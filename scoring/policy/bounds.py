"""What a policy document may be at all: its size, and numbers that somebody can mean."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from scoring.documents import Fault, joined
from scoring.policy.steps import SMALLEST_STEP

# A policy is written by people: what is larger than these was not, and is not worth anybody's time.
DEPTH_MAX = 20
ENTRIES_MAX = 500
VALUES_MAX = 20_000
TEXT_LENGTH_MAX = 1000
NUMBER_MAX = Decimal(10) ** 12
# Days early are days late below zero, a figure of a scorecard or a rule may be, and points may be taken off.
MAY_BE_NEGATIVE = frozenset(
    {"up_to", "at", "at_least", "below", "points", "missing_points", "base_points", "target", "value"}
)
NOT_ZERO = frozenset({"base_odds", "points_to_double_odds", "credibility_k", "step", "deadline_seconds"})
SHARES = frozenset(
    {
        "confidence_min",
        "credibility_cap",
        "overdue_share_max",
        "name_similarity_min",
        "recheck_above_rise",
        "book_shares",
        "limit_used_exit_margin",
        "behaviour_share_worse",
        "behaviour_share_better",
        "concentration_share",
        "concentration_exit_share",
        "cover_stop_shares",
    }
)
SHARE_STARTS = ("quality_", "vat_rate", "pd_", "typical_pd")
# What stands under these is text, though it may look like a number.
_TEXTS = frozenset({"name", "en", "nl", "figure", "field", "reason", "predicts", "grade"})


def oversized(document: object) -> Iterator[Fault]:
    """What makes a document too large to be read any further; one fault of each kind at most tells enough."""
    waiting: list[tuple[str, object, int]] = [("", document, 0)]
    values_count = 0
    while waiting:
        path, value, depth = waiting.pop()
        values_count += 1
        if values_count > VALUES_MAX:
            yield Fault("", f"holds more than {VALUES_MAX:,} values")
            return
        if isinstance(value, str) and len(value) > TEXT_LENGTH_MAX:
            yield Fault(path, f"is longer than {TEXT_LENGTH_MAX:,} characters")
        if not isinstance(value, Mapping | list | tuple):
            continue
        if len(value) > ENTRIES_MAX:
            yield Fault(path, f"has more than {ENTRIES_MAX} entries")
            return
        if depth == DEPTH_MAX:
            yield Fault(path, f"is nested deeper than {DEPTH_MAX} levels")
            return
        names = value.items() if isinstance(value, Mapping) else enumerate(value)
        waiting.extend((joined(path, str(name)[:TEXT_LENGTH_MAX]), each, depth + 1) for name, each in names)


def out_of_bounds(document: Any, path: str = "", name: str = "") -> Iterator[Fault]:
    """Every number in a policy document that cannot be meant, with its path (`limits.buffer_days`)."""
    if isinstance(document, Mapping):
        for key, value in document.items():
            yield from out_of_bounds(value, joined(path, str(key)), str(key))
    elif isinstance(document, list | tuple):
        for index, value in enumerate(document):
            yield from out_of_bounds(value, joined(path, str(index)), name)
    elif name not in _TEXTS and (number := _number(document)) is not None:
        detail = bound_broken(number, name)
        if detail:
            yield Fault(path, detail)


def without(document: Any, paths: frozenset[str], path: str = "") -> Any:
    """The document with something that nothing can be read from at each of the paths."""
    if path in paths:
        return _UNREADABLE
    if isinstance(document, Mapping):
        return {key: without(value, paths, joined(path, str(key))) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [without(value, paths, joined(path, str(index))) for index, value in enumerate(document)]
    return document


_UNREADABLE = object()


def bound_broken(number: Decimal, name: str) -> str | None:
    """What is wrong with a number of that name, None when it may be."""
    if not number.is_finite() or abs(number) > NUMBER_MAX:
        return f"is beyond {NUMBER_MAX:,}"
    if number < 0 and name not in MAY_BE_NEGATIVE:
        return "is below zero"
    if number < SMALLEST_STEP and name in NOT_ZERO:
        return "must be above zero"
    if number > 1 and is_share(name):
        return "is a share: at most 1"
    return None


def is_share(name: str) -> bool:
    """Whether the numbers of that name are shares."""
    return name in SHARES or name.startswith(SHARE_STARTS)


def _number(value: Any) -> Decimal | None:
    """The number a value is or writes, None when it is none."""
    if value is None or isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
