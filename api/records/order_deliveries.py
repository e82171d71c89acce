"""Deliveries of orders: found by their reference, and added."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.records.orders import OrderDeliveryRecord


def get(session: Session, order_id: UUID, reference: str) -> OrderDeliveryRecord | None:
    """Find the delivery of an order that has this reference."""
    record = OrderDeliveryRecord
    query = select(record).where(record.order_id == order_id, record.delivery_reference == reference)
    return session.scalars(query).one_or_none()


def of_order(session: Session, order_id: UUID) -> Sequence[OrderDeliveryRecord]:
    """Give the deliveries of an order, in the order in which they were booked."""
    record = OrderDeliveryRecord
    return session.scalars(select(record).where(record.order_id == order_id).order_by(record.id)).all()
