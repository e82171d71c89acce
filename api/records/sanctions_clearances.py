"""Sanctions clearances: that a person found an entry of a list not to be a debtor, or took that back; add-only."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, select
from sqlalchemy.orm import Mapped, Session

from api.records.base import Base, WithId, reference_to

MOVES = CLEARED, WITHDRAWN = ("cleared", "withdrawn")


class SanctionsClearanceRecord(WithId, Base):
    """One move. Of each entry the last one counts, and a clearance only while both digests are what they were.

    `entry_digest` is of what the list said, `subject_digest` of the debtor; `moved_on` is the seller's day.
    """

    __tablename__ = "sanctions_clearance"
    __table_args__ = (
        CheckConstraint(f"move IN {MOVES}", name="move"),
        reference_to("debtor", "debtor_id"),
        Index(None, "seller_id", "debtor_id"),
    )
    debtor_id: Mapped[UUID]
    move: Mapped[str]
    provider: Mapped[str]
    entity_id: Mapped[str]
    entry_digest: Mapped[str]
    subject_digest: Mapped[str]
    reason: Mapped[str]
    moved_by: Mapped[str]
    moved_at: Mapped[datetime]
    moved_on: Mapped[date]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list as it was, beside the debtor as it was."""

    provider: str
    entity_id: str
    entry_digest: str
    subject_digest: str


@dataclass(frozen=True, slots=True)
class Mover:
    """Who made a move, why, and when: `on` is the seller's day of `at`."""

    by: str
    reason: str
    at: datetime
    on: date


def add(session: Session, debtor_id: UUID, move: str, entry: Entry, mover: Mover) -> SanctionsClearanceRecord:
    """Add a move of MOVES."""
    record = SanctionsClearanceRecord(
        debtor_id=debtor_id,
        move=move,
        provider=entry.provider,
        entity_id=entry.entity_id,
        entry_digest=entry.entry_digest,
        subject_digest=entry.subject_digest,
        reason=mover.reason,
        moved_by=mover.by,
        moved_at=mover.at,
        moved_on=mover.on,
    )
    session.add(record)
    session.flush()
    return record


def standing(session: Session, debtor_id: UUID, provider: str) -> list[SanctionsClearanceRecord]:
    """Give the clearances of a debtor that nobody took back, one of an entry, whether or not they still hold."""
    record = SanctionsClearanceRecord
    moves = session.scalars(
        select(record).where(record.debtor_id == debtor_id, record.provider == provider).order_by(record.id)
    )
    last = {each.entity_id: each for each in moves}
    return [each for each in last.values() if each.move == CLEARED]
