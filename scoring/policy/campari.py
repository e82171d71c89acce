"""The section of a policy that says how a person's judgement, marked by CAMPARI, moves a grade."""

from dataclasses import dataclass
from decimal import Decimal

from scoring.documents import Fault, refuse

MARK_MIN, MARK_MAX = 1, 5


@dataclass(frozen=True, slots=True)
class CampariPolicy:
    """A mean mark of at least `better_mean_min` moves the grade one notch up, if no mark is below `better_mark_min`.

    At most `worse_mean_max` moves it one notch down, at most `much_worse_mean_max` two. A mark of at most
    `bad_mark_max` moves it down however good the others are. Marks are 1 (bad) to 5 (good). `better_mean_min` None:
    never up.
    """

    better_mean_min: Decimal | None = Decimal("4.5")
    better_mark_min: int = 3
    worse_mean_max: Decimal = Decimal("2.5")
    much_worse_mean_max: Decimal = Decimal("1.75")
    bad_mark_max: int = 1

    def __post_init__(self) -> None:
        """Refuse bounds that no marks can have, or that cross each other."""
        faults = []
        if self.better_mean_min is not None and not self.worse_mean_max < self.better_mean_min <= MARK_MAX:
            faults.append(Fault("better_mean_min", f"must be above worse_mean_max and at most {MARK_MAX}"))
        if not MARK_MIN <= self.better_mark_min <= MARK_MAX:
            faults.append(Fault("better_mark_min", f"is a mark, {MARK_MIN} to {MARK_MAX}"))
        if self.much_worse_mean_max > self.worse_mean_max:
            faults.append(Fault("much_worse_mean_max", "is above worse_mean_max"))
        if self.bad_mark_max >= self.better_mark_min:
            faults.append(Fault("bad_mark_max", "must be below better_mark_min"))
        refuse(faults)
