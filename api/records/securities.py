"""Securities: what stands behind a debtor's debt, and until when; a parent's guarantee raises its child's limit."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

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
