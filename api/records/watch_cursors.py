"""Cursors of watching: until when each source was asked what changed, and from where a stream is gone on with."""

from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller


class WatchCursorRecord(OfSeller, Base):
    """Up to when a source was asked what has changed, by the seller's clock.

    Of a stream: from which position it is gone on with, and until when (real time) somebody reads it.
    """

    __tablename__ = "watch_cursor"
    provider: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    position: Mapped[str | None]
    leased_until: Mapped[datetime | None]


def asked_at(session: Session, provider: str) -> datetime | None:
    """Give until when a source was asked what has changed; None where it never was."""
    return session.scalar(select(WatchCursorRecord.asked_at).where(WatchCursorRecord.provider == provider))


PASS = text(
    "INSERT INTO watch_cursor AS c (seller_id, provider, asked_at) VALUES (:seller_id, :provider, :asked_at)"
    " ON CONFLICT (seller_id, provider) DO UPDATE SET asked_at = greatest(c.asked_at, excluded.asked_at)"
)


def pass_on(session: Session, provider: str, asked_at: datetime) -> None:
    """Note that a source was asked for all that changed until a time; the cursor never goes back."""
    values = {"seller_id": session.info["seller_id"], "provider": provider, "asked_at": asked_at}
    session.execute(PASS, values)


LEASE = text(
    "INSERT INTO watch_cursor AS c (seller_id, provider, asked_at, leased_until)"
    " VALUES (:seller_id, :provider, :now, :until) ON CONFLICT (seller_id, provider)"
    " DO UPDATE SET leased_until = :until WHERE c.leased_until IS NULL OR c.leased_until < :real_now RETURNING 1"
)


class Overtaken(Exception):
    """Somebody else reads this stream by now."""


def lease(session: Session, provider: str, now: datetime, real_now: datetime, until: datetime) -> bool:
    """Take a stream, so that nobody else reads it until then (real time); gives whether it was free."""
    values = {"seller_id": session.info["seller_id"], "provider": provider}
    return session.execute(LEASE, {**values, "now": now, "real_now": real_now, "until": until}).first() is not None


def position(session: Session, provider: str) -> str | None:
    """Give from where a stream is gone on with, in the source's own words; None where it was never read."""
    return session.scalar(select(WatchCursorRecord.position).where(WatchCursorRecord.provider == provider))


def move(session: Session, provider: str, until: datetime, position: str) -> None:
    """Note from where a stream is gone on with, by who took it until then. Raises Overtaken when somebody else has."""
    record = WatchCursorRecord
    held = (record.provider == provider, record.leased_until == until)
    if not session.execute(update(record).where(*held).values(position=position).returning(record.provider)).first():
        raise Overtaken(provider)


def give_back(session: Session, provider: str, until: datetime) -> None:
    """Let others read a stream that was taken until then."""
    record = WatchCursorRecord
    held = (record.provider == provider, record.leased_until == until)
    session.execute(update(record).where(*held).values(leased_until=None))
