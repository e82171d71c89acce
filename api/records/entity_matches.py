"""Which company a person said is meant: choices that are only added, and found again when the same is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func, select
from sqlalchemy.orm import Mapped, Session

from api.records.base import Base, WithId, reference_to
from api.records.identities import OfficialNumber


class EntityMatchRecord(WithId, Base):
    """One choice. `asked_key` is what all ways to write the name asked for have in common; None without a name.

    `country` is that of the chosen company, `identifiers` the numbers it was chosen by.
    """

    __tablename__ = "entity_match"
    __table_args__ = (
        reference_to("debtor", "debtor_id"),
        Index(None, "seller_id", "asked_key"),
        Index(None, "seller_id", "debtor_id"),
    )
    debtor_id: Mapped[UUID]
    asked_name: Mapped[str | None]
    asked_key: Mapped[str | None]
    asked_place: Mapped[str | None]
    country: Mapped[str]
    identifiers: Mapped[list[Any]]
    chosen_by: Mapped[str]
    actor: Mapped[str | None]
    chosen_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was looked for when a company was chosen; `key` finds the name again however it is written."""

    name: str
    key: str
    place: str | None


def add(
    session: Session,
    debtor_id: UUID,
    asked: Asked | None,
    country: str,
    numbers: Sequence[OfficialNumber],
    *,
    chosen_by: str,
    actor: str | None,
    now: datetime,
) -> EntityMatchRecord:
    """Keep a choice."""
    record = EntityMatchRecord(
        debtor_id=debtor_id,
        asked_name=asked.name if asked else None,
        asked_key=asked.key if asked else None,
        asked_place=_place(asked.place) if asked else None,
        country=country,
        identifiers=[{"scheme": each.scheme, "country": each.country, "value": each.value} for each in numbers],
        chosen_by=chosen_by,
        actor=actor,
        chosen_at=now,
    )
    session.add(record)
    session.flush()
    return record


def last(session: Session, key: str, country: str | None, place: str | None) -> EntityMatchRecord | None:
    """Find the last choice for a name, in a country or any, with the same place or none as now."""
    record = EntityMatchRecord
    query = select(record).where(record.asked_key == key, record.asked_place.is_not_distinct_from(_place(place)))
    if country:
        query = query.where(record.country == country)
    return session.scalars(query.order_by(record.chosen_at.desc(), record.id.desc()).limit(1)).first()


def last_of_debtor(session: Session, debtor_id: UUID) -> datetime | None:
    """Say when a person last chose this debtor; None where nobody did."""
    record = EntityMatchRecord
    by_person = (record.debtor_id == debtor_id, record.chosen_by.contains("@"))  # A machine is named by its key.
    return session.scalar(select(func.max(record.chosen_at)).where(*by_person))


def _place(place: str | None) -> str | None:
    return " ".join(place.casefold().split()) if place else None
