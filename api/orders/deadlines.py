"""When an order's time is over: business days of the seller, as moments in UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from api.records.order_rows import Order
from api.records.sellers import Seller
from scoring.policy.terms import OrdersPolicy


def end_of_day(day: date, seller: Seller) -> datetime:
    """Give the moment at which a day of the seller is over."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(seller.time_zone)).astimezone(UTC)


def reservation_ends_at(order: Order, policy: OrdersPolicy, today: date, seller: Seller) -> datetime:
    """Give when the reservation of a released order ends: some days after its last delivery, or after today."""
    days = [each.delivery_on for each in order.parts]
    if not days:
        return end_of_day(today + timedelta(days=policy.reservation_days_without_delivery), seller)
    return end_of_day(max(*days, today) + timedelta(days=policy.reservation_days_after_delivery), seller)


def prepay_by(order: Order, policy: OrdersPolicy, today: date, seller: Seller) -> datetime:
    """Give by when a prepayment must be booked; one that waits already does not wait longer."""
    if order.state == "held" and order.outcome == "accept_prepayment" and order.expires_at is not None:
        return order.expires_at
    return end_of_day(today + timedelta(days=policy.prepay_by_days), seller)
