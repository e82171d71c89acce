"""Notices: that a person is to be told of one alert, once; and how far the feed was read for them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.alerts import AlertRecord
from api.records.base import Base, OfSeller, WithId, new_id, reference_to
from api.records.debtors import DebtorRecord
from api.records.events import EventRecord, FeedEntryRecord

Change = Literal["opened", "raised", "ended"]
TOLD_BY: dict[str, Change] = {
    "alert.opened.v1": "opened",
    "alert.raised.v1": "raised",
    "alert.ended.v1": "ended",
}
READ_AT_MOST = 1000


class MailReadingRecord(OfSeller, Base):
    """Up to which place in the feed there are notices, and at which time of the seller digests were last looked for."""

    __tablename__ = "mail_reading"
    position: Mapped[int] = mapped_column(BigInteger)
    digested_at: Mapped[datetime | None]


class MailNoticeRecord(WithId, Base):
    """One alert, opened, graver (`raised`) or ended, for one address.

    `mail_id` is the mail that tells of it, null until there is one. Nobody has one alert at once
    twice. `audience` is what the address may read; `at_once` whether it has a mail now or in its digest.
    """

    __tablename__ = "mail_notice"
    __table_args__ = (
        CheckConstraint("change IN ('opened', 'raised', 'ended')", name="change"),
        CheckConstraint("audience IN ('sales', 'finance')", name="audience"),
        reference_to("alert", "alert_id"),
        reference_to("mail", "mail_id"),
        UniqueConstraint("seller_id", "address", "alert_id", "change", "at_once"),
        Index(
            "ix_mail_notice_at_once", "seller_id", "address", "alert_id", unique=True, postgresql_where=text("at_once")
        ),
        Index("ix_mail_notice_waiting", "seller_id", "at_once", postgresql_where=text("mail_id IS NULL")),
    )
    address: Mapped[str]
    alert_id: Mapped[UUID]
    change: Mapped[str]
    at_once: Mapped[bool]
    audience: Mapped[str]
    happened_at: Mapped[datetime]
    mail_id: Mapped[UUID | None]


@dataclass(frozen=True, slots=True)
class AlertTold:
    """An alert as the feed tells of it, with the owners it had then, and whether it is open now."""

    alert_id: UUID
    change: Change
    kind: str
    severity: str
    owners: Mapping[str, str | None]
    is_open: bool
    happened_at: datetime


def lock_reading(session: Session) -> MailReadingRecord | None:
    """Take the seller's reading for this transaction; None while another worker has it."""
    record = MailReadingRecord
    row = {"seller_id": session.info["seller_id"], "position": 0, "digested_at": None}
    found = session.scalars(select(record).with_for_update(skip_locked=True)).one_or_none()
    if found is None:
        added = insert(record).values(**row).on_conflict_do_nothing(index_elements=["seller_id"])
        session.execute(added)
        found = session.scalars(select(record).with_for_update(skip_locked=True)).one_or_none()
    return found


def read_on(session: Session, reading: MailReadingRecord) -> Sequence[AlertTold]:
    """Give what the feed tells of alerts from the reading on, and move it: a bounded number of entries each time."""
    entry, event, alert = FeedEntryRecord, EventRecord, AlertRecord
    places = select(entry.position).where(entry.position > reading.position).order_by(entry.position)
    positions = session.scalars(places.limit(READ_AT_MOST)).all()
    if not positions:
        return []
    found = select(event.type, event.data, event.happened_at).join(
        entry, (entry.seller_id == event.seller_id) & (entry.event_id == event.id)
    )
    between = entry.position.between(positions[0], positions[-1])
    rows = session.execute(found.where(between, event.type.in_(TOLD_BY)).order_by(entry.position)).all()
    reading.position = positions[-1]
    ids = {UUID(data["alert_id"]) for _, data, _ in rows}
    is_open = select(alert.id).where(alert.id.in_(ids), alert.ended_at.is_(None))
    still_open = set(session.scalars(is_open)) if ids else set()
    return [_told(type, data, happened_at, still_open) for type, data, happened_at in rows]


def _told(type: str, data: dict[str, Any], happened_at: datetime, still_open: Collection[UUID]) -> AlertTold:
    owners = {name: data[name] for name in ("account_owner", "credit_owner")}
    alert_id = UUID(data["alert_id"])
    return AlertTold(
        alert_id, TOLD_BY[type], data["kind"], data["severity"], owners, alert_id in still_open, happened_at
    )


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add notices, of `mail_id` where a mail tells of them already.

    One that is there already stays as it is, and nobody has one alert at once twice.
    """
    if rows:
        seller_id = session.info["seller_id"]
        values = [{"seller_id": seller_id, "id": new_id(), "mail_id": None, **row} for row in rows]
        session.execute(insert(MailNoticeRecord).on_conflict_do_nothing(), values)


def waiting(session: Session, *, at_once: bool) -> Sequence[MailNoticeRecord]:
    """Give the notices that no mail tells of yet, the oldest first."""
    record = MailNoticeRecord
    query = select(record).where(record.mail_id.is_(None), record.at_once == at_once).order_by(record.id)
    return session.scalars(query).all()


def told_of_open(session: Session) -> set[tuple[str, UUID]]:
    """Give which address has a notice of which open alert, told or waiting."""
    record, alert = MailNoticeRecord, AlertRecord
    joined = (alert.seller_id == record.seller_id) & (alert.id == record.alert_id)
    query = select(record.address, record.alert_id).join(alert, joined).where(alert.ended_at.is_(None)).distinct()
    return {(address, alert_id) for address, alert_id in session.execute(query)}


def put_into(session: Session, notice_ids: Collection[UUID], mail_id: UUID) -> None:
    """Say which mail tells of notices."""
    record = MailNoticeRecord
    session.execute(update(record).where(record.id.in_(notice_ids)).values(mail_id=mail_id))


def alerts_with_debtors(
    session: Session, alert_ids: Collection[UUID] | None
) -> Sequence[tuple[AlertRecord, DebtorRecord | None]]:
    """Give alerts with their debtors: those of these ids, or with None all that are open; the oldest first."""
    alert, debtor = AlertRecord, DebtorRecord
    which = alert.ended_at.is_(None) if alert_ids is None else alert.id.in_(alert_ids)
    joined = (debtor.seller_id == alert.seller_id) & (debtor.id == alert.debtor_id)
    query = select(alert, debtor).outerjoin(debtor, joined).where(which).order_by(alert.id)
    return [(each, of) for each, of in session.execute(query)]
