"""What became of a wish to change an order, or to have it longer."""

from dataclasses import dataclass
from decimal import Decimal

from api.orders.gate import Judged
from api.records.order_rows import Order


@dataclass(frozen=True, slots=True)
class Moved:
    """The order as it is now, and how the gate judged the wish where it was asked.

    `required` is what must be prepaid for the wish alone, in the order's currency.
    """

    order: Order
    is_applied: bool
    found: Judged | None = None
    required: Decimal | None = None
