"""What a figure is, and what figures are read from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from scoring.facts import BureauFacts, CheckFacts, Financials
from scoring.policy.grading import LatenessPolicy

FigureKind = Literal["number", "text", "flag"]
Unit = Literal["share", "pd", "days", "months", "years", "amount", "count", "ratio", "score"]
Direction = Literal["higher", "lower"]
FigureValue = Decimal | str | bool | None

DAYS_PER_YEAR = Decimal("365.25")
_FOUR = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Known:
    """What figures are read from: the facts, what of the report still counts, and the grade once there is one."""

    facts: CheckFacts
    lateness: LatenessPolicy | None
    report: BureauFacts | None
    financials: Financials | None
    is_natural_person: bool | None
    pd: Decimal | None = None
    grade: str | None = None
    risk_class: str | None = None
    confidence: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what kind of value it is, in which unit, and how it is read.

    `reason` is the code of the registry that tells of it where it costs a grade. `worse` says which values speak
    against a debtor, None where neither does. A number is never below `least` or above `most`, a text is one of
    `choices`; None is without bound. `always` marks what is known of every debtor.
    """

    kind: FigureKind
    read: Callable[[Known], FigureValue]
    unit: Unit | None = None
    reason: str = "figure_misses"
    worse: Direction | None = None
    least: int | None = None
    most: int | None = None
    choices: frozenset[str] | None = None
    always: bool = False


def number(
    unit: Unit,
    read: Callable[[Known], FigureValue],
    reason: str = "figure_misses",
    *,
    worse: Direction | None = None,
    least: int | None = None,
    most: int | None = None,
    always: bool = False,
) -> Figure:
    """A figure that is a number; a probability is worse when higher, and lies between 0 and 1."""
    if unit == "pd":
        worse, least, most = "higher", 0, 1
    return Figure("number", read, unit, reason, worse, least, most, None, always)


def ratio(numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """A ratio of four decimals, half to even; None of nothing, or over nothing or less."""
    if numerator is None or denominator is None or denominator <= 0:
        return None
    return (numerator / denominator).quantize(_FOUR, ROUND_HALF_EVEN)


def years(since: date, as_of: date) -> Decimal:
    """Years between two days."""
    return (as_of - since).days / DAYS_PER_YEAR
