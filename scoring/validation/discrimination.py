"""How well scores tell events from the rest: AUC, Gini and KS with ties, and DeLong's intervals.

A score is of risk: the higher, the likelier the event. A curve of scores that rise with goodness lies below the
diagonal. Scores are of any scale, only their order counts.

Cases of one debtor are alike, and intervals that took them for independent would be far too narrow: so each case may
say which cluster (debtor) it is of, and only clusters are taken for independent. Without clusters each case is its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Literal

from scoring.validation.intervals import Interval, around
from scoring.validation.placements import Clusters, covariance, placements_of

NotMeasured = Literal["no_cases", "no_events", "only_events"]
NoInterval = Literal["no_cases", "no_events", "only_events", "events_of_one", "others_of_one"]


@dataclass(frozen=True, slots=True)
class Discrimination:
    """AUC (0 to 1), Gini = 2 AUC - 1, KS (the widest gap of the two distributions), or why there are none.

    The interval is of 95 % by DeLong. A class that is of one case only, or of one cluster, has no variance and so no
    interval.
    """

    cases_count: int
    events_count: int
    auc: float | None
    auc_interval: Interval | None
    gini: float | None
    ks: float | None
    missing: NotMeasured | None
    interval_missing: NoInterval | None


@dataclass(frozen=True, slots=True)
class AucDifference:
    """The AUC of the first score less that of the second, over the same cases, or why there is none."""

    difference: float | None
    interval: Interval | None
    missing: NoInterval | None


def discriminate(
    scores: Sequence[float], events: Sequence[bool], clusters: Sequence[int] | None = None
) -> Discrimination:
    """All figures of one score over cases, `events` saying of each whether it happened. Raises ValueError on NaN."""
    _require_pairs(scores, events)
    events_count = sum(events)
    missing = _missing(len(scores), events_count)
    if missing is not None:
        return Discrimination(len(scores), events_count, None, None, None, None, missing, missing)
    placed = placements_of(scores, events)
    groups = Clusters.of(events, clusters)
    lone = groups.lone
    interval = None if lone else around(placed.auc, max(covariance(placed, placed, groups), 0.0), 0.0, 1.0)
    ks = max(abs(hits - alarms) for alarms, hits, _ in _steps(scores, events))
    return Discrimination(len(scores), events_count, placed.auc, interval, 2 * placed.auc - 1, ks, None, lone)


def auc_difference(
    first: Sequence[float], second: Sequence[float], events: Sequence[bool], clusters: Sequence[int] | None = None
) -> AucDifference:
    """How much better the first score separates than the second on the same cases: paired DeLong, 95 %."""
    _require_pairs(first, events)
    _require_pairs(second, events)
    events_count = sum(events)
    missing = _missing(len(events), events_count)
    if missing is not None:
        return AucDifference(None, None, missing)
    one, other = placements_of(first, events), placements_of(second, events)
    difference, groups = one.auc - other.auc, Clusters.of(events, clusters)
    if groups.lone is not None:
        return AucDifference(difference, None, groups.lone)
    variance = covariance(one, one, groups) + covariance(other, other, groups) - 2 * covariance(one, other, groups)
    # Of two scores of one order the variance is zero, and rounding must not put it below.
    return AucDifference(difference, around(difference, max(variance, 0.0), -1.0, 1.0), None)


@dataclass(frozen=True, slots=True)
class RocPoint:
    """Of all cases with a score of `threshold` or more: the share of the events, and that of the others.

    The first point, where nobody is singled out, has no threshold.
    """

    false_alarm_share: float
    hit_share: float
    threshold: float | None


def roc_points(scores: Sequence[float], events: Sequence[bool], points_max: int = 200) -> tuple[RocPoint, ...]:
    """The curve from (0, 0) to (1, 1), at most so many points (3 at least) evenly taken from it, the one of KS among
    them; empty where one class is missing.
    """
    _require_pairs(scores, events)
    if _missing(len(scores), sum(events)) is not None:
        return ()
    points = [RocPoint(*step) for step in _steps(scores, events)]
    if len(points) <= points_max:
        return tuple(points)
    last = len(points) - 1
    widest = max(range(len(points)), key=lambda index: abs(points[index].hit_share - points[index].false_alarm_share))
    places = {round(index * last / (points_max - 2)) for index in range(points_max - 1)} | {widest}
    return tuple(points[index] for index in sorted(places))


def _require_pairs(scores: Sequence[float], events: Sequence[bool]) -> None:
    """Raise ValueError unless each case has a score that is a number, and is an event or not."""
    if len(scores) != len(events):
        raise ValueError(f"{len(scores)} scores for {len(events)} cases")
    if any(isnan(score) for score in scores):
        raise ValueError("a score is not a number")


def _missing(cases_count: int, events_count: int) -> NotMeasured | None:
    """Why nothing can be separated; None when there are both kinds of cases."""
    if not cases_count:
        return "no_cases"
    if not events_count:
        return "no_events"
    return "only_events" if events_count == cases_count else None


def _steps(scores: Sequence[float], events: Sequence[bool]) -> Iterator[tuple[float, float, float | None]]:
    """The shares of others and of events at or above each score, highest score first, beginning above all of them."""
    order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
    hits_count = sum(events)
    others_count = len(scores) - hits_count
    hits = alarms = 0
    yield 0.0, 0.0, None
    for place, index in enumerate(order):
        if events[index]:
            hits += 1
        else:
            alarms += 1
        if place + 1 == len(order) or scores[order[place + 1]] != scores[index]:
            yield alarms / others_count, hits / hits_count, scores[index]
