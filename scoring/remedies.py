"""The nearest changes that would make the answer better, each tried by ruling again on the changed facts."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from scoring.facts import CheckFacts
from scoring.judgement import Outcome, Remedy
from scoring.limits import ceiling_to_step
from scoring.policy import Policy
from scoring.ruling import Ruling, is_natural_person, rule

_ZERO = Decimal(0)
Change = tuple[str, Any, Any]


def nearest_remedies(facts: CheckFacts, ruling: Ruling, policy: Policy) -> tuple[Remedy, ...]:
    """Single changes that lead to a better outcome, the best outcome first."""
    if ruling.outcome is Outcome.ACCEPT or ruling.proposed is Outcome.DECLINE:
        # What declines is a fact about the world: no single change of ours undoes it.
        return ()
    found = []
    for name, from_value, to_value in (*_changes_of_state(facts, policy), *_changes_of_amount(facts, ruling, policy)):
        outcome = rule(_APPLY[name](facts, to_value), policy).outcome
        if outcome.rank < ruling.outcome.rank:
            found.append(Remedy(name, from_value, to_value, outcome))
    return tuple(sorted(found, key=_rank_given))


def apply_remedy(facts: CheckFacts, remedy: Remedy) -> CheckFacts:
    """The facts after a remedy: judged again they give the outcome it promises."""
    return _APPLY[remedy.change](facts, remedy.to_value)


def _rank_given(remedy: Remedy) -> int:
    """What remedies are ordered by: the outcome they lead to."""
    return remedy.gives_outcome.rank


def _changes_of_state(facts: CheckFacts, policy: Policy) -> Iterator[Change]:
    """What could be settled with the debtor or by finance, whatever the amounts."""
    debtor, register, sanctions = facts.debtor, facts.register, facts.sanctions
    for name in ("on_hold", "first_payment_pending", "unresolved_write_off"):
        if getattr(debtor, name):
            yield name, True, False
    if is_natural_person(facts, policy) is None:
        yield "is_natural_person", None, False
    if register is not None and register.identity_mismatch:
        yield "identity_mismatch", register.identity_mismatch, ()
    if sanctions is not None and sanctions.hit == "possible":
        yield "sanctions_hit", sanctions.hit, "none"


def _changes_of_amount(facts: CheckFacts, ruling: Ruling, policy: Policy) -> Iterator[Change]:
    """What could be ordered, paid, insured or agreed otherwise."""
    if facts.behaviour is not None and facts.behaviour.overdue_amount > 0:
        yield "overdue_amount", facts.behaviour.overdue_amount, _ZERO
    grant, asked = ruling.grant, facts.asked
    order, limit = asked.order_amount, grant.limit.amount
    if order is None or limit is None or grant.headroom is None or not grant.prepayment_required:
        return
    if grant.headroom > 0:
        yield "order_amount", order, grant.headroom
        yield "prepayment", _ZERO, grant.prepayment_required
    if limit >= order and facts.exposure.amount > limit - order:
        yield "exposure_amount", facts.exposure.amount, limit - order
    if grant.binding == "insurance" and facts.insurance is not None and ruling.grading.grade is not None:
        own_risk = policy.limits.own_risk[ruling.grading.grade]
        wanted = ceiling_to_step(order + facts.exposure.amount, policy.limits.rounding)
        yield "insurer_cover", facts.insurance.insurer_cover, wanted - own_risk
    class_days = policy.terms.payment_term_days.get(ruling.grading.risk_class or "blocked")
    if grant.binding == "need" and asked.payment_term_days is not None and class_days is not None:
        yield "payment_term_days", asked.payment_term_days, class_days


def _order_amount(facts: CheckFacts, amount: Decimal) -> CheckFacts:
    """The facts with an order of another amount."""
    return replace(facts, asked=replace(facts.asked, order_amount=amount))


def _prepayment(facts: CheckFacts, amount: Decimal) -> CheckFacts:
    """The facts with part of the order paid before delivery."""
    # What is prepaid never becomes exposure, so only the rest is an order on account.
    return _order_amount(facts, (facts.asked.order_amount or _ZERO) - amount)


def _exposure_amount(facts: CheckFacts, amount: Decimal) -> CheckFacts:
    """The facts with another exposure."""
    return replace(facts, exposure=replace(facts.exposure, amount=amount))


def _overdue_amount(facts: CheckFacts, amount: Decimal) -> CheckFacts:
    """The facts after what is overdue was paid down to an amount."""
    behaviour = facts.behaviour
    if behaviour is None:
        return facts
    paid = behaviour.overdue_amount - amount
    settled = replace(behaviour, overdue_amount=amount, oldest_overdue_days=0, open_amount=behaviour.open_amount - paid)
    return replace(_exposure_amount(facts, facts.exposure.amount - paid), behaviour=settled)


def _insurer_cover(facts: CheckFacts, amount: Decimal) -> CheckFacts:
    """The facts with another insured limit."""
    insurance = facts.insurance
    if insurance is None:
        return facts
    return replace(facts, insurance=replace(insurance, insurer_cover=amount))


def _payment_term_days(facts: CheckFacts, days: int) -> CheckFacts:
    """The facts with another term asked for."""
    return replace(facts, asked=replace(facts.asked, payment_term_days=days))


def _identity_mismatch(facts: CheckFacts, fields: tuple[Any, ...]) -> CheckFacts:
    """The facts with these differences from the register left."""
    register = facts.register
    if register is None:
        return facts
    return replace(facts, register=replace(register, identity_mismatch=fields))


def _sanctions_hit(facts: CheckFacts, hit: Any) -> CheckFacts:
    """The facts after a possible hit was looked at."""
    sanctions = facts.sanctions
    if sanctions is None:
        return facts
    return replace(facts, sanctions=replace(sanctions, hit=hit))


def _debtor_flag(name: str) -> Callable[[CheckFacts, Any], CheckFacts]:
    """A change of one field of what we know of the debtor."""

    def set_flag(facts: CheckFacts, value: Any) -> CheckFacts:
        """The facts with that field set."""
        return replace(facts, debtor=replace(facts.debtor, **{name: value}))

    return set_flag


_APPLY: dict[str, Callable[[CheckFacts, Any], CheckFacts]] = {
    "order_amount": _order_amount,
    "prepayment": _prepayment,
    "exposure_amount": _exposure_amount,
    "overdue_amount": _overdue_amount,
    "insurer_cover": _insurer_cover,
    "payment_term_days": _payment_term_days,
    "identity_mismatch": _identity_mismatch,
    "sanctions_hit": _sanctions_hit,
    **{
        name: _debtor_flag(name)
        for name in ("is_natural_person", "first_payment_pending", "unresolved_write_off", "on_hold")
    },
}
