"""Reports: what an outside source told us, stored as it came, with source and time; never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, Session

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


@dataclass(frozen=True, slots=True)
class Report:
    """A stored report as it is judged: without what came in raw."""

    kind: str
    provider: str
    retrieved_at: datetime
    facts: dict[str, Any] | None


# Plain rows: every check reads them, and records would cost as much again as the statement.
LATEST = text(
    "SELECT DISTINCT ON (debtor_id, kind) kind, provider, retrieved_at, facts FROM credit_report"
    " WHERE debtor_id = ANY(:debtor_ids) ORDER BY debtor_id, kind, retrieved_at DESC"
)


def latest(session: Session, debtor_ids: Sequence[UUID]) -> list[Report]:
    """Give the newest report of each kind and debtor."""
    return [Report(*row) for row in session.execute(LATEST, {"debtor_ids": list(debtor_ids)})]
