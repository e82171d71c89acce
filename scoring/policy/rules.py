"""Rules of a policy: conditions on figures without any code, and what follows when one holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from scoring.documents import Fault, refuse

Operator = Literal["equal", "not_equal", "below", "at_most", "above", "at_least", "in", "not_in", "known", "missing"]
RuleOutcome = Literal["accept_prepayment", "refer", "decline"]
Scalar = Decimal | str | bool

VALUELESS = ("known", "missing")
LISTS = ("in", "not_in")
ORDERED = ("below", "at_most", "above", "at_least")


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a figure with a value, or several conditions of which `all` or `any` must hold.

    A figure that is not known meets no comparison, whichever way it points; `missing` and `known` ask for that alone.
    """

    field: str | None = None
    operator: Operator | None = None
    value: object = None
    all: tuple["Condition", ...] = ()
    any: tuple["Condition", ...] = ()

    def __post_init__(self) -> None:
        """Refuse a condition that is two things at once, or none, or lacks what its operator needs."""
        if (self.field is not None) + bool(self.all) + bool(self.any) != 1:
            raise ValueError("give one of field, all and any")
        if self.field is None:
            if self.operator is not None or self.value is not None:
                raise ValueError("operator and value belong to a field")
            return
        if self.operator is None:
            refuse([Fault("operator", "is missing")])
        if (self.operator in VALUELESS) != (self.value is None):
            raise ValueError(f"{self.operator} {'takes no' if self.operator in VALUELESS else 'needs a'} value")
        if (self.operator in LISTS) != isinstance(self.value, tuple) and self.operator not in VALUELESS:
            raise ValueError(f"{self.operator} needs {'a list' if self.operator in LISTS else 'one value'}")


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a rule does: any of these."""

    outcome: RuleOutcome | None = None
    grade_at_best: str | None = None
    limit_at_most: Decimal | None = None

    def __post_init__(self) -> None:
        """A rule that does nothing was not meant."""
        if self.outcome is None and self.grade_at_best is None and self.limit_at_most is None:
            raise ValueError("give outcome, grade_at_best or limit_at_most")


@dataclass(frozen=True, slots=True)
class Rule:
    """When a condition holds, a consequence follows; `text` tells why in each language, by the name of the rule."""

    name: str
    when: Condition
    then: Consequence
    text: Mapping[Literal["en", "nl"], str]

    def __post_init__(self) -> None:
        """Both languages are read by somebody."""
        refuse(Fault(f"text.{each}", "is missing") for each in ("en", "nl") if not self.text.get(each))


@dataclass(frozen=True, slots=True)
class ExplanationPolicy:
    """How much is explained: at most so many factors, changes in one remedy, and facts tried out to find them."""

    factors_max: int = 5
    changes_max: int = 3
    tries_max: int = 24


@dataclass(frozen=True, slots=True)
class TermsSegment:
    """Other payment terms for debtors that a condition holds for, by class; the first that holds counts."""

    name: str
    when: Condition
    payment_term_days: Mapping[Literal["low", "normal", "high", "blocked"], int] = field(default_factory=dict)
