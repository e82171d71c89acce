"""Step tables of a policy: a value falls in a step and the step gives points, a factor or a rounding."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from scoring.documents import refuse

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
        turns_back = any(better < worse for better, worse in pairwise(gives))
        refuse((*unless_ascending(bounds), *(("a worse value is given more",) if turns_back else ())))
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
        turns_back = any(worse > better for worse, better in pairwise(gives))
        refuse((*unless_ascending(bounds), *(("a better value is given less",) if turns_back else ())))
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
        faults = list(unless_ascending(bounds))
        if any(multiple < SMALLEST_STEP for multiple in multiples):
            faults.append("a rounding step must be above zero")
        elif any(
            bound % low or bound % high for bound, low, high in zip(bounds, multiples, multiples[1:], strict=False)
        ):
            faults.append("each bound must be a multiple of the steps below and above it")
        refuse(faults)
        object.__setattr__(self, "_bounds", bounds)
        object.__setattr__(self, "_multiples", multiples)

    def of(self, amount: Decimal) -> Decimal:
        """The multiple that `amount` is rounded to."""
        return self._multiples[bisect_right(self._bounds, amount)]


def unless_ascending(bounds: tuple[Decimal, ...]) -> tuple[str, ...]:
    """A fault unless each bound is above the one before."""
    return ("the steps are not in rising order",) if any(high <= low for low, high in pairwise(bounds)) else ()
