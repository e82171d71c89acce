"""What deliveries tell of a webhook: it fails, is paused for that, asks us to wait, is gone, or is well again."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from api.records import alerts, webhooks
from api.records.webhooks import WebhookRecord

ALERT = "webhook_paused"


def note_failed(session: Session, webhook_id: UUID, failing: timedelta, now: datetime, business_now: datetime) -> None:
    """Remember since when nothing is taken; after `failing` pause it and raise the alert. `now` is the real time."""
    webhook = webhooks.get(session, webhook_id, locked=True)
    if webhook is None or webhook.state != "active":
        return
    if webhook.failing_since is None:
        webhook.failing_since = now
    elif now - webhook.failing_since >= failing:
        _stop(session, webhook, "paused", "failing", now, business_now)


def note_gone(session: Session, webhook_id: UUID, now: datetime, business_now: datetime) -> None:
    """Disable a webhook whose receiver says that it is gone for good, and raise the alert."""
    webhook = webhooks.get(session, webhook_id, locked=True)
    if webhook is not None and webhook.state == "active":
        _stop(session, webhook, "disabled", "gone", now, business_now)


def note_rest(session: Session, webhook_id: UUID, until: datetime) -> None:
    """Leave a webhook alone until a real time, as its receiver asked."""
    webhook = webhooks.get(session, webhook_id, locked=True)
    if webhook is not None:
        webhook.resting_until = until


def note_well(session: Session, webhook_id: UUID) -> None:
    """Forget that it failed: something was taken."""
    webhook = webhooks.get(session, webhook_id, locked=True)
    if webhook is not None:
        webhook.failing_since = None


def end_alert(session: Session, webhook_id: UUID, business_now: datetime) -> None:
    """End the alert of a webhook that is active again, or is no more."""
    alerts.end_alert(session, ALERT, str(webhook_id), now=business_now)


def _stop(
    session: Session, webhook: WebhookRecord, state: str, reason: str, now: datetime, business_now: datetime
) -> None:
    failing_since = webhook.failing_since and webhook.failing_since.isoformat()
    webhooks.change(webhook, {"state": state, "state_reason": reason}, now)
    data = {"webhook_id": str(webhook.id), "description": webhook.description, "reason": reason}
    told = {**data, "failing_since": failing_since}
    alerts.open_alert(session, ALERT, str(webhook.id), "urgent", told, now=business_now)
