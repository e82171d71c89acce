"""Scorecards of a policy: figures, the points that each earns by bin or curve, and the scale of their sum."""

from bisect import bisect_right
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise

from scoring.policy_steps import require_ascending

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Bin:
    """Values from `at_least` on and below `below` earn `points`; None is without end."""

    points: Decimal
    at_least: Decimal | None = None
    below: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A value of exactly `at` earns `points`; between two of these, points lie on the straight line."""

    at: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Characteristic:
    """What one figure adds to a score: by `bins`, or by a `curve` that is level beyond its ends.

    `missing_points` are earned where the figure is not known. `target` is what good looks like: explanations tell what
    the grade would be with it. `reason` is a code of the registry; None takes the one that belongs to the figure.
    """

    figure: str
    missing_points: Decimal
    target: Decimal
    bins: tuple[Bin, ...] = ()
    curve: tuple[CurvePoint, ...] = ()
    reason: str | None = None
    _bounds: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)
    _given: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the search; bins must cover every value once, and points may not turn back."""
        if bool(self.bins) == bool(self.curve):
            raise ValueError("give either bins or a curve")
        if self.bins:
            _require_seamless(self.bins)
            bounds = tuple(each.at_least for each in self.bins if each.at_least is not None)
            given = tuple(each.points for each in self.bins)
        else:
            bounds = tuple(each.at for each in self.curve)
            given = tuple(each.points for each in self.curve)
        require_ascending(bounds)
        _require_monotone(given)
        object.__setattr__(self, "_bounds", bounds)
        object.__setattr__(self, "_given", given)

    def points_of(self, value: Decimal | None) -> Decimal:
        """The points of a value, those on a curve rounded half to even to two decimals."""
        if value is None:
            return self.missing_points
        place = bisect_right(self._bounds, value)
        if self.bins:
            return self._given[place]
        if place == 0:
            return self._given[0]
        if place == len(self._bounds):
            return self._given[-1]
        low, high = self._bounds[place - 1], self._bounds[place]
        before, after = self._given[place - 1], self._given[place]
        between = before + (after - before) * (value - low) / (high - low)
        return between.quantize(_HUNDREDTH, ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class OddsScalePolicy:
    """A score's scale: `base_score` stands for `base_odds` good to one bad, doubling every so many points."""

    base_score: Decimal
    base_odds: Decimal
    points_to_double_odds: Decimal

    def __post_init__(self) -> None:
        """Odds and their doubling must be above zero."""
        if self.base_odds <= 0 or self.points_to_double_odds <= 0:
            raise ValueError("base_odds and points_to_double_odds must be above zero")


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A score is `base_points` and the points of each characteristic; the scale makes a probability of it.

    `predicts` says of what, in words. `trained` marks points that were fitted to data rather than chosen by people:
    such a card judges no natural person.
    """

    scale: OddsScalePolicy
    characteristics: tuple[Characteristic, ...]
    base_points: Decimal = Decimal(0)
    trained: bool = False
    predicts: str = ""

    def __post_init__(self) -> None:
        """A figure counts once."""
        names = [each.figure for each in self.characteristics]
        if not names:
            raise ValueError("there are no characteristics")
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} is used twice")


def _require_seamless(bins: tuple[Bin, ...]) -> None:
    """Raise ValueError naming every gap and overlap between bins, and every end that is not open."""
    faults = []
    if bins[0].at_least is not None:
        faults.append(f"nothing is given below {bins[0].at_least}: the first bin has no at_least")
    if bins[-1].below is not None:
        faults.append(f"nothing is given from {bins[-1].below} on: the last bin has no below")
    for one, other in pairwise(bins):
        if one.below is None or other.at_least is None:
            faults.append("only the first bin has no at_least, only the last no below")
        elif one.below < other.at_least:
            faults.append(f"there is a gap from {one.below} to {other.at_least}")
        elif one.below > other.at_least:
            faults.append(f"bins overlap from {other.at_least} to {one.below}")
    if faults:
        raise ValueError("; ".join(faults))


def _require_monotone(points: tuple[Decimal, ...]) -> None:
    """Raise ValueError unless points only rise or only fall."""
    steps = [after - before for before, after in pairwise(points)]
    if any(step > 0 for step in steps) and any(step < 0 for step in steps):
        raise ValueError("points rise and fall again: a worse figure would be given more")
