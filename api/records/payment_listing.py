"""Payments as people look at them: with what the bank told, how much waits for an invoice, and what was taken back."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, exists, func, literal, select

from api.records.bank import BankEntryRecord
from api.records.payments import AllocationRecord, PaymentRecord, PaymentReturnRecord

STATES = ("booked", "proposed", "returned")
OF_PAYMENT = (AllocationRecord.seller_id == PaymentRecord.seller_id, AllocationRecord.payment_id == PaymentRecord.id)
RETURN_OF_PAYMENT = (
    PaymentReturnRecord.seller_id == PaymentRecord.seller_id,
    PaymentReturnRecord.payment_id == PaymentRecord.id,
)
ALLOCATED = select(func.coalesce(func.sum(AllocationRecord.amount), 0)).where(*OF_PAYMENT).scalar_subquery()
RETURNED = select(func.coalesce(func.sum(PaymentReturnRecord.amount), 0)).where(*RETURN_OF_PAYMENT).scalar_subquery()
IS_RETURNED: Any = exists().where(*RETURN_OF_PAYMENT) & (PaymentRecord.amount <= RETURNED)
# What was taken back and booked anew is not proposed any more, whatever became of its entry.
STATE: ColumnElement[str] = case(
    (IS_RETURNED, literal("returned")),
    (BankEntryRecord.state == "proposed", literal("proposed")),
    else_=literal("booked"),
)


def payments(debtor_id: UUID | None = None, state: str | None = None) -> Select[*tuple[Any, ...]]:
    """Select payments with their bank entries, what is allocated and returned of them, and their state."""
    conditions: list[Any] = []
    if debtor_id is not None:
        conditions.append(PaymentRecord.debtor_id == debtor_id)
    if state == "returned":
        conditions.append(IS_RETURNED)
    elif state == "booked":
        conditions.append(STATE.in_([state]))
    query = select(PaymentRecord, BankEntryRecord, ALLOCATED, RETURNED, STATE).where(*conditions)
    return query.outerjoin(
        BankEntryRecord,
        (BankEntryRecord.seller_id == PaymentRecord.seller_id) & (BankEntryRecord.id == PaymentRecord.bank_entry_id),
    )


def proposed(debtor_id: UUID | None = None) -> Select[Any]:
    """Select the bank entries that wait for a person: of a debtor who is certain, or all."""
    query = select(BankEntryRecord).where(BankEntryRecord.state == "proposed")
    return query if debtor_id is None else query.where(BankEntryRecord.debtor_id == debtor_id)
