"""What the gate decided of orders: kept, found and never changed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.records.orders import OrderDecisionRecord


def get(session: Session, order_id: UUID, decision_id: UUID) -> OrderDecisionRecord | None:
    """Find a decision of an order."""
    record = OrderDecisionRecord
    return session.scalars(select(record).where(record.id == decision_id, record.order_id == order_id)).one_or_none()


def of_order(session: Session, order_id: UUID) -> Sequence[OrderDecisionRecord]:
    """Give the decisions on an order, the oldest first."""
    record = OrderDecisionRecord
    return session.scalars(select(record).where(record.order_id == order_id).order_by(record.id)).all()
