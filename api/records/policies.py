"""Policies: the seller's rules as data, one row per version; the document of a version never changes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Select, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records import events
from api.records.base import Base, OfSeller

STATES = ("draft", "shadow", "active", "retired")


class PolicyRecord(OfSeller, Base):
    """One version. `document` is the canonical JSON text that `digest` (SHA-256) is of."""

    __tablename__ = "policy"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("uq_policy_one_active", "seller_id", unique=True, postgresql_where=text("state = 'active'")),
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    document: Mapped[str]
    digest: Mapped[str]
    state: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    activated_at: Mapped[datetime | None]
    shadowed_at: Mapped[datetime | None]


ACTIVE = text("SELECT version FROM policy WHERE state = 'active'")  # Asked by every check, so kept plain.


def active_version(session: Session) -> int | None:
    """Give the number of the active version."""
    version: int | None = session.scalar(ACTIVE)
    return version


def count_in(session: Session, state: str) -> int:
    """Count the versions in a state."""
    return session.scalar(select(func.count()).select_from(PolicyRecord).where(PolicyRecord.state == state)) or 0


def get(session: Session, version: int) -> PolicyRecord | None:
    """Find one version."""
    return session.get(PolicyRecord, (session.info["seller_id"], version))


def add(session: Session, *, name: str, document: str, digest: str, made_by: str, now: datetime) -> PolicyRecord:
    """Add a draft as the seller's next version."""
    one_at_a_time(session)  # Two drafts never get the same number.
    last = session.scalar(select(func.max(PolicyRecord.version))) or 0
    record = PolicyRecord(
        version=last + 1,
        name=name,
        document=document,
        digest=digest,
        state="draft",
        made_by=made_by,
        made_at=now,
        approved_by=None,
        approved_at=None,
        activated_at=None,
        shadowed_at=None,
    )
    session.add(record)
    session.flush()
    return record


def one_at_a_time(session: Session) -> None:
    """Let nobody else change this seller's policies until the transaction ends."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('policy ' || :seller_id, 0))"),
        {"seller_id": str(session.info["seller_id"])},
    )


def activate(session: Session, record: PolicyRecord, now: datetime) -> None:
    """Make a version the active one; the one that was is retired."""
    session.execute(update(PolicyRecord).where(PolicyRecord.state == "active").values(state="retired"))
    record.state, record.activated_at = "active", now
    session.flush()


def shadow(session: Session, record: PolicyRecord, now: datetime) -> None:
    """Let a version judge beside the active one from now on, without any effect."""
    record.state, record.shadowed_at = "shadow", now
    session.flush()


def in_shadow(session: Session) -> Sequence[int]:
    """Give the numbers of the versions that judge beside the active one."""
    query = select(PolicyRecord.version).where(PolicyRecord.state == "shadow").order_by(PolicyRecord.version)
    return session.scalars(query).all()


def tell_activated(session: Session, record: PolicyRecord, now: datetime) -> None:
    """Tell that another version decides from now on."""
    data = {"policy_version": record.version, "digest": record.digest}
    events.add(session, "policy.activated.v1", data, happened_at=now, known_at=now)


def listing() -> Select[PolicyRecord]:
    """Select all versions."""
    return select(PolicyRecord)
