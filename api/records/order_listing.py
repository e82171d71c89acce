"""Orders as lists show them, each with the document of its newest judgement."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from api.records.order_rows import COLUMNS, Order
from api.records.orders import OrderDecisionRecord, OrderRecord

LISTED_BY = (OrderRecord.id,)
CHANGED_BY = (OrderRecord.changed_at, OrderRecord.id)  # Of what changed since a time: what changed last comes first.


@dataclass(frozen=True, slots=True)
class Filters:
    """Which orders; what is None does not matter."""

    debtor_id: UUID | None = None
    state: str | None = None
    outcome: str | None = None
    order_reference: str | None = None
    changed_since: datetime | None = None


def listing(asked: Filters) -> Select[OrderRecord, str]:
    """Select orders and their newest judgements."""
    record, decision = OrderRecord, OrderDecisionRecord
    query = select(record, decision.judgement).join(decision, decision.id == record.decision_id)
    for name in ("debtor_id", "state", "outcome", "order_reference"):
        value = getattr(asked, name)
        if value is not None:
            query = query.where(getattr(record, name) == value)
    if asked.changed_since is not None:
        query = query.where(record.changed_at >= asked.changed_since)
    return query


def as_order(record: OrderRecord) -> Order:
    """Give a row as the value that the rest of the house uses."""
    return Order(**{name: getattr(record, name) for name in COLUMNS})
