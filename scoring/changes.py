"""Changes that a debtor, sales or finance could make, each as a change of the facts that are judged."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from scoring.facts import NO_ITEMS, CheckFacts, LatenessFacts

_ZERO = Decimal(0)


def changed(facts: CheckFacts, name: str, to_value: Any) -> CheckFacts:
    """The facts after a change of that name. Raises KeyError for a name that is none."""
    return _APPLY[name](facts, to_value)


def _paid_on_time(facts: CheckFacts, count: int) -> CheckFacts:
    """The facts after what is overdue is paid, and so many further invoices of the usual size on their due day."""
    paid = _overdue_amount(facts, _ZERO)
    behaviour = paid.behaviour
    if behaviour is None or behaviour.lateness is None:
        return facts
    size = behaviour.settled_amount / behaviour.settled_count if behaviour.settled_count else _ZERO
    settled = behaviour.settled_amount + count * size
    kept = behaviour.settled_amount / settled if settled else Decimal(1)
    lateness = behaviour.lateness
    lateness = replace(
        lateness,
        whole=replace(lateness.whole, count=lateness.whole.count + count),
        recent=replace(lateness.recent, count=lateness.recent.count + count),
    )
    return replace(
        paid,
        behaviour=replace(
            behaviour,
            settled_count=behaviour.settled_count + count,
            settled_amount=settled,
            dbt_days=_diluted(behaviour.dbt_days, kept),
            late_amount_share=_diluted(behaviour.late_amount_share, kept),
            lateness=lateness,
        ),
    )


def _past_due_settled(lateness: LatenessFacts) -> LatenessFacts:
    """The counts after what is past due was paid: late it stays."""
    due = lateness.past_due
    return replace(lateness, whole=lateness.whole.plus(due), recent=lateness.recent.plus(due), past_due=NO_ITEMS)


def _diluted(average: Decimal | None, kept: Decimal) -> Decimal | None:
    """An average over amounts of which the part `kept` stays and the rest is zero."""
    return None if average is None else average * kept


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
    settled = replace(
        behaviour,
        overdue_amount=amount,
        oldest_overdue_days=0,
        open_amount=behaviour.open_amount - paid,
        lateness=None if behaviour.lateness is None else _past_due_settled(behaviour.lateness),
    )
    return replace(_exposure_amount(facts, facts.exposure.amount - paid), behaviour=settled)


def _requested_limit(facts: CheckFacts, amount: Decimal) -> CheckFacts:
    """The facts with another limit applied for."""
    return replace(facts, asked=replace(facts.asked, requested_limit=amount))


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
    "on_time_count": _paid_on_time,
    "overdue_and_on_time_count": _paid_on_time,
    "order_amount": _order_amount,
    "prepayment": _prepayment,
    "exposure_amount": _exposure_amount,
    "overdue_amount": _overdue_amount,
    "requested_limit_amount": _requested_limit,
    "insurer_cover": _insurer_cover,
    "payment_term_days": _payment_term_days,
    "identity_mismatch": _identity_mismatch,
    "sanctions_hit": _sanctions_hit,
    **{
        name: _debtor_flag(name)
        for name in ("is_natural_person", "first_payment_pending", "unresolved_write_off", "on_hold")
    },
}
