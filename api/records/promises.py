"""Promises to pay: who promised what for which invoices, and how each came to stand; rows are only added."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller, WithId, reference_to
from scoring.money import Money
from scoring.promises import PROMISE_STATES, Promise

Channel = Literal["phone", "mail", "portal", "visit"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
# So long after its last day a promise is judged again by money that we hear of late, such as of a late statement.
JUDGED_AGAIN = timedelta(days=60)


class PromiseRecord(WithId, Base):
    """One promise. `last_on` is the promised day with the grace of the policy that was active when it was made.

    `made_by` noted it; `actor` is whom a machine says it acted for, shown and never trusted.
    """

    __tablename__ = "promise"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(f"channel IN {CHANNELS}", name="channel"),
        CheckConstraint("last_on >= promised_on", name="last_on"),
        reference_to("debtor", "debtor_id"),
        Index(None, "seller_id", "debtor_id", "last_on"),
        Index(None, "seller_id", "made_at"),
    )
    debtor_id: Mapped[UUID]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    promised_on: Mapped[date]
    last_on: Mapped[date]
    promised_by: Mapped[str]
    channel: Mapped[str]
    note: Mapped[str | None]
    insurer_consent: Mapped[str | None]
    made_by: Mapped[str]
    actor: Mapped[str | None]
    made_at: Mapped[datetime]


class PromiseItemRecord(OfSeller, Base):
    """An invoice that a promise is of; `paid_before` is what was paid of it when that was made."""

    __tablename__ = "promise_item"
    __table_args__ = (
        reference_to("promise", "promise_id"),
        reference_to("invoice", "invoice_id"),
        Index(None, "seller_id", "invoice_id"),
    )
    promise_id: Mapped[UUID] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    paid_before: Mapped[Decimal]


class PromiseStepRecord(WithId, Base):
    """That a promise stands otherwise from now on: as `state` says, the last one counts; without any it is open.

    The machine finds it kept, broken or, where money went back in time, `open` again; a person withdraws it, with
    `grounds`. `booked_amount` is what was booked for it by then.
    """

    __tablename__ = "promise_step"
    __table_args__ = (
        CheckConstraint(f"state IN {PROMISE_STATES}", name="state"),
        CheckConstraint("(state = 'withdrawn') = (grounds IS NOT NULL)", name="grounds"),
        reference_to("promise", "promise_id"),
        Index(None, "seller_id", "promise_id", "id"),
        Index(None, "seller_id", "happened_at"),
    )
    promise_id: Mapped[UUID]
    state: Mapped[str]
    booked_amount: Mapped[Decimal]
    done_by: Mapped[str]
    grounds: Mapped[str | None]
    happened_at: Mapped[datetime]


# What the ledger tells of a promise `p`, for `state_of` to judge.
LEDGER = """
SELECT sum(paid.in_time_amount - t.paid_before) AS booked_amount,
    sum(i.amount - paid.settled_amount) AS left_amount,
    greatest(p.amount - sum(i.paid_amount - t.paid_before), 0) AS rest_amount,
    bool_or(i.open_amount > 0 AND NOT EXISTS (
        SELECT FROM promise_item t2 WHERE t2.invoice_id = t.invoice_id AND t2.promise_id > p.id AND NOT EXISTS (
            SELECT FROM promise_step WHERE promise_id = t2.promise_id AND state = 'withdrawn'))) AS waits
FROM promise_item t JOIN invoice i ON i.seller_id = t.seller_id AND i.id = t.invoice_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount) FILTER (WHERE payment_id IS NOT NULL), 0) AS in_time_amount,
        coalesce(sum(amount), 0) AS settled_amount
    FROM allocation WHERE invoice_id = i.id AND happened_on <= p.last_on) paid
WHERE t.promise_id = p.id"""
PROMISES = f"""
SELECT p.id, p.debtor_id, p.amount, p.currency, p.promised_on, p.last_on, p.made_by, step.state,
    ledger.booked_amount, ledger.left_amount, ledger.rest_amount, ledger.waits
FROM promise p
LEFT JOIN LATERAL (
    SELECT state FROM promise_step WHERE promise_id = p.id ORDER BY id DESC LIMIT 1) step ON true
CROSS JOIN LATERAL ({LEDGER}) ledger
WHERE step.state IS DISTINCT FROM 'withdrawn'"""  # noqa: S608
# What is long settled is left alone, before its payments are summed up: it would be read at each look for nothing.
CANDIDATES = """candidate AS MATERIALIZED (
    SELECT id FROM promise WHERE debtor_id = ANY(CAST(:ids AS uuid[])) AND (last_on >= :since OR coalesce((
        SELECT state FROM promise_step WHERE promise_id = promise.id ORDER BY id DESC LIMIT 1), 'open') = 'open')
    UNION SELECT t.promise_id FROM invoice i JOIN promise_item t ON t.seller_id = i.seller_id AND t.invoice_id = i.id
    WHERE i.debtor_id = ANY(CAST(:ids AS uuid[])) AND i.open_amount <> 0)"""
OF_DEBTORS = text(f"WITH {CANDIDATES} {PROMISES} AND p.id IN (SELECT id FROM candidate) ORDER BY p.id")  # noqa: S608
OF_INVOICES = text(f"""{PROMISES} AND p.id IN (
    SELECT promise_id FROM promise_item WHERE invoice_id = ANY(CAST(:ids AS uuid[]))) ORDER BY p.id""")  # noqa: S608
BY_IDS = text(f"{PROMISES} AND p.id = ANY(CAST(:ids AS uuid[])) ORDER BY p.id")
ITEMS = text("""
SELECT promise_id, invoice_id FROM promise_item WHERE promise_id = ANY(CAST(:ids AS uuid[]))
ORDER BY promise_id, invoice_id
""")
INVOICES = text("""
SELECT id, debtor_id, currency, open_amount, paid_amount, disputed, due_on FROM invoice
WHERE id = ANY(CAST(:ids AS uuid[]))
""")
OLDEST_UNPAID_ON = text("SELECT min(day) FROM debtor_day WHERE debtor_id = :debtor_id AND due_open_count <> 0")


def of_debtors(session: Session, debtor_ids: Sequence[UUID], today: date) -> dict[UUID, tuple[Promise, ...]]:
    """Give the promises of debtors that may still come to stand otherwise, or of which something waits, in one read."""
    rows = session.execute(OF_DEBTORS, {"ids": list(debtor_ids), "since": today - JUDGED_AGAIN})
    found: dict[UUID, tuple[Promise, ...]] = {}
    for row in rows:
        found[row.debtor_id] = (*found.get(row.debtor_id, ()), _promise(row))
    return found


def of_invoices(session: Session, invoice_ids: Sequence[UUID]) -> dict[UUID, list[Promise]]:
    """Give all promises of each of these invoices that nobody withdrew, in the order of their making."""
    known = {row.id: _promise(row) for row in session.execute(OF_INVOICES, {"ids": list(invoice_ids)})}
    found: dict[UUID, list[Promise]] = {each: [] for each in invoice_ids}
    for promise_id, of_promise in items_of(session, list(known)).items():
        for invoice_id in of_promise:
            if invoice_id in found:
                found[invoice_id].append(known[promise_id])
    return found


def by_ids(session: Session, promise_ids: Sequence[UUID]) -> dict[UUID, Promise]:
    """Give what the ledger tells of promises; those that were withdrawn are left out."""
    return {row.id: _promise(row) for row in session.execute(BY_IDS, {"ids": list(promise_ids)})}


def _promise(row: Any) -> Promise:
    return Promise(
        id=str(row.id),
        amount=Money(row.amount, row.currency),
        promised_on=row.promised_on,
        last_on=row.last_on,
        made_by=row.made_by,
        booked_amount=row.booked_amount,
        left_amount=row.left_amount,
        rest_amount=row.rest_amount,
        waits=row.waits,
        state_before=row.state or "open",
    )


def items_of(session: Session, promise_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Give the ids of the invoices that each promise is of."""
    found: dict[UUID, list[UUID]] = {each: [] for each in promise_ids}
    for promise_id, invoice_id in session.execute(ITEMS, {"ids": list(promise_ids)}):
        found[promise_id].append(invoice_id)
    return found


def invoices(session: Session, invoice_ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Give the invoices of these ids that there are: whose, in which currency, how much of each is open and paid."""
    return {row.id: row for row in session.execute(INVOICES, {"ids": list(invoice_ids)})}


def oldest_unpaid_on(session: Session, debtor_id: UUID) -> date | None:
    """Give the due day of a debtor's oldest unpaid invoice, disputed ones too; None where it owes nothing."""
    found: date | None = session.scalar(OLDEST_UNPAID_ON, {"debtor_id": debtor_id})
    return found


def add(session: Session, record: PromiseRecord, paid_before: dict[UUID, Decimal]) -> None:
    """Add a promise with its invoices; the caller holds the lock of the debtor, so that nothing is paid meanwhile."""
    session.add(record)
    session.flush()
    for invoice_id, amount in paid_before.items():
        session.add(PromiseItemRecord(promise_id=record.id, invoice_id=invoice_id, paid_before=amount))
    session.flush()


def get(session: Session, promise_id: UUID) -> PromiseRecord | None:
    """Find a promise."""
    return session.scalars(select(PromiseRecord).where(PromiseRecord.id == promise_id)).one_or_none()


def steps_of(session: Session, promise_ids: Sequence[UUID]) -> dict[UUID, list[PromiseStepRecord]]:
    """Give what became of each promise, oldest first."""
    record = PromiseStepRecord
    found: dict[UUID, list[PromiseStepRecord]] = {each: [] for each in promise_ids}
    for step in session.scalars(select(record).where(record.promise_id.in_(promise_ids)).order_by(record.id)):
        found[step.promise_id].append(step)
    return found
