"""Marks of critical debtors: a person spares one the first-payment hold, or no more, with grounds."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Select, select
from sqlalchemy.orm import Mapped

from api.records.base import Base, WithId, reference_to


class CriticalMarkRecord(WithId, Base):
    """One mark. The newest is what `debtor.critical` says; without any it is as it was before there were marks."""

    __tablename__ = "critical_mark"
    __table_args__ = (reference_to("debtor", "debtor_id"), Index(None, "seller_id", "debtor_id", "id"))
    debtor_id: Mapped[UUID]
    critical: Mapped[bool]
    grounds: Mapped[str]
    given_by: Mapped[str]
    given_at: Mapped[datetime]


def listing(debtor_id: UUID) -> Select[CriticalMarkRecord]:
    """Select all marks of a debtor."""
    return select(CriticalMarkRecord).where(CriticalMarkRecord.debtor_id == debtor_id)
