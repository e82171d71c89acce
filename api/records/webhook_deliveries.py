"""What is still to be delivered to each webhook, who is at it, and how each try went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, CheckConstraint, Index, Select, UniqueConstraint, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, WithId, new_id, reference_to
from api.records.events import EventRecord, FeedEntryRecord
from api.records.many import insert_many
from api.records.quick import array
from api.records.webhooks import WebhookRecord

DeliveryState = Literal["waiting", "delivered", "parked"]
STATES: tuple[DeliveryState, ...] = get_args(DeliveryState)
IS_WAITING = text("state = 'waiting'")


class DeliveryRecord(WithId, Base):
    """An event that is delivered to a webhook, or is to be.

    Who sends it puts `due_at` forward to the end of his lease: if he is killed, it is due again by itself.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        reference_to("webhook", "webhook_id", ondelete="CASCADE"),
        reference_to("event", "event_id"),
        UniqueConstraint("seller_id", "webhook_id", "event_id"),
        Index("ix_webhook_delivery_due", "seller_id", "webhook_id", "due_at", postgresql_where=IS_WAITING),
        Index(
            "ix_webhook_delivery_in_turn",
            "seller_id",
            "webhook_id",
            "subject_id",
            "position",
            postgresql_where=IS_WAITING,
        ),
        Index(None, "seller_id", "webhook_id", "id"),
    )
    webhook_id: Mapped[UUID]
    event_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]
    failed_count: Mapped[int]
    due_at: Mapped[datetime]
    lease_id: Mapped[UUID | None]
    queued_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AttemptRecord(WithId, Base):
    """One try: the status of the answer, or a word for why there was none. Of the body nothing is kept."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (
        reference_to("webhook_delivery", "delivery_id", ondelete="CASCADE"),
        Index(None, "seller_id", "delivery_id", "id"),
    )
    delivery_id: Mapped[UUID]
    attempted_at: Mapped[datetime]
    duration_ms: Mapped[int]
    status: Mapped[int | None]
    error: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Tried:
    """How one try of a leased delivery went; without `error` it was delivered. None in `due_at` parks it."""

    delivery_id: UUID
    attempted_at: datetime
    duration_ms: int
    status: int | None
    error: str | None
    due_at: datetime | None = None


def queue_new(session: Session, webhook: WebhookRecord, most: int, now: datetime) -> int:
    """Queue what came into the feed for a webhook that is locked; gives how many entries were looked at.

    Rows and position are one transaction, so nothing is lost and nothing queued twice, whoever is killed when.
    """
    entry, event = FeedEntryRecord, EventRecord
    query = (
        select(entry.position, event.id, event.subject_id, event.type)
        .join(event, (event.seller_id == entry.seller_id) & (event.id == entry.event_id))
        .where(entry.seller_id == webhook.seller_id, entry.position > webhook.queued_position)
    )
    rows = session.execute(query.order_by(entry.position).limit(most)).all()
    wanted = [row for row in rows if webhook.types is None or row.type in webhook.types]
    common = {"webhook_id": webhook.id, "state": "waiting", "failed_count": 0, "due_at": now, "queued_at": now}
    told = [
        {"id": new_id(), "event_id": row.id, "subject_id": row.subject_id, "position": row.position, **common}
        for row in wanted
    ]
    insert_many(session, DeliveryRecord, told)
    if rows:
        webhook.queued_position = rows[-1].position
        session.flush()
    return len(rows)


DUE = """
SELECT id FROM webhook_delivery WHERE seller_id = :seller_id AND webhook_id = :webhook_id AND state = 'waiting'
AND due_at <= :now ORDER BY due_at, position LIMIT :most
"""
# Of each debtor the first that waits, where it is due, and some of those after it.
DUE_IN_TURN = """
SELECT next.id FROM (
    SELECT * FROM (
        SELECT DISTINCT ON (subject_id) subject_id, position, due_at FROM webhook_delivery
        WHERE seller_id = :seller_id AND webhook_id = :webhook_id AND state = 'waiting'
        ORDER BY subject_id, position) first
    WHERE due_at <= :now ORDER BY due_at, position LIMIT :most) head
CROSS JOIN LATERAL (
    SELECT id, position FROM webhook_delivery d
    WHERE d.seller_id = :seller_id AND d.webhook_id = :webhook_id AND d.state = 'waiting'
    AND d.subject_id = head.subject_id ORDER BY d.position LIMIT :most) next
ORDER BY head.due_at, head.position, next.position LIMIT :most
"""
LEASE = """
WITH due AS ({due}), leased AS (
    UPDATE webhook_delivery d SET lease_id = :lease_id, due_at = :until FROM due
    WHERE d.seller_id = :seller_id AND d.id = due.id RETURNING d.id, d.event_id, d.failed_count, d.position)
SELECT leased.id, leased.event_id, leased.failed_count FROM leased ORDER BY leased.position
"""
LEASE_ANY, LEASE_IN_TURN = text(LEASE.format(due=DUE)), text(LEASE.format(due=DUE_IN_TURN))


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery that is ours to try until the lease ends; `failed_count` tries of it failed before."""

    id: UUID
    event: EventRecord
    failed_count: int


def lease(
    session: Session, webhook: WebhookRecord, lease_id: UUID, most: int, now: datetime, until: datetime
) -> Sequence[Leased]:
    """Lease some due deliveries of a webhook that is locked, in the order of the feed.

    With `ordered` nothing of a debtor is leased whose first waiting one is not due, or is leased to somebody else.
    """
    values = {"seller_id": webhook.seller_id, "webhook_id": webhook.id, "lease_id": lease_id, "most": most}
    values |= {"now": now, "until": until}
    rows = session.execute(LEASE_IN_TURN if webhook.ordered else LEASE_ANY, values).all()
    event = EventRecord
    found = select(event).where(event.seller_id == webhook.seller_id, event.id.in_([row.event_id for row in rows]))
    told = {each.id: each for each in session.scalars(found)} if rows else {}
    return [Leased(row.id, told[row.event_id], row.failed_count) for row in rows]


# What was sent was sent, also by who came too late; what failed is put off by who has the lease.
RECORD = text(
    "WITH tried AS (SELECT * FROM jsonb_to_recordset(CAST(:tried AS jsonb))"
    " AS t(attempt_id uuid, delivery_id uuid, attempted_at timestamptz, duration_ms int, status int, error text,"
    " due_at timestamptz)),"
    " noted AS (INSERT INTO webhook_attempt (seller_id, id, delivery_id, attempted_at, duration_ms, status, error)"
    " SELECT d.seller_id, t.attempt_id, d.id, t.attempted_at, t.duration_ms, t.status, t.error FROM tried t"
    " JOIN webhook_delivery d ON d.seller_id = :seller_id AND d.id = t.delivery_id)"
    " UPDATE webhook_delivery d SET lease_id = NULL,"
    " failed_count = d.failed_count + CASE WHEN t.error IS NULL THEN 0 ELSE 1 END,"
    " state = CASE WHEN t.error IS NULL THEN 'delivered' WHEN t.due_at IS NULL THEN 'parked' ELSE 'waiting' END,"
    " due_at = coalesce(t.due_at, d.due_at), ended_at = CASE WHEN t.due_at IS NULL THEN t.attempted_at END"
    " FROM tried t WHERE d.seller_id = :seller_id AND d.id = t.delivery_id AND d.state = 'waiting'"
    " AND (t.error IS NULL OR d.lease_id = :lease_id)"
)
RELEASE = text(
    "UPDATE webhook_delivery SET lease_id = NULL, due_at = :due_at"
    " WHERE seller_id = :seller_id AND lease_id = :lease_id AND state = 'waiting' AND id = ANY(CAST(:ids AS uuid[]))"
)


def record(session: Session, lease_id: UUID, tried: Sequence[Tried]) -> None:
    """Write how some tries went, and what follows for their deliveries."""
    rows = [
        {
            "attempt_id": str(new_id()),
            "delivery_id": str(each.delivery_id),
            "attempted_at": each.attempted_at.isoformat(),
            "duration_ms": each.duration_ms,
            "status": each.status,
            "error": each.error,
            "due_at": each.due_at and each.due_at.isoformat(),
        }
        for each in tried
    ]
    if rows:
        told = orjson.dumps(rows).decode()
        session.execute(RECORD, {"seller_id": session.info["seller_id"], "lease_id": lease_id, "tried": told})


def release(session: Session, lease_id: UUID, ids: Sequence[UUID], due_at: datetime) -> None:
    """Give leased deliveries back that were not tried."""
    if ids:
        values = {"seller_id": session.info["seller_id"], "lease_id": lease_id, "ids": array(ids), "due_at": due_at}
        session.execute(RELEASE, values)


def get(session: Session, delivery_id: UUID) -> DeliveryRecord | None:
    """Find a delivery."""
    return session.get(DeliveryRecord, (session.info["seller_id"], delivery_id))


def attempts_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[AttemptRecord]]:
    """Give the tries of each of these deliveries, the first one first."""
    query = select(AttemptRecord).where(AttemptRecord.delivery_id.in_(ids)).order_by(AttemptRecord.id)
    found: dict[UUID, list[AttemptRecord]] = {each: [] for each in ids}
    for each in session.scalars(query):
        found[each.delivery_id].append(each)
    return found


def listing(webhook_id: UUID, state: str | None) -> Select[DeliveryRecord, str]:
    """Select the deliveries to a webhook, with the types of their events."""
    query = (
        select(DeliveryRecord, EventRecord.type)
        .join(
            EventRecord,
            (EventRecord.seller_id == DeliveryRecord.seller_id) & (EventRecord.id == DeliveryRecord.event_id),
        )
        .where(DeliveryRecord.webhook_id == webhook_id)
    )
    return query if state is None else query.where(DeliveryRecord.state == state)


def send_again(session: Session, delivery_ids: Sequence[UUID], now: datetime) -> None:
    """Let deliveries be due at once, with all tries before them again; one that is being sent is left to who does."""
    record = DeliveryRecord
    again = {"state": "waiting", "failed_count": 0, "due_at": now, "lease_id": None, "ended_at": None}
    session.execute(update(record).where(record.id.in_(delivery_ids), record.lease_id.is_(None)).values(**again))


def send_parked_again(session: Session, webhook_id: UUID, since: datetime, now: datetime) -> int:
    """Let all deliveries to a webhook that were parked since a time be due again; gives how many."""
    record = DeliveryRecord
    again = {"state": "waiting", "failed_count": 0, "due_at": now, "lease_id": None, "ended_at": None}
    parked = (record.webhook_id == webhook_id, record.state == "parked", record.ended_at >= since)
    return int(session.execute(update(record).where(*parked).values(**again)).rowcount)  # type: ignore[attr-defined]


def take_up(session: Session, webhook_id: UUID, now: datetime) -> None:
    """Let what waits for a webhook be due at once, with all tries before it: its receiver is said to be well again."""
    record = DeliveryRecord
    waiting = (record.webhook_id == webhook_id, record.state == "waiting", record.lease_id.is_(None))
    session.execute(update(record).where(*waiting).values(failed_count=0, due_at=now))
