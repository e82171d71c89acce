"""Reports: what an outside source told us, stored as it came, with source and time; never changed."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, defer

from api.records.base import Base, WithId, reference_to

KINDS = ("company_register", "credit_bureau", "sanctions_list")


class ReportRecord(WithId, Base):
    """One answer of one source about one debtor. `facts` is null where the source does not know the company."""

    __tablename__ = "credit_report"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        reference_to("debtor", "debtor_id"),
        Index(None, "seller_id", "debtor_id", "kind", "retrieved_at"),
    )
    debtor_id: Mapped[UUID]
    kind: Mapped[str]
    provider: Mapped[str]
    retrieved_at: Mapped[datetime]
    raw: Mapped[dict[str, Any] | None]
    facts: Mapped[dict[str, Any] | None]
    cost_amount: Mapped[Decimal | None]
    cost_currency: Mapped[str | None]
    purpose: Mapped[str | None]
    relation: Mapped[str | None]


def latest(session: Session, debtor_ids: Sequence[UUID]) -> Sequence[ReportRecord]:
    """Give the newest report of each kind and debtor, without what came in raw."""
    return session.scalars(
        select(ReportRecord)
        .options(defer(ReportRecord.raw))
        .where(ReportRecord.debtor_id.in_(debtor_ids))
        .ext(distinct_on(ReportRecord.debtor_id, ReportRecord.kind))
        .order_by(ReportRecord.debtor_id, ReportRecord.kind, ReportRecord.retrieved_at.desc())
    ).all()
