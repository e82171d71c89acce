"""Sellers: who uses creditgate, live or test for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, Interval, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, new_id


@dataclass(frozen=True, slots=True)
class Seller:
    """What the rest of the house needs to know of a seller. `clock_ahead` is zero for a live one."""

    id: UUID
    name: str
    mode: str
    time_zone: str
    currency: str
    clock_ahead: timedelta


class SellerRecord(Base):
    """One user of the installation."""

    __tablename__ = "seller"
    __table_args__ = (
        CheckConstraint("mode IN ('live', 'test')", name="mode"),
        CheckConstraint("mode = 'test' OR clock_ahead = interval '0'", name="live_clock_is_real"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    mode: Mapped[str]
    time_zone: Mapped[str]
    currency: Mapped[str]
    clock_ahead: Mapped[timedelta] = mapped_column(Interval)
    created_at: Mapped[datetime]
    finance_address: Mapped[str | None]  # Whom to tell where nobody else is named.

    def seller(self) -> Seller:
        """Give the plain value that leaves this module."""
        return Seller(self.id, self.name, self.mode, self.time_zone, self.currency, self.clock_ahead)


def get(session: Session, seller_id: UUID) -> Seller | None:
    """Find a seller by id."""
    record = session.get(SellerRecord, seller_id)
    return record.seller() if record else None


def named(session: Session, name: str) -> Seller | None:
    """Find a seller by its exact name."""
    record = session.scalar(select(SellerRecord).where(SellerRecord.name == name))
    return record.seller() if record else None


def finance_address(session: Session, seller_id: UUID) -> str | None:
    """Give the address of a seller's finance department, None where none was set."""
    return session.scalar(select(SellerRecord.finance_address).where(SellerRecord.id == seller_id))


def every(session: Session) -> Sequence[Seller]:
    """List all sellers by name."""
    return [record.seller() for record in session.scalars(select(SellerRecord).order_by(SellerRecord.name))]
