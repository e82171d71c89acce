"""Webhooks: addresses that a seller's events are sent to, and how each stands."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, WithId
from api.records.events import FeedEntryRecord
from api.records.sessions import Sessions

WebhookState = Literal["active", "paused", "disabled"]
STATES: tuple[WebhookState, ...] = get_args(WebhookState)
# Why it is not active: a person paused it, or a machine by a request; it failed for long, or its receiver said that it
# is gone for good (410).
StateReason = Literal["by_person", "by_request", "failing", "gone"]
REASONS: tuple[StateReason, ...] = get_args(StateReason)


class WebhookRecord(WithId, Base):
    """One webhook. `types` None means all; the feed is queued for it up to `queued_position`.

    Nothing is sent to it before `resting_until`, where its receiver asked for that.
    """

    __tablename__ = "webhook"
    __table_args__ = (CheckConstraint(f"state IN {STATES}", name="state"),)
    address: Mapped[str]
    description: Mapped[str | None]
    types: Mapped[list[Any] | None]
    ordered: Mapped[bool]
    state: Mapped[str]
    state_reason: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    resting_until: Mapped[datetime | None]
    queued_position: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


def add(session: Session, values: dict[str, Any], by: str, now: datetime) -> WebhookRecord:
    """Add a webhook: it is sent what comes into the feed from now on."""
    record = WebhookRecord(
        **values,
        state="active",
        state_reason=None,
        failing_since=None,
        resting_until=None,
        queued_position=feed_end(session),
        version=1,
        created_by=by,
        created_at=now,
        changed_at=now,
    )
    session.add(record)
    session.flush()
    return record


COUNTING = text("SELECT pg_advisory_xact_lock(hashtextextended('webhooks ' || :seller_id, 0))")


def count_in_turn(session: Session) -> int:
    """Count the seller's webhooks; nobody else who counts adds one before the transaction ends."""
    session.execute(COUNTING, {"seller_id": str(session.info["seller_id"])})
    return session.scalar(select(func.count()).select_from(WebhookRecord)) or 0


TRYING = text("SELECT pg_try_advisory_xact_lock(hashtextextended('webhook is tried ' || :seller_id, 0))")


@contextmanager
def trying_alone(sessions: Sessions, seller_id: UUID) -> Iterator[bool]:
    """Say, without waiting, whether nobody else tries a webhook of the seller out; if so nobody begins to within the
    `with`, in whatever process. It holds a connection, so it is for some seconds.
    """
    with sessions.of_nobody() as session:
        yield bool(session.scalar(TRYING, {"seller_id": str(seller_id)}))


def feed_end(session: Session) -> int:
    """Give the last position of the seller's feed, 0 where it is empty."""
    return session.scalar(select(func.coalesce(func.max(FeedEntryRecord.position), 0))) or 0


def get(session: Session, webhook_id: UUID, *, locked: bool = False) -> WebhookRecord | None:
    """Find a webhook; `locked` until the transaction ends: who queues, leases or changes its state does it in turn."""
    lock = {"key_share": True} if locked else None
    return session.get(
        WebhookRecord, (session.info["seller_id"], webhook_id), with_for_update=lock, populate_existing=locked
    )


def change(record: WebhookRecord, values: dict[str, Any], now: datetime) -> None:
    """Change what is named, as a new version."""
    for name, value in values.items():
        setattr(record, name, value)
    record.version += 1
    record.changed_at = now


def with_work(session: Session, now: datetime) -> Sequence[tuple[UUID, UUID]]:
    """Give seller and id of the webhooks that have something to queue or to send; the session is of nobody."""
    rows = session.execute(text("SELECT seller_id, webhook_id FROM webhooks_with_work(:now)"), {"now": now})
    return [(seller_id, webhook_id) for seller_id, webhook_id in rows]
