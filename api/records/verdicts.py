"""Verdicts: what a person decided beside the machine, on an application or an order; rows are only added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session

from api.records.applications import ApplicationRecord
from api.records.base import Base, WithId, reference_to

VERDICTS = ("accept", "accept_prepayment", "decline")


class VerdictRecord(WithId, Base):
    """One person's verdict with its grounds. `authority_amount` is what had to be within the authority of `role` for
    `risk_class`, in the currency of the policy; None: unlimited. `direction` says how it differs from the machine's
    answer, as that was when it was given.

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
    risk_class: Mapped[str | None]
    authority_amount: Mapped[Decimal | None]
    direction: Mapped[str | None]
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


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict with what a second person said of it, None where nobody did yet, or nobody need."""

    record: VerdictRecord
    approval: VerdictApprovalRecord | None

    @property
    def in_force(self) -> bool:
        """Whether it counts."""
        return not self.record.needs_second or (self.approval is not None and self.approval.approved)

    @property
    def counts_since(self) -> datetime:
        """Since when it counts, where it does: since a second person agreed, where one was needed."""
        return self.record.given_at if self.approval is None else self.approval.given_at

    @property
    def waiting(self) -> bool:
        """Whether a second person must still say something of it."""
        return self.record.needs_second and self.approval is None


def of_application(session: Session, application_id: UUID) -> Sequence[Verdict]:
    """Give the verdicts on an application, the oldest first."""
    record, approval = VerdictRecord, VerdictApprovalRecord
    query = select(record, approval).outerjoin(approval, approval.verdict_id == record.id)
    rows = session.execute(query.where(record.application_id == application_id).order_by(record.id))
    return [Verdict(*row) for row in rows]


def of_order(session: Session, order_id: UUID) -> Sequence[Verdict]:
    """Give the verdicts on an order, the oldest first."""
    record, approval = VerdictRecord, VerdictApprovalRecord
    query = select(record, approval).outerjoin(approval, approval.verdict_id == record.id)
    rows = session.execute(query.where(record.order_id == order_id).order_by(record.id))
    return [Verdict(*row) for row in rows]


def of_debtor(session: Session, debtor_id: UUID) -> Sequence[Verdict]:
    """Give the verdicts on a debtor's applications, the oldest first."""
    record, approval = VerdictRecord, VerdictApprovalRecord
    query = select(record, approval).outerjoin(approval, approval.verdict_id == record.id)
    made = select(ApplicationRecord.id).where(ApplicationRecord.debtor_id == debtor_id)
    query = query.where(record.application_id.in_(made))
    return [Verdict(*row) for row in session.execute(query.order_by(record.id))]


def in_force(session: Session, application_ids: Sequence[UUID]) -> dict[UUID, VerdictRecord]:
    """Give the verdicts that count, by the ids of their applications; each has one at most."""
    record, approval = VerdictRecord, VerdictApprovalRecord
    query = select(record, approval).outerjoin(approval, approval.verdict_id == record.id)
    rows = session.execute(query.where(record.application_id.in_(application_ids)).order_by(record.id))
    found = [Verdict(*row) for row in rows]
    return {each.record.application_id: each.record for each in found if each.in_force and each.record.application_id}
