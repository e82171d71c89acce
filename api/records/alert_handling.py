"""Alerts in people's hands: found, acknowledged, snoozed and come back; and listed by how they stand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, or_, select, text
from sqlalchemy.orm import Session

from api.records import alert_snapshots, alert_steps, events
from api.records.alert_steps import AlertStepRecord
from api.records.alerts import AlertRecord
from api.records.debtors import DebtorRecord

AlertState = Literal["open", "acknowledged", "snoozed", "ended"]
ALERT_STATES: tuple[AlertState, ...] = get_args(AlertState)
Listed = Select[AlertRecord, str | None, str | None]

IS_OPEN: ColumnElement[int] = case((AlertRecord.ended_at.is_(None), 1), else_=0)
# Their order, newest first: ids are given in the order in which alerts are opened.
LISTED_BY = (IS_OPEN, AlertRecord.id)


def state_of(record: AlertRecord, today: date) -> AlertState:
    """Say how an alert stands on a day; one whose snooze is over stands open again, whether anybody has said so yet."""
    if record.ended_at is not None:
        return "ended"
    if record.snoozed_until is not None:
        return "snoozed" if record.snoozed_until >= today else "open"
    return "open" if record.acknowledged_at is None else "acknowledged"


def _in_state(state: AlertState, today: date) -> ColumnElement[bool]:
    record = AlertRecord
    is_on = record.ended_at.is_(None)
    never = record.snoozed_until.is_(None)
    if state == "ended":
        return record.ended_at.is_not(None)
    if state == "snoozed":
        return and_(is_on, record.snoozed_until >= today)
    if state == "acknowledged":
        return and_(is_on, never, record.acknowledged_at.is_not(None))
    return and_(is_on, or_(record.snoozed_until < today, and_(never, record.acknowledged_at.is_(None))))


def get(session: Session, alert_id: UUID, *, locks: bool = False) -> AlertRecord | None:
    """Find an alert; with `locks` nobody else changes it until the transaction ends."""
    query = select(AlertRecord).where(AlertRecord.id == alert_id).execution_options(populate_existing=True)
    return session.scalars(query.with_for_update() if locks else query).one_or_none()


@dataclass(frozen=True, slots=True)
class Done:
    """What a person did about an alert; `until_on` is the last day of a snooze."""

    kind: Literal["acknowledged", "snoozed"]
    by: str
    note: str | None
    until_on: date | None = None


def handle(session: Session, alert: AlertRecord, done: Done, now: datetime) -> None:
    """Keep what a person did about an alert that is not over, locked by `get`, and tell of it."""
    alert.changed_at, alert.snoozed_until = now, done.until_on
    if done.kind == "acknowledged":
        alert.acknowledged_at = now
    session.add(
        AlertStepRecord(
            alert_id=alert.id,
            kind=done.kind,
            severity=alert.severity,
            until_on=done.until_on,
            note=done.note,
            done_by=done.by,
            happened_at=now,
        )
    )
    told = {
        "alert_id": str(alert.id),
        "kind": alert.kind,
        "by": done.by,
        "until_on": None if done.until_on is None else str(done.until_on),
    }
    (seen,) = alert_snapshots.snapshots(session, [alert.id])
    type, of = f"alert.{done.kind}.v1", alert.debtor_id
    events.add(session, type, told, debtor_id=of, happened_at=now, known_at=now, snapshot=seen)


RETURN = text("""
UPDATE alert SET snoozed_until = NULL, acknowledged_at = NULL, changed_at = :now
WHERE ended_at IS NULL AND snoozed_until < :today RETURNING id, kind, severity, debtor_id
""")


def come_back(session: Session, today: date, now: datetime) -> int:
    """Have alerts come back whose snooze is over, and tell of each once. Gives how many."""
    rows = session.execute(RETURN, {"today": today, "now": now}).all()
    alert_steps.add_by_machine(session, "returned", [(row.id, row.severity) for row in rows], now)
    told = [
        (
            "alert.returned.v1",
            row.debtor_id,
            {"alert_id": str(row.id), "kind": row.kind, "severity": row.severity},
        )
        for row in rows
    ]
    events.add_many(session, told, now, alert_snapshots.snapshots(session, [row.id for row in rows]))
    return len(rows)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which alerts to list; what is None does not matter. `owner` is the account owner or the credit owner."""

    kind: str | None = None
    kinds: Collection[str] | None = None
    debtor_id: UUID | None = None
    is_open: bool | None = None
    state: AlertState | None = None
    severity: str | None = None
    owner: str | None = None
    changed_since: datetime | None = None


def listing(wanted: Wanted, today: date) -> Listed:
    """Select alerts with the account owner and the credit owner of their debtors."""
    record = AlertRecord
    query = select(record, DebtorRecord.account_owner, DebtorRecord.credit_owner).outerjoin(
        DebtorRecord, (DebtorRecord.seller_id == record.seller_id) & (DebtorRecord.id == record.debtor_id)
    )
    conditions: list[ColumnElement[bool]] = []
    if wanted.kind is not None:
        conditions.append(record.kind == wanted.kind)
    if wanted.kinds is not None:
        conditions.append(record.kind.in_(wanted.kinds))
    if wanted.debtor_id is not None:
        conditions.append(record.debtor_id == wanted.debtor_id)
    if wanted.is_open is not None:
        conditions.append(record.ended_at.is_(None) if wanted.is_open else record.ended_at.is_not(None))
    if wanted.state is not None:
        conditions.append(_in_state(wanted.state, today))
    if wanted.severity is not None:
        conditions.append(record.severity == wanted.severity)
    if wanted.owner is not None:
        conditions.append(or_(DebtorRecord.account_owner == wanted.owner, DebtorRecord.credit_owner == wanted.owner))
    if wanted.changed_since is not None:
        conditions.append(record.changed_at >= wanted.changed_since)
    return query.where(*conditions)
