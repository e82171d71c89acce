"""How a person wants mail, in his own words; who never said so has no row. And what roles his keys give him."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller
from api.records.keys import KeyRecord


class MailPreferenceRecord(OfSeller, Base):
    """What one address wants. `kinds` null is all there are; `role` is that of who said so, null for nobody's.

    `digest_hour` is in the seller's time zone, null for none. `scope` own: of debtors that he owns.
    """

    __tablename__ = "mail_preference"
    __table_args__ = (
        CheckConstraint("language IN ('en', 'nl')", name="language"),
        CheckConstraint("digest_hour BETWEEN 0 AND 23", name="digest_hour"),
        CheckConstraint("scope IN ('own', 'all')", name="scope"),
    )
    address: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str]
    kinds: Mapped[list[Any] | None]
    urgent_at_once: Mapped[bool]
    digest_hour: Mapped[int | None]
    scope: Mapped[str]
    role: Mapped[str | None]
    changed_at: Mapped[datetime]


def get(session: Session, address: str) -> MailPreferenceRecord | None:
    """Find what an address said."""
    return session.get(MailPreferenceRecord, {"seller_id": session.info["seller_id"], "address": address})


def of_many(session: Session, addresses: Collection[str]) -> Sequence[MailPreferenceRecord]:
    """Give what these addresses said, and all who want to hear of every debtor."""
    record = MailPreferenceRecord
    return session.scalars(
        select(record).where(or_(record.address.in_(addresses), record.scope == "all")).order_by(record.address)
    ).all()


def put(session: Session, address: str, values: Mapping[str, Any]) -> None:
    """Keep what an address says, in place of what it said before."""
    row = {"seller_id": session.info["seller_id"], "address": address, **values}
    added = insert(MailPreferenceRecord).values(**row)
    session.execute(added.on_conflict_do_update(index_elements=["seller_id", "address"], set_=dict(values)))


def keys_of(session: Session, addresses: Collection[str], real_now: datetime) -> Mapping[str, frozenset[str]]:
    """Give the roles of persons' valid keys, by subject: none for who has none any more. `real_now` in UTC.

    Who never had a key is not there.
    """
    key = KeyRecord
    query = select(key.subject, key.role, key.revoked_at, key.expires_at).where(key.subject.in_(addresses))
    roles: dict[str, set[str]] = {}
    for subject, role, revoked_at, expires_at in session.execute(query):
        assert subject is not None
        of_person = roles.setdefault(subject, set())
        if revoked_at is None and (expires_at is None or expires_at > real_now):
            of_person.add(role)
    return {subject: frozenset(each) for subject, each in roles.items()}
