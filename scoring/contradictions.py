"""Sources that contradict each other: what each says, and which counts by the written rule of the policy."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from scoring.evidence import Evidence
from scoring.facts import CheckFacts
from scoring.judgement import Effect, Reason, reason
from scoring.policy.contradictions import ContradictionKind, ContradictionRule
from scoring.policy.document import Policy
from scoring.reasons import Params
from scoring.reasons.registry import Param
from scoring.scorecard import clamped, rounded_pd

Said = Literal["word", "grade", "pd", "on", "days"]
_STOPS = ("insolvency", "not_active")


@dataclass(frozen=True, slots=True)
class _Contradiction:
    """Two sources and what each says, of one kind of value."""

    one_source: str
    one_says: Param
    other_source: str
    other_says: Param
    unit: Said


def contradictions(facts: CheckFacts, evidence: Evidence, policy: Policy) -> Iterator[Reason]:
    """A reason for each contradiction that the policy has a rule for, in the order of its rules."""
    for rule in policy.evidence.contradictions:
        found = _FINDERS[rule.kind](facts, evidence, policy, rule)
        if found is None:
            continue
        shown: Params = {
            "kind": rule.kind,
            "resolution": f"counts_{rule.resolution}",
            "unit": found.unit,
            "one_source": found.one_source,
            "one_says": found.one_says,
            "other_source": found.other_source,
            "other_says": found.other_says,
        }
        effect: Effect = "refer" if rule.resolution == "refer" else "none"
        yield reason("sources_disagree", effect, shown)


def _register_status(
    facts: CheckFacts, evidence: Evidence, policy: Policy, rule: ContradictionRule
) -> _Contradiction | None:
    """The register knows of nothing, and the bureau of an insolvency or an end."""
    register, report, meanings = facts.register, facts.bureau, policy.evidence.events
    if register is None or report is None or register.status != "active" or not report.events:
        return None
    if any(meanings.get(each.code) in _STOPS and each.in_force(facts.as_of) for each in register.events):
        return None
    for event in report.events:
        if meanings.get(event.code) in _STOPS and event.in_force(facts.as_of):
            return _Contradiction("company_register", register.status, "credit_bureau", event.code, "word")
    return None


def _legal_form(
    facts: CheckFacts, evidence: Evidence, policy: Policy, rule: ContradictionRule
) -> _Contradiction | None:
    """The register names another legal form than was stated."""
    registered = None if facts.register is None else facts.register.legal_form
    stated = facts.debtor.legal_form
    if registered is None or stated is None or registered == stated:
        return None
    return _Contradiction("company_register", registered, "stated", stated, "word")


def _pd_and_score(
    facts: CheckFacts, evidence: Evidence, policy: Policy, rule: ContradictionRule
) -> _Contradiction | None:
    """The bureau's own probability lies grades away from what its score stands for."""
    report, by_score, scale = evidence.known.report, evidence.score_grade, policy.master_scale
    if report is None or report.pd is None or by_score is None or evidence.pd_external is None:
        return None
    # A score that says "in default" caps the grade and has a reason of its own.
    if by_score == scale.default_grade:
        return None
    by_pd = scale.grade_of(rounded_pd(evidence.pd_external))
    if abs(scale.ranks[by_pd] - scale.ranks[by_score]) < (rule.grades_apart or 0):
        return None
    return _Contradiction("bureau_pd", by_pd, "bureau_score", by_score, "grade")


def _outside_and_inside(
    facts: CheckFacts, evidence: Evidence, policy: Policy, rule: ContradictionRule
) -> _Contradiction | None:
    """Others and our own experience put the debtor in grades far apart."""
    outside, inside, scale = evidence.pd_external, evidence.pd_internal, policy.master_scale
    if outside is None or inside is None:
        return None
    floor, ceiling = float(policy.blending.pd_floor), float(policy.blending.pd_ceiling)
    one, other = (rounded_pd(clamped(pd, floor, ceiling)) for pd in (outside, inside))
    apart = abs(scale.ranks[scale.grade_of(one)] - scale.ranks[scale.grade_of(other)])
    if apart < (rule.grades_apart or 0):
        return None
    return _Contradiction("credit_bureau", one, "own_ledger", other, "pd")


def _founded_and_first_trade(
    facts: CheckFacts, evidence: Evidence, policy: Policy, rule: ContradictionRule
) -> _Contradiction | None:
    """The register has the company founded after it first paid us."""
    founded_on = None if facts.register is None else facts.register.incorporated_on
    traded_on = None if facts.behaviour is None else facts.behaviour.first_settled_on
    if founded_on is None or traded_on is None or (founded_on - traded_on).days < (rule.days_apart or 0):
        return None
    return _Contradiction("company_register", founded_on, "own_ledger", traded_on, "on")


def _days_beyond_terms(
    facts: CheckFacts, evidence: Evidence, policy: Policy, rule: ContradictionRule
) -> _Contradiction | None:
    """The bureau says that others are paid much later, or sooner, than we are."""
    report = evidence.known.report
    theirs = None if report is None else report.provider_dbt_days
    ours = None if facts.behaviour is None else facts.behaviour.dbt_days
    if theirs is None or ours is None or abs(theirs - ours) < (rule.days_apart or 0):
        return None
    return _Contradiction("credit_bureau", round(theirs, 1), "own_ledger", round(ours, 1), "days")


_Finder = Callable[[CheckFacts, Evidence, Policy, ContradictionRule], _Contradiction | None]
_FINDERS: dict[ContradictionKind, _Finder] = {
    "register_status": _register_status,
    "legal_form": _legal_form,
    "pd_and_score": _pd_and_score,
    "outside_and_inside": _outside_and_inside,
    "founded_and_first_trade": _founded_and_first_trade,
    "days_beyond_terms": _days_beyond_terms,
}
