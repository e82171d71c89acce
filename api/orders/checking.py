"""Checks a delivery before it leaves, or when it is booked: may it, as the gate stands now?"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy.orm import Session

from api.decision_answer import Language, reasons_answer
from api.gate.entering import Entered
from api.orders.gate import Judged, judged
from api.problems import Conflict
from api.records import order_rows
from api.records.order_rows import Order
from api.wiring import Wiring
from scoring.canonical import plain
from scoring.judgement import Reason
from scoring.order_stages import stages_of
from scoring.orders.delivering import DeliveryAsked, delivery_reasons, is_check_due

SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Checked:
    """How a delivery of `amount` stands: what speaks against it, and the new judgement where one was due."""

    amount: Decimal
    reasons: tuple[Reason, ...]
    found: Judged | None

    @property
    def passes(self) -> bool:
        """Whether it may leave."""
        return not self.reasons

    def shown(self, role: str, language: Language) -> list[dict[str, Any]]:
        """Give the reasons as a role may read them."""
        return reasons_answer([plain(each) for each in self.reasons], role, language)


def amount_of(order: Order, amount: Decimal | None) -> Decimal:
    """Give what is delivered: the amount, or for None all that is left. Raises Conflict where nothing is."""
    if amount is not None:
        return amount
    rest = order.progress.to_deliver
    if not rest:
        raise Conflict("All of the order was delivered or invoiced before.", code="nothing_left")
    return rest


def checked(session: Session, entered: Entered, order: Order, amount: Decimal, given: Wiring) -> Checked:
    """Judge a delivery of an order under the lock of its debtor."""
    delivered = order.delivered_amount + amount
    asked = DeliveryAsked(
        state=order.state,
        currency=order.currency,
        order_amount=order.amount,
        gone_amount=max(order.delivered_amount, order.invoiced_amount),
        delivered_amount=delivered,
        judged_hours_ago=Decimal((given.now - order.judged_at).total_seconds()) / SECONDS_PER_HOUR,
        newly_counted_amount=_newly_counted(entered, order, delivered),
        is_outdated=order.check_due,
        released_codes=_released_codes(session, order),
    )
    policy = entered.rules.policy
    # What is delivered beyond the order is asked with it, and all that leaves counts, however late it was due.
    whole = replace(order, amount=max(order.amount, delivered), delivered_amount=delivered)
    found = judged(session, entered, whole, "delivered", given)
    reasons = delivery_reasons(asked, found.facts, policy)
    return Checked(amount, reasons, found if reasons or is_check_due(asked, policy) else None)


def _newly_counted(entered: Entered, order: Order, delivered: Decimal) -> Decimal:
    """Give what a delivery would add to exposure that the order does not add yet, in its currency."""
    after = replace(order, delivered_amount=delivered)
    counted = stages_of(after.progress, entered.gate.horizon_on, may_deliver=order.state == "released").counted
    return max(Decimal(0), counted - order.stages.counted)


def _released_codes(session: Session, order: Order) -> frozenset[str] | None:
    """Give the reasons that a person released the order from; None where the machine released it."""
    if order.released_by is None:
        return None
    judgement = orjson.loads(order_rows.judgement_of(session, order))
    return frozenset(each["code"] for each in judgement["reasons"]) - {"stop_supply"}
