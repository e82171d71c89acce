"""Securities: what stands behind a debtor's debt, and until when; a parent's guarantee raises its child's limit."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Select, func, or_, select
from sqlalchemy.orm import Mapped, Session

from api.records.base import Base, WithId, reference_to

SECURITY_KINDS = ("parent_guarantee", "bank_guarantee", "pledge", "retention_of_title", "deposit")


class SecurityRecord(WithId, Base):
    """One security. Only with `raises_limit` it raises the debtor's own limit, while its paper is valid."""

    __tablename__ = "security"
    __table_args__ = (
        CheckConstraint(f"kind IN {SECURITY_KINDS}", name="kind"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("NOT raises_limit OR amount IS NOT NULL", name="raises_by_an_amount"),
        CheckConstraint("valid_until >= valid_from", name="valid_days"),
        reference_to("debtor", "debtor_id"),
        reference_to("debtor", "guarantor_id"),
        reference_to("document", "document_id"),
        Index(None, "seller_id", "debtor_id"),
    )
    debtor_id: Mapped[UUID]
    kind: Mapped[str]
    amount: Mapped[Decimal | None]
    currency: Mapped[str]
    raises_limit: Mapped[bool]
    guarantor_id: Mapped[UUID | None]
    guarantor_name: Mapped[str | None]
    document_id: Mapped[UUID | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    recorded_by: Mapped[str]
    known_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]


def get(session: Session, debtor_id: UUID, security_id: UUID) -> SecurityRecord | None:
    """Find a security of a debtor."""
    query = select(SecurityRecord).where(SecurityRecord.debtor_id == debtor_id, SecurityRecord.id == security_id)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def listing(debtor_id: UUID) -> Select[SecurityRecord]:
    """Select all securities of a debtor, those that ended too."""
    return select(SecurityRecord).where(SecurityRecord.debtor_id == debtor_id)


def beginning(session: Session, on: date) -> set[UUID]:
    """Give the debtors of whom a security that was known before begins to raise the limit on a day."""
    record = SecurityRecord
    query = select(record.debtor_id).where(record.raises_limit, record.ended_at.is_(None), record.valid_from == on)
    query = query.where(func.date(record.known_at) < on)
    return set(session.scalars(query))


def lapsed(session: Session, after: date, until: date) -> set[UUID]:
    """Give the debtors of whom what raised the limit is over on one of the days after `after` to `until`."""
    record = SecurityRecord
    query = select(record.debtor_id).where(record.raises_limit, record.ended_at.is_(None))
    # It is over on the day after its last one.
    return set(session.scalars(query.where(record.valid_until >= after, record.valid_until < until).distinct()))


def raising_from(session: Session, debtor_id: UUID, day: date) -> Sequence[SecurityRecord]:
    """Give the securities that raise a debtor's own limit on a day, or will later."""
    record = SecurityRecord
    query = listing(debtor_id).where(
        record.raises_limit, record.ended_at.is_(None), or_(record.valid_until.is_(None), record.valid_until >= day)
    )
    return session.scalars(query.order_by(record.id)).all()


def raising(session: Session, debtor_id: UUID, on: date) -> Sequence[SecurityRecord]:
    """Give the securities that raise a debtor's own limit on a day."""
    record = SecurityRecord
    query = listing(debtor_id).where(
        record.raises_limit,
        record.ended_at.is_(None),
        record.valid_from <= on,
        or_(record.valid_until.is_(None), record.valid_until >= on),
    )
    return session.scalars(query.order_by(record.id)).all()
