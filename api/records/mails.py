"""Mails: what is to be sent to whom, how often that was tried, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Select, UniqueConstraint, func, select, text, update
from sqlalchemy.orm import Mapped, Session

from api.records.base import Base, WithId, new_id

Kind = Literal["urgent", "digest"]
State = Literal["waiting", "sent", "parked"]
KINDS: tuple[Kind, ...] = get_args(Kind)
STATES: tuple[State, ...] = get_args(State)


class MailRecord(WithId, Base):
    """One mail to one address. What it tells is kept as it was when it was made, so that each attempt says the same.

    A mail has one digest of a day at most: `digest_on`. Times but those in `content` are real, not the seller's. Of one
    that was `erased` nothing is left of the content but of which alerts it told. A person had it sent again last at
    `resent_at`.
    """

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint("language IN ('en', 'nl')", name="language"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("(kind = 'digest') = (digest_on IS NOT NULL)", name="digest_on"),
        UniqueConstraint("seller_id", "address", "digest_on"),
        Index("ix_mail_waiting", "seller_id", "next_attempt_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_mail_kept", "seller_id", "made_at", postgresql_where=text("erased_at IS NULL")),
    )
    address: Mapped[str]
    kind: Mapped[str]
    language: Mapped[str]
    content: Mapped[dict[str, Any]]
    may_unsubscribe: Mapped[bool]
    digest_on: Mapped[date | None]
    state: Mapped[str]
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    fault_code: Mapped[str | None]
    fault_detail: Mapped[str | None]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    resent_by: Mapped[str | None]
    resent_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail to be sent. `digest_on` is the seller's day of a digest, None for another mail."""

    address: str
    kind: Kind
    language: str
    content: Mapping[str, Any]
    may_unsubscribe: bool
    digest_on: date | None = None


def add(session: Session, new: NewMail, real_now: datetime) -> UUID:
    """Add a mail that is due at once; gives its id."""
    record = MailRecord(
        id=new_id(),
        address=new.address,
        kind=new.kind,
        language=new.language,
        content=dict(new.content),
        may_unsubscribe=new.may_unsubscribe,
        digest_on=new.digest_on,
        state="waiting",
        attempts=0,
        next_attempt_at=real_now,
        leased_until=None,
        fault_code=None,
        fault_detail=None,
        made_at=real_now,
        sent_at=None,
    )
    session.add(record)
    session.flush()
    return record.id


def claim_due(session: Session, real_now: datetime, leased_until: datetime) -> MailRecord | None:
    """Take the mail that is due longest, for nobody else until the lease ends, and count the attempt.

    None where nothing is due.
    """
    record = MailRecord
    is_free = (record.leased_until.is_(None)) | (record.leased_until <= real_now)
    due = (
        select(record)
        .where(record.state == "waiting", record.next_attempt_at <= real_now, is_free)
        .order_by(record.next_attempt_at, record.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(due).one_or_none()
    if found is not None:
        found.leased_until, found.attempts = leased_until, found.attempts + 1
    return found


def finish(session: Session, mail: MailRecord, values: Mapping[str, Any]) -> bool:
    """Write what became of an attempt. Not of one that took longer than its lease, and that another took over."""
    record = MailRecord
    whose = (record.id == mail.id, record.attempts == mail.attempts, record.state == "waiting")
    done = session.execute(update(record).where(*whose).values(leased_until=None, **values))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def get(session: Session, mail_id: UUID) -> MailRecord | None:
    """Find a mail, and keep it from others until the transaction ends."""
    return session.scalars(select(MailRecord).where(MailRecord.id == mail_id).with_for_update()).one_or_none()


def send_again(mail: MailRecord, by: str, real_now: datetime) -> None:
    """Have a parked mail that is locked tried anew, as often as a new one."""
    mail.state, mail.attempts, mail.next_attempt_at, mail.leased_until = "waiting", 0, real_now, None
    mail.resent_by, mail.resent_at = by, real_now


ERASE = text("""
UPDATE mail SET erased_at = :now, content = (
    SELECT jsonb_object_agg(part.name, part.alerts) FROM (
        SELECT each.key AS name, coalesce((
            SELECT jsonb_agg(jsonb_build_object('alert_id', fact -> 'alert_id') ORDER BY place)
            FROM jsonb_array_elements(each.value) WITH ORDINALITY AS facts (fact, place)), '[]') AS alerts
        FROM jsonb_each(content) each WHERE jsonb_typeof(each.value) = 'array') part)
WHERE erased_at IS NULL AND made_at < :made_before AND state <> 'waiting'
""")


def erase_old(session: Session, made_before: datetime, real_now: datetime) -> None:
    """Erase what mails told that were made before a time and do not wait: who, when and of which alerts stays."""
    session.execute(ERASE, {"made_before": made_before, "now": real_now})


def urgent_since(session: Session, address: str, since: datetime) -> Sequence[int]:
    """Give of how many alerts each urgent mail tells that was made for an address since a time."""
    record = MailRecord
    alerts_count = func.jsonb_array_length(record.content["new"])
    query = select(alerts_count).where(record.address == address, record.kind == "urgent", record.made_at > since)
    return session.scalars(query).all()


def digested(session: Session, day: date) -> set[str]:
    """Give the addresses that have their digest of a day."""
    return set(session.scalars(select(MailRecord.address).where(MailRecord.digest_on == day)))


def listing(state: str | None, address: str | None) -> Select[MailRecord]:
    """Select mails; what is None does not matter. Ids are given in the order of their making."""
    query = select(MailRecord)
    if state is not None:
        query = query.where(MailRecord.state == state)
    if address is not None:
        query = query.where(MailRecord.address == address)
    return query
