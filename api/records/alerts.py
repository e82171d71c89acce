"""Alerts: what somebody must look at, opened once for one cause and ended when it is over."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from api.records.base import Base, WithId, reference_to

SEVERITIES = ("notice", "warning", "urgent")


class AlertRecord(WithId, Base):
    """One alert. `subject` names its one cause among those of its kind: while it is open no second one is opened."""

    __tablename__ = "alert"
    __table_args__ = (
        CheckConstraint(f"severity IN {SEVERITIES}", name="severity"),
        reference_to("debtor", "debtor_id"),
        Index("ix_alert_open", "seller_id", "kind", "subject", unique=True, postgresql_where=text("ended_at IS NULL")),
    )
    kind: Mapped[str]
    subject: Mapped[str]
    severity: Mapped[str]
    debtor_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
