"""Calls to sources: what was asked of whom, how it went and what it cost; added, never changed."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, Select, Text, func, select
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


def costs(time_zone: str, provider: str | None = None) -> tuple[Select[*tuple[Any, ...]], list[Any]]:
    """Select sums of the calls that were sent, and give the columns that tell the sums apart.

    Each row: month in the seller's time zone (`2026-03`), source, operation, currency (empty: nothing was charged),
    calls, failures among them, and what they cost.
    """
    month = func.to_char(func.timezone(time_zone, CALL.started_at), "YYYY-MM", type_=Text).label("month")
    currency = func.coalesce(CALL.cost_currency, "").label("currency")
    sent = select(month, CALL.provider, CALL.operation, currency, CALL.outcome, CALL.cost_amount)
    sent = sent.where(CALL.tries > 0)
    if provider is not None:
        sent = sent.where(CALL.provider == provider)
    rows = sent.subquery().c
    keys = [rows.month, rows.provider, rows.operation, rows.currency]
    failures = func.count().filter(rows.outcome != "ok")
    return select(*keys, func.count(), failures, func.sum(rows.cost_amount)).group_by(*keys), keys
