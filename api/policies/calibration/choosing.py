"""Which figures may enter a scorecard: binned as each may be read, without those that say nothing or nothing new."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from api.policies.calibration.binning import Binned, bin_figure
from api.policies.calibration.cases import Cases, Numbers

INFORMATION_MIN = 0.02
INFORMATION_SUSPECT = 0.5
CORRELATION_MAX = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A figure (column `column` of the cases) in bins, read as worse when higher (`rising`) or when lower."""

    figure: str
    column: int
    rising: bool
    binned: Binned

    @property
    def information_value(self) -> float:
        """How well the bins separate."""
        return self.binned.evidence.information_value

    def weights_of(self, cases: Cases) -> Numbers:
        """The weight of evidence of each case."""
        return self.binned.weights_of(cases.values[:, self.column])


@dataclass(frozen=True, slots=True)
class Dropped:
    """A candidate that was left out, and why."""

    candidate: Candidate
    reason: str


def candidates_of(cases: Cases) -> tuple[list[Candidate], list[Dropped]]:
    """Every figure in bins of each reading it may have, as far as these separate; the strongest first."""
    found: list[Candidate] = []
    dropped: list[Dropped] = []
    for column, figure in enumerate(cases.figures):
        for rising in cases.readings_of(column):
            binned = bin_figure(cases.values[:, column], cases.bad, rising=rising)
            candidate = Candidate(figure, column, rising, binned)
            value = candidate.information_value
            if not binned.bounds:
                dropped.append(Dropped(candidate, "its values do not part good from bad in one direction"))
            elif value < INFORMATION_MIN:
                dropped.append(Dropped(candidate, f"information value {value:.3f} is below {INFORMATION_MIN}"))
            else:
                found.append(candidate)
    return sorted(found, key=lambda each: -each.information_value), dropped


def information_of_chance(binned: Binned, cases: Cases) -> float:
    """The information value that so many bins are to be expected to have where the figure says nothing at all."""
    bin_count = len(binned.evidence.weights)
    return (bin_count - 1) * (1 / cases.bad_count + 1 / (len(cases) - cases.bad_count))


def drop_redundant(candidates: Sequence[Candidate], cases: Cases) -> tuple[list[Candidate], list[Dropped]]:
    """The candidates, strongest first, without those whose weights go along with a stronger one of another figure."""
    kept: list[Candidate] = []
    dropped: list[Dropped] = []
    weights = {each: each.weights_of(cases) for each in candidates}
    for candidate in candidates:
        for stronger in kept:
            alike = float(np.corrcoef(weights[candidate], weights[stronger])[0, 1])
            if stronger.figure != candidate.figure and alike >= CORRELATION_MAX:
                reason = f"says what {stronger.figure} says (correlation {alike:.2f}), and less of it"
                dropped.append(Dropped(candidate, reason))
                break
        else:
            kept.append(candidate)
    return kept, dropped


def reasons_by_figure(dropped: Iterable[Dropped], kept: Collection[str]) -> tuple[Dropped, ...]:
    """One reason for each figure that is not in the scorecard: that of the reading which came furthest."""
    last = {each.candidate.figure: each for each in dropped if each.candidate.figure not in kept}
    return tuple(sorted(last.values(), key=lambda each: each.candidate.column))
