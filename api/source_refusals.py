"""That a source refuses a seller's credentials: kept for all processes, with an alert while it lasts."""

from datetime import datetime

from sqlalchemy.orm import Session

from api.records import alerts, source_states

ALERT = "source_refused"  # Its subject is the provider: a person must look at the credentials.


def begin(session: Session, provider: str, refused_at: datetime, sealed: bytes, now: datetime) -> None:
    """Keep that the credentials of an encrypted digest were refused (`refused_at` in real time), and tell of it."""
    source_states.keep_refusal(session, provider, refused_at, sealed)
    alerts.open_alert(session, ALERT, provider, "warning", {"provider": provider}, now=now)


def end(session: Session, provider: str, now: datetime) -> None:
    """Forget a refusal, and end its alert: the credentials were changed, or are taken."""
    source_states.forget_refusal(session, provider)
    alerts.end_alert(session, ALERT, provider, now=now)
