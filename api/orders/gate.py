"""The gate: judges an order under the lock of its debtor, and says what becomes of it.

Whatever raises exposure goes through `judged` and `resolved` here, in one transaction under the lock.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from api.gate.entering import Entered, enter
from api.gate.facts import first_payment, order_facts
from api.gate.passing_time import has_begun
from api.orders.deadlines import prepay_by, reservation_ends_at
from api.problems import NotFound
from api.records import order_rows
from api.records.base import new_id
from api.records.order_rows import Order, OrderDecision
from api.wiring import Wiring
from scoring.canonical import canonical_json
from scoring.engines import judge_order
from scoring.exchange import converted
from scoring.judgement import Outcome
from scoring.money import Money
from scoring.order_stages import enters_on, kept_amount, stages_of, still_to_invoice, waiting_stages
from scoring.orders import OrderFacts, OrderJudgement, order_facts_document

STATES = {
    Outcome.ACCEPT: "released",
    Outcome.ACCEPT_PREPAYMENT: "held",
    Outcome.HOLD_FIRST_PAYMENT: "held",
    Outcome.REFER: "held",
    Outcome.DECLINE: "refused",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """How an order was judged, with what is kept of it."""

    facts: OrderFacts
    judgement: OrderJudgement
    decision: OrderDecision


def enter_order(session: Session, given: Wiring, order_id: UUID) -> tuple[Entered, Order]:
    """Lock the debtor of an order as `enter` does, and give the order as it is then.

    Raises NotFound for an unknown order, and GroupChanged where all must begin again.
    """
    before = order_rows.get(session, order_id)
    if before is None:
        raise NotFound("There is no such order.", code="order_not_found")
    entered = enter(session, given, before.debtor_id)
    order = order_rows.get(session, order_id)
    assert order is not None
    return entered, order


def judged(session: Session, entered: Entered, order: Order, asked: str, given: Wiring) -> Judged:
    """Judge an order as it is or would be, against all but what it adds to exposure itself."""
    found, rules = entered.gate, entered.rules
    facts = order_facts(session, found, order.progress, order.currency, order.stages.counted, is_first=order.is_first)
    judgement = judge_order(rules.policy.engine, facts, rules.policy)
    decision = OrderDecision(
        id=new_id(),
        order_id=order.id,
        debtor_id=order.debtor_id,
        asked=asked,
        as_of=facts.as_of,
        decided_at=given.now,
        outcome=judgement.outcome.value,
        judgement=canonical_json(judgement.document()).decode(),
        facts=canonical_json(order_facts_document(facts)).decode(),
        policy_version=rules.version,
        policy_digest=rules.digest,
        engine_version=rules.policy.engine,
        asked_by=given.caller.name,
        actor=given.caller.actor,
    )
    return Judged(facts, judgement, decision)


def resolved(entered: Entered, order: Order, found: Judged, given: Wiring) -> Order:
    """Give the order as its judgement makes it: released with its reservation, held, or refused for good."""
    outcome = found.judgement.outcome
    order = replace(
        order,
        state=STATES[outcome],
        outcome=outcome.value,
        decision_id=found.decision.id,
        judged_at=given.now,
        prepayment_required=required_of(order, found),
    )
    if outcome is Outcome.ACCEPT:
        return released(entered, order, given)
    if outcome is Outcome.ACCEPT_PREPAYMENT:
        # What fits is kept for it while it waits, so that nobody else takes it meanwhile.
        required = order.prepayment_required or Decimal(0)
        kept = kept_amount(order.progress, required, entered.gate.horizon_on)
        stages = waiting_stages(order.progress, required, kept)
        ends_at = prepay_by(order, entered.rules.policy.orders, given.today, given.seller)
        return replace(order.staged(stages), expires_at=ends_at, enters_horizon_on=None)
    stages = stages_of(order.progress, None, may_deliver=False)
    # What went out of a first order stays its debtor's first credit, whatever becomes of the rest.
    is_first = order.is_first and has_begun(order)
    return replace(order.staged(stages), expires_at=None, enters_horizon_on=None, is_first=is_first)


def released(entered: Entered, order: Order, given: Wiring) -> Order:
    """Give the order with the reservation of all that is still to be delivered of it."""
    found, policy = entered.gate, entered.rules.policy.orders
    stages = stages_of(order.progress, found.horizon_on)
    return replace(
        order.staged(stages),
        state="released",
        prepayment_required=None,
        released_by=None,
        released_until=None,
        check_due=False,
        expires_at=reservation_ends_at(order, policy, found.today, given.seller),
        enters_horizon_on=enters_on(order.progress, found.horizon_on, policy.horizon_days),
        is_first=order.is_first or (stages.counted + stages.scheduled > 0 and first_payment(found) == "no_order"),
    )


def required_of(order: Order, found: Judged) -> Decimal | None:
    """Give what must be prepaid, in the currency of the order and at most all of it; None where nothing is asked."""
    required, facts = found.judgement.prepayment_required, found.facts
    if required is None:
        return None
    asked, open_amount = facts.asked, max(Decimal(0), still_to_invoice(order.progress) - order.prepaid_amount)
    if required >= asked.amount - asked.prepaid_cleared:
        return open_amount
    if order.currency == facts.currency:
        return min(required, open_amount)
    # So much that all that is prepaid then is enough at the same rates, however each of it is rounded.
    rates = {each.currency: each for each in facts.rates}
    enough = converted(Money(asked.prepaid_cleared + required, facts.currency), order.currency, rates, "up").money
    return min(enough.amount - order.prepaid_amount, open_amount)
