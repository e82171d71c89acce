"""The gate: the facts of an order, the room that limits leave, and whether it may go out."""

from scoring.orders.facts import (
    DebtItem,
    LimitLevel,
    LimitScope,
    OpenItems,
    OrderAsked,
    OrderFacts,
    open_items,
    order_facts_document,
    order_facts_from_document,
)
from scoring.orders.judging import OrderJudgement, release_order
from scoring.orders.room import headroom_of, still_to_prepay

__all__ = [
    "DebtItem",
    "LimitLevel",
    "LimitScope",
    "OpenItems",
    "OrderAsked",
    "OrderFacts",
    "OrderJudgement",
    "headroom_of",
    "open_items",
    "order_facts_document",
    "order_facts_from_document",
    "release_order",
    "still_to_prepay",
]
