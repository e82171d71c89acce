"""Hands orders over to the debtor that theirs was merged into, with what they add to exposure, in one statement."""

from datetime import date, datetime
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records import order_rows
from api.records.base import new_id
from api.records.exposure import moving
from api.records.order_rows import SELECT, Order
from api.records.orders import OrderStepRecord

HANDED_OVER = "handed_over"
OF_DEBTOR = text(f"{SELECT} WHERE debtor_id = :debtor_id ORDER BY id")  # No text but our own.
ENTRIES = (
    "SELECT id, CAST(:movement_id AS uuid) AS movement_id, debtor_id, currency, stage, amount, 'order' AS source_kind,"
    " source_id, CAST(:happened_on AS date) AS happened_on FROM jsonb_to_recordset(CAST(:entries AS jsonb))"
    " AS g (id uuid, debtor_id uuid, currency text, stage text, amount numeric, source_id uuid)"
)
# State and stages stay. What was released was judged beside another exposure: it is judged anew before it leaves. One
# debtor has one first order on account, and the one whose number stays keeps its own.
KEPT = (
    "kept AS (UPDATE sales_order o SET debtor_id = :to_id, version = version + 1,"
    " changed_at = CAST(:known_at AS timestamptz), check_due = check_due OR state = 'released',"
    " is_first = is_first AND NOT EXISTS (SELECT FROM sales_order f WHERE f.debtor_id = :to_id AND f.is_first)"
    " WHERE o.debtor_id = :from_id),"
)
MOVE = text(moving(ENTRIES, also=KEPT))


def hand_over(
    session: Session, from_id: UUID, to_id: UUID, *, by: str, actor: str | None, today: date, now: datetime
) -> list[UUID]:
    """Give one debtor all orders of another one, telling of each; gives their ids, the oldest first.

    Both debtors, and all above them, must be locked.
    """
    orders = [Order(*row) for row in session.execute(OF_DEBTOR, {"debtor_id": from_id})]
    if not orders:
        return []
    entries = [entry for order in orders for entry in _entries(order, from_id, to_id)]
    values = {"seller_id": session.info["seller_id"], "from_id": from_id, "to_id": to_id, "known_at": now}
    values |= {"entries": orjson.dumps(entries, default=str).decode(), "movement_id": new_id(), "happened_on": today}
    session.execute(MOVE, values)
    told = {"from_debtor_id": str(from_id), "to_debtor_id": str(to_id)}
    for order in orders:
        step = {"kind": HANDED_OVER, "data": told, "grounds": None, "done_by": by, "actor": actor, "happened_at": now}
        session.add(OrderStepRecord(order_id=order.id, **step))
        after = order_rows.get(session, order.id)
        assert after is not None
        order_rows.tell(session, after, "order.handed_over.v1", now)
    return [order.id for order in orders]


def _entries(order: Order, from_id: UUID, to_id: UUID) -> list[dict[str, object]]:
    """What an order adds to exposure, away from one debtor and to the other, in each of its stages."""
    stages = {name: getattr(order.stages, name) for name in ("scheduled", "reserved", "delivered")}
    return [
        {
            "id": new_id(),
            "debtor_id": debtor_id,
            "currency": order.currency,
            "stage": stage,
            "amount": sign * amount,
            "source_id": order.id,
        }
        for stage, amount in stages.items()
        if amount
        for sign, debtor_id in ((-1, from_id), (1, to_id))
    ]
