"""An event as others read it: a CloudEvent 1.0, the same in the feed, by itself, and in each delivery."""

from datetime import datetime
from typing import Any
from uuid import UUID

from api.events.bodies import Judgements, bodies_of
from api.records.events import EventRecord
from api.records.sellers import Seller


def cloud_event(event: EventRecord, seller: Seller, judgements: Judgements) -> dict[str, Any]:
    """Give an event of a seller; written by `answer_bytes` it has the same bytes wherever it is sent.

    `judgements` are those of `judgements_of`, for this event or for many.
    """
    data = {**event.data, **bodies_of(event, seller, judgements)}
    return _cloud_event(seller, event.id, event.type, event.subject_id, event.happened_at, event.sequence, data)


def try_out_event(seller: Seller, event_id: UUID, webhook_id: UUID, now: datetime) -> dict[str, Any]:
    """Give what a webhook is tried out with: it is in no feed, so nothing of the seller's books is in it."""
    data = {"webhook_id": str(webhook_id)}
    return _cloud_event(seller, event_id, "webhook.test.v1", seller.id, now, 0, data)


def _cloud_event(
    seller: Seller, event_id: UUID, type: str, subject_id: UUID, at: datetime, sequence: int, data: dict[str, Any]
) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": event_id,
        "type": type,
        "source": f"/sellers/{seller.id}",
        "subject": subject_id,
        "time": at,
        "sequence": sequence,
        "mode": seller.mode,
        "data": data,
    }
