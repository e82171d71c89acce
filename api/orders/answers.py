"""What the orders room answers about orders."""

from typing import Any

import orjson
from sqlalchemy.orm import Session

from api.decision_answer import reasons_answer
from api.order_answer import exposure_answer, order_body
from api.orders.moved import Moved
from api.records import order_rows
from api.records.order_rows import Order
from api.web.money import money_or_none
from api.wiring import Wiring


def order_answer(order: Order, document: str, given: Wiring) -> dict[str, Any]:
    """Give an order with its newest judgement, `document`, as the caller's role may see it."""
    return order_body(order, document, mode=given.seller.mode, role=given.caller.role, language=given.language)


def move_answer(session: Session, moved: Moved, given: Wiring) -> dict[str, Any]:
    """Give what became of a wish to change or renew an order: whether it is applied, why not, and the order."""
    order, found, role = moved.order, moved.found, given.caller.role
    document = order_rows.judgement_of(session, order)
    judgement = None if found is None else orjson.loads(found.decision.judgement)
    answer = {
        "applied": moved.is_applied,
        "outcome": None if judgement is None else judgement["outcome"],
        "reasons": [] if judgement is None else reasons_answer(judgement["reasons"], role, given.language),
        "prepayment_required": money_or_none(moved.required, order.currency),
        "decision_id": None if found is None else found.decision.id,
        "order": order_answer(order, document, given),
    }
    return answer if judgement is None else answer | exposure_answer(judgement, role)
