"""What a rule tells: the signal that is called for, if any, and the day on which time alone may change that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from scoring.monitoring.alert_kind import SEVERITIES, Severity
from scoring.monitoring.kinds import KINDS

Value = TypeVar("Value", int, Decimal)


@dataclass(frozen=True, slots=True)
class Signal:
    """Something to be told. `level` rises within its kind; `data` names no figure that only the day changes.

    `due_on` is the last day to act on it.
    """

    kind: str
    severity: Severity
    level: int
    data: Mapping[str, object]
    due_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse what the registry does not know."""
        if self.severity not in KINDS[self.kind].severities:
            raise ValueError(f"{self.kind} is never {self.severity}")

    @property
    def rank(self) -> tuple[int, int]:
        """How grave it is."""
        return SEVERITIES.index(self.severity), self.level


@dataclass(frozen=True, slots=True)
class Told:
    """What one rule tells of a day; `unknown` are kinds of which nothing can be said: those stay as they are."""

    signals: tuple[Signal, ...] = ()
    next_on: date | None = None
    unknown: tuple[str, ...] = ()


NOTHING = Told()


def reached(value: Value, thresholds: Sequence[Value]) -> int:
    """How many thresholds a value has reached."""
    return sum(value >= each for each in thresholds)


def held_level(value: Value, thresholds: Sequence[Value], margin: Value, before: int) -> int:
    """The level of a value: so many thresholds are reached, or were `before` and it has not fallen below by a margin.

    Between a threshold and that margin below it nothing changes, so that what stands there is not told again and again.
    """
    ordered = sorted(thresholds)
    held = reached(value + margin, ordered)
    return max(reached(value, ordered), min(before, held))


def spread(level: int, count: int) -> Severity:
    """The severity of a level of so many: the first a notice, the last urgent, those between a warning."""
    if level >= count:
        return "urgent"
    return "notice" if level <= 1 else "warning"
