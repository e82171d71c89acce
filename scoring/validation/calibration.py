"""Whether probabilities are true: by grade, what was expected beside what was observed, and how far they are off.

The event is whatever the caller observed: "paid more than 30 days late" is another event than a default within twelve
months, and a probability of the one is rightly off as one of the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from scoring.validation.intervals import Interval, wilson


@dataclass(frozen=True, slots=True)
class GradeCalibration:
    """One grade: its cases, the events among them and their rate with Wilson's 95 % interval, and the mean PD.

    All but the counts are None for a grade without cases.
    """

    grade: str
    cases_count: int
    events_count: int
    observed_rate: float | None
    interval: Interval | None
    expected_rate: float | None
    expected_is_within: bool | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """All grades, best first. `brier_score` is the mean squared error of the probabilities, None without cases.

    `pooled` names the neighbours whose rates do not rise and must be taken together until they do (pooled adjacent
    violators); grades without cases are passed over. With none of them the rates are monotone.
    """

    grades: tuple[GradeCalibration, ...]
    brier_score: float | None
    pooled: tuple[tuple[str, ...], ...]

    @property
    def is_monotone(self) -> bool:
        """Whether a worse grade never had a lower rate of events."""
        return not self.pooled


def calibrate(grades: Sequence[str], pds: Sequence[float], events: Sequence[bool], scale: Sequence[str]) -> Calibration:
    """The calibration of cases with a grade of `scale` (best first), a probability and what came of them."""
    expected: dict[str, list[float]] = {name: [] for name in scale}
    happened = dict.fromkeys(scale, 0)
    for grade, pd, event in zip(grades, pds, events, strict=True):
        expected[grade].append(pd)
        happened[grade] += event
    rows = tuple(_row(name, expected[name], happened[name]) for name in scale)
    squares = ((pd - event) ** 2 for pd, event in zip(pds, events, strict=True))
    return Calibration(rows, fsum(squares) / len(pds) if len(pds) else None, pooled_violators(rows))


def _row(grade: str, pds: Sequence[float], events_count: int) -> GradeCalibration:
    """One grade from the probabilities of its cases and the number of events."""
    interval = wilson(events_count, len(pds))
    if interval is None:
        return GradeCalibration(grade, 0, 0, None, None, None, None)
    mean = fsum(pds) / len(pds)
    return GradeCalibration(
        grade, len(pds), events_count, events_count / len(pds), interval, mean, interval.holds(mean)
    )


def pooled_violators(rows: Sequence[GradeCalibration]) -> tuple[tuple[str, ...], ...]:
    """The groups of neighbouring grades that must be pooled before rates rise; none when they rise by themselves."""
    blocks: list[tuple[list[str], int, int]] = []
    for row in rows:
        if not row.cases_count:
            continue
        block = ([row.grade], row.events_count, row.cases_count)
        # Rates are compared as fractions, so that equal ones are equal.
        while blocks and blocks[-1][1] * block[2] > block[1] * blocks[-1][2]:
            names, events, cases = blocks.pop()
            block = (names + block[0], events + block[1], cases + block[2])
        blocks.append(block)
    return tuple(tuple(names) for names, _, _ in blocks if len(names) > 1)
