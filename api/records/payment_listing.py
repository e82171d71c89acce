"""Payments as people look at them: with what the bank told, how much waits for an invoice, and what was taken back."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from api.records.bank import BankEntryRecord
from api.records.invoices import InvoiceRecord
from api.records.orders import OrderRecord, PrepaymentRecord
from api.records.payments import AllocationRecord, PaymentRecord, PaymentReturnRecord

STATES = ("booked", "proposed", "returned")
OF_PAYMENT = (AllocationRecord.seller_id == PaymentRecord.seller_id, AllocationRecord.payment_id == PaymentRecord.id)
RETURN_OF_PAYMENT = (
    PaymentReturnRecord.seller_id == PaymentRecord.seller_id,
    PaymentReturnRecord.payment_id == PaymentRecord.id,
)
ALLOCATED = select(func.coalesce(func.sum(AllocationRecord.amount), 0)).where(*OF_PAYMENT).scalar_subquery()
RETURNED = select(func.coalesce(func.sum(PaymentReturnRecord.amount), 0)).where(*RETURN_OF_PAYMENT).scalar_subquery()
BOUND = (
    select(func.coalesce(func.sum(PrepaymentRecord.amount), 0))
    .where(PrepaymentRecord.seller_id == PaymentRecord.seller_id, PrepaymentRecord.payment_id == PaymentRecord.id)
    .scalar_subquery()
)
IS_RETURNED: Any = exists().where(*RETURN_OF_PAYMENT) & (PaymentRecord.amount <= RETURNED)
# What was taken back and booked anew is not proposed any more, whatever became of its entry.
STATE: ColumnElement[str] = case(
    (IS_RETURNED, literal("returned")),
    (BankEntryRecord.state == "proposed", literal("proposed")),
    else_=literal("booked"),
)


def payments(
    debtor_id: UUID | None = None, state: str | None = None, changed_since: datetime | None = None
) -> Select[*tuple[Any, ...]]:
    """Select payments with their bank entries, what is allocated, returned and bound of them, and their state.

    Changed is what was learnt of a payment: itself, what it settles, or that it was taken back.
    """
    conditions: list[Any] = []
    if debtor_id is not None:
        conditions.append(PaymentRecord.debtor_id == debtor_id)
    if state == "returned":
        conditions.append(IS_RETURNED)
    elif state == "booked":
        conditions.append(STATE.in_([state]))
    if changed_since is not None:
        settling = AllocationRecord.payment_id.is_not(None)
        changed: CompoundSelect[Any] = union_all(
            select(PaymentRecord.id).where(PaymentRecord.known_at >= changed_since),
            select(AllocationRecord.payment_id).where(AllocationRecord.known_at >= changed_since, settling),
            select(PaymentReturnRecord.payment_id).where(PaymentReturnRecord.known_at >= changed_since),
        )
        conditions.append(PaymentRecord.id.in_(changed))
    query = select(PaymentRecord, BankEntryRecord, ALLOCATED, RETURNED, BOUND, STATE).where(*conditions)
    return query.outerjoin(
        BankEntryRecord,
        (BankEntryRecord.seller_id == PaymentRecord.seller_id) & (BankEntryRecord.id == PaymentRecord.bank_entry_id),
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """How much of an invoice a payment settles, and by which rule; None: its sender said so."""

    invoice_id: UUID
    invoice_number: str | None
    amount: Decimal
    rule: str | None


AMOUNT = func.sum(AllocationRecord.amount)
OF_INVOICE = (InvoiceRecord.seller_id == AllocationRecord.seller_id) & (InvoiceRecord.id == AllocationRecord.invoice_id)
COLUMNS = (AllocationRecord.payment_id, InvoiceRecord.id, InvoiceRecord.invoice_number)


def settled_by(session: Session, payment_ids: Sequence[UUID]) -> dict[UUID, list[Settled]]:
    """Give what payments settle now, in the order in which we learnt of the invoices."""
    query = select(*COLUMNS, AMOUNT, func.max(AllocationRecord.rule)).join(InvoiceRecord, OF_INVOICE)
    query = query.where(AllocationRecord.payment_id.in_(payment_ids)).group_by(*COLUMNS).having(AMOUNT != 0)
    settled: dict[UUID, list[Settled]] = defaultdict(list)
    for payment_id, invoice_id, number, amount, rule in session.execute(query.order_by(InvoiceRecord.id)):
        if payment_id is not None:
            settled[payment_id].append(Settled(invoice_id, number, amount, rule))
    return settled


@dataclass(frozen=True, slots=True)
class BoundTo:
    """How much of a payment is bound to an order, and waits there for its invoice."""

    order_id: UUID
    order_reference: str
    amount: Decimal


def bound_of(session: Session, payment_ids: Sequence[UUID]) -> dict[UUID, list[BoundTo]]:
    """Give the orders that payments are bound to now, in the order in which they were placed."""
    amount = func.sum(PrepaymentRecord.amount)
    columns = (PrepaymentRecord.payment_id, OrderRecord.id, OrderRecord.order_reference)
    is_order = (OrderRecord.seller_id == PrepaymentRecord.seller_id) & (OrderRecord.id == PrepaymentRecord.order_id)
    query = select(*columns, amount).join(OrderRecord, is_order).where(PrepaymentRecord.payment_id.in_(payment_ids))
    bound: dict[UUID, list[BoundTo]] = defaultdict(list)
    found = session.execute(query.group_by(*columns).having(amount > 0).order_by(OrderRecord.id))
    for payment_id, order_id, order_reference, bound_amount in found:
        bound[payment_id].append(BoundTo(order_id, order_reference, bound_amount))
    return bound


def proposed(debtor_id: UUID | None = None, known_since: datetime | None = None) -> Select[Any]:
    """Select the bank entries that wait for a person: of a debtor who is certain, or all."""
    query = select(BankEntryRecord).where(BankEntryRecord.state == "proposed")
    if known_since is not None:
        query = query.where(BankEntryRecord.known_at >= known_since)
    return query if debtor_id is None else query.where(BankEntryRecord.debtor_id == debtor_id)
