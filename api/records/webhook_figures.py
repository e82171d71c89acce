"""What operators see of all events that go out: how many, of which kinds, and for how long they wait; of no seller."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

TRIED_WITHIN = timedelta(minutes=5)
ID_TIME_SHIFT = 80  # An id of version 7 begins with its milliseconds, in 48 of 128 bits.
FIGURES = text("SELECT figure, label, value FROM webhook_figures(:tried_since)")


def figures(session: Session, now: datetime) -> dict[str, dict[str, int]]:
    """Give the figures by name and label; the session is of nobody, `now` the real time.

    `webhooks` and `deliveries` by state; `tries` of the last five minutes by outcome; `waiting_since` by stage (`feed`:
    not in it yet, `queue`: in it, and not queued for a webhook, `delivery`: queued), in milliseconds of Unix time.
    """
    since = UUID(int=int((now - TRIED_WITHIN).timestamp() * 1000) << ID_TIME_SHIFT)
    found: dict[str, dict[str, int]] = {}
    for figure, label, value in session.execute(FIGURES, {"tried_since": since}):
        found.setdefault(figure, {})[label] = value
    return found
