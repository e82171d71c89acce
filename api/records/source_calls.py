"""Calls to sources: what was asked of whom, how it went and what it cost; added, never changed."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, Numeric, Select, func, select
from sqlalchemy.orm import Mapped, mapped_column

from api.records.base import Base, WithId


class SourceCallRecord(WithId, Base):
    """One call. `outcome` is `ok` or how it failed; `started_at` is real time, also for a test seller.

    A debtor and a decision are named without a reference: a call is noted in a transaction of its own, before the
    decision that it served is there, and stays noted if that never comes.
    """

    __tablename__ = "source_call"
    __table_args__ = (
        CheckConstraint("(cost_amount IS NULL) = (cost_currency IS NULL)", name="cost"),
        Index(None, "seller_id", "started_at"),
        Index(None, "seller_id", "debtor_id", "id"),
        Index(None, "seller_id", "decision_id", "id"),
    )
    provider: Mapped[str]
    operation: Mapped[str]
    debtor_id: Mapped[UUID | None]
    decision_id: Mapped[UUID | None]
    started_at: Mapped[datetime]
    seconds: Mapped[Decimal] = mapped_column(Numeric(10, 3))
    outcome: Mapped[str]
    status: Mapped[int | None]
    tries: Mapped[int]
    answer_bytes: Mapped[int]
    cost_amount: Mapped[Decimal | None]
    cost_currency: Mapped[str | None]


CALL = SourceCallRecord


def calls(
    provider: str | None = None,
    debtor_id: UUID | None = None,
    decision_id: UUID | None = None,
    since: datetime | None = None,
) -> Select[SourceCallRecord]:
    """Select calls: of one source, about one debtor, for one decision, from a time on, or all."""
    query = select(CALL)
    if provider is not None:
        query = query.where(CALL.provider == provider)
    if debtor_id is not None:
        query = query.where(CALL.debtor_id == debtor_id)
    if decision_id is not None:
        query = query.where(CALL.decision_id == decision_id)
    if since is not None:
        query = query.where(CALL.started_at >= since)
    return query


def costs(time_zone: str, provider: str | None = None) -> Select[str, str, str | None, int, int, Decimal | None]:
    """Select sums by month of the seller's time zone (`2026-03`), source and currency, the newest month first.

    Each row: month, source, currency (None: nothing was charged), calls, failures among them, and what they cost.
    """
    month = func.to_char(func.timezone(time_zone, CALL.started_at), "YYYY-MM")
    failures = func.count().filter(CALL.outcome != "ok")
    query = select(
        month.label("month"),
        CALL.provider,
        CALL.cost_currency,
        func.count().cast(Integer),
        failures.cast(Integer),
        func.sum(CALL.cost_amount),
    )
    if provider is not None:
        query = query.where(CALL.provider == provider)
    return query.group_by("month", CALL.provider, CALL.cost_currency).order_by(
        month.desc(), CALL.provider, CALL.cost_currency.nulls_first()
    )
