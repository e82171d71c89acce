"""Dated tables of a policy: what the scores of a vendor stood for while each table was in force."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise

from scoring.documents import Fault, refuse
from scoring.policy.steps import unless_ascending


@dataclass(frozen=True, slots=True)
class TableBand:
    """Scores from `at_least` on (below the next band) stand for a `grade`, or for a probability `pd`."""

    at_least: Decimal
    grade: str | None = None
    pd: Decimal | None = None

    def __post_init__(self) -> None:
        """A band says one of both, and a probability is a share."""
        if (self.grade is None) == (self.pd is None):
            raise ValueError("give either grade or pd")
        if self.pd is not None and not 0 <= self.pd <= 1:
            refuse([Fault("pd", "is a share, from 0 to 1")])


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """What scores on a `scale` stand for, from `valid_from` to `valid_until` (both inclusive; None is without end).

    A table of a `provider` is for its scores alone, one without for those of anybody on that scale. The vendor
    predicts `target_event` within `horizon_months`; a `pd` of the bands is over that horizon, a grade is as the master
    scale has it. `source` tells in words where the table comes from.
    """

    scale: str
    target_event: str
    horizon_months: int
    valid_from: date
    source: str
    bands: tuple[TableBand, ...]
    provider: str | None = None
    valid_until: date | None = None
    _bounds: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the search; a table is of one kind, rises, says where it is from and ends after it began."""
        faults: list[Fault] = []
        if not self.bands:
            faults.append(Fault("bands", "there are no bands"))
        if len({each.pd is None for each in self.bands}) > 1:
            faults.append(Fault("bands", "some bands give a grade and others a pd"))
        if self.horizon_months <= 0:
            faults.append(Fault("horizon_months", "is not above zero"))
        if not self.source.strip():
            faults.append(Fault("source", "does not say where the table comes from"))
        if self.valid_until is not None and self.valid_until < self.valid_from:
            faults.append(Fault("valid_until", "is before valid_from"))
        for index, (lower, higher) in enumerate(pairwise(self.bands), start=1):
            if lower.pd is not None and higher.pd is not None and higher.pd > lower.pd:
                faults.append(Fault(f"bands.{index}.pd", "a higher score stands for a worse pd"))
        bounds = tuple(each.at_least for each in self.bands)
        faults.extend(unless_ascending(bounds, "bands", "at_least"))
        refuse(faults)
        object.__setattr__(self, "_bounds", bounds)

    def in_force(self, day: date) -> bool:
        """Whether the table counts for a score that was made on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def is_for(self, scale: str | None, provider: str) -> bool:
        """Whether the table is about scores of a provider on a scale."""
        return self.scale == scale and self.provider in (None, provider)

    def overlaps(self, other: "ScoreTable") -> bool:
        """Whether both tables are in force on some day for the scores of one and the same."""
        if (self.scale, self.provider) != (other.scale, other.provider):
            return False
        latest_start = max(self.valid_from, other.valid_from)
        return self.in_force(latest_start) and other.in_force(latest_start)

    def band_of(self, score: Decimal) -> TableBand | None:
        """The highest band a score reaches; None below all of them."""
        place = bisect_right(self._bounds, score)
        return self.bands[place - 1] if place else None
