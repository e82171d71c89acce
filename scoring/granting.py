"""What a graded debtor gets: limit, terms, and whether the order asked for fits."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from scoring.evidence import Evidence
from scoring.facts import Asked, CheckFacts, CreditLimit
from scoring.grading import Grading
from scoring.judgement import Reason, reason
from scoring.limits import (
    Binding,
    Capacity,
    CapacityFigures,
    LimitDecision,
    ceiling_to_step,
    decide_limit,
    need_amount,
    tangible_net_worth,
    working_capital,
)
from scoring.money import quantised
from scoring.payment_terms import TermFound, find_term
from scoring.policy.document import Policy
from scoring.policy.rules import Rule
from scoring.reasons import Params
from scoring.rules import params_of

_ZERO = Decimal(0)
_OF_THE_ROOM = ("headroom_amount", "exposure_amount")


@dataclass(frozen=True, slots=True)
class Grant:
    """Limit and terms by the grade alone; without a grade the limit is of kind none.

    `headroom` is None where no amount bounds it, `term_days` where the class gets no term. `bounds` are the amounts of
    which the least became the limit, before rounding; `term`, `figures` and `capacity` say how they were found.
    """

    limit: CreditLimit
    binding: Binding | None
    headroom: Decimal | None
    term_days: int | None
    prepayment_required: Decimal | None
    reasons: tuple[Reason, ...]
    bounds: tuple[tuple[Binding, Decimal], ...] = ()
    term: TermFound | None = None
    figures: CapacityFigures | None = None
    capacity: Capacity | None = None


NOTHING_GRANTED = Grant(CreditLimit("none"), None, None, None, None, ())


def grant_credit(
    facts: CheckFacts, evidence: Evidence, grading: Grading, held: tuple[Rule, ...], policy: Policy
) -> Grant:
    """The limit and terms of a grade, and what the order asked for needs beyond them."""
    if grading.grade is None or grading.risk_class is None:
        return NOTHING_GRANTED
    term = find_term(facts, evidence, grading, policy)
    term_days = None if term is None else term.term_days
    reasons = list(_term_reasons(term, policy))
    need = _need(facts, term_days, policy, reasons)
    cover = _insurer_cover(facts, reasons)
    figures = _capacity_figures(facts, evidence, reasons)
    bounds = tuple(_further_bounds(grading, held, policy))
    decided = decide_limit(grading.grade, figures, need, cover, policy.limits, bounds)
    limit, headroom = decided.limit, None
    if limit.amount is not None:
        headroom = quantised(limit.amount - facts.exposure.amount, facts.currency, "down")
        limit = CreditLimit("amount", quantised(limit.amount, facts.currency))
    prepayment = _prepayment(facts, headroom)
    reasons.extend(_rule_reasons(facts, decided, held))
    reasons.extend(_order_reasons(facts, grading.grade, limit, decided.binding, headroom, prepayment))
    return Grant(
        limit,
        decided.binding,
        headroom,
        term_days,
        prepayment,
        tuple(reasons),
        decided.candidates,
        term,
        figures,
        decided.capacity,
    )


def _further_bounds(grading: Grading, held: tuple[Rule, ...], policy: Policy) -> Iterator[tuple[Binding, Decimal]]:
    """What the loss budget and the rules that hold allow at most."""
    budget = policy.limits.loss_budget
    if budget is not None and grading.pd:
        yield "loss_budget", budget.amount / (grading.pd * budget.loss_given_default)
    for rule in held:
        if rule.then.limit_at_most is not None:
            yield "rule", rule.then.limit_at_most


def _rule_reasons(facts: CheckFacts, decided: LimitDecision, held: tuple[Rule, ...]) -> Iterator[Reason]:
    """A reason for each rule that says how high the limit may be."""
    for rule in held:
        most = rule.then.limit_at_most
        if most is not None:
            binds = decided.binding == "rule" and decided.raw_amount == most
            shown: Params = {**params_of(rule), "currency": facts.currency, "limit_amount": most}
            yield reason("policy_rule_limit", "limit" if binds else "none", shown)


def _term_reasons(term: TermFound | None, policy: Policy) -> Iterator[Reason]:
    """What shortened the term; engine 1 told only of a term that was asked for."""
    if term is None or term.term_days is None:
        return
    by_law = policy.engine != "1" and term.shortened_by_law
    granted_days = term.class_days if by_law else term.term_days
    if term.asked_days is not None and term.asked_days > granted_days:
        yield reason("term_shortened", "limit", {"asked_days": term.asked_days, "term_days": granted_days})
    if by_law:
        # Only a large debtor and a public body have a term that the law shortens.
        shown: Params = {
            "agreed_days": term.agreed_days,
            "term_days": term.term_days,
            "debtor_size": str(term.debtor_size),
        }
        yield reason("term_shortened_by_law", "limit", shown)


def _need(facts: CheckFacts, term_days: int | None, policy: Policy, reasons: list[Reason]) -> Decimal | None:
    """The need by sales per month; without them what was asked; None when nothing was."""
    asked, limits = facts.asked, policy.limits
    if asked.monthly_sales is not None and term_days is not None:
        domestic = facts.debtor.country == limits.domestic_country
        vat_rate = limits.vat_rate_domestic if domestic else limits.vat_rate_abroad
        late_days = _ZERO if facts.behaviour is None or facts.behaviour.dbt_days is None else facts.behaviour.dbt_days
        need = need_amount(asked.monthly_sales, vat_rate, term_days, late_days, limits.buffer_days)
        return quantised(need, facts.currency)
    wanted = max(asked.requested_limit or _ZERO, (asked.order_amount or _ZERO) + max(facts.exposure.amount, _ZERO))
    if (asked.requested_limit is None and not asked.order_amount) or wanted <= 0:
        reasons.append(reason("need_unknown"))
        return None
    # Rounded up, or the rounding down of the limit would leave no room for the very order it is for.
    need = ceiling_to_step(wanted, limits.rounding)
    shown: Params = {"need_amount": quantised(need, facts.currency), "currency": facts.currency}
    reasons.append(reason("need_from_request", params=shown))
    return need


def _insurer_cover(facts: CheckFacts, reasons: list[Reason]) -> Decimal | None:
    """What the insurer carries; None without an insurance policy, zero until it has decided on this debtor."""
    insurance = facts.insurance
    if insurance is None or not insurance.policy_active:
        return None
    if facts.debtor.related_party:
        reasons.append(reason("related_party", "limit"))
        return _ZERO
    if insurance.insurer_cover is None:
        reasons.append(reason("cover_not_decided", "limit"))
        return _ZERO
    return insurance.insurer_cover


def _capacity_figures(facts: CheckFacts, evidence: Evidence, reasons: list[Reason]) -> CapacityFigures:
    """What capacity is reckoned from; figures that a statement lacks are told."""
    financials, report, behaviour = evidence.known.financials, evidence.known.report, facts.behaviour
    net_worth = capital = turnover = None
    if financials is not None:
        net_worth, capital, turnover = tangible_net_worth(financials), working_capital(financials), financials.turnover
        named = (("net_worth", net_worth), ("working_capital", capital), ("turnover", turnover))
        missing = tuple(name for name, figure in named if figure is None)
        if missing:
            reasons.append(reason("financials_incomplete", params={"figures": missing}))
    return CapacityFigures(
        net_worth=net_worth,
        working_capital=capital,
        turnover=turnover,
        bureau_limit=None if report is None else report.recommended_limit,
        peak_exposure=None if behaviour is None else behaviour.peak_exposure,
        dbt_days=None if behaviour is None else behaviour.dbt_days,
        settled_count=0 if behaviour is None else behaviour.settled_count,
        credibility=evidence.credibility,
    )


def _prepayment(facts: CheckFacts, headroom: Decimal | None) -> Decimal | None:
    """What of the order the room does not hold; None without an order, or where nothing bounds it."""
    order = facts.asked.order_amount
    if order is None or headroom is None:
        return None
    return quantised(max(_ZERO, order - max(_ZERO, headroom)), facts.currency, "up")


def _order_reasons(
    facts: CheckFacts,
    grade: str,
    limit: CreditLimit,
    binding: Binding | None,
    headroom: Decimal | None,
    prepayment: Decimal | None,
) -> Iterator[Reason]:
    """Why the order, or any order, needs a prepayment, and whether more limit was asked than is given."""
    if limit.amount is None or headroom is None:
        return
    asked = facts.asked
    amounts: Params = {
        "currency": facts.currency,
        "limit_amount": limit.amount,
        "headroom_amount": headroom,
        "exposure_amount": facts.exposure.amount,
    }
    if limit.amount == 0 and binding == "grade":
        yield reason("grade_without_credit", "accept_prepayment", {"grade": grade})
    elif limit.amount == 0:
        yield reason("limit_is_zero", "accept_prepayment", {"binding": str(binding)})
    elif asked.order_amount is None and headroom <= 0:
        yield reason("limit_used_up", "accept_prepayment", amounts)
    elif asked.order_amount is not None and prepayment:
        order: Params = {"order_amount": asked.order_amount, "prepayment_amount": prepayment}
        yield reason("limit_exceeded", "accept_prepayment", {**amounts, **order})
    if asked.unlimited_requested or (asked.requested_limit is not None and asked.requested_limit > limit.amount):
        yield _asked_above(asked, amounts)


def _asked_above(asked: Asked, amounts: Params) -> Reason:
    """That more limit was asked than the policy gives; who applies for it gets his answer from a person.

    Where the policy gives no credit at all, the answer to an application is that orders are prepaid.
    """
    told = dict(amounts)
    if asked.requested_limit is not None and not asked.unlimited_requested:
        told["requested_amount"] = asked.requested_limit
    if not asked.is_application or amounts["limit_amount"] == 0:
        return reason("asked_above_limit", "limit", told)
    # How much is outstanding does not bear on how large a limit should be.
    return reason("asked_above_limit", "refer", {name: told[name] for name in told if name not in _OF_THE_ROOM})
