"""What sources told of as changed: added once and never altered; and who must therefore be looked at again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller, WithId, new_id, reference_to
from api.records.watches import WatchRecord


class SourceChangeRecord(WithId, Base):
    """One change of one debtor; `key` is the source's own and tells a repeat. `kind` is a word of ours."""

    __tablename__ = "source_change"
    __table_args__ = (
        reference_to("debtor", "debtor_id"),
        Index("ix_source_change_once", "seller_id", "provider", "key", "debtor_id", unique=True),
        Index("ix_source_change_seller_id_debtor_id_id", "seller_id", "debtor_id", "id"),
    )
    debtor_id: Mapped[UUID]
    provider: Mapped[str]
    key: Mapped[str]
    kind: Mapped[str]
    old_value: Mapped[str | None]
    new_value: Mapped[str | None]
    changed_at: Mapped[datetime]
    known_at: Mapped[datetime]


class SourceChangePendingRecord(OfSeller, Base):
    """A change that nobody has looked at yet; who deletes the row in a transaction has done so in it."""

    __tablename__ = "source_change_pending"
    __table_args__ = (reference_to("source_change", "change_id"), Index(None, "seller_id", "debtor_id"))
    change_id: Mapped[UUID] = mapped_column(primary_key=True)
    debtor_id: Mapped[UUID]


@dataclass(frozen=True, slots=True)
class Told:
    """A change as a source told it, of the company that it watches under a number (its scheme and value)."""

    key: str
    scheme: str
    value: str
    kind: str
    changed_at: datetime
    old_value: str | None
    new_value: str | None


def add(session: Session, provider: str, told: Sequence[Told], now: datetime) -> int:
    """Add what a source told of debtors that are watched there, each change once; gives how many were new.

    Companies that nobody watches are none of ours. No change is stored that is not looked at: both are one transaction.
    """
    debtors = _watched(session, provider, {each.value for each in told})
    rows = [
        {
            "seller_id": session.info["seller_id"],
            "id": new_id(),
            "debtor_id": debtor_id,
            "provider": provider,
            "key": each.key,
            "kind": each.kind,
            "old_value": each.old_value,
            "new_value": each.new_value,
            "changed_at": each.changed_at,
            "known_at": now,
        }
        for each in told
        for debtor_id in debtors.get((each.scheme, each.value), ())
    ]
    if not rows:
        return 0
    record = SourceChangeRecord
    added = insert(record).values(rows).on_conflict_do_nothing().returning(record.id, record.debtor_id)
    new = [{"change_id": change_id, "debtor_id": debtor_id} for change_id, debtor_id in session.execute(added)]
    session.add_all(SourceChangePendingRecord(**each) for each in new)
    return len(new)


def unknown(session: Session, provider: str, told: Sequence[Told]) -> set[str]:
    """Give the keys of those that are about debtors watched there, and not added for all of them yet."""
    debtors = _watched(session, provider, {each.value for each in told})
    ours = {each.key: set(debtors.get((each.scheme, each.value), ())) for each in told}
    record = SourceChangeRecord
    keys = [key for key, whom in ours.items() if whom]
    added = select(record.key, record.debtor_id).where(record.provider == provider, record.key.in_(keys))
    for key, debtor_id in session.execute(added) if keys else ():
        ours[key].discard(debtor_id)
    return {key for key, whom in ours.items() if whom}


def _watched(
    session: Session, provider: str, values: Collection[str]
) -> dict[tuple[str | None, str | None], list[UUID]]:
    """Give who is watched at a source under which number (scheme, value)."""
    record = WatchRecord
    query = select(record.scheme, record.value, record.debtor_id).where(
        record.provider == provider, record.value.in_(values), record.state == "watched"
    )
    found: dict[tuple[str | None, str | None], list[UUID]] = {}
    for scheme, value, debtor_id in session.execute(query.order_by(record.debtor_id)):
        found.setdefault((scheme, value), []).append(debtor_id)
    return found


def due(session: Session, after: UUID, count: int) -> Sequence[UUID]:
    """Give the next debtors after one, by id, of whom something changed that nobody has looked at."""
    record = SourceChangePendingRecord
    query = select(record.debtor_id).where(record.debtor_id > after).distinct()
    return session.scalars(query.order_by(record.debtor_id).limit(count)).all()


def count_due(session: Session) -> int:
    """Count the debtors of whom something changed that nobody has looked at."""
    return int(session.scalar(select(func.count(SourceChangePendingRecord.debtor_id.distinct()))) or 0)


def pending(session: Session, debtor_ids: Collection[UUID]) -> Sequence[SourceChangeRecord]:
    """Give the changes of debtors that nobody has looked at, the oldest first."""
    record, waiting = SourceChangeRecord, SourceChangePendingRecord
    query = select(record).join(waiting, (waiting.seller_id == record.seller_id) & (waiting.change_id == record.id))
    return session.scalars(query.where(waiting.debtor_id.in_(debtor_ids)).order_by(record.changed_at, record.id)).all()


def take(session: Session, changes: Collection[SourceChangeRecord]) -> list[SourceChangeRecord]:
    """Note that changes are looked at in this transaction; gives those that nobody else has looked at meanwhile."""
    waiting = SourceChangePendingRecord
    ids = [each.id for each in changes]
    gone = set(session.scalars(delete(waiting).where(waiting.change_id.in_(ids)).returning(waiting.change_id)))
    return [each for each in changes if each.id in gone]


def listing(
    provider: str | None, debtor_id: UUID | None, kind: str | None, changed_since: datetime | None
) -> Select[SourceChangeRecord]:
    """Select changes of a source, of a debtor, of a kind, known since a time; what is None does not matter."""
    record = SourceChangeRecord
    query = select(record)
    for column, wanted in ((record.provider, provider), (record.debtor_id, debtor_id), (record.kind, kind)):
        if wanted is not None:
            query = query.where(column == wanted)
    return query if changed_since is None else query.where(record.known_at >= changed_since)
