"""Applications: credit asked for a debtor, what the machine said, and who must decide by when."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from api.records.base import Base, WithId, reference_to

# `seconding`: a verdict was given that needs a second person. What is over stays over: one applies again.
APPLICATION_STATES = ("approved", "prepayment_offered", "referred", "seconding", "declined", "agreed", "withdrawn")
WAITING = ("referred", "seconding")


class ApplicationRecord(WithId, Base):
    """One application. `decision_id` is the machine's decision, which no verdict changes.

    `applied_by` is the credential's name, `actor` whom a machine named; neither may decide it. A referral has an
    `owner` once somebody took it, and must be decided by `due_at`.
    """

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint(f"state IN {APPLICATION_STATES}", name="state"),
        CheckConstraint("requested_amount >= 0", name="requested_amount"),
        reference_to("debtor", "debtor_id"),
        reference_to("decision", "decision_id"),
        reference_to("insurance_policy", "insurance_policy_id"),
        Index(None, "seller_id", "debtor_id", "id"),
        Index(
            "ix_application_waiting",
            "seller_id",
            "due_at",
            postgresql_where=text("state IN ('referred', 'seconding')"),
        ),
    )
    debtor_id: Mapped[UUID]
    decision_id: Mapped[UUID]
    insurance_policy_id: Mapped[UUID | None]
    scope: Mapped[str]
    requested_kind: Mapped[str]
    requested_amount: Mapped[Decimal | None]
    currency: Mapped[str]
    requested_terms: Mapped[dict[str, Any] | None]
    monthly_sales: Mapped[Decimal | None]
    state: Mapped[str]
    owner: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    applied_by: Mapped[str]
    actor: Mapped[str | None]
    applied_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int]


class AgreedTermsRecord(WithId, Base):
    """Terms that a debtor accepted in writing: which text (its SHA-256 and version), who, when and by what channel.

    The newest counts. `document_id` is the stored paper, where it was stored.
    """

    __tablename__ = "agreed_terms"
    __table_args__ = (
        CheckConstraint("payment_term_days >= 0", name="payment_term_days"),
        reference_to("debtor", "debtor_id"),
        reference_to("application", "application_id"),
        reference_to("document", "document_id"),
        Index(None, "seller_id", "debtor_id", "id"),
    )
    debtor_id: Mapped[UUID]
    application_id: Mapped[UUID | None]
    document_id: Mapped[UUID | None]
    document_sha256: Mapped[str]
    terms_version: Mapped[str]
    payment_term_days: Mapped[int]
    expressly_agreed: Mapped[bool]
    debtor_size: Mapped[str | None]
    accepted_by: Mapped[str]
    accepted_on: Mapped[date]
    channel: Mapped[str]
    recorded_by: Mapped[str]
    known_at: Mapped[datetime]
