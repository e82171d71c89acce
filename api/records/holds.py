"""Holds: a person keeps a debtor's orders waiting, or stops supply; each begins and ends with grounds."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

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
