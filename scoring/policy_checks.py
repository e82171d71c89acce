"""Faults between the sections of a policy: names that mean nothing, scales that turn back, terms that break the law."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scoring.documents import Fault
from scoring.figures import FIGURES, NUMBERS
from scoring.policy_evidence_checks import faults_of_scales, faults_of_tables
from scoring.policy_rules import ORDERED, Condition
from scoring.policy_scorecards import Scorecard
from scoring.reasons import REGISTRY
from scoring.terms import AGREED_DAYS_MAX

if TYPE_CHECKING:
    from scoring.policy import Policy

ENGINES = ("1", "2")


def disagreements(policy: "Policy") -> Iterator[Fault]:
    """Every fault between sections, by its path."""
    yield from _of_engine(policy)
    yield from _of_grades(policy)
    yield from faults_of_scales(policy)
    yield from faults_of_tables(policy)
    yield from _of_limits(policy)
    yield from _of_terms(policy)
    for path, card in _scorecards(policy):
        yield from _of_scorecard(path, card)
    for path, condition in _conditions(policy):
        yield from _of_condition(path, condition)
    names = [rule.name for rule in policy.rules]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Fault(f"rules.{index}.name", f"{name!r} is the name of another rule too")


def _of_engine(policy: "Policy") -> Iterator[Fault]:
    """What an engine needs, and what only a later one understands."""
    if policy.engine not in ENGINES:
        yield Fault("engine", f"{policy.engine!r} is not one of {', '.join(ENGINES)}")
        return
    later: dict[str, object] = {
        "scorecards.behaviour": policy.scorecards.behaviour,
        "evidence.lateness": policy.evidence.lateness,
        "explanation": policy.explanation,
    }
    if policy.engine != "1":
        yield from (
            Fault(path, f"is missing, engine {policy.engine} needs it") for path, part in later.items() if not part
        )
        return
    later |= {
        "rules": policy.rules,
        "terms.segments": policy.terms.segments,
        "limits.loss_budget": policy.limits.loss_budget,
        "scorecards.financials": policy.scorecards.financials,
        "evidence.contradictions": policy.evidence.contradictions,
        "scorecards.external_tables": policy.scorecards.external_tables,
    }
    yield from (Fault(path, "is not known to engine 1") for path, part in later.items() if part)


def _of_grades(policy: "Policy") -> Iterator[Fault]:
    """Grades that the master scale does not have."""
    for path, grade in _grades_named(policy):
        if grade not in policy.master_scale.ranks:
            yield Fault(path, f"{grade!r} is not a grade of the master scale")


def _of_limits(policy: "Policy") -> Iterator[Fault]:
    """Grades with a capacity that lack what else a limit needs."""
    for grade in policy.limits.capacity:
        if grade not in policy.limits.own_risk:
            yield Fault(f"limits.own_risk.{grade}", "is missing")
        risk_class = policy.master_scale.class_of(grade) if grade in policy.master_scale.ranks else None
        if risk_class is not None and risk_class not in policy.limits.valid_months:
            yield Fault(f"limits.valid_months.{risk_class}", "is missing")


def _of_terms(policy: "Policy") -> Iterator[Fault]:
    """Terms longer than the law lets businesses agree without more."""
    terms = policy.terms
    named = {"terms.payment_term_days": terms.payment_term_days}
    named |= {
        f"terms.segments.{index}.payment_term_days": each.payment_term_days for index, each in enumerate(terms.segments)
    }
    for path, by_class in named.items():
        for risk_class, days in by_class.items():
            if not 0 <= days <= AGREED_DAYS_MAX:
                yield Fault(f"{path}.{risk_class}", f"is not between 0 and {AGREED_DAYS_MAX}")


def _scorecards(policy: "Policy") -> Iterator[tuple[str, Scorecard]]:
    """The scorecards of a policy, with their paths."""
    for name in ("behaviour", "behaviour_of_persons", "financials"):
        card = getattr(policy.scorecards, name)
        if card is not None:
            yield f"scorecards.{name}", card


def _of_scorecard(path: str, card: Scorecard) -> Iterator[Fault]:
    """Figures that do not exist or are no numbers, and reasons that are not in the registry."""
    for index, each in enumerate(card.characteristics):
        here = f"{path}.characteristics.{index}"
        if each.figure not in NUMBERS:
            known = "is no number" if each.figure in FIGURES else "is not a figure"
            yield Fault(f"{here}.figure", f"{each.figure!r} {known}")
        elif each.figure.startswith("result."):
            yield Fault(f"{here}.figure", f"{each.figure!r} is what the scorecard is there to find")
        if each.reason is not None and each.reason not in REGISTRY:
            yield Fault(f"{here}.reason", f"{each.reason!r} is not a reason")


def _conditions(policy: "Policy") -> Iterator[tuple[str, Condition]]:
    """The conditions of rules and segments that compare a figure, with their paths."""
    for index, rule in enumerate(policy.rules):
        yield from _comparisons(f"rules.{index}.when", rule.when)
    for index, segment in enumerate(policy.terms.segments):
        yield from _comparisons(f"terms.segments.{index}.when", segment.when)


def _comparisons(path: str, condition: Condition) -> Iterator[tuple[str, Condition]]:
    """The comparisons within a condition, with their paths."""
    if condition.field is not None:
        yield path, condition
    for name in ("all", "any"):
        for index, each in enumerate(getattr(condition, name)):
            yield from _comparisons(f"{path}.{name}.{index}", each)


def _of_condition(path: str, condition: Condition) -> Iterator[Fault]:
    """A figure that does not exist, or one compared with what it can never be."""
    figure = FIGURES.get(condition.field or "")
    if figure is None:
        yield Fault(f"{path}.field", f"{condition.field!r} is not a figure")
        return
    if condition.operator in ORDERED and figure.kind != "number":
        yield Fault(f"{path}.operator", f"{condition.operator} needs a number, and {condition.field} is none")
        return
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    for value in values:
        if value is not None and kind_of(value) != figure.kind:
            yield Fault(f"{path}.value", f"{value!r} is no {figure.kind}, which {condition.field} is")


def kind_of(value: object) -> str:
    """Which kind of figure a plain value could be compared with."""
    if isinstance(value, bool):
        return "flag"
    return "text" if isinstance(value, str) else "number"


def _grades_named(policy: "Policy") -> Iterator[tuple[str, str]]:
    """Every grade a section names, with the path it is named at."""
    for name in ("unresolved_write_off", "cover_withdrawn", "oldest_overdue", "young_company", "past_insolvency"):
        yield f"caps.{name}_grade", getattr(policy.caps, f"{name}_grade")
    for scale, bands in policy.scorecards.external_scales.items():
        for index, band in enumerate(bands):
            yield f"scorecards.external_scales.{scale}.{index}.grade", band.grade
    for index, table in enumerate(policy.scorecards.external_tables):
        for place, row in enumerate(table.bands):
            if row.grade is not None:
                yield f"scorecards.external_tables.{index}.bands.{place}.grade", row.grade
    for name, grades in (("capacity", policy.limits.capacity), ("own_risk", policy.limits.own_risk)):
        for grade in grades:
            yield f"limits.{name}.{grade}", grade
    for index, rule in enumerate(policy.rules):
        if rule.then.grade_at_best is not None:
            yield f"rules.{index}.then.grade_at_best", rule.then.grade_at_best
