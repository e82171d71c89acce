"""Cover: what was asked of a credit insurer for a debtor, what it decided, and the conditions of that."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, exists, select, text
from sqlalchemy.orm import Mapped, Session

from api.records.base import Base, WithId, reference_to

REQUEST_KINDS = ("new", "change", "withdrawal")
REQUEST_STATES = ("queued", "sent", "pending", "decided", "failed", "withdrawn")
COVER_STATES = ("granted", "granted_in_part", "refused", "conditional", "reduced", "withdrawn", "cancelled", "ended")
COVER_SOURCES = ("insurer", "discretionary")


class CoverRequestRecord(WithId, Base):
    """One request for an insured limit, or to change or give back the cover that the one of `replaces_id` led to.

    `sent`: it may have arrived, and whether it did is not known. `key` finds it again at the insurer; `fault` says why
    it went no further. Whoever asks about it holds it until `leased_until` (real time), so that nobody asks twice at
    once; `look_again_at` is the seller's time, `starts_on` the first day of the cover that is asked. Since
    `failing_since` (the seller's time) each look at it failed in the same way; None: the last one did not.
    """

    __tablename__ = "cover_request"
    __table_args__ = (
        CheckConstraint(f"kind IN {REQUEST_KINDS}", name="kind"),
        CheckConstraint("(kind = 'new') = (replaces_id IS NULL)", name="replaces"),
        CheckConstraint(f"state IN {REQUEST_STATES}", name="state"),
        CheckConstraint("requested_amount > 0", name="requested_amount"),
        reference_to("debtor", "debtor_id"),
        reference_to("insurance_policy", "insurance_policy_id"),
        reference_to("application", "application_id"),
        reference_to("job", "job_id"),
        reference_to("cover_request", "replaces_id"),
        Index(None, "seller_id", "debtor_id", "id"),
        Index(None, "seller_id", "replaces_id"),
        Index(
            "ix_cover_request_due",
            "seller_id",
            "look_again_at",
            postgresql_where=text("look_again_at IS NOT NULL"),
        ),
        Index(
            "ix_cover_request_failing",
            "seller_id",
            "failing_since",
            postgresql_where=text("failing_since IS NOT NULL"),
        ),
    )
    kind: Mapped[str]
    replaces_id: Mapped[UUID | None]
    debtor_id: Mapped[UUID]
    insurance_policy_id: Mapped[UUID]
    application_id: Mapped[UUID | None]
    job_id: Mapped[UUID | None]
    requested_amount: Mapped[Decimal]
    currency: Mapped[str]
    starts_on: Mapped[date]
    state: Mapped[str]
    tries: Mapped[int]
    key: Mapped[dict[str, Any] | None]
    fault: Mapped[dict[str, Any] | None]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    look_again_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]


class CoverDecisionRecord(WithId, Base):
    """What covers a debtor from a day on: an insurer's decision, or a limit we may set ourselves by the contract.

    The newest that has begun counts; any decision of the insurer, zero as well, ends a discretionary one. Deliveries
    before `valid_from` stay under the one before. Of kind `conditional` nothing is covered before every condition is
    met. `evidence` of a discretionary limit: its basis, the day it was relied on, and what it rests on.
    """

    __tablename__ = "cover_decision"
    __table_args__ = (
        CheckConstraint(f"state IN {COVER_STATES}", name="state"),
        CheckConstraint(f"source IN {COVER_SOURCES}", name="source"),
        CheckConstraint("amount >= 0", name="amount"),
        reference_to("debtor", "debtor_id"),
        reference_to("insurance_policy", "insurance_policy_id"),
        reference_to("cover_request", "cover_request_id"),
        reference_to("document", "document_id"),
        Index("ix_cover_decision_of_debtor", "seller_id", "debtor_id", "insurance_policy_id", "valid_from"),
    )
    debtor_id: Mapped[UUID]
    insurance_policy_id: Mapped[UUID]
    cover_request_id: Mapped[UUID | None]
    source: Mapped[str]
    state: Mapped[str]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    decided_on: Mapped[date]
    response_code: Mapped[str | None]
    reason_code: Mapped[str | None]
    evidence: Mapped[dict[str, Any] | None]
    document_id: Mapped[UUID | None]
    raw: Mapped[dict[str, Any] | None]
    recorded_by: Mapped[str]
    known_at: Mapped[datetime]


class CoverConditionRecord(WithId, Base):
    """A condition of a decision, in the insurer's words."""

    __tablename__ = "cover_condition"
    __table_args__ = (
        reference_to("cover_decision", "cover_decision_id"),
        Index(None, "seller_id", "cover_decision_id"),
    )
    cover_decision_id: Mapped[UUID]
    text: Mapped[str]


class ConditionMetRecord(WithId, Base):
    """A person ticked a condition, with the paper that proves it."""

    __tablename__ = "condition_met"
    __table_args__ = (
        reference_to("cover_condition", "cover_condition_id"),
        reference_to("document", "document_id"),
        UniqueConstraint("seller_id", "cover_condition_id"),
    )
    cover_condition_id: Mapped[UUID]
    document_id: Mapped[UUID]
    met_on: Mapped[date]
    ticked_by: Mapped[str]
    known_at: Mapped[datetime]


def is_decided(session: Session, debtor_id: UUID) -> bool:
    """Whether anything was decided on a debtor's cover, by an insurer or by the contract, refusals too."""
    return bool(session.scalar(select(exists().where(CoverDecisionRecord.debtor_id == debtor_id))))
