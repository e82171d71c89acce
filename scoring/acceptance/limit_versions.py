"""Which version of a limit is in force on a day, and how long a new one holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from scoring.dates import months_later
from scoring.facts import NO_LIMIT_GIVEN, CreditLimit
from scoring.policy.grading import RiskClass
from scoring.policy.terms import LimitsPolicy

LimitStanding = Literal["standing", "temporary", "expired", "taken_back", "never_decided"]


@dataclass(frozen=True, slots=True)
class LimitVersion:
    """One version of a limit, valid from the begin of `valid_from` to the end of `valid_until` (None: no end).

    `order` grows with each decision. Of kind `none` it takes the limit back. A temporary one always ends.
    """

    limit: CreditLimit
    valid_from: date
    valid_until: date | None
    order: int
    is_temporary: bool = False

    def __post_init__(self) -> None:
        """Refuse a temporary limit without an end, and one that ends before it begins."""
        if self.is_temporary and self.valid_until is None:
            raise ValueError("a temporary limit must end")
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError(f"a limit from {self.valid_from} cannot end on {self.valid_until}")

    def has_ended(self, day: date) -> bool:
        """Whether its last day lies before a day."""
        return self.valid_until is not None and self.valid_until < day


@dataclass(frozen=True, slots=True)
class LimitOnDay:
    """How a limit stands on a day, by which version: None where there is none that has begun."""

    standing: LimitStanding
    version: LimitVersion | None

    @property
    def limit(self) -> CreditLimit:
        """The limit that may be used: of kind `none` where nothing is in force, which is not unlimited."""
        if self.version is None or self.standing == "expired":
            return NO_LIMIT_GIVEN
        return self.version.limit


def limit_on(versions: Iterable[LimitVersion], day: date) -> LimitOnDay:
    """The limit of one debtor and scope on a day.

    The newest standing version that has begun counts. Past its last day it is expired: no older one comes back. A
    temporary one that was decided after it replaces it in its own days, and also stands by itself in them.
    """
    begun = [each for each in versions if each.valid_from <= day]
    standing = max((each for each in begun if not each.is_temporary), key=_order_of, default=None)
    in_their_days = (
        each
        for each in begun
        if each.is_temporary and not each.has_ended(day) and (standing is None or each.order > standing.order)
    )
    temporary = max(in_their_days, key=_order_of, default=None)
    counting = temporary or standing
    if counting is None:
        return LimitOnDay("never_decided", None)
    if counting.limit.kind == "none":
        return LimitOnDay("taken_back", counting)
    if temporary is not None:
        return LimitOnDay("temporary", temporary)
    return LimitOnDay("expired" if counting.has_ended(day) else "standing", counting)


def _order_of(version: LimitVersion) -> int:
    """The order of decision, by which the newest is found."""
    return version.order


@dataclass(frozen=True, slots=True)
class LimitDays:
    """How long a new limit holds: its last day, and the day on which somebody looks at it again."""

    valid_until: date
    next_review_on: date


def limit_days(risk_class: RiskClass | None, valid_from: date, policy: LimitsPolicy) -> LimitDays:
    """The days of a standing limit by class; a class that the policy does not name, or none, gets the fewest.

    A class without a review of its own is looked at when its limit ends. Raises ValueError for a policy without any.
    """
    valid, reviewed = policy.valid_months, policy.review_months
    if risk_class is not None and risk_class in valid:
        months = valid[risk_class]
        review_months = reviewed.get(risk_class, months)
    else:
        months = min(valid.values())
        review_months = min(reviewed.values(), default=months)
    valid_until = months_later(valid_from, months)
    return LimitDays(valid_until, min(valid_until, months_later(valid_from, review_months)))


def temporary_until_max(valid_from: date, policy: LimitsPolicy) -> date:
    """The latest last day of a temporary limit that begins on a day."""
    return months_later(valid_from, policy.temporary_valid_months)
