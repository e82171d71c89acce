"""Links ledger lines to the orders they name: an invoice bills its order, and a payment is bound to it.

Both happen in the transaction that takes the lines, and once for each invoice and payment, however often they are told.
A reference that is no order of ours links nothing. Lines name orders in the temporary table `ledger_named_order`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records import alerts, jobs, order_moves, order_rows, order_terms, prepayments
from api.records.allocating import Change, allocate
from api.records.order_batch import Billed, Bound, OrderBatch, OrderMove, write_all
from api.records.order_rows import Order
from api.records.order_terms import OrderTerms
from api.records.prepayments import Held, Money

_ZERO = Decimal(0)
RULE = "prepayment"  # Of allocations that money makes which was bound to the invoice's order.

# An invoice that says what it is less by, because it was prepaid, is booked whole where that money is bound to its
# order: the money is there to settle it. Told again it is the same invoice.
WHOLE = """
WITH named AS (
    SELECT DISTINCT ON (l.debtor_id, l.identity) l.line, l.debtor_id, l.identity, l.amount, n.stated_amount,
        o.id AS order_id, o.prepaid_amount, (SELECT i.amount FROM invoice i WHERE i.seller_id = o.seller_id
            AND i.debtor_id = l.debtor_id AND i.identity = l.identity LIMIT 1) AS known_amount
    FROM ledger_named_order n JOIN ledger_line l ON l.line = n.line AND l.kind = 'invoice'
    JOIN sales_order o ON o.seller_id = CAST(:seller_id AS uuid) AND o.order_reference = n.reference
        AND o.debtor_id = l.debtor_id AND o.currency = l.currency
    WHERE n.stated_amount > 0
    ORDER BY l.debtor_id, l.identity, l.line, n.position),
more AS (
    SELECT debtor_id, identity, least(stated_amount, greatest(0, CASE WHEN known_amount IS NOT NULL
        THEN known_amount - amount ELSE prepaid_amount - coalesce(sum(stated_amount) OVER (PARTITION BY order_id
            ORDER BY line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) END)) AS amount
    FROM named)
UPDATE ledger_line l SET amount = l.amount + m.amount FROM more m
WHERE m.debtor_id = l.debtor_id AND m.identity = l.identity AND l.kind = 'invoice'
"""
# An invoice that says what was paid of it in all also tells of the prepayment, which is known already. Twins in a batch
# are one invoice; what of the money earlier invoices of the order will use is not there for the next one.
LESS_PREPAID = """
WITH named AS (
    SELECT DISTINCT ON (l.debtor_id, l.identity) l.line, l.debtor_id, l.identity, l.amount, o.id AS order_id,
        o.prepaid_amount
    FROM ledger_named_order n JOIN ledger_line l ON l.line = n.line AND l.kind = 'invoice'
    JOIN sales_order o ON o.seller_id = CAST(:seller_id AS uuid) AND o.order_reference = n.reference
        AND o.debtor_id = l.debtor_id AND o.currency = l.currency
    WHERE NOT EXISTS (SELECT FROM invoice i JOIN order_invoice b ON b.seller_id = i.seller_id AND b.invoice_id = i.id
        WHERE i.seller_id = CAST(:seller_id AS uuid) AND i.debtor_id = l.debtor_id AND i.identity = l.identity)
    ORDER BY l.debtor_id, l.identity, l.line, n.position),
bound AS (
    SELECT debtor_id, identity, greatest(prepaid_amount - coalesce(sum(amount) OVER (
        PARTITION BY order_id ORDER BY line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), 0) AS amount
    FROM named)
UPDATE ledger_line l SET paid_amount = nullif(greatest(l.paid_amount - b.amount, 0), 0),
    paid_on = CASE WHEN l.paid_amount > b.amount THEN l.paid_on END
FROM bound b
WHERE b.debtor_id = l.debtor_id AND b.identity = l.identity AND b.amount > 0 AND l.kind = 'invoice'
    AND l.paid_on IS NOT NULL
"""
# An invoice bills one order; told again with another, it contradicts what is known.
MEET_ORDERS = """
UPDATE ledger_line l SET detail = concat_ws(', ', l.detail, 'order_reference ' || o.order_reference)
FROM order_invoice b JOIN sales_order o ON o.seller_id = b.seller_id AND o.id = b.order_id
WHERE l.kind = 'invoice' AND NOT l.is_new AND b.seller_id = CAST(:seller_id AS uuid) AND b.invoice_id = l.found_id
    AND EXISTS (SELECT FROM ledger_named_order n WHERE n.line = l.line)
    AND NOT EXISTS (SELECT FROM ledger_named_order n WHERE n.line = l.line AND n.reference = o.order_reference)
"""
# The first reference of a line that is an order of the debtor counts, else the first that is anybody's.
INVOICES = text("""
SELECT DISTINCT ON (l.found_id) l.line, l.found_id AS row_id, l.debtor_id, l.currency, i.amount, i.invoiced_on AS day,
    i.open_amount, n.reference, n.stated_amount, o.id AS order_id, o.debtor_id AS order_debtor_id,
    o.currency AS order_currency
FROM ledger_named_order n JOIN ledger_line l ON l.line = n.line AND l.kind = 'invoice' AND l.code IS NULL
JOIN LATERAL (SELECT * FROM invoice WHERE seller_id = CAST(:seller_id AS uuid) AND id = l.found_id LIMIT 1) i ON true
JOIN LATERAL (SELECT * FROM sales_order WHERE seller_id = CAST(:seller_id AS uuid) AND order_reference = n.reference
    LIMIT 1) o ON true
WHERE NOT EXISTS (SELECT FROM order_invoice b WHERE b.seller_id = CAST(:seller_id AS uuid) AND b.invoice_id = i.id)
ORDER BY l.found_id, o.debtor_id <> l.debtor_id, l.line, n.position
""")
# Money may name what the buyer was asked to quote; of several orders that ask for the same only a person can tell.
PAYMENTS = text("""
SELECT DISTINCT ON (l.found_id) l.line, l.found_id AS row_id, l.debtor_id, l.currency, l.dated_on AS day, n.reference,
    l.amount - coalesce((SELECT sum(a.amount) FROM allocation a
            WHERE a.seller_id = CAST(:seller_id AS uuid) AND a.payment_id = l.found_id), 0)
        - coalesce((SELECT sum(r.amount) FROM payment_return r
            WHERE r.seller_id = CAST(:seller_id AS uuid) AND r.payment_id = l.found_id), 0)
        - coalesce((SELECT sum(p.amount) FROM prepayment p
            WHERE p.seller_id = CAST(:seller_id AS uuid) AND p.payment_id = l.found_id), 0) AS free_amount,
    o.id AS order_id, o.debtor_id AS order_debtor_id, o.currency AS order_currency, o.alike_count
FROM ledger_named_order n JOIN ledger_line l ON l.line = n.line AND l.kind = 'payment' AND l.code IS NULL
JOIN LATERAL (
    SELECT id, debtor_id, currency, is_own,
        count(*) FILTER (WHERE debtor_id = l.debtor_id) OVER (PARTITION BY is_own) AS alike_count FROM (
        SELECT id, debtor_id, currency, true AS is_own FROM sales_order
        WHERE seller_id = CAST(:seller_id AS uuid) AND order_reference = n.reference
        UNION ALL SELECT id, debtor_id, currency, false FROM sales_order
        WHERE seller_id = CAST(:seller_id AS uuid) AND prepayment_reference = n.reference
            AND order_reference <> n.reference AND state IN ('released', 'held')) found
    ) o ON true
ORDER BY l.found_id, o.debtor_id <> l.debtor_id, NOT o.is_own, l.line, n.position
""")
ORDERS = text(f"{order_rows.SELECT} WHERE seller_id = CAST(:seller_id AS uuid) AND id = ANY(CAST(:ids AS uuid[]))")


@dataclass(slots=True)
class _Booking:
    """The orders of one batch while its lines are booked on them one after the other."""

    session: Session
    known_at: datetime
    terms: OrderTerms
    orders: dict[UUID, Order]
    bound: dict[UUID, list[Held]]
    batch: OrderBatch = field(default_factory=OrderBatch)
    changes: list[Change] = field(default_factory=list)
    alerts: list[tuple[str, str, Order, dict[str, Any]]] = field(default_factory=list)
    linked: dict[int, UUID] = field(default_factory=dict)
    grown: set[UUID] = field(default_factory=set)


def link(session: Session, known_at: datetime) -> dict[int, UUID]:
    """Link the lines of this transaction's batch to the orders they name; gives the order of each line that has one.

    The caller holds the locks of their debtors, and has made the rows of the lines.
    """
    seller = {"seller_id": session.info["seller_id"]}
    invoices = sorted(session.execute(INVOICES, seller).all(), key=_line)
    payments = sorted(session.execute(PAYMENTS, seller).all(), key=_line)
    for each in (*invoices, *payments):
        if not _is_of(each):
            _tell_differs(session, each, known_at)
    ids = list({each.order_id for each in (*invoices, *payments) if _is_of(each)})
    if not ids:
        return {}
    orders = {row.id: Order(*row) for row in session.execute(ORDERS, seller | {"ids": ids})}
    booking = _Booking(session, known_at, order_terms.read(session, known_at), orders, {})
    for held in prepayments.of_orders(session, [each.id for each in orders.values() if each.prepaid_amount]):
        booking.bound.setdefault(held.order_id, []).append(held)
    for each in filter(_is_of, invoices):
        _bill(booking, each)
    known = prepayments.ever_bound(session, [each.row_id for each in payments]) if payments else set()
    for each in filter(_is_of, payments):
        _prepay(booking, each, known)
    _write(booking)
    return booking.linked


def _line(row: Any) -> int:
    line: int = row.line
    return line


def _is_of(row: Any) -> bool:
    """Whether an order is of the debtor and in the currency of what names it."""
    return bool((row.order_debtor_id, row.order_currency) == (row.debtor_id, row.currency))


def _bill(booking: _Booking, row: Any) -> None:
    """Book an invoice on its order: what it bills leaves the order's stages, and what was prepaid of it settles it."""
    order = booking.orders[row.order_id]
    day = max(row.day, booking.terms.day_of(order.placed_at))
    used = _use(booking, order, row)
    after = order_moves.invoiced(order, row.amount, used, booking.terms)
    data = {"invoice_id": str(row.row_id), "amount": str(row.amount), "prepaid_amount": str(used)}
    booking.batch.moves.append(OrderMove(order, after, "order.invoiced.v1", day, data))
    booking.batch.billed.append(Billed(order.id, row.row_id, row.amount))
    booking.linked[row.line] = order.id
    if after.state == "completed" and order.state != "completed":
        booking.batch.moves.append(OrderMove(after, after, "order.completed.v1", day, {}))
    _look_past_gate(booking, order, after)
    if after.stages.counted + row.amount - used > order.stages.counted:
        booking.grown.add(order.debtor_id)  # What lay beyond the horizon, or was never ordered, counts now.
    excess = after.prepaid_amount - order_moves.most_bound(after)
    if excess > 0:
        after = _let_go(booking, after, excess, day)
    booking.orders[order.id] = after


def _use(booking: _Booking, order: Order, row: Any) -> Decimal:
    """Let the money that is bound to an order settle an invoice of it, as far as both reach; gives how much."""
    left = min(order.prepaid_amount, row.open_amount)
    if row.stated_amount is not None:
        left = min(left, row.stated_amount)
    used = _ZERO
    for held, part in _parts(booking, order, left):
        # Until then the money covered the order: the invoice is paid on the day it comes.
        day = max(held.happened_on, row.day)
        booking.changes.append(Change(row.row_id, part, day, payment_id=held.payment_id, rule=RULE))
        booking.batch.bound.append(_bound(order, held, -part, day))
        used += part
    return used


def _let_go(booking: _Booking, order: Order, amount: Decimal, day: date) -> Order:
    """Let money go that an order which is over does not need."""
    for held, part in _parts(booking, order, amount):
        booking.batch.bound.append(_bound(order, held, -part, max(held.happened_on, day)))
    after = order_moves.unbound(order, amount, booking.terms)
    booking.batch.moves.append(OrderMove(order, after, "order.prepayment_freed.v1", day, {"amount": str(amount)}))
    return after


def _parts(booking: _Booking, order: Order, amount: Decimal) -> Iterable[tuple[Held, Decimal]]:
    """Take an amount from what is bound to an order, what was bound first first."""
    queue = booking.bound.get(order.id, [])
    while amount > 0 and queue:
        held = queue.pop(0)
        part = min(held.amount, amount)
        amount -= part
        if part < held.amount:
            rest = Held(held.payment_id, held.order_id, held.amount - part, held.happened_on)
            queue.insert(0, rest)
        yield held, part


def _bound(order: Order, held: Held, amount: Decimal, day: date) -> Bound:
    return Bound(order.id, held.payment_id, order.debtor_id, order.currency, amount, day)


def _look_past_gate(booking: _Booking, before: Order, after: Order) -> None:
    """Note what an invoice tells that the gate did not allow: it is booked all the same, for the goods are gone."""
    amounts = {
        "order_amount": {"amount": str(after.amount), "currency": after.currency},
        "invoiced_amount": {"amount": str(after.invoiced_amount), "currency": after.currency},
    }
    if after.invoiced_amount > after.amount:
        booking.alerts.append(("invoiced_above_order", "warning", after, amounts))
    delivered = max(before.delivered_amount, before.invoiced_amount)
    if before.state not in ("released", "completed") and after.invoiced_amount > delivered:
        data = {"state": before.state, **amounts}
        booking.alerts.append(("invoiced_without_release", "warning", after, data))


def _prepay(booking: _Booking, row: Any, known: set[tuple[UUID, UUID]]) -> None:
    """Bind what is free of a payment to the order it names, up to what the order is worth."""
    order = booking.orders[row.order_id]
    if row.alike_count > 1 or (row.row_id, order.id) in known:
        return
    amount = min(row.free_amount, order_moves.bindable(order))
    if amount > 0:
        money = Money(row.row_id, row.day)
        booking.orders[order.id] = prepayments.bind(booking.batch, order, money, amount, booking.terms)
        booking.linked[row.line] = order.id


def _write(booking: _Booking) -> None:
    """Write what was booked: allocations first, so that money is never in two places."""
    session = booking.session
    if booking.changes:
        allocate(session, booking.changes, booking.known_at)
    if booking.batch.moves:
        write_all(session, booking.batch, booking.known_at)
    for debtor_id in sorted(booking.grown):
        jobs.defer(session, "tell_over_limit", debtor_id=debtor_id)
    for kind, severity, order, data in booking.alerts:
        told = {"order_id": str(order.id), "order_reference": order.order_reference, **data}
        alerts.open_alert(
            session,
            kind,
            str(order.id),
            severity,  # type: ignore[arg-type]  # One of the words written above.
            told,
            debtor_id=order.debtor_id,
            now=booking.known_at,
        )


def _tell_differs(session: Session, row: Any, now: datetime) -> None:
    """Tell that a line names an order of another debtor, or in another currency: it is booked without it."""
    data = {
        "id": str(row.row_id),
        "order_id": str(row.order_id),
        "order_reference": row.reference,
        "differs": "debtor" if row.order_debtor_id != row.debtor_id else "currency",
    }
    alerts.open_alert(session, "order_differs", str(row.row_id), "warning", data, debtor_id=row.debtor_id, now=now)
