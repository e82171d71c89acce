"""The cases a scorecard is fitted to: figures, outcome, and when each case was seen."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]
Worse = Literal["higher", "lower"]

CLASS_COUNT_MIN = 10  # With fewer good or bad cases than this, no bin says anything.


class CasesUnfit(ValueError):
    """Cases that no scorecard can be fitted to; the message says why."""


@dataclass(frozen=True, slots=True)
class Cases:
    """One row of `values` a case, one column a figure, NaN where a figure is missing; `bad` is the outcome.

    Cases of one group, such as a company seen in several years, never stand on both sides of a fold. `periods` are
    numbers or ISO dates, as text. `worse` says of each figure which values speak against a case, where what it means
    leaves no other reading. `notes` tells what was left out when the cases were gathered.
    """

    figures: tuple[str, ...]
    values: Numbers
    bad: Flags
    groups: tuple[str, ...] | None = None
    periods: tuple[str, ...] | None = None
    worse: tuple[Worse | None, ...] | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError unless all parts have one shape and every value is finite or missing."""
        shape = (len(self.bad), len(self.figures))
        if self.values.shape != shape:
            raise ValueError(f"values are {self.values.shape}, cases and figures {shape}")
        if any(each is not None and len(each) != len(self.bad) for each in (self.groups, self.periods)):
            raise ValueError("groups and periods need one entry for each case")
        if self.worse is not None and len(self.worse) != len(self.figures):
            raise ValueError("worse needs one entry for each figure")
        if np.isinf(self.values).any():
            raise ValueError("a value is infinite")

    def __len__(self) -> int:
        """How many cases there are."""
        return len(self.bad)

    @property
    def bad_count(self) -> int:
        """How many of them went bad."""
        return int(self.bad.sum())

    def readings_of(self, column: int) -> tuple[bool, ...]:
        """How a figure may be read: as worse when higher (True), when lower (False), or both ways."""
        worse = None if self.worse is None else self.worse[column]
        return (True, False) if worse is None else (worse == "higher",)

    def only(self, places: Places) -> "Cases":
        """The cases at some places."""
        return replace(
            self,
            values=self.values[places],
            bad=self.bad[places],
            groups=None if self.groups is None else tuple(self.groups[place] for place in places),
            periods=None if self.periods is None else tuple(self.periods[place] for place in places),
        )

    def split(self, test_from: str) -> tuple["Cases", "Cases"]:
        """The cases of periods before `test_from`, and those from it on. Raises CasesUnfit when a side is empty."""
        periods = self.periods or ()
        numbers = [_number(each) for each in (*periods, test_from)]
        # Text compares as text (ISO dates do so rightly), unless all of it is numbers.
        ordered = [*periods, test_from] if None in numbers else numbers
        late = np.array([each >= ordered[-1] for each in ordered[:-1]], dtype=np.bool_)  # type: ignore[operator]
        if late.all() or not late.any():
            raise CasesUnfit(f"there must be cases before {test_from} and from it on; all are on one side")
        return self.only(np.flatnonzero(~late)), self.only(np.flatnonzero(late))

    def require_both(self) -> None:
        """Raise CasesUnfit when there are too few good or bad cases to fit anything to."""
        good_count = len(self) - self.bad_count
        if min(good_count, self.bad_count) < CLASS_COUNT_MIN:
            raise CasesUnfit(
                f"{good_count} good and {self.bad_count} bad cases: at least {CLASS_COUNT_MIN} of each are needed"
            )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
