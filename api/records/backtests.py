"""Backtests: what a policy would have decided about the ledger of the past, as it was told; never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Select, select
from sqlalchemy.orm import Mapped, Session, defer

from api.records.base import Base, WithId


class BacktestRecord(WithId, Base):
    """One backtest that is done: of which version, what was asked, and the whole result document."""

    __tablename__ = "backtest"
    __table_args__ = (
        ForeignKeyConstraint(["seller_id", "policy_version"], ["policy.seller_id", "policy.version"]),
        Index(None, "seller_id", "policy_version"),
    )
    policy_version: Mapped[int]
    arguments: Mapped[dict[str, Any]]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    result: Mapped[dict[str, Any]]


def get(session: Session, backtest_id: UUID) -> BacktestRecord | None:
    """Find a backtest that is done."""
    return session.get(BacktestRecord, (session.info["seller_id"], backtest_id))


def listing(policy_version: int) -> Select[BacktestRecord]:
    """Select the backtests of a version, without their results."""
    return (
        select(BacktestRecord)
        .where(BacktestRecord.policy_version == policy_version)
        .options(defer(BacktestRecord.result))
    )
