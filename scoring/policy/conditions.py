"""What a condition can mean: which values of each figure let it hold, whether any do, and whether others cover it.

Only what is certain is told. A condition of very many alternatives is taken to be possible, and to cover nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import product

from scoring.figures import FIGURES
from scoring.policy.rules import Condition

ALTERNATIVES_MAX = 200
FLAGS: frozenset[object] = frozenset({True, False})
GRADE, RISK_CLASS = "result.grade", "result.risk_class"
_INFINITY = Decimal("Infinity")
_EVERY_NUMBER = (-_INFINITY, _INFINITY)


@dataclass(frozen=True, slots=True)
class Span:
    """Some of the values of one figure: numbers between bounds (`open` ones are not in it), or texts and flags.

    `only` are the sole ones where they can be listed, `but` are left out. `missing` and `known` say whether the figure
    may be not known, and whether it may be known.
    """

    low: Decimal = -_INFINITY
    high: Decimal = _INFINITY
    low_open: bool = False
    high_open: bool = False
    only: frozenset[object] | None = None
    but: frozenset[object] = frozenset()
    missing: bool = True
    known: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether no value, and not its absence either, is left."""
        return not self.missing and not self.has_values

    @property
    def has_values(self) -> bool:
        """Whether a value is left."""
        if not self.known:
            return False
        if self.only is not None:
            return any(self.holds(each) for each in self.only)
        if self.low == self.high:
            return not (self.low_open or self.high_open or self.low in self.but)
        return self.low < self.high

    def holds(self, value: object) -> bool:
        """Whether a value is among these."""
        if not self.known or value in self.but or (self.only is not None and value not in self.only):
            return False
        if not isinstance(value, Decimal):
            return True
        above = value > self.low or (value == self.low and not self.low_open)
        return above and (value < self.high or (value == self.high and not self.high_open))

    def meet(self, other: "Span") -> "Span":
        """What is in both."""
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        only = self.only if other.only is None else other.only if self.only is None else self.only & other.only
        return Span(
            low,
            high,
            low_open,
            not closed,
            only,
            self.but | other.but,
            self.missing and other.missing,
            self.known and other.known,
        )

    def within(self, other: "Span") -> bool:
        """Whether all of these are in the other; False where it is not certain."""
        if self.missing and not other.missing:
            return False
        if not self.has_values:
            return True
        if self.only is not None:
            return all(other.holds(each) for each in self.only if self.holds(each))
        if not other.known or other.only is not None or not other.but <= self.but | self._outside(other.but):
            return False
        starts = (self.low, self.low_open) >= (other.low, other.low_open)
        return starts and (self.high, not self.high_open) <= (other.high, not other.high_open)

    def _outside(self, values: frozenset[object]) -> frozenset[object]:
        """Those of some values that are not among these anyway."""
        return frozenset(each for each in values if not self.holds(each))


Case = Mapping[str, Span]


@dataclass(frozen=True, slots=True)
class Meanings:
    """What figures can be under one policy: the table of figures, and `choices` of what the policy itself names.

    `classes` has the risk class of each grade.
    """

    choices: Mapping[str, frozenset[object]] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)

    def possible(self, name: str) -> Span:
        """All that a figure can be."""
        figure = FIGURES[name]
        choices: frozenset[object] | None = self.choices.get(name, figure.choices)
        if figure.kind == "flag":
            choices = FLAGS
        low, high = (
            (bound if given is None else Decimal(given))
            for given, bound in zip((figure.least, figure.most), _EVERY_NUMBER, strict=True)
        )
        return Span(low, high, only=choices, missing=not figure.always)

    def cases(self, condition: Condition) -> tuple[Case, ...] | None:
        """The alternatives in which a condition holds, none where it never can; None where they are too many."""
        if condition.field is not None:
            if condition.field not in FIGURES:
                return None
            span = self.possible(condition.field).meet(span_of(condition))
            return () if span.is_empty else ({condition.field: span},)
        parts = [self.cases(each) for each in condition.all or condition.any]
        if any(part is None for part in parts):
            return None
        known = [part for part in parts if part is not None]
        if condition.any:
            together = tuple(case for part in known for case in part)
            return together if len(together) <= ALTERNATIVES_MAX else None
        return self._all_of(known)

    def _all_of(self, parts: list[tuple[Case, ...]]) -> tuple[Case, ...] | None:
        """The alternatives in which every one of some conditions holds; None where they are too many."""
        count = 1
        for part in parts:
            count *= len(part)
        if count > ALTERNATIVES_MAX:
            return None
        cases = []
        for chosen in product(*parts):
            case: dict[str, Span] = {}
            for each in chosen:
                for name, span in each.items():
                    case[name] = case[name].meet(span) if name in case else span
            if not any(span.is_empty for span in case.values()) and self._grade_has_class(case):
                cases.append(case)
        return tuple(cases)

    def _grade_has_class(self, case: Case) -> bool:
        """Whether some grade of an alternative is of a class of it; each is known wherever the other is."""
        grades, classes = case.get(GRADE), case.get(RISK_CLASS)
        if grades is None or classes is None or not self.classes or (grades.missing and classes.missing):
            return True
        return any(grades.holds(grade) and classes.holds(each) for grade, each in self.classes.items())

    def covers(self, wider: tuple[Case, ...] | None, narrower: tuple[Case, ...] | None) -> bool:
        """Whether wherever the narrower condition holds the wider one does; False where it is not certain."""
        if wider is None or narrower is None:
            return False
        return all(any(self._case_within(case, other) for other in wider) for case in narrower)

    def _case_within(self, case: Case, other: Case) -> bool:
        """Whether one alternative is a part of another."""
        return all(case.get(name, self.possible(name)).within(span) for name, span in other.items())


def span_of(condition: Condition) -> Span:
    """The values that meet a single comparison."""
    operator, value = condition.operator, condition.value
    if operator == "missing":
        return Span(known=False)
    known = Span(missing=False)
    values = frozenset(value if isinstance(value, tuple) else (value,))
    if operator in ("equal", "in"):
        return replace(known, only=values)
    if operator in ("not_equal", "not_in"):
        return replace(known, but=values)
    if not isinstance(value, Decimal):
        return known
    if operator in ("below", "at_most"):
        return replace(known, high=value, high_open=operator == "below")
    return replace(known, low=value, low_open=operator == "above")
