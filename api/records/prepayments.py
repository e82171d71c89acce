"""Prepayments: money that is bound to its order until an invoice of it takes it, or somebody takes it away again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records import alerts, held_orders, order_moves, order_rows, order_terms
from api.records.order_batch import Bound, OrderBatch, OrderMove, write_all
from api.records.order_rows import Order
from api.records.order_terms import OrderTerms

_ZERO = Decimal(0)
BOUND = """
SELECT payment_id, order_id, sum(amount) AS amount, max(happened_on) FILTER (WHERE amount > 0) AS happened_on
FROM prepayment WHERE seller_id = CAST(:seller_id AS uuid) AND {} = ANY(CAST(:ids AS uuid[]))
GROUP BY payment_id, order_id HAVING sum(amount) > 0 ORDER BY min(CAST(id AS text))
"""
OF_ORDERS, OF_PAYMENTS = text(BOUND.format("order_id")), text(BOUND.format("payment_id"))
EVER = text("""
SELECT DISTINCT payment_id, order_id FROM prepayment
WHERE seller_id = CAST(:seller_id AS uuid) AND payment_id = ANY(CAST(:ids AS uuid[]))
""")


@dataclass(frozen=True, slots=True)
class Held:
    """How much of a payment is bound to an order now, and since when."""

    payment_id: UUID
    order_id: UUID
    amount: Decimal
    happened_on: date


@dataclass(frozen=True, slots=True)
class Money:
    """A payment of which money is bound or let go."""

    payment_id: UUID
    paid_on: date


def of_orders(session: Session, order_ids: Collection[UUID]) -> list[Held]:
    """Give what is bound to orders, what was bound first first."""
    return _held(session, OF_ORDERS, order_ids)


def of_payments(session: Session, payment_ids: Collection[UUID]) -> list[Held]:
    """Give what of payments is bound, what was bound first first."""
    return _held(session, OF_PAYMENTS, payment_ids)


def ever_bound(session: Session, payment_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Give the payments that were ever bound to an order, and to which: who took them away again meant it."""
    rows = session.execute(EVER, {"seller_id": session.info["seller_id"], "ids": list(payment_ids)})
    return {(payment_id, order_id) for payment_id, order_id in rows}


def _held(session: Session, query: Any, ids: Collection[UUID]) -> list[Held]:
    if not ids:
        return []
    return [Held(*row) for row in session.execute(query, {"seller_id": session.info["seller_id"], "ids": list(ids)})]


def bind(
    batch: OrderBatch,
    order: Order,
    money: Money,
    amount: Decimal,
    terms: OrderTerms,
    *,
    done_by: str = "machine",
    grounds: str | None = None,
) -> Order:
    """Bind money to an order, as a move of a batch; gives the order as it is then.

    Both sides move on the day of the money, or on that of the order where it was placed later.
    """
    day = max(money.paid_on, terms.day_of(order.placed_at))
    after = order_moves.prepaid(order, amount, terms)
    data = {"payment_id": str(money.payment_id), "amount": str(amount)}
    batch.moves.append(OrderMove(order, after, "order.prepaid.v1", day, data, done_by, grounds))
    batch.bound.append(Bound(order.id, money.payment_id, order.debtor_id, order.currency, amount, day))
    return after


def unbind(
    batch: OrderBatch,
    order: Order,
    money: Money,
    amount: Decimal,
    terms: OrderTerms,
    *,
    done_by: str = "machine",
    grounds: str | None = None,
) -> Order:
    """Let money of an order go, as a move of a batch on the day `paid_on` of the money; gives the order as it is then.

    A released order of which something undelivered was covered by it is held again.
    """
    after = order_moves.unbound(order, amount, terms)
    data = {"payment_id": str(money.payment_id), "amount": str(amount)}
    # A day before the order was placed it cannot have lost anything.
    day = max(money.paid_on, terms.day_of(order.placed_at))
    batch.moves.append(OrderMove(order, after, "order.prepayment_lost.v1", day, data, done_by, grounds))
    if after.state == "held" != order.state:
        batch.moves.append(OrderMove(after, after, "order.held.v1", day, data, done_by))
    batch.bound.append(Bound(order.id, money.payment_id, order.debtor_id, order.currency, -amount, day))
    return after


def release_prepayments(session: Session, order: Order, known_at: datetime) -> Order:
    """Let money of an order go that it does not need any more, and give the order without it, to be staged and written.

    `order` is as it will be: cancelled, expired or with another amount. What was delivered of it and is not invoiced
    stays covered. The money is unallocated again. The caller holds the lock of the debtor, and writes the order with
    `order_rows.write`, against the order as it was.
    """
    excess = order.prepaid_amount - order_moves.most_bound(order)
    if excess <= 0:
        return order
    terms = order_terms.read(session, known_at)
    batch = OrderBatch()
    let_go(session, batch, order, excess, terms.today)
    write_all(session, batch, known_at)
    return replace(order, prepaid_amount=order.prepaid_amount - excess)


def let_go(session: Session, batch: OrderBatch, order: Order, amount: Decimal, day: date) -> None:
    """Unbind an amount of an order's money, what was bound last first, as rows of a batch alone."""
    for each in reversed(of_orders(session, [order.id])):
        part = min(each.amount, amount)
        if part > 0:
            on = max(day, each.happened_on)
            batch.bound.append(Bound(order.id, each.payment_id, order.debtor_id, order.currency, -part, on))
            amount -= part


def take_away(
    session: Session, money: Money, amount: Decimal, known_at: datetime, *, done_by: str = "machine"
) -> list[tuple[Order, Order]]:
    """Take an amount of a payment from the orders it is bound to, as a return does; what was bound last goes first.

    Gives each order as it was and as it is. The caller holds the lock of the debtor and books what is unallocated.
    """
    held = of_payments(session, [money.payment_id])
    if not held or amount <= 0:
        return []
    terms = order_terms.read(session, known_at)
    batch, changed = OrderBatch(), []
    for each in reversed(held):
        part = min(each.amount, amount)
        order = order_rows.get(session, each.order_id) if part > 0 else None
        if order is not None:
            changed.append((order, unbind(batch, order, money, part, terms, done_by=done_by)))
            amount -= part
    write_all(session, batch, known_at)
    for before, after in changed:
        alert_if_uncovered(session, before, after, known_at)
    # What was released is held now, and nobody else may wait.
    held_orders.look_again(session, {after.debtor_id for _, after in changed})
    return changed


def alert_if_uncovered(session: Session, before: Order, after: Order, now: datetime) -> None:
    """Open an alert where goods that were delivered against money are covered by it no more."""
    if after.to_invoice_amount > before.to_invoice_amount:
        amount = after.to_invoice_amount - before.to_invoice_amount
        tell_lost(session, after, amount, now)


REOPENED = text(f"""
{order_rows.SELECT} WHERE seller_id = CAST(:seller_id AS uuid) AND id IN (
    SELECT b.order_id FROM order_invoice b JOIN prepayment p ON p.seller_id = b.seller_id AND p.order_id = b.order_id
    WHERE b.seller_id = CAST(:seller_id AS uuid) AND b.invoice_id = ANY(CAST(:invoice_ids AS uuid[]))
        AND p.payment_id = :payment_id)
""")  # noqa: S608


def alert_of_reopened(
    session: Session, payment_id: UUID, invoice_ids: Sequence[UUID], amount: Decimal, now: datetime
) -> None:
    """Open an alert where a payment went back that had prepaid orders, and now their invoices are open again."""
    if invoice_ids:
        values = {"seller_id": session.info["seller_id"], "invoice_ids": list(invoice_ids), "payment_id": payment_id}
        for row in session.execute(REOPENED, values).all():
            tell_lost(session, Order(*row), amount, now)


def tell_lost(session: Session, order: Order, amount: Decimal, now: datetime) -> None:
    """Open the alert that a prepayment went back after its goods were delivered."""
    data = {
        "order_id": str(order.id),
        "order_reference": order.order_reference,
        "amount": {"amount": str(amount), "currency": order.currency},
    }
    subject = str(order.id)
    alerts.open_alert(session, "prepayment_returned", subject, "urgent", data, debtor_id=order.debtor_id, now=now)
