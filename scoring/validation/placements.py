"""The variance of an AUC: placements of cases by midranks, and how they vary between clusters of cases.

Sources: E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44 (1988) 837-845; in O(n log n) by midranks as
X. Sun, W. Xu, IEEE Signal Processing Letters 21 (2014) 1389-1393; clusters by N. A. Obuchowski, Biometrics 53 (1997)
567-578, which with clusters of one case each is the same as DeLong's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal

OneCluster = Literal["events_of_one", "others_of_one"]


@dataclass(frozen=True, slots=True)
class Placements:
    """For each event the share of the others it outranks, for each other the share of events that outrank it."""

    auc: float
    of_events: tuple[float, ...]
    of_others: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Which cluster each event and each other is of, numbered from 0; `count` of them."""

    of_events: tuple[int, ...]
    of_others: tuple[int, ...]
    count: int

    @staticmethod
    def of(events: Sequence[bool], clusters: Sequence[int] | None) -> "Clusters":
        """The clusters of cases; without any each case is one. Raises ValueError unless each case has one."""
        given = range(len(events)) if clusters is None else clusters
        numbers: dict[int, int] = {}
        mine = [numbers.setdefault(cluster, len(numbers)) for cluster in given]
        pairs = list(zip(mine, events, strict=True))
        return Clusters(
            tuple(cluster for cluster, event in pairs if event),
            tuple(cluster for cluster, event in pairs if not event),
            len(numbers),
        )

    @property
    def lone(self) -> OneCluster | None:
        """Why there is no variance: a class that is of one cluster only has none."""
        if len(set(self.of_events)) == 1:
            return "events_of_one"
        return "others_of_one" if len(set(self.of_others)) == 1 else None

    def deviations(self, placements: Sequence[float], clusters: Sequence[int], mean: float) -> list[float]:
        """By cluster, how far the placements of its cases together are off what they would be on average."""
        sums = [0.0] * self.count
        for placement, cluster in zip(placements, clusters, strict=True):
            sums[cluster] += placement - mean
        return sums


def _midranks(values: Sequence[float]) -> list[float]:
    """The rank of each value, from 1; equal values share the mean of their ranks."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for index in range(start, end):
            ranks[order[index]] = (start + 1 + end) / 2
        start = end
    return ranks


def placements_of(scores: Sequence[float], events: Sequence[bool]) -> Placements:
    """The placements of one score, from its ranks among all cases and among those of its own class."""
    of_events = [score for score, event in zip(scores, events, strict=True) if event]
    of_others = [score for score, event in zip(scores, events, strict=True) if not event]
    ranks = _midranks([*of_events, *of_others])
    hits, rest = len(of_events), len(of_others)
    placed = [(rank - own) / rest for rank, own in zip(ranks[:hits], _midranks(of_events), strict=True)]
    passed = [1 - (rank - own) / hits for rank, own in zip(ranks[hits:], _midranks(of_others), strict=True)]
    return Placements(fsum(placed) / hits, tuple(placed), tuple(passed))


def covariance(one: Placements, other: Placements, groups: Clusters) -> float:
    """The covariance of two AUC over the same cases; of one with itself it is the variance."""
    hits = [groups.deviations(each.of_events, groups.of_events, each.auc) for each in (one, other)]
    rest = [groups.deviations(each.of_others, groups.of_others, each.auc) for each in (one, other)]
    hits_count, rest_count = len(groups.of_events), len(groups.of_others)
    with_hits, with_rest, count = len(set(groups.of_events)), len(set(groups.of_others)), groups.count
    crossed = fsum(a * b for a, b in zip(hits[0], rest[1], strict=True)) + fsum(
        a * b for a, b in zip(hits[1], rest[0], strict=True)
    )
    return (
        with_hits / (with_hits - 1) * fsum(a * b for a, b in zip(*hits, strict=True)) / hits_count**2
        + with_rest / (with_rest - 1) * fsum(a * b for a, b in zip(*rest, strict=True)) / rest_count**2
        + count / (count - 1) * crossed / (hits_count * rest_count)
    )
