"""Asks for an order again: an expired one as if it were new, a released one for a longer reservation."""

from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from api.gate.entering import Entered, in_one_transaction
from api.orders.answers import move_answer
from api.orders.content import content_of, with_content
from api.orders.gate import enter_order, resolved
from api.orders.moved import Moved
from api.orders.rejudging import judged_in_turn
from api.problems import BadInput, Conflict, Fault
from api.records import order_rows
from api.records.order_rows import Order, OrderStep
from api.records.prepayments import release_prepayments
from api.wiring import Wiring, answer_bytes
from scoring.judgement import Outcome

RENEWABLE = ("expired", "released")


def renew_order(order_id: UUID, delivery_on: date | None, given: Wiring) -> bytes:
    """Ask the gate for an order once more, with another delivery day if one is named.

    A released order that is not accepted stays as it was, until its reservation ends. Raises NotFound, BadInput and
    Conflict.
    """
    return in_one_transaction(given, partial(_renew, order_id=order_id, delivery_on=delivery_on, given=given))


def _renew(session: Session, order_id: UUID, delivery_on: date | None, given: Wiring) -> bytes:
    given.once.claim(session)
    entered, order = enter_order(session, given, order_id)
    if order.state not in RENEWABLE:
        raise Conflict(f"The order is {order.state}: only an expired or a released one is renewed.", code="order_over")
    if not order.progress.to_deliver:
        raise Conflict("All of the order was delivered or invoiced: nothing is left to renew.", code="nothing_left")
    if delivery_on is not None and order.call_offs is not None:
        fault = Fault("/delivery_on", "delivery_twice", "The order has call-offs: change those.")
        raise BadInput("The order cannot be renewed so.", faults=[fault])
    wanted = order if delivery_on is None else with_content(order, {"delivery_on": delivery_on})
    moved = _renewed(session, entered, order, wanted, given)
    answer = answer_bytes(move_answer(session, moved, given))
    given.once.keep(session, 201, answer)
    return answer


def _renewed(session: Session, entered: Entered, order: Order, wanted: Order, given: Wiring) -> Moved:
    entered, found = judged_in_turn(session, entered, wanted, "renewed", given)
    is_applied = order.state == "expired" or found.judgement.outcome is Outcome.ACCEPT
    after = order
    if is_applied:
        after = release_prepayments(session, resolved(entered, wanted, found, given), given.now)
    data = {"before": content_of(order), "after": content_of(wanted), "decision_id": str(found.decision.id)}
    after = order_rows.write(
        session,
        order,
        after,
        event=f"order.{after.state}.v1" if is_applied else "order.renewal_refused.v1",
        today=given.today,
        known_at=given.now,
        decision=found.decision,
        step=OrderStep(
            "renewed" if is_applied else "renewal_refused", data, given.caller.name, actor=given.caller.actor
        ),
    )
    return Moved(after, is_applied, found, after.prepayment_required)
