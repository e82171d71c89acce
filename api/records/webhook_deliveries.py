"""What is still to be delivered to each webhook, made from the feed, and how each try went."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Index,
    Select,
    UniqueConstraint,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, WithId, new_id, reference_to
from api.records.events import EventRecord, FeedEntryRecord
from api.records.many import insert_many
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
        Index(
            "ix_webhook_delivery_parked",
            "seller_id",
            "webhook_id",
            "ended_at",
            postgresql_where=text("state = 'parked'"),
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries to list; what is None does not matter. `subject` is the debtor, or the seller."""

    state: str | None = None
    event_type: str | None = None
    subject: UUID | None = None
    event_id: UUID | None = None
    queued_since: datetime | None = None


def listing(webhook_id: UUID, wanted: Wanted) -> Select[DeliveryRecord, str]:
    """Select the deliveries to a webhook, with the types of their events."""
    query = (
        select(DeliveryRecord, EventRecord.type)
        .join(
            EventRecord,
            (EventRecord.seller_id == DeliveryRecord.seller_id) & (EventRecord.id == DeliveryRecord.event_id),
        )
        .where(DeliveryRecord.webhook_id == webhook_id)
    )
    conditions: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        conditions.append(DeliveryRecord.state == wanted.state)
    if wanted.event_type is not None:
        conditions.append(EventRecord.type == wanted.event_type)
    if wanted.subject is not None:
        conditions.append(DeliveryRecord.subject_id == wanted.subject)
    if wanted.event_id is not None:
        conditions.append(DeliveryRecord.event_id == wanted.event_id)
    if wanted.queued_since is not None:
        conditions.append(DeliveryRecord.queued_at >= wanted.queued_since)
    return query.where(*conditions)


AGAIN = {"state": "waiting", "failed_count": 0, "lease_id": None, "ended_at": None}


def send_again(session: Session, delivery_ids: Sequence[UUID], now: datetime) -> None:
    """Let deliveries be due at once, with all tries before them again; one that is being sent is left to who does."""
    record = DeliveryRecord
    wanted = (record.id.in_(delivery_ids), record.lease_id.is_(None))
    session.execute(update(record).where(*wanted).values(**AGAIN, due_at=now))


def send_ended_again(
    session: Session, webhook_id: UUID, since: datetime, states: Collection[DeliveryState], now: datetime
) -> int:
    """Let all deliveries to a webhook that ended since a time in one of these states be due again; gives how many."""
    record = DeliveryRecord
    ended = (record.webhook_id == webhook_id, record.state.in_(states), record.ended_at >= since)
    again = update(record).where(*ended).values(**AGAIN, due_at=now)
    return int(session.execute(again).rowcount)  # type: ignore[attr-defined]


def take_up(session: Session, webhook_id: UUID, now: datetime) -> None:
    """Let what waits for a webhook be due at once, with all tries before it: its receiver is said to be well again."""
    record = DeliveryRecord
    waiting = (record.webhook_id == webhook_id, record.state == "waiting", record.lease_id.is_(None))
    session.execute(update(record).where(*waiting).values(failed_count=0, due_at=now))


def forget_delivered(session: Session, before: datetime) -> None:
    """Forget what was delivered before a time, with its tries; what was parked is kept until somebody looks at it."""
    record = DeliveryRecord
    session.execute(delete(record).where(record.state == "delivered", record.ended_at < before))
