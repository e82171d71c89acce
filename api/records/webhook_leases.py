"""Who is at which deliveries of a webhook, for how long, and what becomes of them: no two workers send the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.records.base import new_id
from api.records.events import EventRecord
from api.records.quick import array
from api.records.webhooks import WebhookRecord


@dataclass(frozen=True, slots=True)
class Tried:
    """How one try of a leased delivery went; without `error` it was delivered. None in `due_at` parks it."""

    delivery_id: UUID
    attempted_at: datetime
    duration_ms: int
    status: int | None
    error: str | None
    due_at: datetime | None = None


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
