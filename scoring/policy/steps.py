"""Step tables of a policy: a value falls in a step and the step gives points, a factor or a rounding."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from scoring.documents import Fault, refuse

SMALLEST_STEP = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class UpTo:
    """Everything up to and including `up_to` (and above the step before) gets `gives`."""

    up_to: Decimal
    gives: Decimal


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Everything from `at_least` on (and below the next step) gets `gives`."""

    at_least: Decimal
    gives: Decimal


@dataclass(frozen=True, slots=True)
class Below:
    """Amounts below `below` (and not below the step before) are rounded to multiples of `step`."""

    below: Decimal
    step: Decimal


@dataclass(frozen=True, slots=True)
class CeilingSteps:
    """Steps for values of which less is better, such as days late."""

    steps: tuple[UpTo, ...]
    otherwise: Decimal
    _bounds: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)
    _gives: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the search; the steps must rise in bound."""
        bounds = tuple(each.up_to for each in self.steps)
        gives = (*(each.gives for each in self.steps), self.otherwise)
        refuse(
            (
                *unless_ascending(bounds, "steps", "up_to"),
                *(
                    Fault(_given_at(index, len(bounds)), f"a worse value is given more: {worse} after {better}")
                    for index, (better, worse) in enumerate(pairwise(gives), start=1)
                    if better < worse
                ),
            )
        )
        object.__setattr__(self, "_bounds", bounds)
        object.__setattr__(self, "_gives", gives)

    def of(self, value: Decimal) -> Decimal:
        """What the step of `value` gives."""
        return self._gives[bisect_left(self._bounds, value)]


@dataclass(frozen=True, slots=True)
class FloorSteps:
    """Steps for values of which more is better, such as years of relation."""

    steps: tuple[AtLeast, ...]
    otherwise: Decimal
    _bounds: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)
    _gives: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the search; the steps must rise in bound."""
        bounds = tuple(each.at_least for each in self.steps)
        gives = (self.otherwise, *(each.gives for each in self.steps))
        refuse(
            (
                *unless_ascending(bounds, "steps", "at_least"),
                *(
                    Fault(_given_at(index, len(bounds)), f"a better value is given less: {better} after {worse}")
                    for index, (worse, better) in enumerate(pairwise(gives))
                    if worse > better
                ),
            )
        )
        object.__setattr__(self, "_bounds", bounds)
        object.__setattr__(self, "_gives", gives)

    def of(self, value: Decimal) -> Decimal:
        """What the step of `value` gives."""
        return self._gives[bisect_right(self._bounds, value)]


@dataclass(frozen=True, slots=True)
class RoundingSteps:
    """Multiples that limits are rounded to, larger for larger amounts."""

    steps: tuple[Below, ...]
    otherwise: Decimal
    _bounds: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)
    _multiples: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the search; bounds must rise, and be multiples of the steps on both sides.

        Otherwise an amount rounded up over a bound could be rounded down again below itself.
        """
        bounds = tuple(each.below for each in self.steps)
        multiples = (*(each.step for each in self.steps), self.otherwise)
        refuse((*unless_ascending(bounds, "steps", "below"), *_unfit_multiples(bounds, multiples)))
        object.__setattr__(self, "_bounds", bounds)
        object.__setattr__(self, "_multiples", multiples)

    def of(self, amount: Decimal) -> Decimal:
        """The multiple that `amount` is rounded to."""
        return self._multiples[bisect_right(self._bounds, amount)]


def unless_ascending(bounds: tuple[Decimal, ...], rows: str, name: str) -> Iterator[Fault]:
    """A fault for each bound that is not above the one before; `name` is that of the bounds within `rows`."""
    for index, (before, after) in enumerate(pairwise(bounds), start=1):
        if after <= before:
            yield Fault(f"{rows}.{index}.{name}", f"{after} is not above {before}, that of the one before it")


def _given_at(index: int, count: int) -> str:
    """The path of what the step at a place gives, after `count` steps what is given otherwise."""
    return f"steps.{index}.gives" if index < count else "otherwise"


def _unfit_multiples(bounds: tuple[Decimal, ...], multiples: tuple[Decimal, ...]) -> Iterator[Fault]:
    """Multiples that nothing can be rounded to, and bounds that are no multiple of those on both sides."""
    unfit = [index for index, each in enumerate(multiples) if each < SMALLEST_STEP]
    for index in unfit:
        path = f"steps.{index}.step" if index < len(bounds) else "otherwise"
        yield Fault(path, "a rounding step must be above zero")
    for index, bound in enumerate(bounds):
        for place in (index, index + 1):
            if place not in unfit and bound % multiples[place]:
                side = "below" if place == index else "above"
                yield Fault(f"steps.{index}.below", f"{bound} is no multiple of {multiples[place]}, the step {side} it")
