"""Binds money of a payment to an order as a person says, and lets it go again."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.ledger.payment_decisions import ACT, answered
from api.persons import require_person
from api.problems import BadInput, Conflict, Fault, NotFound
from api.records import debtor_locks, held_orders, order_moves, order_rows, order_terms, payment_parts, prepayments
from api.records.order_batch import OrderBatch, write_all
from api.records.order_rows import Order
from api.records.payment_parts import Paid
from api.records.payments import PaymentRecord
from api.records.prepayments import Money
from api.web.money import amount_answer
from api.wiring import Wiring


@dataclass(frozen=True, slots=True)
class _Pair:
    """A payment and an order of one debtor, who is locked."""

    payment: Paid
    order: Order


def bind_payment(payment_id: UUID, data: dict[str, Any], given: Wiring) -> bytes:
    """Bind money of a payment to an order. Raises Conflict where less is free, or the order is worth less."""
    by = require_person(given, ACT).subject
    with given.transaction() as session:
        given.once.claim(session)
        pair = _pair(session, payment_id, data)
        settled = sum(payment_parts.settled(session, payment_id).values(), Decimal(0))
        free = pair.payment.left_amount - pair.payment.bound_amount - settled
        most = min(free, order_moves.bindable(pair.order))
        amount = _amount(data, most, pair.order.currency, "is free, and still to be paid of the order")
        batch, money = OrderBatch(), Money(payment_id, pair.payment.paid_on)
        terms = order_terms.read(session, given.now)
        prepayments.bind(batch, pair.order, money, amount, terms, done_by=by)
        write_all(session, batch, given.now)
        return _answered(session, pair, given)


def let_go(payment_id: UUID, data: dict[str, Any], given: Wiring) -> bytes:
    """Let money of a payment go from an order. A released order that it covered waits for a prepayment again."""
    by = require_person(given, ACT).subject
    with given.transaction() as session:
        given.once.claim(session)
        pair = _pair(session, payment_id, data)
        held = [each for each in prepayments.of_payments(session, [payment_id]) if each.order_id == pair.order.id]
        most = sum((each.amount for each in held), Decimal(0))
        amount = _amount(data, most, pair.order.currency, "is bound to the order")
        batch, money = OrderBatch(), Money(payment_id, given.today)
        terms = order_terms.read(session, given.now)
        prepayments.unbind(batch, pair.order, money, amount, terms, done_by=by, grounds=data["grounds"])
        write_all(session, batch, given.now)
        return _answered(session, pair, given)


def _pair(session: Session, payment_id: UUID, data: dict[str, Any]) -> _Pair:
    """Find both under the lock of their debtor. Raises NotFound, or BadInput naming what does not go together."""
    payment = payment_parts.payment(session, payment_id)
    if payment is None:
        raise NotFound("There is no such payment.")
    debtor_locks.lock(session, [payment.debtor_id])
    payment = payment_parts.payment(session, payment_id)
    order = order_rows.get(session, data["order_id"]) if data["order_id"] else None
    order = order or order_rows.called(session, data["order_reference"])
    pointer = "/order_id" if data["order_id"] else "/order_reference"
    assert payment is not None, "payments stay"
    if order is None:
        raise NotFound("There is no such order.", code="order_not_found")
    faults = []
    if order.debtor_id != payment.debtor_id:
        faults.append(Fault(pointer, "debtor_differs", "The payment is another debtor's."))
    if order.currency != payment.currency:
        faults.append(Fault(pointer, "currency_differs", f"The payment is in {payment.currency}."))
    if data["amount"] is not None and data["amount"].currency != payment.currency:
        faults.append(Fault("/amount", "currency_differs", f"The payment is in {payment.currency}."))
    if faults:
        raise BadInput("The payment cannot prepay this order.", faults=faults)
    return _Pair(payment, order)


def _amount(data: dict[str, Any], most: Decimal, currency: str, what: str) -> Decimal:
    amount: Decimal = most if data["amount"] is None else data["amount"].amount
    if amount > most or most <= 0:
        detail = f"{amount_answer(max(most, Decimal(0)), currency)} {currency} {what}."
        raise Conflict(detail, code="items_changed", faults=[Fault("/amount", "items_changed", detail)])
    return amount


def _answered(session: Session, pair: _Pair, given: Wiring) -> bytes:
    held_orders.look_again(session, [pair.order.debtor_id])
    payment_id = pair.payment.id
    return answered(session, payment_id, "booked", PaymentRecord.id == payment_id, given)
