"""Watches: which debtor is watched at which source, and under which number there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Select, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller, reference_to
from api.records.identities import OfficialNumber

STATES = ("watched", "unknown", "ended")


class WatchRecord(OfSeller, Base):
    """How a debtor stands at a source since a time. `unknown`: the source has no such company (`fault` says why)."""

    __tablename__ = "watch"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        reference_to("debtor", "debtor_id"),
        Index("ix_watch_company", "seller_id", "provider", "value"),
    )
    debtor_id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    scheme: Mapped[str | None]
    country: Mapped[str | None]
    value: Mapped[str | None]
    fault: Mapped[str | None]
    since: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Watch:
    """How one debtor stands at one source."""

    provider: str
    state: str
    number: OfficialNumber | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Watchable:
    """One debtor as watching sees it: whom it is, whether it is followed at all, and how it stands at sources."""

    id: UUID
    name: str | None
    country: str
    is_natural_person: bool | None
    is_followed: bool
    numbers: tuple[OfficialNumber, ...]
    watches: tuple[Watch, ...]


# Accepted, and not ended: `onboarding_missing` is null until an application was accepted.
FOLLOWED = (
    "d.merged_into_id IS NULL AND (d.phase IN ('monitoring', 'management', 'collection')"
    " OR (d.phase = 'acceptance' AND d.onboarding_missing IS NOT NULL))"
)
# Nobody else is of interest but those who are still watched, and must not be any more.
OF_INTEREST = (
    f"({FOLLOWED} OR EXISTS (SELECT FROM watch w WHERE w.seller_id = d.seller_id AND w.debtor_id = d.id"
    " AND w.state = 'watched'))"
)
PAGE = text(
    "SELECT d.id, d.name, d.country, d.is_natural_person, d.is_followed,"  # noqa: S608
    " (SELECT json_agg(n) FROM (SELECT scheme, country, value FROM debtor_identifier WHERE debtor_id = d.id"
    " ORDER BY scheme, country, value) n),"
    " (SELECT json_agg(w) FROM (SELECT provider, state, scheme, country, value, since FROM watch"
    " WHERE debtor_id = d.id ORDER BY provider) w)"
    f" FROM (SELECT d.*, {FOLLOWED} AS is_followed FROM debtor d WHERE d.id > :after AND {OF_INTEREST}"
    " ORDER BY d.id LIMIT :count) d ORDER BY d.id"
)
COUNT = text(f"SELECT count(*) FROM debtor d WHERE {OF_INTEREST}")  # noqa: S608


def page(session: Session, after: UUID, count: int) -> list[Watchable]:
    """Give the next debtors after one, in the order of their ids, that are followed, or watched still."""
    rows = session.execute(PAGE, {"after": after, "count": count})
    return [
        Watchable(
            id=row[0],
            name=row[1],
            country=row[2],
            is_natural_person=row[3],
            is_followed=row[4],
            numbers=tuple(OfficialNumber(**each) for each in row[5] or ()),
            watches=_watches(row[6]),
        )
        for row in rows
    ]


def count(session: Session) -> int:
    """Count the debtors that `page` gives in all."""
    return int(session.scalar(COUNT) or 0)


def any_followed(session: Session) -> bool:
    """Whether the seller has any debtor to follow, or to follow no longer."""
    return bool(session.scalar(text(f"SELECT EXISTS (SELECT FROM debtor d WHERE {OF_INTEREST})")))  # noqa: S608


def _watches(rows: Sequence[Mapping[str, Any]] | None) -> tuple[Watch, ...]:
    return tuple(
        Watch(
            each["provider"],
            each["state"],
            None if each["value"] is None else OfficialNumber(each["scheme"], each["country"], each["value"]),
            datetime.fromisoformat(each["since"]),
        )
        for each in rows or ()
    )


def keep(session: Session, debtor_id: UUID, watch: Watch, fault: str | None = None) -> None:
    """Keep how a debtor stands at a source, in place of how it stood."""
    number = watch.number
    values = {
        "state": watch.state,
        "scheme": number and number.scheme,
        "country": number and number.country,
        "value": number and number.value,
        "fault": fault,
        "since": watch.since,
    }
    key = {"seller_id": session.info["seller_id"], "debtor_id": debtor_id, "provider": watch.provider}
    record = WatchRecord
    added = insert(record).values(**key, **values)
    session.execute(
        added.on_conflict_do_update(index_elements=[record.seller_id, record.debtor_id, record.provider], set_=values)
    )


def note_ended(session: Session, debtor_id: UUID, provider: str, since: datetime) -> None:
    """Note that a source watches a debtor no longer, as it told; whoever goes through the book has it watched again."""
    record = WatchRecord
    lost = update(record).where(record.debtor_id == debtor_id, record.provider == provider, record.state == "watched")
    session.execute(lost.values(state="ended", since=since))


def count_numbers(session: Session, provider: str) -> int:
    """Count the companies that are watched at a source, of which some may be of several debtors."""
    record = WatchRecord
    watched = (record.provider == provider, record.state == "watched")
    return session.scalar(select(func.count(record.value.distinct())).where(*watched)) or 0


def note_all_ended(session: Session, provider: str, since: datetime) -> None:
    """Note that a source watches nobody whom we thought it did; whoever goes through the book puts them in again."""
    record = WatchRecord
    lost = update(record).where(record.provider == provider, record.state == "watched")
    session.execute(lost.values(state="ended", since=since))


def is_watched_by_another(session: Session, debtor_id: UUID, watch: Watch) -> bool:
    """Whether another debtor is watched at the same source under the same number: after a merger, say."""
    assert watch.number is not None
    record = WatchRecord
    same = (record.provider == watch.provider, record.value == watch.number.value, record.state == "watched")
    return bool(session.scalar(select(exists().where(*same, record.debtor_id != debtor_id))))


def providers_watching(session: Session) -> list[str]:
    """Give the sources at which anybody is watched, by name."""
    record = WatchRecord
    query = select(record.provider).where(record.state == "watched").distinct()
    return list(session.scalars(query.order_by(record.provider)))


ANY_SINCE_ASKED = text(
    "SELECT EXISTS (SELECT FROM watch w LEFT JOIN watch_cursor c ON c.seller_id = w.seller_id"
    " AND c.provider = w.provider WHERE w.state = 'watched' AND (c.asked_at IS NULL OR w.since >= c.asked_at))"
)


def any_since_asked(session: Session) -> bool:
    """Whether anybody is watched at a source since after it was asked what has changed."""
    return bool(session.scalar(ANY_SINCE_ASKED))


def listing(provider: str | None, debtor_id: UUID | None, state: str | None) -> Select[WatchRecord]:
    """Select watches of a source, of a debtor, or in a state; what is None does not matter."""
    record = WatchRecord
    query = select(record)
    for column, wanted in ((record.provider, provider), (record.debtor_id, debtor_id), (record.state, state)):
        if wanted is not None:
            query = query.where(column == wanted)
    return query
