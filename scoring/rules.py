"""Rules of the policy applied: which conditions hold, and what follows from them."""

from collections.abc import Callable, Iterator
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from scoring.evidence import Evidence
from scoring.figures import FigureValue, Known, read_figure
from scoring.grading import Cap, Grading, cap_further
from scoring.judgement import Reason, reason
from scoring.policy.document import Policy
from scoring.policy.rules import Condition, Rule
from scoring.reasons import Params


def held_rules(evidence: Evidence, grading: Grading, policy: Policy) -> tuple[Rule, ...]:
    """Every rule whose condition holds, in their order; the grade they ask for is the one before any of them."""
    if not policy.rules:
        return ()
    known = result_known(evidence, grading)
    return tuple(rule for rule in policy.rules if holds(rule.when, known))


def result_known(evidence: Evidence, grading: Grading) -> Known:
    """What figures are read from once there is a grade."""
    known = evidence.known
    # Written out: with every check this is made several times, and `replace` takes twice as long.
    return Known(
        facts=known.facts,
        lateness=known.lateness,
        report=known.report,
        financials=known.financials,
        is_natural_person=known.is_natural_person,
        pd=grading.pd,
        grade=grading.grade,
        risk_class=grading.risk_class,
        confidence=evidence.confidence,
    )


def cap_by_rules(grading: Grading, held: tuple[Rule, ...], policy: Policy) -> Grading:
    """The grading after the grades that rules allow at best, each with its reason."""
    caps = tuple(
        Cap(rule.then.grade_at_best, "policy_rule_grade", params_of(rule))
        for rule in held
        if rule.then.grade_at_best is not None
    )
    return cap_further(grading, caps, policy) if caps else grading


def objections_of_rules(held: tuple[Rule, ...]) -> Iterator[Reason]:
    """A reason for each rule that calls for an outcome."""
    for rule in held:
        if rule.then.outcome is not None:
            yield reason("policy_rule", rule.then.outcome, params_of(rule))


def params_of(rule: Rule) -> Params:
    """What a reason tells of a rule: its name, and why in English and in Dutch."""
    return {"rule": rule.name, "why": (rule.text["en"], rule.text["nl"])}


def holds(condition: Condition, known: Known) -> bool:
    """Whether a condition holds; a figure that is not known meets no comparison."""
    if condition.field is not None:
        return _compares(read_figure(condition.field, known), condition)
    for each in condition.all:
        if not holds(each, known):
            return False
    if condition.all:
        return True
    return any(holds(each, known) for each in condition.any)


def _compares(figure: FigureValue, condition: Condition) -> bool:
    """Whether a figure meets the comparison of a condition."""
    operator = condition.operator
    if operator == "missing":
        return figure is None
    if figure is None:
        return False
    if operator == "known":
        return True
    assert operator is not None
    return bool(_COMPARISONS[operator](figure, condition.value))


def _is_in(figure: Any, values: Any) -> bool:
    """Whether a figure is one of some values."""
    return figure in values


def _is_not_in(figure: Any, values: Any) -> bool:
    """Whether a figure is none of some values."""
    return figure not in values


_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "equal": eq,
    "not_equal": ne,
    "below": lt,
    "at_most": le,
    "above": gt,
    "at_least": ge,
    "in": _is_in,
    "not_in": _is_not_in,
}
