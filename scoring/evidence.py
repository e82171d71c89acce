"""What the facts are worth as evidence: outside and inside probabilities, and how far each can be trusted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from scoring.behaviour import PaymentFigures, payment_index
from scoring.dates import months_later
from scoring.facts import BureauFacts, CheckFacts, Financials
from scoring.judgement import Reason, reason
from scoring.money import quantised
from scoring.policy import Policy
from scoring.policy_judgement import OddsScalePolicy
from scoring.reasons import Params
from scoring.scorecard import OddsScale, credibility_of, rounded_pd, twelve_month_pd

_NO_WEIGHT = Decimal(0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that bears on the grade. Probabilities are not yet clamped or rounded; None is not known."""

    report: BureauFacts | None
    financials: Financials | None
    pd_external: float | None
    bureau_in_default: bool
    external_quality: Decimal
    figures: PaymentFigures | None
    payment_index: Decimal | None
    pd_internal: float | None
    credibility: Decimal
    reasons: tuple[Reason, ...]

    @property
    def confidence(self) -> Decimal:
        """How far the probability can be relied on, 0 to 1; reported beside it, never mixed into it."""
        return self.credibility + (1 - self.credibility) * self.external_quality


def weigh_evidence(facts: CheckFacts, policy: Policy) -> Evidence:
    """Evidence of the report that still counts and of our own experience."""
    reasons: list[Reason] = []
    report = _usable_report(facts, policy, reasons)
    financials = None if report is None else _usable_financials(report, facts.as_of, policy, reasons)
    pd_external: float | None = None
    quality, in_default = _NO_WEIGHT, False
    if report is not None:
        pd_external = _external_pd(report, policy, reasons)
        in_default = _says_default(report, pd_external, policy)
        quality = _quality_of(report, financials, facts, policy, reasons)
    figures = index = pd_internal = None
    credibility = _NO_WEIGHT
    if facts.behaviour is not None:
        figures = PaymentFigures.of(facts.behaviour, facts.as_of)
        index = payment_index(figures, policy.scorecards.payment_index)
    if index is not None and facts.behaviour is not None:
        pd_internal = index_pd(index, policy.scorecards.index_scale)
        blending = policy.blending
        credibility = credibility_of(facts.behaviour.settled_count, blending.credibility_k, blending.credibility_cap)
    reasons.extend(_overdue(facts))
    return Evidence(
        report=report,
        financials=financials,
        pd_external=pd_external,
        bureau_in_default=in_default,
        external_quality=_NO_WEIGHT if pd_external is None else quality,
        figures=figures,
        payment_index=index,
        pd_internal=pd_internal,
        credibility=credibility,
        reasons=tuple(reasons),
    )


def index_pd(index: Decimal, policy: OddsScalePolicy) -> float:
    """The probability of default our payment index stands for."""
    scale = OddsScale.of(float(policy.base_score), float(policy.base_odds), float(policy.points_to_double_odds))
    return scale.pd_of(float(index))


def _usable_report(facts: CheckFacts, policy: Policy, reasons: list[Reason]) -> BureauFacts | None:
    """The report while it is young enough to count."""
    report = facts.bureau
    if report is None:
        return None
    age_days = (facts.as_of - report.dated_on).days
    if age_days > policy.evidence.report_usable_days:
        reasons.append(reason("report_too_old", params={"report_age_days": age_days}))
        return None
    return report


def _usable_financials(report: BureauFacts, as_of: date, policy: Policy, reasons: list[Reason]) -> Financials | None:
    """The annual figures while they are young enough to count."""
    financials = report.financials
    if financials is None:
        return None
    if months_later(financials.year_end_on, policy.evidence.financials_usable_months) < as_of:
        reasons.append(reason("stale_financials", params={"year_end_on": financials.year_end_on}))
        return None
    if financials.consolidated:
        reasons.append(reason("consolidated_financials"))
    return financials


def _external_pd(report: BureauFacts, policy: Policy, reasons: list[Reason]) -> float | None:
    """The vendor's own probability over twelve months; without it, what the policy says of its score."""
    if report.pd is not None:
        horizon_months = report.horizon_months
        if not horizon_months:
            horizon_months = policy.evidence.assumed_horizon_months
            reasons.append(reason("horizon_assumed", params={"horizon_months": horizon_months}))
        return twelve_month_pd(float(report.pd), horizon_months)
    if report.score is None:
        reasons.append(reason("score_missing"))
        return None
    grade = _scale_grade(report, policy)
    if grade is None:
        reasons.append(reason("score_scale_unknown", params={"scale": report.scale or "unknown"}))
        return None
    return float(policy.master_scale.typical_pd_of(grade))


def _says_default(report: BureauFacts, pd_external: float | None, policy: Policy) -> bool:
    """Whether the bureau calls the debtor in default, by its own probability or by the grade of its score."""
    scale = policy.master_scale
    by_pd = pd_external is not None and scale.grade_of(rounded_pd(pd_external)) == scale.default_grade
    return by_pd or _scale_grade(report, policy) == scale.default_grade


def _scale_grade(report: BureauFacts, policy: Policy) -> str | None:
    """The grade of the highest band its score reaches; None below all of them, or on a scale not in the policy."""
    grade = None
    for band in policy.scorecards.external_scales.get(report.scale or "", ()):
        if report.score is None or report.score < band.at_least:
            break
        grade = band.grade
    return grade


def _overdue(facts: CheckFacts) -> Iterator[Reason]:
    """What the debtor should have paid by now."""
    behaviour = facts.behaviour
    if behaviour is not None and behaviour.overdue_amount > 0:
        amount = quantised(behaviour.overdue_amount, facts.currency)
        params: Params = {
            "currency": facts.currency,
            "overdue_amount": amount,
            "overdue_days": behaviour.oldest_overdue_days,
        }
        yield reason("items_overdue", params=params)


def _quality_of(
    report: BureauFacts, financials: Financials | None, facts: CheckFacts, policy: Policy, reasons: list[Reason]
) -> Decimal:
    """How good the report is as evidence: fresh with figures, fresh without, or overtaken by time or events."""
    age_days = (facts.as_of - report.dated_on).days
    overtaken = any(report.dated_on < event.occurred_on <= facts.as_of for event in facts.events())
    if overtaken or age_days > policy.evidence.report_fresh_days:
        reasons.append(reason("report_stale", params={"report_age_days": age_days}))
        return policy.evidence.quality_stale
    if financials is None:
        return policy.evidence.quality_fresh_without_financials
    return policy.evidence.quality_fresh_with_financials
