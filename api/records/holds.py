"""Holds: a person keeps a debtor's orders waiting, or stops supply; each begins and ends with grounds."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Select, exists, or_, select, text
from sqlalchemy.orm import Mapped, Session

from api.records.base import Base, WithId, reference_to

HOLD_KINDS = ("account_on_hold", "stop_supply")


class HoldRecord(WithId, Base):
    """One hold of a debtor, or of scope `group` of the debtor and all below it. Past `ends_on` it is over by itself."""

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint(f"kind IN {HOLD_KINDS}", name="kind"),
        CheckConstraint("scope IN ('own', 'group')", name="scope"),
        reference_to("debtor", "debtor_id"),
        Index("ix_hold_open", "seller_id", "debtor_id", postgresql_where=text("ended_at IS NULL")),
    )
    debtor_id: Mapped[UUID]
    kind: Mapped[str]
    scope: Mapped[str]
    grounds: Mapped[str]
    placed_by: Mapped[str]
    placed_at: Mapped[datetime]
    ends_on: Mapped[date | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    end_grounds: Mapped[str | None]


def get(session: Session, debtor_id: UUID, hold_id: UUID) -> HoldRecord | None:
    """Find a hold of a debtor."""
    query = select(HoldRecord).where(HoldRecord.debtor_id == debtor_id, HoldRecord.id == hold_id)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def in_force(session: Session, debtor_id: UUID, on: date) -> Sequence[HoldRecord]:
    """Give a debtor's own holds that are in force on a day."""
    record = HoldRecord
    not_over = or_(record.ends_on.is_(None), record.ends_on >= on)
    query = select(record).where(record.debtor_id == debtor_id, record.ended_at.is_(None), not_over)
    return session.scalars(query.order_by(record.id)).all()


def is_group_on_hold(session: Session, above: Collection[UUID], on: date) -> bool:
    """Whether any of these debtors has a hold of orders in force on a day that is of all below it too."""
    record = HoldRecord
    of_group = (record.debtor_id.in_(above), record.kind == "account_on_hold", record.scope == "group")
    not_over = or_(record.ends_on.is_(None), record.ends_on >= on)
    return bool(session.scalar(select(exists().where(*of_group, record.ended_at.is_(None), not_over))))


def listing(debtor_id: UUID) -> Select[HoldRecord]:
    """Select all holds of a debtor, those that are over too."""
    return select(HoldRecord).where(HoldRecord.debtor_id == debtor_id)


def over_by_itself(session: Session, on: date) -> set[UUID]:
    """Give the debtors of whom a hold ended by itself with the day before."""
    record = HoldRecord
    query = select(record.debtor_id).where(record.ended_at.is_(None), record.ends_on == on - timedelta(days=1))
    return set(session.scalars(query))
