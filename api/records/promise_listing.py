"""Promises as people look for them: of a debtor or invoice, in a state, due by a day, changed since a time."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from api.records.promises import PromiseItemRecord, PromiseRecord, PromiseStepRecord
from scoring.promises import PromiseState


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which promises to list; what is None does not matter. `due_by` is the last promised day."""

    debtor_id: UUID | None = None
    invoice_id: UUID | None = None
    state: PromiseState | None = None
    due_by: date | None = None
    changed_since: datetime | None = None


def listing(wanted: Wanted) -> Select[PromiseRecord]:
    """Select promises. Ids are given in the order of their making."""
    record, item, step = PromiseRecord, PromiseItemRecord, aliased(PromiseStepRecord)
    of_promise = step.promise_id == record.id
    conditions: list[ColumnElement[bool]] = []
    if wanted.debtor_id is not None:
        conditions.append(record.debtor_id == wanted.debtor_id)
    if wanted.invoice_id is not None:
        of_invoice = select(item.promise_id).where(item.invoice_id == wanted.invoice_id)
        conditions.append(record.id.in_(of_invoice))
    if wanted.state is not None:
        last = select(step.state).where(of_promise).order_by(step.id.desc()).limit(1).scalar_subquery()
        conditions.append(func.coalesce(last, "open") == wanted.state)
    if wanted.due_by is not None:
        conditions.append(record.promised_on <= wanted.due_by)
    if wanted.changed_since is not None:
        changed = select(step.promise_id).where(step.happened_at >= wanted.changed_since)
        conditions.append(or_(record.made_at >= wanted.changed_since, record.id.in_(changed)))
    return select(record).where(*conditions)
