"""Verdicts: what a person decided beside the machine, on an application or an order; rows are only added."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from api.records.base import Base, WithId, reference_to

VERDICTS = ("accept", "accept_prepayment", "decline")


class VerdictRecord(WithId, Base):
    """One person's verdict with its grounds. `authority_amount` is what had to be within the authority of `role`.

    Where it was not, `needs_second`: it has no effect before another person's approval (`verdict_approval`). `campari`
    is the form of the judgement: each letter's mark and ground, and the notches by which the grade moves.
    """

    __tablename__ = "verdict"
    __table_args__ = (
        CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
        CheckConstraint("num_nonnulls(application_id, order_id) = 1", name="of_one"),
        CheckConstraint("limit_kind IN ('none', 'amount', 'unlimited')", name="limit_kind"),
        CheckConstraint("(limit_kind = 'amount') = (limit_amount IS NOT NULL)", name="limit_amount"),
        reference_to("debtor", "debtor_id"),
        reference_to("application", "application_id"),
        reference_to("sales_order", "order_id"),
        reference_to("decision", "decision_id"),
        reference_to("order_decision", "order_decision_id"),
        Index(None, "seller_id", "application_id"),
        Index(None, "seller_id", "order_id"),
    )
    debtor_id: Mapped[UUID]
    application_id: Mapped[UUID | None]
    order_id: Mapped[UUID | None]
    decision_id: Mapped[UUID | None]
    order_decision_id: Mapped[UUID | None]
    verdict: Mapped[str]
    limit_kind: Mapped[str]
    limit_amount: Mapped[Decimal | None]
    currency: Mapped[str]
    valid_until: Mapped[date | None]
    terms: Mapped[dict[str, Any] | None]
    campari: Mapped[dict[str, Any] | None]
    grounds: Mapped[str]
    given_by: Mapped[str]
    role: Mapped[str]
    authority_amount: Mapped[Decimal | None]
    needs_second: Mapped[bool]
    given_at: Mapped[datetime]


class VerdictApprovalRecord(WithId, Base):
    """What a second person said of a verdict that needs one: once, and never its author."""

    __tablename__ = "verdict_approval"
    __table_args__ = (reference_to("verdict", "verdict_id"), UniqueConstraint("seller_id", "verdict_id"))
    verdict_id: Mapped[UUID]
    approved: Mapped[bool]
    grounds: Mapped[str]
    given_by: Mapped[str]
    role: Mapped[str]
    given_at: Mapped[datetime]
