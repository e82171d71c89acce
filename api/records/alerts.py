"""Alerts: what somebody must look at, opened once for one cause and ended when it is over."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

import orjson
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ColumnElement,
    Index,
    Select,
    case,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session

from api.records import events
from api.records.base import Base, WithId, new_id, reference_to
from api.records.debtors import DebtorRecord

Severity = Literal["notice", "warning", "urgent"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


class AlertRecord(WithId, Base):
    """One alert. `subject` names its one cause among those of its kind: while it is open no second one is opened."""

    __tablename__ = "alert"
    __table_args__ = (
        CheckConstraint(f"severity IN {SEVERITIES}", name="severity"),
        reference_to("debtor", "debtor_id"),
        Index("ix_alert_open", "seller_id", "kind", "subject", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_alert_open_of_debtor", "seller_id", "debtor_id", postgresql_where=text("ended_at IS NULL")),
    )
    kind: Mapped[str]
    subject: Mapped[str]
    severity: Mapped[str]
    debtor_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


def open_alert(
    session: Session,
    kind: str,
    subject: str,
    severity: Severity,
    data: Mapping[str, Any],
    *,
    debtor_id: UUID | None = None,
    now: datetime,
) -> bool:
    """Open an alert and tell of it; one that is open already only gets the newer data. Gives whether it was opened."""
    record = AlertRecord
    said = {"kind": kind, "subject": subject, "severity": severity, "data": dict(data)}
    row = {"seller_id": session.info["seller_id"], "id": new_id(), "debtor_id": debtor_id, "opened_at": now, **said}
    added = insert(record).values(**row)
    alert_id, is_new = session.execute(
        added.on_conflict_do_update(
            index_elements=[record.seller_id, record.kind, record.subject],
            index_where=record.ended_at.is_(None),
            set_={"data": added.excluded.data},
        ).returning(record.id, literal_column("xmax = 0", Boolean))
    ).one()
    if is_new:
        told = {"alert_id": str(alert_id), **said, **_owners(session, debtor_id)}
        events.add(session, "alert.opened.v1", told, debtor_id=debtor_id, happened_at=now, known_at=now)
    return bool(is_new)


def _owners(session: Session, debtor_id: UUID | None) -> dict[str, str | None]:
    """Give whom to tell of an alert: the owners of its debtor, None where nobody is named."""
    names = (DebtorRecord.account_owner, DebtorRecord.credit_owner)
    row = None if debtor_id is None else session.execute(select(*names).where(DebtorRecord.id == debtor_id)).one()
    return {"account_owner": row and row.account_owner, "credit_owner": row and row.credit_owner}


def end_alert(session: Session, kind: str, subject: str, *, now: datetime) -> bool:
    """End an alert and tell of it. Gives whether there was one to end."""
    record = AlertRecord
    ended = session.execute(
        update(record)
        .where(record.kind == kind, record.subject == subject, record.ended_at.is_(None))
        .values(ended_at=now)
        .returning(record.id, record.severity, record.debtor_id, record.data)
    ).one_or_none()
    if ended is None:
        return False
    alert_id, severity, debtor_id, data = ended
    said = {"kind": kind, "subject": subject, "severity": severity, "data": data}
    told = {"alert_id": str(alert_id), **said, **_owners(session, debtor_id)}
    events.add(session, "alert.ended.v1", told, debtor_id=debtor_id, happened_at=now, known_at=now)
    return True


def hand_over(session: Session, from_id: UUID, to_id: UUID, leave: Collection[str], *, now: datetime) -> None:
    """End the open alerts of a debtor, and open them of another one, in whose name their cause goes on.

    Those of a kind in `leave` only end: their cause ended with the debtor. Both must be locked.
    """
    record = AlertRecord
    query = select(record.kind, record.subject, record.severity, record.data).where(record.debtor_id == from_id)
    rows = session.execute(query.where(record.ended_at.is_(None)).order_by(record.id)).all()
    for kind, subject, severity, data in rows:
        end_alert(session, kind, subject, now=now)
        if kind not in leave:
            # A debtor is named by its id wherever it is named: in the subject, and in what the alert tells.
            subject_then = subject.replace(str(from_id), str(to_id))
            data_then = orjson.loads(orjson.dumps(data).decode().replace(str(from_id), str(to_id)))
            open_alert(session, kind, subject_then, severity, data_then, debtor_id=to_id, now=now)


def still_open(session: Session, kind: str, about: Mapping[str, Any]) -> Sequence[tuple[str, dict[str, Any]]]:
    """Give subject and data of the open alerts of a kind whose data holds all that `about` says."""
    record = AlertRecord
    query = select(record.subject, record.data).where(record.kind == kind, record.ended_at.is_(None))
    rows = session.execute(query.where(record.data.contains(dict(about))).order_by(record.subject))
    return [(subject, data) for subject, data in rows]


def debtors_of(session: Session, kind: str) -> Sequence[UUID]:
    """Give the debtors that have an open alert of a kind."""
    record = AlertRecord
    query = select(record.debtor_id).where(record.kind == kind, record.ended_at.is_(None)).distinct()
    return [each for each in session.scalars(query.order_by(record.debtor_id)) if each is not None]


def open_among(session: Session, kinds: Sequence[str], subjects: Sequence[str]) -> set[tuple[str, str]]:
    """Give kind and subject of the open alerts of these kinds and subjects."""
    record = AlertRecord
    query = select(record.kind, record.subject).where(record.kind.in_(kinds), record.subject.in_(subjects))
    return {(kind, subject) for kind, subject in session.execute(query.where(record.ended_at.is_(None)))}


IS_OPEN: ColumnElement[int] = case((AlertRecord.ended_at.is_(None), 1), else_=0)
# Their order, newest first: ids are given in the order in which alerts are opened.
LISTED_BY = (IS_OPEN, AlertRecord.id)


def listing(
    kind: str | None, debtor_id: UUID | None, is_open: bool | None, owner: str | None = None
) -> Select[AlertRecord, str | None, str | None]:
    """Select alerts with the account owner and the credit owner of their debtors; what is None does not matter.

    `owner` is either of them.
    """
    query = select(AlertRecord, DebtorRecord.account_owner, DebtorRecord.credit_owner).outerjoin(
        DebtorRecord, (DebtorRecord.seller_id == AlertRecord.seller_id) & (DebtorRecord.id == AlertRecord.debtor_id)
    )
    if owner is not None:
        query = query.where(or_(DebtorRecord.account_owner == owner, DebtorRecord.credit_owner == owner))
    if kind is not None:
        query = query.where(AlertRecord.kind == kind)
    if debtor_id is not None:
        query = query.where(AlertRecord.debtor_id == debtor_id)
    if is_open is not None:
        query = query.where(AlertRecord.ended_at.is_(None) if is_open else AlertRecord.ended_at.is_not(None))
    return query
