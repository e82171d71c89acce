"""Invoices and credit notes as people look for them: of a debtor, in a state, changed since a time."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, select, union_all

from api.records.invoices import CreditNoteRecord, InvoiceRecord
from api.records.payments import AllocationRecord

# A dispute does not keep an invoice from being overdue, so one may be in two of these.
STATES = ("open", "overdue", "disputed", "settled")


def invoices(
    debtor_id: UUID | None, state: str | None, changed_since: datetime | None, today: date
) -> Select[InvoiceRecord]:
    """Select invoices; what is None does not matter.

    Changed is what was learnt of an invoice: itself, that it is disputed, or what settles it.
    """
    record = InvoiceRecord
    query = select(record)
    if debtor_id is not None:
        query = query.where(record.debtor_id == debtor_id)
    if state is not None:
        query = query.where(_in_state(state, today))
    if changed_since is None:
        return query
    # By the indexes on when each was learnt: what changed is few beside all that there is.
    changed: CompoundSelect[Any] = union_all(
        select(record.id).where(record.known_at >= changed_since),
        select(record.id).where(record.disputed_known_at >= changed_since),
        select(AllocationRecord.invoice_id).where(AllocationRecord.known_at >= changed_since),
    )
    return query.where(record.id.in_(changed))


def _in_state(state: str, today: date) -> ColumnElement[bool]:
    record = InvoiceRecord
    is_open = record.open_amount != 0
    conditions: dict[str, ColumnElement[bool]] = {
        "open": is_open,
        "overdue": is_open & (record.due_on < today),
        "disputed": is_open & record.disputed,
        "settled": record.open_amount == 0,
    }
    return conditions[state]


def credit_notes(debtor_id: UUID | None, changed_since: datetime | None) -> Select[CreditNoteRecord]:
    """Select credit notes; what is None does not matter.

    Changed is what was learnt of one: itself, or what it settles.
    """
    record = CreditNoteRecord
    query = select(record)
    if debtor_id is not None:
        query = query.where(record.debtor_id == debtor_id)
    if changed_since is None:
        return query
    settling = AllocationRecord.credit_note_id.is_not(None)
    changed: CompoundSelect[Any] = union_all(
        select(record.id).where(record.known_at >= changed_since),
        select(AllocationRecord.credit_note_id).where(AllocationRecord.known_at >= changed_since, settling),
    )
    return query.where(record.id.in_(changed))
