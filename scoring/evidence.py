"""What the facts are worth as evidence: outside and inside probabilities, and how far each can be trusted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from scoring.dates import months_later
from scoring.events import events_of
from scoring.experience import Experience, score_experience
from scoring.facts import BureauFacts, CheckFacts, Financials
from scoring.figures import Known
from scoring.judgement import Reason, reason
from scoring.money import quantised
from scoring.natural_person import is_natural_person
from scoring.points import score_figures
from scoring.policy.document import Policy
from scoring.reasons import Params
from scoring.scorecard import credibility_of, rounded_pd, twelve_month_pd
from scoring.vendor_scores import ScoreReading, read_score

_NO_WEIGHT = Decimal(0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that bears on the grade. Probabilities are not yet clamped or rounded; None is not known.

    `known` is what figures are read from: the report and annual figures in it are those that still count.
    `score_grade` is what the vendor's score stands for by itself, whether or not it counts beside its probability.
    """

    known: Known
    pd_external: float | None
    bureau_in_default: bool
    external_quality: Decimal
    experience: Experience | None
    credibility: Decimal
    reasons: tuple[Reason, ...]
    score_grade: str | None = None

    @property
    def pd_internal(self) -> float | None:
        """The probability of our own experience."""
        return None if self.experience is None else self.experience.pd

    @property
    def confidence(self) -> Decimal:
        """How far the probability can be relied on, 0 to 1; reported beside it, never mixed into it."""
        return self.credibility + (1 - self.credibility) * self.external_quality


def weigh_evidence(facts: CheckFacts, policy: Policy) -> Evidence:
    """Evidence of the report that still counts and of our own experience."""
    reasons: list[Reason] = []
    report = _usable_report(facts, policy, reasons)
    financials = None if report is None else _usable_financials(report, facts.as_of, policy, reasons)
    known = Known(facts, policy.evidence.lateness, report, financials, is_natural_person(facts, policy))
    pd_external: float | None = None
    quality, in_default, score_grade = _NO_WEIGHT, False, None
    if report is not None:
        reading = read_score(report, policy)
        score_grade = reading.grade
        pd_external = _external_pd(report, reading, known, policy, reasons)
        in_default = _says_default(score_grade, pd_external, policy)
        quality = _quality_of(report, financials, facts, policy, reasons)
    experience = score_experience(known, policy)
    credibility = _NO_WEIGHT
    if experience is not None:
        blending = policy.blending
        credibility = credibility_of(experience.items_count, blending.credibility_k, blending.credibility_cap)
    reasons.extend(_overdue(facts))
    return Evidence(
        known=known,
        pd_external=pd_external,
        bureau_in_default=in_default,
        external_quality=_NO_WEIGHT if pd_external is None else quality,
        experience=experience,
        credibility=credibility,
        reasons=tuple(reasons),
        score_grade=score_grade,
    )


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


def _external_pd(
    report: BureauFacts, reading: ScoreReading, known: Known, policy: Policy, reasons: list[Reason]
) -> float | None:
    """The vendor's own probability over twelve months; without it, what the policy says of its score or its figures."""
    if report.pd is not None:
        horizon_months = report.horizon_months
        if not horizon_months:
            horizon_months = policy.evidence.assumed_horizon_months
            reasons.append(reason("horizon_assumed", params={"horizon_months": horizon_months}))
        return twelve_month_pd(float(report.pd), horizon_months)
    if reading.why_not is None:
        return reading.pd
    reasons.append(reading.why_not)
    return _financials_pd(known, policy, reasons)


def _financials_pd(known: Known, policy: Policy, reasons: list[Reason]) -> float | None:
    """What the policy's scorecard says of the annual figures, where it has one."""
    card = policy.scorecards.financials
    if card is None or known.financials is None or (card.trained and known.is_natural_person is not False):
        return None
    scored = score_figures(card, known)
    if scored is None:
        return None
    reasons.append(reason("financials_scored", params={"year_end_on": known.financials.year_end_on}))
    return scored.pd


def _says_default(score_grade: str | None, pd_external: float | None, policy: Policy) -> bool:
    """Whether the bureau calls the debtor in default, by its own probability or by the grade of its score."""
    scale = policy.master_scale
    by_pd = pd_external is not None and scale.grade_of(rounded_pd(pd_external)) == scale.default_grade
    return by_pd or score_grade == scale.default_grade


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
    overtaken = any(report.dated_on < event.occurred_on <= facts.as_of for event in events_of(facts, policy))
    if overtaken or age_days > policy.evidence.report_fresh_days:
        reasons.append(reason("report_stale", params={"report_age_days": age_days}))
        return policy.evidence.quality_stale
    if financials is None:
        return policy.evidence.quality_fresh_without_financials
    return policy.evidence.quality_fresh_with_financials
