"""Books deliveries: what has left is gone, so each is booked, and one that went past the gate raises an alert."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.decision_answer import reasons_answer
from api.gate.entering import Entered, in_one_transaction
from api.gate.facts import first_payment
from api.orders.answers import order_answer
from api.orders.checking import Checked, amount_of, checked
from api.orders.gate import enter_order
from api.problems import BadInput, Conflict, Fault
from api.records import alerts, documents, order_deliveries, order_rows
from api.records.order_rows import Order, OrderStep
from api.records.orders import OrderDeliveryRecord
from api.web.money import money_answer
from api.wiring import Wiring, answer_bytes
from scoring.canonical import plain
from scoring.judgement import Outcome
from scoring.money import Money
from scoring.order_stages import OrderStages, enters_on, stages_of

ALERT = "delivered_past_the_gate"


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery as it is sent; `amount` None: all that is left of the order."""

    reference: str
    delivered_on: date
    amount: Money | None
    document_id: UUID | None


@dataclass(frozen=True, slots=True)
class Booked:
    """The answer to a delivery that was booked, `is_new` unless it was booked before."""

    answer: bytes
    is_new: bool


def book_delivery(order_id: UUID, asked: NewDelivery, given: Wiring) -> Booked:
    """Book a delivery. The same reference with the same content gives the one that is there.

    Raises NotFound, BadInput, and Conflict for another content under the reference or where nothing is left.
    """
    return in_one_transaction(given, partial(_book, order_id=order_id, asked=asked, given=given))


def preview_delivery(order_id: UUID, amount: Money | None, given: Wiring) -> bytes:
    """Give whether a delivery may leave now, without any effect; `amount` None: all that is left of the order."""

    def look(session: Session) -> bytes:
        entered, order = enter_order(session, given, order_id)
        _refuse_currency(order, amount)
        found = checked(session, entered, order, amount_of(order, amount.amount if amount else None), given)
        return answer_bytes(
            {
                "may_deliver": found.passes,
                "amount": money_answer(found.amount, order.currency),
                "reasons": found.shown(given.caller.role, given.language),
                "order": order_answer(order, order_rows.judgement_of(session, order), given),
            }
        )

    return in_one_transaction(given, look)


def _book(session: Session, order_id: UUID, asked: NewDelivery, given: Wiring) -> Booked:
    given.once.claim(session)
    entered, order = enter_order(session, given, order_id)
    known = order_deliveries.get(session, order_id, asked.reference)
    if known is not None:
        return _known(session, order, known, asked, given)
    _refuse_faults(session, order, asked, given)
    found = checked(session, entered, order, amount_of(order, asked.amount.amount if asked.amount else None), given)
    after = _delivered(entered, order, found, given)
    record = OrderDeliveryRecord(
        order_id=order.id,
        delivery_reference=asked.reference,
        delivered_on=asked.delivered_on,
        amount=found.amount,
        document_id=asked.document_id,
        passed=found.passes,
        reasons=[plain(each) for each in found.reasons],
        booked_by=given.caller.name,
        known_at=given.now,
    )
    told = {
        "delivery_reference": asked.reference,
        "delivered_amount": money_answer(found.amount, order.currency),
        "passed": found.passes,
    }
    after = order_rows.write(
        session,
        order,
        after,
        event="order.delivered.v1",
        today=given.today,
        known_at=given.now,
        decision=None if found.found is None else found.found.decision,
        step=OrderStep("delivered", told, given.caller.name, actor=given.caller.actor, told=told),
    )
    session.add(record)
    session.flush()
    if not found.passes:
        _alert(session, after, record, given)
    answer = _answer(session, after, record, given)
    given.once.keep(session, 201, answer)
    return Booked(answer, is_new=True)


def _refuse_faults(session: Session, order: Order, asked: NewDelivery, given: Wiring) -> None:
    faults = []
    if asked.amount is not None and asked.amount.currency != order.currency:
        faults.append(Fault("/amount", "another_currency", f"The order is in {order.currency}."))
    if asked.delivered_on > given.today:
        faults.append(Fault("/delivered_on", "in_the_future", "It has not left yet."))
    if asked.document_id is not None and documents.of_debtor(session, asked.document_id, order.debtor_id) is None:
        faults.append(Fault("/document_id", "document_not_found", "There is no such document of this debtor."))
    if faults:
        raise BadInput("The delivery cannot be booked so.", faults=faults)


def _refuse_currency(order: Order, amount: Money | None) -> None:
    if amount is not None and amount.currency != order.currency:
        fault = Fault("/amount", "another_currency", f"The order is in {order.currency}.")
        raise BadInput("The delivery cannot be judged so.", faults=[fault])


def _delivered(entered: Entered, order: Order, found: Checked, given: Wiring) -> Order:
    """Give the order after a delivery: what was reserved for it is delivered, wherever the order stands."""
    after = replace(order, delivered_amount=order.delivered_amount + found.amount)
    if order.state == "released":
        after = after.staged(stages_of(after.progress, entered.gate.horizon_on))
        days = entered.rules.policy.orders.horizon_days
        after = replace(after, enters_horizon_on=enters_on(after.progress, entered.gate.horizon_on, days))
        if not after.progress.to_deliver:
            after = replace(after, expires_at=None)
        if found.found is not None and found.passes and order.released_by is None:
            after = _passed_again(after, found)
    else:
        gone = stages_of(after.progress, None, may_deliver=False).delivered
        # What a waiting order keeps for itself is what is delivered of it first.
        kept = max(Decimal(0), order.reserved_amount - max(Decimal(0), gone - order.to_invoice_amount))
        after = after.staged(OrderStages(reserved=kept, delivered=gone))
    began = after.to_invoice_amount > 0 and first_payment(entered.gate) == "no_order"
    return replace(after, is_first=after.is_first or began)


def _passed_again(order: Order, found: Checked) -> Order:
    assert found.found is not None
    decision = found.found.decision
    assert found.found.judgement.outcome is Outcome.ACCEPT
    return replace(
        order, outcome=decision.outcome, decision_id=decision.id, judged_at=decision.decided_at, check_due=False
    )


def _known(session: Session, order: Order, known: OrderDeliveryRecord, asked: NewDelivery, given: Wiring) -> Booked:
    """Give the delivery that has this reference, if its content is the same; what was left then is no content."""
    amount = None if asked.amount is None else (asked.amount.amount, asked.amount.currency)
    is_same = amount in (None, (known.amount, order.currency))
    if not is_same or (known.delivered_on, known.document_id) != (asked.delivered_on, asked.document_id):
        raise Conflict(f"Delivery {asked.reference} is there with another content.", code="reference_taken")
    answer = _answer(session, order, known, given)
    given.once.keep(session, 200, answer)
    return Booked(answer, is_new=False)


def _alert(session: Session, order: Order, record: OrderDeliveryRecord, given: Wiring) -> None:
    """Tell somebody of a delivery that went past the gate; each is a cause of its own."""
    data = {
        "order_id": str(order.id),
        "order_reference": order.order_reference,
        "delivery_reference": record.delivery_reference,
        "amount": money_answer(record.amount, order.currency),
        "reasons": [{"code": each["code"], "params": each["params"]} for each in record.reasons],
    }
    alerts.open_alert(session, ALERT, str(record.id), "urgent", data, debtor_id=order.debtor_id, now=given.now)


def _answer(session: Session, order: Order, record: OrderDeliveryRecord, given: Wiring) -> bytes:
    return answer_bytes(
        {
            **delivery_answer(record, order.currency, given),
            "order": order_answer(order, order_rows.judgement_of(session, order), given),
        }
    )


def delivery_answer(record: OrderDeliveryRecord, currency: str, given: Wiring) -> dict[str, Any]:
    """Give a delivery as it is sent; `currency` is that of its order."""
    return {
        "id": record.id,
        "delivery_reference": record.delivery_reference,
        "delivered_on": record.delivered_on,
        "amount": money_answer(record.amount, currency),
        "document_id": record.document_id,
        "passed_the_gate": record.passed,
        "reasons": reasons_answer(record.reasons, given.caller.role, given.language),
        "booked_by": record.booked_by,
        "booked_at": record.known_at,
    }
