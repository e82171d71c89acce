"""A fitted scorecard as the document a policy may carry: bins with points, and the scale they are on."""

from dataclasses import dataclass
from decimal import Decimal
from math import floor
from typing import Any

from api.policies.calibration.fitting import Characteristic, FittedScorecard

POINT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Points:
    """The points of one characteristic: of each bin in rising order, and of a missing value."""

    bins: tuple[Decimal, ...]
    missing: Decimal


def points_of(fitted: FittedScorecard) -> tuple[Points, ...]:
    """points = -(coefficient * weight + intercept / n) * factor + offset / n for n characteristics, in hundredths."""
    scale = fitted.settings.scale.odds()
    count = len(fitted.characteristics)

    def point(weighted: float) -> Decimal:
        exact = -(weighted + fitted.intercept / count) * scale.factor + scale.offset / count
        return Decimal(exact).quantize(POINT)

    listed = []
    for each in fitted.characteristics:
        points = [point(each.coefficient * weight) for weight in each.candidate.binned.weights]
        listed.append(Points(tuple(points[:-1]), points[-1]))
    return tuple(listed)


def scorecard_document(fitted: FittedScorecard) -> dict[str, Any]:
    """The scorecard as plain values, for YAML or JSON."""
    scale = fitted.settings.scale
    return {
        "trained": True,
        "predicts": fitted.settings.predicts,
        "scale": {
            "base_score": scale.base_score,
            "base_odds": scale.base_odds,
            "points_to_double_odds": scale.points_to_double_odds,
        },
        "base_points": 0,
        "characteristics": [
            _characteristic(each, points)
            for each, points in zip(fitted.characteristics, points_of(fitted), strict=True)
        ],
    }


def _characteristic(fitted: Characteristic, points: Points) -> dict[str, Any]:
    bounds = [plain(each) for each in fitted.candidate.binned.bounds]
    bins: list[dict[str, Any]] = []
    for place, given in enumerate(points.bins):
        at_least = {"at_least": bounds[place - 1]} if place else {}
        below = {"below": bounds[place]} if place < len(bounds) else {}
        bins.append({**at_least, **below, "points": plain(given)})
    return {
        "figure": fitted.candidate.figure,
        "bins": bins,
        "missing_points": plain(points.missing),
        "target": _target(fitted.candidate.binned.bounds, rising=fitted.candidate.rising),
    }


def _target(bounds: tuple[float, ...], *, rising: bool) -> int | float:
    """What good looks like: a value of the best bin, which ends below the first bound where higher is worse."""
    if not rising:
        return plain(bounds[-1])
    return 0 if bounds[0] > 0 else floor(bounds[0]) - 1


def plain(number: float | Decimal) -> int | float:
    """A number as short as it can be written."""
    value = float(number)
    return int(value) if value.is_integer() and abs(value) < 1e15 else value
