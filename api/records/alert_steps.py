"""What was done about an alert, and by whom: dated rows that are only ever added."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, select
from sqlalchemy.orm import Mapped, Session

from api.records.base import Base, WithId, new_id, reference_to
from api.records.many import insert_many

STEPS = ("raised", "acknowledged", "snoozed", "returned", "followed")
MACHINE = "machine"


class AlertStepRecord(WithId, Base):
    """One thing that happened to an alert while it was open; `severity` is what it had then, or was raised to.

    It `returned` by itself when the day until which it was snoozed (`until_on`) was over; it was `followed` when the
    machine had done what it brings about, which `note` tells.
    """

    __tablename__ = "alert_step"
    __table_args__ = (
        CheckConstraint(f"kind IN {STEPS}", name="kind"),
        CheckConstraint("(kind = 'snoozed') = (until_on IS NOT NULL)", name="until_on"),
        reference_to("alert", "alert_id"),
        Index(None, "seller_id", "alert_id", "id"),
    )
    alert_id: Mapped[UUID]
    kind: Mapped[str]
    severity: Mapped[str]
    until_on: Mapped[date | None]
    note: Mapped[str | None]
    done_by: Mapped[str]
    happened_at: Mapped[datetime]


def add_by_machine(
    session: Session, kind: str, of: Sequence[tuple[UUID, str]], now: datetime, note: str | None = None
) -> None:
    """Add what happened by itself to alerts, given by id and severity."""
    common = {"kind": kind, "note": note, "done_by": MACHINE, "happened_at": now}
    rows = [{"id": new_id(), "alert_id": id_, "severity": severity, **common} for id_, severity in of]
    insert_many(session, AlertStepRecord, rows)


def of_alert(session: Session, alert_id: UUID) -> Sequence[AlertStepRecord]:
    """Give what happened to an alert since it was opened, oldest first."""
    record = AlertStepRecord
    return session.scalars(select(record).where(record.alert_id == alert_id).order_by(record.id)).all()


def snoozed_until(session: Session, day: date) -> set[UUID]:
    """Give the alerts that somebody put off to the end of a day."""
    record = AlertStepRecord
    return set(session.scalars(select(record.alert_id).where(record.until_on == day)))


def is_followed(session: Session, alert_id: UUID) -> bool:
    """Whether what an alert brings about was done since it was opened, or raised last."""
    record = AlertStepRecord
    query = select(record.kind).where(record.alert_id == alert_id, record.kind.in_(("raised", "followed")))
    return session.scalars(query.order_by(record.id.desc()).limit(1)).first() == "followed"
