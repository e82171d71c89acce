"""From evidence to a grade: blend in log-odds, round, read the master scale, then let facts cap it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from scoring.dates import months_later
from scoring.events import events_of
from scoring.evidence import Evidence
from scoring.facts import CheckFacts, InsuranceFacts, NegativeEvent
from scoring.judgement import Reason, reason
from scoring.policy.document import Policy
from scoring.policy.grading import RiskClass
from scoring.reasons import Params
from scoring.scorecard import blended_pd, clamped, rounded_pd

BUREAU_IN_DEFAULT = "bureau_in_default"


@dataclass(frozen=True, slots=True)
class Cap:
    """The best grade a fact leaves; `code` None when the fact has its own reason elsewhere."""

    grade: str
    code: str | None
    params: Params


@dataclass(frozen=True, slots=True)
class Grading:
    """A grade with the way to it; without any probability, grade and class are None (unless a fact fixes them)."""

    pd: Decimal | None
    grade_before_caps: str | None
    grade: str | None
    risk_class: RiskClass | None
    caps: tuple[Cap, ...]
    reasons: tuple[Reason, ...]


def default_probability(
    pd_external: float | None, pd_internal: float | None, credibility: Decimal, policy: Policy
) -> Decimal | None:
    """The two probabilities blended, or the one there is, clamped and rounded to ten places."""
    blending = policy.blending
    floor, ceiling = float(blending.pd_floor), float(blending.pd_ceiling)
    if pd_external is not None and pd_internal is not None:
        outside, inside = clamped(pd_external, floor, ceiling), clamped(pd_internal, floor, ceiling)
        return rounded_pd(blended_pd(outside, inside, credibility))
    known = pd_external if pd_internal is None else pd_internal
    return None if known is None else rounded_pd(clamped(known, floor, ceiling))


def grade_facts(facts: CheckFacts, evidence: Evidence, policy: Policy) -> Grading:
    """The grade of the evidence after each cap in its order, with grade before and after in the reason."""
    pd = default_probability(evidence.pd_external, evidence.pd_internal, evidence.credibility, policy)
    before = None if pd is None else policy.master_scale.grade_of(pd)
    return cap_further(Grading(pd, before, before, None, (), ()), tuple(_caps_on(facts, evidence, policy)), policy)


def cap_further(grading: Grading, caps: tuple[Cap, ...], policy: Policy) -> Grading:
    """The grading after more caps, with grade before and after in the reason of each."""
    scale, grade, reasons = policy.master_scale, grading.grade, []
    for cap in caps:
        if grade is None:
            # A cap says how good at best, not how good: only the fact of default makes a grade by itself.
            grade = cap.grade if cap.grade == scale.default_grade else None
            continue
        after = scale.worst_of(grade, cap.grade)
        if cap.code is not None:
            lost = scale.ranks[after] - scale.ranks[grade]
            shown: Params = {**cap.params, "grade_before": grade, "grade_after": after}
            reasons.append(reason(cap.code, "grade" if lost else "none", shown, (lost, 0.0, 0.0)))
        grade = after
    risk_class = None if grade is None else scale.class_of(grade)
    return replace(
        grading,
        grade=grade,
        risk_class=risk_class,
        caps=(*grading.caps, *caps),
        reasons=(*grading.reasons, *reasons),
    )


def capped(grade: str, caps: tuple[Cap, ...], policy: Policy) -> str:
    """The worst of a grade and all caps on it."""
    for cap in caps:
        grade = policy.master_scale.worst_of(grade, cap.grade)
    return grade


def _caps_on(facts: CheckFacts, evidence: Evidence, policy: Policy) -> Iterator[Cap]:
    """The caps that the facts call for, in the order they are applied."""
    caps, debtor, insurance, behaviour = policy.caps, facts.debtor, facts.insurance, facts.behaviour
    yield from _insolvency_caps(facts, policy)
    if evidence.bureau_in_default:
        yield Cap(policy.master_scale.default_grade, BUREAU_IN_DEFAULT, {})
    if debtor.unresolved_write_off:
        yield Cap(caps.unresolved_write_off_grade, "unresolved_write_off", {})
    if insurance is not None and (insurance.limit_withdrawn or _cover_refused(insurance)):
        yield Cap(caps.cover_withdrawn_grade, "cover_withdrawn", {})
    if behaviour is not None and behaviour.oldest_overdue_days > caps.oldest_overdue_days:
        yield Cap(caps.oldest_overdue_grade, "oldest_overdue", {"overdue_days": behaviour.oldest_overdue_days})
    founded_on = None if facts.register is None else facts.register.incorporated_on
    if founded_on is not None and not facts.has_history and _is_young(founded_on, facts, policy):
        yield Cap(caps.young_company_grade, "young_company", {"incorporated_on": founded_on})


def _is_young(founded_on: date, facts: CheckFacts, policy: Policy) -> bool:
    """Whether a company founded on a day is younger than the policy trusts."""
    return months_later(founded_on, policy.caps.young_company_months) > facts.as_of


def _insolvency_caps(facts: CheckFacts, policy: Policy) -> Iterator[Cap]:
    """Default for a procedure in force, a lighter cap for one that ended not long ago."""
    ended: list[NegativeEvent] = []
    for event in events_of(facts, policy):
        if policy.evidence.events.get(event.code) != "insolvency":
            continue
        if event.in_force(facts.as_of):
            # The reason is the objection itself, which declines.
            yield Cap(policy.master_scale.default_grade, None, {})
        else:
            ended.append(event)
    months = policy.evidence.past_insolvency_years * 12
    for event in ended:
        if event.ended_on is not None and months_later(event.ended_on, months) > facts.as_of:
            params: Params = {"event": event.code, "ended_on": event.ended_on}
            yield Cap(policy.caps.past_insolvency_grade, "past_insolvency", params)


def _cover_refused(insurance: InsuranceFacts) -> bool:
    """Whether the insurer decided, and gave nothing."""
    return insurance.policy_active and insurance.insurer_cover == 0
