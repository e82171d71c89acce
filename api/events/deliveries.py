"""What a seller sees of its deliveries, and sends again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from api.clock import real_now
from api.events.webhooks import found
from api.problems import NotFound
from api.records import webhook_deliveries
from api.records.events import EventRecord
from api.records.webhook_deliveries import AttemptRecord, DeliveryRecord, DeliveryState, Wanted
from api.web.paging import Page, page_of
from api.wiring import Wiring, answer_bytes

STATES_OF: Mapping[str, tuple[DeliveryState, ...]] = {
    "parked_since": ("parked",),
    "ended_since": ("parked", "delivered"),
}


def page(given: Wiring, webhook_id: UUID, wanted: Wanted, limit: int, after: str | None) -> Page:
    """Give a page of the deliveries to a webhook with their tries, the newest first. Raises NotFound."""
    with given.transaction() as session:
        found(session, webhook_id)
        query = webhook_deliveries.listing(webhook_id, wanted)
        rows = page_of(session, query, [DeliveryRecord.id], limit, after, newest_first=True)
        attempts = webhook_deliveries.attempts_of(session, [delivery.id for delivery, _ in rows.items])
    items = [_shown(delivery, event_type, attempts[delivery.id]) for delivery, event_type in rows.items]
    return Page(items, rows.next)


def read(given: Wiring, delivery_id: UUID) -> dict[str, Any]:
    """Give a delivery with its tries. Raises NotFound."""
    with given.transaction() as session:
        delivery = webhook_deliveries.get(session, delivery_id)
        if delivery is None:
            raise NotFound("There is no such delivery.")
        event = session.get_one(EventRecord, (given.seller.id, delivery.event_id))
        attempts = webhook_deliveries.attempts_of(session, [delivery_id])[delivery_id]
    return _shown(delivery, event.type, attempts)


def send_again(given: Wiring, delivery_id: UUID) -> dict[str, Any]:
    """Send an event again, whether it was delivered, waits or was parked; under the same id. Raises NotFound."""
    with given.transaction() as session:
        given.once.claim(session)
        delivery = webhook_deliveries.get(session, delivery_id)
        if delivery is None:
            raise NotFound("There is no such delivery.")
        event = session.get_one(EventRecord, (given.seller.id, delivery.event_id))
        webhook_deliveries.send_again(session, [delivery_id], real_now())
        session.refresh(delivery)
        attempts = webhook_deliveries.attempts_of(session, [delivery_id])[delivery_id]
        answer = _shown(delivery, event.type, attempts)
        given.once.keep(session, 202, answer_bytes(answer))
    return answer


def send_all_again(given: Wiring, webhook_id: UUID, asked: Mapping[str, datetime]) -> dict[str, Any]:
    """Send again whatever was parked (`parked_since`), or ended at all (`ended_since`), since then. Raises NotFound."""
    (name, since) = next(iter(asked.items()))
    with given.transaction() as session:
        given.once.claim(session)
        found(session, webhook_id, locked=True)
        answer = {"count": webhook_deliveries.send_ended_again(session, webhook_id, since, STATES_OF[name], real_now())}
        given.once.keep(session, 202, answer_bytes(answer))
    return answer


def _shown(delivery: DeliveryRecord, event_type: str, attempts: Sequence[AttemptRecord]) -> dict[str, Any]:
    names = ("attempted_at", "duration_ms", "status", "error")
    return {
        "id": delivery.id,
        "webhook_id": delivery.webhook_id,
        "event_id": delivery.event_id,
        "event_type": event_type,
        "subject": delivery.subject_id,
        "state": delivery.state,
        "queued_at": delivery.queued_at,
        "next_attempt_at": delivery.due_at if delivery.state == "waiting" else None,
        "ended_at": delivery.ended_at,
        "attempts": [{name: getattr(each, name) for name in names} for each in attempts],
    }
