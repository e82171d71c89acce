"""Steps of orders: what happened to each after it was placed, and by whom."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from api.records.orders import OrderStepRecord

CHANGES = ("changed", "renewed")


def of_order(session: Session, order_id: UUID) -> Sequence[OrderStepRecord]:
    """Give the steps of an order, the oldest first."""
    record = OrderStepRecord
    return session.scalars(select(record).where(record.order_id == order_id).order_by(record.id)).all()


def who_changed(session: Session, order_id: UUID) -> set[str]:
    """Give who changed or renewed an order, and whom a machine named when it did."""
    record = OrderStepRecord
    query = select(record.done_by, record.actor).where(record.order_id == order_id, record.kind.in_(CHANGES))
    return {name for row in session.execute(query) for name in row if name is not None}


def changed_since(session: Session, order_id: UUID, moment: datetime) -> bool:
    """Whether what is ordered was changed after a moment."""
    record = OrderStepRecord
    query = exists().where(record.order_id == order_id, record.kind.in_(CHANGES), record.happened_at > moment)
    return bool(session.scalar(select(query)))
