"""Cancels what is not delivered of an order: its room is given back, and the money bound to it is free again."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from api.gate.entering import in_one_transaction
from api.gate.passing_time import has_begun
from api.orders.answers import order_answer
from api.orders.gate import enter_order
from api.problems import Conflict
from api.records import held_orders, order_rows
from api.records.order_rows import Order, OrderStep
from api.records.prepayments import release_prepayments
from api.wiring import Wiring, answer_bytes
from scoring.order_stages import stages_of

CANCELLABLE = ("released", "held", "expired")


def cancel_order(order_id: UUID, grounds: str | None, given: Wiring) -> bytes:
    """Cancel an order; one that is cancelled stays so. Gives the order.

    Raises NotFound, and Conflict for one that is over otherwise, or of which nothing is left.
    """
    return in_one_transaction(given, partial(_cancel, order_id=order_id, grounds=grounds, given=given))


def _cancel(session: Session, order_id: UUID, grounds: str | None, given: Wiring) -> bytes:
    given.once.claim(session)
    _, order = enter_order(session, given, order_id)
    if order.state != "cancelled":
        order = _cancelled(session, order, grounds, given)
    answer = answer_bytes(order_answer(order, order_rows.judgement_of(session, order), given))
    given.once.keep(session, 201, answer)
    return answer


def _cancelled(session: Session, order: Order, grounds: str | None, given: Wiring) -> Order:
    if order.state not in CANCELLABLE:
        raise Conflict(f"The order is {order.state}, and cannot be cancelled.", code="order_over")
    if not order.progress.to_deliver:
        raise Conflict("All of the order was delivered or invoiced: nothing is left to cancel.", code="nothing_left")
    after = replace(
        order,
        state="cancelled",
        prepayment_required=None,
        expires_at=None,
        enters_horizon_on=None,
        released_until=None,
        # A first order of which nothing went out is none: the next one may be the first.
        is_first=order.is_first and has_begun(order),
    )
    after = release_prepayments(session, after, given.now)
    after = after.staged(stages_of(after.progress, None, may_deliver=False))
    after = order_rows.write(
        session,
        order,
        after,
        event="order.cancelled.v1",
        today=given.today,
        known_at=given.now,
        step=OrderStep("cancelled", {"was": order.state}, given.caller.name, grounds, given.caller.actor),
    )
    held_orders.look_again(session, [order.debtor_id])
    return after
