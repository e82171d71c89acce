"""Scorecards of a policy: figures, the points that each earns by bin or curve, and the scale of their sum."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise

from scoring.documents import Fault, refuse

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
        rows = self.bins or self.curve
        gives = tuple(each.points for each in rows)
        if self.bins:
            bounds = tuple(each.at_least for each in self.bins if each.at_least is not None)
            refuse((*_seams(self.bins), *_turns("bins", gives)))
        else:
            bounds = tuple(each.at for each in self.curve)
            refuse((*_disorder(bounds), *_turns("curve", gives)))
        object.__setattr__(self, "_bounds", bounds)
        object.__setattr__(self, "_given", gives)

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
        named = {"base_odds": self.base_odds, "points_to_double_odds": self.points_to_double_odds}
        refuse(Fault(name, "must be above zero") for name, each in named.items() if each <= 0)


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
            refuse([Fault("characteristics", "there are no characteristics")])
        refuse(
            Fault(f"characteristics.{index}.figure", f"{name!r} is used already: a figure counts once")
            for index, name in enumerate(names)
            if name in names[:index]
        )


def _seams(bins: tuple[Bin, ...]) -> Iterator[Fault]:
    """Every gap and overlap between bins, every bin without values, and every end that is not open."""
    if bins[0].at_least is not None:
        yield Fault("bins.0.at_least", f"nothing is given below {bins[0].at_least}: the first bin has no at_least")
    for index, each in enumerate(bins):
        if each.at_least is not None and each.below is not None and each.below <= each.at_least:
            yield Fault(f"bins.{index}", f"no value is at least {each.at_least} and below {each.below}")
    for index, (one, other) in enumerate(pairwise(bins), start=1):
        if one.below is None:
            yield Fault(f"bins.{index - 1}", "has no below, and only the last bin may go on for ever")
        if other.at_least is None:
            yield Fault(f"bins.{index}", "has no at_least, and only the first bin may begin nowhere")
        if one.below is None or other.at_least is None:
            continue
        if one.below < other.at_least:
            yield Fault(f"bins.{index}", f"there is a gap: values from {one.below} to {other.at_least} earn nothing")
        elif one.below > other.at_least:
            yield Fault(f"bins.{index}", f"bins overlap: values from {other.at_least} to {one.below} are in two bins")
    if bins[-1].below is not None:
        last = len(bins) - 1
        yield Fault(f"bins.{last}.below", f"nothing is given from {bins[-1].below} on: the last bin has no below")


def _disorder(bounds: tuple[Decimal, ...]) -> Iterator[Fault]:
    """Every point of a curve that does not lie after the one before it."""
    for index, (before, after) in enumerate(pairwise(bounds), start=1):
        if after <= before:
            yield Fault(f"curve.{index}.at", f"{after} does not come after {before}, the point before it")


def _turns(name: str, gives: tuple[Decimal, ...]) -> Iterator[Fault]:
    """Where points first turn back: they may only rise or only fall, or a worse figure would be given more."""
    direction = 0
    for index, (before, after) in enumerate(pairwise(gives), start=1):
        step = (after > before) - (after < before)
        if direction and step and step != direction:
            went = "rose" if direction > 0 else "fell"
            detail = f"points turn back: they {went} to {before} and now {after} is given; they may only rise or fall"
            yield Fault(f"{name}.{index}.points", detail)
            return
        direction = direction or step
