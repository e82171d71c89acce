"""Reports: what an outside source told us, stored as it came, with source and time; never changed, only read anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, select, text, update
from sqlalchemy.orm import Mapped, Session

from api.records.base import Base, WithId, reference_to

NOT_JSON = "not_json"  # A fault: what came is no document.
LOST = "lost"  # A fault: it was probably charged, and nothing came that could be kept.
# What costs less, of whatever currency, is rather asked for again than waited for.
CHEAP = "0.50"
KINDS = ("company_register", "credit_bureau", "sanctions_list", "vat_register", "entity_register")


class ReportRecord(WithId, Base):
    """One answer of one source about one debtor. `raw` is null where the source does not know the company.

    `facts` are what was read from `raw`: null while nobody has, and where it cannot be read, with `fault`. `raw` is
    null with the fault `lost`, too.
    """

    __tablename__ = "credit_report"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        reference_to("debtor", "debtor_id"),
        Index(None, "seller_id", "debtor_id", "kind", "provider", "retrieved_at"),
    )
    debtor_id: Mapped[UUID]
    kind: Mapped[str]
    provider: Mapped[str]
    retrieved_at: Mapped[datetime]
    raw: Mapped[dict[str, Any] | None]
    facts: Mapped[dict[str, Any] | None]
    fault: Mapped[str | None]
    cost_amount: Mapped[Decimal | None]
    cost_currency: Mapped[str | None]
    purpose: Mapped[str | None]
    relation: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Report:
    """A stored report as it is judged: without what came in raw.

    `is_known`: the source did not say that it does not know the company. Without `facts` its answer was then not read,
    or could not be (`fault`), or was lost. `is_cheap`: it cost little or nothing, so that another one does, too.
    """

    id: UUID
    kind: str
    provider: str
    retrieved_at: datetime
    facts: dict[str, Any] | None
    is_known: bool = True
    is_cheap: bool = False
    fault: str | None = None

    @property
    def is_lost(self) -> bool:
        """Whether nothing came of what was probably charged."""
        return self.fault == LOST

    @property
    def is_unread(self) -> bool:
        """Whether nothing was read from what came."""
        return self.is_known and self.facts is None and not self.is_lost


# The newest report of each kind and source, and its newest failure: one that failed does not hide what was told before.
# Plain rows: every check reads them, and records would cost as much again.
COLUMNS = (
    f"id, kind, provider, retrieved_at, facts, raw IS NOT NULL OR fault IS NOT NULL AS is_known,"
    f" (cost_amount < {CHEAP}) IS TRUE AS is_cheap, fault"
)
LATEST = text(
    f"SELECT DISTINCT ON (debtor_id, kind, provider, fault IS NULL) {COLUMNS} FROM credit_report"  # noqa: S608
    " WHERE debtor_id = ANY(:debtor_ids) AND (CAST(:kind AS text) IS NULL OR kind = :kind)"
    " ORDER BY debtor_id, kind, provider, fault IS NULL, retrieved_at DESC, id DESC"
)


def latest(session: Session, debtor_ids: Sequence[UUID], kind: str | None = None) -> list[Report]:
    """Give the newest report of each debtor, kind and source, and the newest that failed, of one kind or of all."""
    rows = session.execute(LATEST, {"debtor_ids": list(debtor_ids), "kind": kind})
    return [Report(*row) for row in rows]


TOLD = text(
    f"SELECT {COLUMNS} FROM credit_report WHERE debtor_id = :debtor_id AND kind = :kind AND facts IS NOT NULL"  # noqa: S608
    " ORDER BY retrieved_at DESC, id DESC"
)


def told(session: Session, debtor_id: UUID, kind: str) -> list[Report]:
    """Give all reports of a kind about a debtor that something was read from, the newest first."""
    return [Report(*row) for row in session.execute(TOLD, {"debtor_id": debtor_id, "kind": kind})]


def latest_of_debtor(debtor_id: str) -> str:
    """Write the query that gives a debtor's newest reports as one JSON list, for a statement that reads more."""
    return (
        f"(SELECT json_agg(r) FROM (SELECT DISTINCT ON (kind, provider, fault IS NULL) {COLUMNS} FROM credit_report"  # noqa: S608
        f" WHERE debtor_id = {debtor_id} ORDER BY kind, provider, fault IS NULL, retrieved_at DESC, id DESC) r)"
    )


def from_json(rows: list[dict[str, Any]] | None) -> list[Report]:
    """Give the reports of such a list."""
    return [
        Report(**{**each, "id": UUID(each["id"]), "retrieved_at": datetime.fromisoformat(each["retrieved_at"])})
        for each in rows or ()
    ]


def raw_of(session: Session, report_id: UUID) -> dict[str, Any] | None:
    """Give what a source answered, as it came."""
    return session.scalar(select(ReportRecord.raw).where(ReportRecord.id == report_id))


def latest_raw(session: Session, debtor_id: UUID, kind: str, provider: str) -> dict[str, Any] | None:
    """Give what a source answered last about a debtor and was read, as it came."""
    record = ReportRecord
    query = select(record.raw).where(record.debtor_id == debtor_id, record.kind == kind, record.provider == provider)
    newest_first = query.where(record.facts.is_not(None)).order_by(record.retrieved_at.desc(), record.id.desc())
    return session.scalar(newest_first.limit(1))


def keep_reading(session: Session, report_id: UUID, facts: dict[str, Any] | None, fault: str | None) -> None:
    """Keep what was read from a report: its facts, or why there are none."""
    session.execute(update(ReportRecord).where(ReportRecord.id == report_id).values(facts=facts, fault=fault))
