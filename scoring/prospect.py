"""The judgement of a credit check: whom we may sell to, how much, on which terms, and why.

A check asks without effect: that a limit asked for is above the computed one is told (`asked_above_limit`), and changes
nothing. An application for such a limit goes to a person.
"""

from datetime import date, timedelta
from decimal import Decimal

from scoring.dates import months_later
from scoring.explaining import heaviest_factors
from scoring.facts import NO_LIMIT_GIVEN, CheckFacts, CreditLimit
from scoring.judgement import NO_TERMS, Judgement, Outcome, Proposal, Reason, SalesNote, Terms, reason
from scoring.limits import Binding
from scoring.money import quantised
from scoring.policy.document import Policy
from scoring.reasons import Params
from scoring.remedies import nearest_remedies, needed_to_accept
from scoring.ruling import Ruling, rule
from scoring.scorecard import rounded_pd

_EFFECT_RANKS = {
    "decline": 6,
    "refer": 5,
    "hold_first_payment": 4,
    "accept_prepayment": 3,
    "grade": 2,
    "limit": 1,
    "none": 0,
}
_ZERO = Decimal(0)


def judge_check(facts: CheckFacts, policy: Policy) -> Judgement:
    """The whole answer to a credit check. The same facts and policy always give the same answer."""
    if facts.currency != policy.currency:
        raise ValueError(f"facts in {facts.currency} cannot be judged by a policy in {policy.currency}")
    ruling = rule(facts, policy)
    reasons = [*ruling.reasons, *heaviest_factors(facts, ruling, policy)]
    # Engine 1 said both that more was asked than is given and that it was within the policy.
    above = policy.engine != "1" and any(each.code == "asked_above_limit" for each in reasons)
    if ruling.outcome is Outcome.ACCEPT and not above:
        reasons.append(reason("within_policy"))
    limit, binding = _limit_of(ruling, facts, policy)
    terms = ruling.terms
    proposal = None
    headroom = ruling.grant.headroom
    if ruling.outcome is Outcome.REFER:
        # Sales must not take for an offer what somebody has yet to decide.
        proposal = _proposal(ruling, limit, binding)
        limit, binding, terms, headroom = NO_LIMIT_GIVEN, None, NO_TERMS, None
    evidence, grading = ruling.evidence, ruling.grading
    remedies = nearest_remedies(facts, ruling, policy)
    return Judgement(
        outcome=ruling.outcome,
        risk_class=grading.risk_class,
        grade=grading.grade,
        grade_before_caps=grading.grade_before_caps,
        pd=grading.pd,
        pd_internal=None if evidence.pd_internal is None else rounded_pd(evidence.pd_internal),
        pd_external=None if evidence.pd_external is None else rounded_pd(evidence.pd_external),
        credibility=round(evidence.credibility, 4),
        confidence=round(evidence.confidence, 4),
        payment_index=None if evidence.experience is None else round(evidence.experience.score, 4),
        currency=facts.currency,
        limit=limit,
        binding=binding,
        headroom=headroom,
        terms=terms,
        reasons=tuple(sorted(reasons, key=_heaviest_first)),
        remedies=remedies,
        to_accept=needed_to_accept(facts, ruling, remedies, policy),
        requires_human_review=ruling.needs_review,
        proposal=proposal,
        limit_valid_until=_limit_valid_until(limit, facts, ruling, policy),
        valid_until=facts.as_of + timedelta(days=policy.outcomes.check_valid_days),
        sales_note=_sales_note(ruling.outcome, headroom, terms, facts.currency),
    )


def _heaviest_first(each: Reason) -> tuple[int, int, float, float]:
    """The order of reasons: by effect, then by grades lost, by limit lost and by the change of the log-odds."""
    gained, limit_gained, fall = each.weight
    return -_EFFECT_RANKS[each.effect], -gained, -limit_gained, -fall


def _proposal(ruling: Ruling, limit: CreditLimit, binding: Binding | None) -> Proposal | None:
    """What the rules alone would have said; None when there was no grade to say anything by."""
    if ruling.grading.grade is None and ruling.proposed is not Outcome.DECLINE:
        return None
    return Proposal(ruling.proposed, limit, binding, ruling.terms)


def _limit_of(ruling: Ruling, facts: CheckFacts, policy: Policy) -> tuple[CreditLimit, Binding | None]:
    """The limit granted; a debtor that is declined gets zero, whatever its grade would have given."""
    if ruling.proposed is Outcome.DECLINE:
        grade = ruling.grading.grade
        by_grade = grade is not None and grade not in policy.limits.capacity
        return CreditLimit("amount", quantised(_ZERO, facts.currency)), "grade" if by_grade else "decline"
    return ruling.grant.limit, ruling.grant.binding


def _limit_valid_until(limit: CreditLimit, facts: CheckFacts, ruling: Ruling, policy: Policy) -> date | None:
    """The last day of the limit, by class; None where there is no credit."""
    risk_class = ruling.grading.risk_class
    if risk_class is None or limit.kind == "none" or limit.amount == 0:
        return None
    return months_later(facts.as_of, policy.limits.valid_months[risk_class])


def _sales_note(outcome: Outcome, headroom: Decimal | None, terms: Terms, currency: str) -> SalesNote:
    """The one line sales needs: what may be offered, or who decides."""
    if outcome is Outcome.DECLINE:
        return SalesNote("do_not_sell", {})
    if outcome is Outcome.REFER:
        return SalesNote("finance_decides", {})
    if outcome is Outcome.HOLD_FIRST_PAYMENT:
        return SalesNote("wait_for_first_payment", {})
    if outcome is Outcome.ACCEPT_PREPAYMENT:
        if terms.prepayment_required is None:
            return SalesNote("offer_prepaid", {})
        return SalesNote("offer_part_prepaid", {"prepayment_amount": terms.prepayment_required, "currency": currency})
    if headroom is None:
        return SalesNote("offer_on_account_unlimited", {"term_days": terms.payment_term_days or 0})
    params: Params = {"headroom_amount": headroom, "term_days": terms.payment_term_days or 0, "currency": currency}
    code = "offer_first_payment_first" if terms.mode == "first_payment_first" else "offer_on_account"
    return SalesNote(code, params)
