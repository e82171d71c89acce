"""Notices: what vendors send by themselves, kept as it came; and the secret addresses they send it to."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Select, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from api.records.base import Base, WithId, new_id

STATES = ("received", "read", "unreadable")


class NoticeAddressRecord(WithId, Base):
    """A token that lets a vendor send notices; only its SHA-256 is kept. Times are real ones, as those of keys."""

    __tablename__ = "notice_address"
    __table_args__ = (Index("ix_notice_address_token", "seller_id", "provider", "token_sha256", unique=True),)
    provider: Mapped[str]
    token_sha256: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class NoticeRecord(WithId, Base):
    """One notice. `fault` says why it is unreadable; `changes_count` how many changes of ours it brought."""

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_notice_once", "seller_id", "provider", "sha256", unique=True),
    )
    provider: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str]
    fault: Mapped[str | None]
    changes_count: Mapped[int | None]
    received_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


def digest_of(token: str) -> str:
    """Give what is kept of a token."""
    return sha256(token.encode()).hexdigest()


def add_address(
    session: Session, provider: str, token: str, made_by: str, now: datetime, others_end_at: datetime
) -> NoticeAddressRecord:
    """Add a token for a vendor; those that it had end at a time, unless they end before."""
    record = NoticeAddressRecord
    lasting = or_(record.ends_at.is_(None), record.ends_at > others_end_at)
    session.execute(update(record).where(record.provider == provider, lasting).values(ends_at=others_end_at))
    added = NoticeAddressRecord(
        provider=provider, token_sha256=digest_of(token), made_by=made_by, made_at=now, ends_at=None
    )
    session.add(added)
    session.flush()
    return added


def is_address(session: Session, provider: str, token: str, now: datetime) -> bool:
    """Whether a token lets a vendor in, in real time."""
    record = NoticeAddressRecord
    found = session.execute(
        select(record.ends_at).where(record.provider == provider, record.token_sha256 == digest_of(token))
    ).one_or_none()
    return found is not None and (found.ends_at is None or found.ends_at > now)


def address(session: Session, address_id: UUID) -> NoticeAddressRecord | None:
    """Find an address."""
    return session.get(NoticeAddressRecord, (session.info["seller_id"], address_id))


def add(session: Session, provider: str, content: bytes, now: datetime) -> UUID | None:
    """Keep a notice; gives its id, None where this very one was kept before."""
    record = NoticeRecord
    values = {"seller_id": session.info["seller_id"], "id": new_id(), "provider": provider}
    told = {"sha256": sha256(content).hexdigest(), "content": content, "state": "received", "received_at": now}
    added = insert(record).values(**values, **told).on_conflict_do_nothing().returning(record.id)
    return session.scalar(added)


def get(session: Session, notice_id: UUID) -> NoticeRecord | None:
    """Find a notice."""
    return session.get(NoticeRecord, (session.info["seller_id"], notice_id))


def listing(provider: str | None, state: str | None) -> Select[NoticeRecord]:
    """Select notices of a vendor, or in a state, without their content; what is None does not matter."""
    record = NoticeRecord
    query = select(record).options(defer(record.content))
    if provider is not None:
        query = query.where(record.provider == provider)
    return query if state is None else query.where(record.state == state)
