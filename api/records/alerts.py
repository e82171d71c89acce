"""Alerts: what somebody must look at, opened once for one cause and ended when it is over."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args
from uuid import UUID

import orjson
from sqlalchemy import CheckConstraint, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records import alert_snapshots, alert_steps, events
from api.records.base import Base, WithId, new_id, reference_to
from api.records.debtors import DebtorRecord

Severity = Literal["notice", "warning", "urgent"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


class AlertRecord(WithId, Base):
    """One alert. `subject` names its one cause among those of its kind: while it is open no second one is opened.

    It is snoozed to the end of `snoozed_until`. `level` and `due_on` are as in `Called`.
    """

    __tablename__ = "alert"
    __table_args__ = (
        CheckConstraint(f"severity IN {SEVERITIES}", name="severity"),
        reference_to("debtor", "debtor_id"),
        Index("ix_alert_open", "seller_id", "kind", "subject", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_alert_open_of_debtor", "seller_id", "debtor_id", postgresql_where=text("ended_at IS NULL")),
        Index(None, "seller_id", "changed_at"),
        Index(
            "ix_alert_snoozed",
            "seller_id",
            "snoozed_until",
            postgresql_where=text("ended_at IS NULL AND snoozed_until IS NOT NULL"),
        ),
    )
    kind: Mapped[str]
    subject: Mapped[str]
    severity: Mapped[str]
    debtor_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    level: Mapped[int] = mapped_column(server_default="0")
    due_on: Mapped[date | None]
    acknowledged_at: Mapped[datetime | None]
    snoozed_until: Mapped[date | None]
    changed_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Called:
    """An alert that is called for: its cause, how grave it is, and what it tells.

    `level` tells how far things have come within its kind: a higher one is graver at the same severity. `due_on` is the
    last day to act on it, None where none is set.
    """

    kind: str
    subject: str
    severity: Severity
    data: Mapping[str, Any]
    debtor_id: UUID | None = None
    level: int = 0
    due_on: date | None = None


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
    """Open an alert and tell of it, as `open_alerts` does. Gives whether it was opened."""
    return bool(open_alerts(session, [Called(kind, subject, severity, data, debtor_id)], now=now))


ADD = text("""
INSERT INTO alert (seller_id, id, kind, subject, severity, level, debtor_id, data, due_on, opened_at, changed_at)
SELECT CAST(:seller_id AS uuid), id, kind, subject, severity, level, debtor_id, data, due_on, :now, :now
FROM jsonb_populate_recordset(NULL::alert, CAST(:rows AS jsonb)) ORDER BY kind, subject
ON CONFLICT (seller_id, kind, subject) WHERE ended_at IS NULL DO NOTHING RETURNING id
""")
# What was open as it is when its row is locked: of two who tell the same, only one raises it. Each is found by its key,
# in the order of the rows: joined freely, many would be compared with many.
RENEW = text("""
WITH was AS (
    SELECT a.id, c.severity, c.level, c.data, c.due_on, a.level AS level_before, a.data AS data_before,
        a.due_on AS due_before, array_position(CAST(:severities AS text[]), a.severity) AS rank_before,
        array_position(CAST(:severities AS text[]), c.severity) AS rank
    FROM jsonb_populate_recordset(NULL::alert, CAST(:rows AS jsonb)) c
    CROSS JOIN LATERAL (SELECT * FROM alert o
        WHERE o.kind = c.kind AND o.subject = c.subject AND o.ended_at IS NULL LIMIT 1 FOR UPDATE) a),
is_now AS (
    SELECT *, (rank, level) > (rank_before, level_before) AS is_raised FROM was
    WHERE (rank, level, data, due_on) IS DISTINCT FROM (rank_before, level_before, data_before, due_before)),
renewed AS (
    UPDATE alert a SET severity = n.severity, level = n.level, data = n.data, due_on = n.due_on,
        changed_at = CAST(:now AS timestamptz),
        acknowledged_at = CASE WHEN NOT n.is_raised THEN a.acknowledged_at END,
        snoozed_until = CASE WHEN NOT n.is_raised THEN a.snoozed_until END
    FROM is_now n WHERE a.id = n.id
    RETURNING a.id, a.kind, a.subject, a.severity, a.level, a.debtor_id, a.data, a.due_on, n.is_raised)
SELECT * FROM renewed WHERE is_raised ORDER BY kind, subject
""")


def open_alerts(session: Session, called: Sequence[Called], *, now: datetime) -> set[tuple[str, str]]:
    """Open the alerts that are called for, each of another cause, and tell of them; costs the same for many.

    One that is open already gets the newer data; where that is graver it is raised: told once more, and it stands open
    again for whoever had acknowledged or snoozed it. Gives kind and subject of those that were opened.
    """
    rows = {new_id(): each for each in sorted(called, key=lambda each: (each.kind, each.subject))}
    if not rows:
        return set()
    values = {"seller_id": session.info["seller_id"], "now": now, "severities": list(SEVERITIES)}
    new = set(session.scalars(ADD, {"rows": _written(rows), **values}))
    told = [("alert.opened.v1", each, rows[each]) for each in rows if each in new]
    older = {each: rows[each] for each in rows if each not in new}
    if older:
        raised = [
            (row.id, Called(row.kind, row.subject, row.severity, row.data, row.debtor_id, row.level, row.due_on))
            for row in session.execute(RENEW, {"rows": _written(older), **values})
        ]
        alert_steps.add_by_machine(session, "raised", [(each, it.severity) for each, it in raised], now)
        told += [("alert.raised.v1", *each) for each in raised]
    _tell(session, told, now)
    return {(rows[each].kind, rows[each].subject) for each in new}


def _written(rows: Mapping[UUID, Called]) -> str:
    return orjson.dumps([{"id": id_, **asdict(each)} for id_, each in rows.items()], default=str).decode()


END = text("""
UPDATE alert a SET ended_at = :now, changed_at = :now
FROM (SELECT o.id FROM unnest(CAST(:kinds AS text[]), CAST(:subjects AS text[])) AS over (kind, subject)
    CROSS JOIN LATERAL (SELECT id FROM alert
        WHERE kind = over.kind AND subject = over.subject AND ended_at IS NULL LIMIT 1 FOR UPDATE) o) found
WHERE a.id = found.id
RETURNING a.id, a.kind, a.subject, a.severity, a.level, a.debtor_id, a.data, a.due_on
""")


def end_alert(session: Session, kind: str, subject: str, *, now: datetime) -> bool:
    """End an alert and tell of it. Gives whether there was one to end."""
    return bool(end_alerts(session, [(kind, subject)], now=now))


def end_alerts(session: Session, causes: Collection[tuple[str, str]], *, now: datetime) -> int:
    """End alerts by kind and subject, where they are open, and tell of them. Gives how many there were to end."""
    if not causes:
        return 0
    ordered = sorted(causes)
    values = {"kinds": [kind for kind, _ in ordered], "subjects": [subject for _, subject in ordered], "now": now}
    rows = sorted(session.execute(END, values), key=lambda row: (row.kind, row.subject))
    told = [
        (
            "alert.ended.v1",
            row.id,
            Called(row.kind, row.subject, row.severity, row.data, row.debtor_id, row.level, row.due_on),
        )
        for row in rows
    ]
    _tell(session, told, now)
    return len(told)


def _tell(session: Session, told: Sequence[tuple[str, UUID, Called]], now: datetime) -> None:
    """Tell of alerts to whom they are for: the owners of their debtors, None where nobody is named."""
    if not told:
        return
    ids = {each.debtor_id for _, _, each in told if each.debtor_id is not None}
    named = (DebtorRecord.id, DebtorRecord.account_owner, DebtorRecord.credit_owner)
    found = session.execute(select(*named).where(DebtorRecord.id.in_(ids))).all() if ids else ()
    owners = {row.id: {"account_owner": row.account_owner, "credit_owner": row.credit_owner} for row in found}
    nobody = {"account_owner": None, "credit_owner": None}
    events.add_many(
        session,
        [
            (
                type,
                each.debtor_id,
                {
                    "alert_id": str(alert_id),
                    "kind": each.kind,
                    "subject": each.subject,
                    "severity": each.severity,
                    "due_on": None if each.due_on is None else str(each.due_on),
                    "data": dict(each.data),
                    **(nobody if each.debtor_id is None else owners[each.debtor_id]),
                },
            )
            for type, alert_id, each in told
        ],
        now,
        alert_snapshots.snapshots(session, [alert_id for _, alert_id, _ in told]),
    )


def hand_over(session: Session, from_id: UUID, to_id: UUID, leave: Collection[str], *, now: datetime) -> None:
    """End the open alerts of a debtor, and open them of another one, in whose name their cause goes on.

    Those of a kind in `leave` only end: their cause ended with the debtor. Both must be locked.
    """
    record = AlertRecord
    told = (record.kind, record.subject, record.severity, record.data, record.level, record.due_on)
    query = select(*told).where(record.debtor_id == from_id)
    rows = session.execute(query.where(record.ended_at.is_(None)).order_by(record.id)).all()
    for kind, subject, severity, data, level, due_on in rows:
        end_alert(session, kind, subject, now=now)
        if kind not in leave:
            # A debtor is named by its id wherever it is named: in the subject, and in what the alert tells.
            subject_then = subject.replace(str(from_id), str(to_id))
            data_then = orjson.loads(orjson.dumps(data).decode().replace(str(from_id), str(to_id)))
            open_alerts(session, [Called(kind, subject_then, severity, data_then, to_id, level, due_on)], now=now)


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


def open_of(session: Session, debtor_ids: Sequence[UUID], kinds: Sequence[str]) -> Sequence[AlertRecord]:
    """Give the alerts of these debtors and kinds that are not over, oldest first."""
    record = AlertRecord
    is_open = (record.debtor_id.in_(debtor_ids), record.kind.in_(kinds), record.ended_at.is_(None))
    query = select(record).where(*is_open).order_by(record.id).execution_options(populate_existing=True)
    return session.scalars(query).all()


def open_among(session: Session, kinds: Sequence[str], subjects: Sequence[str]) -> set[tuple[str, str]]:
    """Give kind and subject of the open alerts of these kinds and subjects."""
    record = AlertRecord
    query = select(record.kind, record.subject).where(record.kind.in_(kinds), record.subject.in_(subjects))
    return {(kind, subject) for kind, subject in session.execute(query.where(record.ended_at.is_(None)))}
