"""How well scores tell events from the rest: AUC, Gini and KS with ties, and DeLong's intervals.

A score is of risk: the higher, the likelier the event. A curve of scores that rise with goodness lies below the
diagonal. Scores are of any scale, only their order counts. The intervals take the cases for independent: where many
are of one debtor they are too narrow.

Sources: E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44 (1988) 837-845; in O(n log n) by midranks as
X. Sun, W. Xu, IEEE Signal Processing Letters 21 (2014) 1389-1393.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import fsum, isnan
from typing import Literal

from scoring.validation.intervals import Interval, around

NotMeasured = Literal["no_cases", "no_events", "only_events"]
NoInterval = Literal["no_cases", "no_events", "only_events", "single_event", "single_other"]


@dataclass(frozen=True, slots=True)
class Discrimination:
    """AUC (0 to 1), Gini = 2 AUC - 1, KS (the widest gap of the two distributions), or why there are none.

    The interval is of 95 % by DeLong; one event, or one case without, has no variance and so no interval.
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


@dataclass(frozen=True, slots=True)
class _Placements:
    """For each event the share of the others it outranks, for each other the share of events that outrank it."""

    auc: float
    of_events: tuple[float, ...]
    of_others: tuple[float, ...]


def discriminate(scores: Sequence[float], events: Sequence[bool]) -> Discrimination:
    """All figures of one score over cases, `events` saying of each whether it happened. Raises ValueError on NaN."""
    _require_pairs(scores, events)
    events_count = sum(events)
    missing = _missing(len(scores), events_count)
    if missing is not None:
        return Discrimination(len(scores), events_count, None, None, None, None, missing, missing)
    placed = _placements(scores, events)
    lone = _lone(len(scores), events_count)
    interval = None if lone else around(placed.auc, _covariance(placed, placed), 0.0, 1.0)
    ks = max(abs(hits - alarms) for alarms, hits, _ in _steps(scores, events))
    return Discrimination(len(scores), events_count, placed.auc, interval, 2 * placed.auc - 1, ks, None, lone)


def auc_difference(first: Sequence[float], second: Sequence[float], events: Sequence[bool]) -> AucDifference:
    """How much better the first score separates than the second on the same cases: paired DeLong, 95 %."""
    _require_pairs(first, events)
    _require_pairs(second, events)
    events_count = sum(events)
    missing = _missing(len(events), events_count)
    if missing is not None:
        return AucDifference(None, None, missing)
    one, other = _placements(first, events), _placements(second, events)
    difference, lone = one.auc - other.auc, _lone(len(events), events_count)
    if lone is not None:
        return AucDifference(difference, None, lone)
    variance = _covariance(one, one) + _covariance(other, other) - 2 * _covariance(one, other)
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


def _lone(cases_count: int, events_count: int) -> NoInterval | None:
    """Why there is no variance: a class of one case has none."""
    if events_count == 1:
        return "single_event"
    return "single_other" if cases_count - events_count == 1 else None


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


def _placements(scores: Sequence[float], events: Sequence[bool]) -> _Placements:
    """The placements of one score, from its ranks among all cases and among those of its own class."""
    of_events = [score for score, event in zip(scores, events, strict=True) if event]
    of_others = [score for score, event in zip(scores, events, strict=True) if not event]
    ranks = _midranks([*of_events, *of_others])
    hits, rest = len(of_events), len(of_others)
    placed = [(rank - own) / rest for rank, own in zip(ranks[:hits], _midranks(of_events), strict=True)]
    passed = [1 - (rank - own) / hits for rank, own in zip(ranks[hits:], _midranks(of_others), strict=True)]
    return _Placements(fsum(placed) / hits, tuple(placed), tuple(passed))


def _covariance(one: _Placements, other: _Placements) -> float:
    """DeLong's covariance of two AUC over the same cases; of one with itself it is the variance."""
    pairs = ((one.of_events, other.of_events), (one.of_others, other.of_others))
    return fsum(_sample_covariance(first, one.auc, second, other.auc) / len(first) for first, second in pairs)


def _sample_covariance(first: Sequence[float], first_mean: float, second: Sequence[float], second_mean: float) -> float:
    """The covariance of a sample of two values or more, by their means."""
    products = ((a - first_mean) * (b - second_mean) for a, b in zip(first, second, strict=True))
    return fsum(products) / (len(first) - 1)


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
