"""Events: what happened, for others; written with the change itself, numbered per debtor without gaps."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, Index, Select, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller, WithId, new_id, reference_to, unchecked_seller
from api.records.event_types import registered
from api.records.many import insert_many


class EventRecord(WithId, Base):
    """One event. `subject_id` is its debtor, or the seller for an event of no debtor.

    `snapshot` holds the rows of what it tells of as they were left by the change, by a name such as `order`; those rows
    change later, and whoever is told late must read what was told. None where nothing is shown beside `data`.
    """

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("seller_id", "subject_id", "sequence"),)
    seller_id: Mapped[UUID] = unchecked_seller()
    type: Mapped[str]
    subject_id: Mapped[UUID]
    debtor_id: Mapped[UUID | None]
    sequence: Mapped[int] = mapped_column(BigInteger)
    happened_at: Mapped[datetime]
    known_at: Mapped[datetime]
    data: Mapped[dict[str, Any]]
    snapshot: Mapped[dict[str, Any] | None]


class EventCounterRecord(OfSeller, Base):
    """The last sequence given to a subject. Its row lock, held until commit, keeps the numbers without gaps."""

    __tablename__ = "event_counter"
    seller_id: Mapped[UUID] = unchecked_seller()
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    last_sequence: Mapped[int] = mapped_column(BigInteger)


class EventPendingRecord(OfSeller, Base):
    """An event that is not in the feed yet: found there by who appends, so that no writer need tell anybody."""

    __tablename__ = "event_pending"
    seller_id: Mapped[UUID] = unchecked_seller()
    event_id: Mapped[UUID] = mapped_column(primary_key=True)


class FeedEntryRecord(OfSeller, Base):
    """An event's place in the feed. Only committed events get one, so no reader's cursor misses a late commit."""

    __tablename__ = "feed_entry"
    __table_args__ = (reference_to("event", "event_id"), Index(None, "seller_id", "event_id", unique=True))
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[UUID]


NEXT_SEQUENCE = text(
    "INSERT INTO event_counter AS c (seller_id, subject_id, last_sequence) VALUES (:seller_id, :subject_id, 1)"
    " ON CONFLICT (seller_id, subject_id) DO UPDATE SET last_sequence = c.last_sequence + 1 RETURNING last_sequence"
)

# Each debtor's events become visible in the order of their sequence, since the counter is locked until commit.
APPEND = text(
    "WITH gone AS (DELETE FROM event_pending RETURNING event_id),"
    " last AS (SELECT coalesce(max(position), 0) AS position FROM feed_entry)"
    " INSERT INTO feed_entry (seller_id, position, event_id)"
    " SELECT e.seller_id, last.position + row_number() OVER (ORDER BY e.sequence, e.id), e.id"
    " FROM gone JOIN event e ON e.id = gone.event_id CROSS JOIN last"
)


def add(
    session: Session,
    type: str,
    data: dict[str, Any],
    *,
    debtor_id: UUID | None = None,
    happened_at: datetime,
    known_at: datetime,
    snapshot: dict[str, Any] | None = None,
) -> EventRecord:
    """Tell what happened, in the transaction in which it happens. `type` is versioned: `debtor.created.v1`."""
    seller_id = session.info["seller_id"]
    subject_id = debtor_id or seller_id
    sequence = session.scalar(NEXT_SEQUENCE, {"seller_id": seller_id, "subject_id": subject_id})
    event = EventRecord(
        type=registered(type),
        subject_id=subject_id,
        debtor_id=debtor_id,
        sequence=sequence,
        happened_at=happened_at,
        known_at=known_at,
        data=data,
        snapshot=snapshot,
    )
    session.add(event)
    session.flush()
    session.add(EventPendingRecord(event_id=event.id))
    return event


# The same for an event of a debtor, as a part of a statement that does more: it goes before the main one's last part.
# {snapshot} is an expression, such as of a parameter that the statement has anyway.
TELLING = """
counted AS (
    INSERT INTO event_counter AS c (seller_id, subject_id, last_sequence)
    VALUES (CAST(:seller_id AS uuid), :event_debtor_id, 1)
    ON CONFLICT (seller_id, subject_id) DO UPDATE SET last_sequence = c.last_sequence + 1 RETURNING last_sequence),
told AS (
    INSERT INTO event (seller_id, id, type, subject_id, debtor_id, sequence, happened_at, known_at, data, snapshot)
    SELECT CAST(:seller_id AS uuid), :event_id, :event_type, :event_debtor_id, :event_debtor_id, last_sequence,
        :event_at, :event_at, CAST(:event_data AS jsonb), {snapshot} FROM counted),
pending AS (INSERT INTO event_pending (seller_id, event_id) VALUES (CAST(:seller_id AS uuid), :event_id)),
"""


def telling(type: str, data: Mapping[str, Any], debtor_id: UUID, at: datetime) -> dict[str, Any]:
    """Give the values that TELLING names."""
    return {
        "event_id": new_id(),
        "event_type": registered(type),
        "event_debtor_id": debtor_id,
        "event_at": at,
        "event_data": orjson.dumps(dict(data), default=str).decode(),
    }


def add_first(
    session: Session,
    type: str,
    data: Mapping[UUID, dict[str, Any]],
    now: datetime,
    snapshots: Mapping[UUID, dict[str, Any]],
) -> None:
    """Tell of many debtors, by their ids, what is the first thing anybody can tell of each; quicker than `add`."""
    if not data:
        return
    event_ids = {debtor_id: new_id() for debtor_id in data}
    common = {"type": registered(type), "sequence": 1, "happened_at": now, "known_at": now}
    told = [
        {"id": event_ids[each], "subject_id": each, "debtor_id": each, "data": data[each]}
        | {"snapshot": snapshots[each], **common}
        for each in data
    ]
    insert_many(session, EventRecord, told)
    insert_many(session, EventCounterRecord, [{"subject_id": each, "last_sequence": 1} for each in data])
    insert_many(session, EventPendingRecord, [{"event_id": each} for each in event_ids.values()])


# Sorted, so that no two transactions wait for each other's counters.
NEXT_SEQUENCES = text("""
INSERT INTO event_counter AS c (seller_id, subject_id, last_sequence)
SELECT CAST(:seller_id AS uuid), subject_id, count
FROM unnest(CAST(:subject_ids AS uuid[]), CAST(:counts AS bigint[])) AS told (subject_id, count) ORDER BY subject_id
ON CONFLICT (seller_id, subject_id) DO UPDATE SET last_sequence = c.last_sequence + excluded.last_sequence
RETURNING subject_id, last_sequence
""")


def add_many(
    session: Session,
    told: Sequence[tuple[str, UUID | None, dict[str, Any]]],
    now: datetime,
    snapshots: Sequence[dict[str, Any] | None] | None = None,
) -> None:
    """Tell of many things in three statements, in their order: type, debtor (None: the seller) and data of each."""
    if not told:
        return
    seller_id = session.info["seller_id"]
    counts = Counter(debtor_id or seller_id for _, debtor_id, _ in told)
    values = {"seller_id": seller_id, "subject_ids": list(counts), "counts": list(counts.values())}
    found = session.execute(NEXT_SEQUENCES, values)
    next_of = {subject_id: last - counts[subject_id] + 1 for subject_id, last in found}
    rows = []
    for (type, debtor_id, data), snapshot in zip(told, snapshots or repeat(None), strict=False):
        subject_id = debtor_id or seller_id
        rows.append(
            {
                "id": new_id(),
                "type": registered(type),
                "subject_id": subject_id,
                "debtor_id": debtor_id,
                "sequence": next_of[subject_id],
                "happened_at": now,
                "known_at": now,
                "data": data,
                "snapshot": snapshot,
            }
        )
        next_of[subject_id] += 1
    insert_many(session, EventRecord, rows)
    insert_many(session, EventPendingRecord, [{"event_id": each["id"]} for each in rows])


def sellers_with_pending(session: Session) -> Sequence[UUID]:
    """Give the sellers of whom events are not in the feed yet; the session is of nobody."""
    return session.scalars(text("SELECT * FROM sellers_with_pending_events()")).all()


def append_to_feed(session: Session) -> int:
    """Give every pending event of the seller its place in the feed; one at a time per seller. Gives how many."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('feed ' || :seller_id, 0))"),
        {"seller_id": str(session.info["seller_id"])},
    )
    return session.execute(APPEND).rowcount  # type: ignore[attr-defined, no-any-return]


def feed(types: Collection[str] | None = None) -> Select[EventRecord, int]:
    """Select the events that have a place in the feed, and that place; of these types, or of all."""
    query = select(EventRecord, FeedEntryRecord.position).join(
        FeedEntryRecord,
        (FeedEntryRecord.seller_id == EventRecord.seller_id) & (FeedEntryRecord.event_id == EventRecord.id),
    )
    return query if types is None else query.where(EventRecord.type.in_(types))


def get_told(session: Session, event_id: UUID) -> EventRecord | None:
    """Find an event that has a place in the feed."""
    return session.execute(feed().where(EventRecord.id == event_id)).scalars().first()
