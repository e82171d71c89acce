"""Judges held orders again, oldest first, when what they wait for may have gone, and releases each exactly once.

One order is judged in one transaction, so that new orders get their turn between two. A younger order of a debtor never
passes an older one that fits: before it takes room, the older ones are judged under the same lock.
"""

from functools import partial
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from api.gate.entering import Entered, enter, in_one_transaction, read_again
from api.orders.gate import Judged, judged, resolved
from api.records import held_orders, order_rows, waiting_orders
from api.records.order_rows import Order, OrderStep
from api.records.prepayments import release_prepayments
from api.records.sellers import Seller
from api.wiring import House, Wiring, of_ourselves

AGAIN = "judged_again"


def judge_held_orders(house: House, seller: Seller, top_id: UUID) -> None:
    """Judge all held orders of a debtor and of those below it again. Safe to run twice, and beside new orders."""
    given = of_ourselves(house, seller)
    looked: UUID | None = None
    while True:
        looked = in_one_transaction(given, partial(_judge_next, top_id=top_id, after=looked, given=given))
        if looked is None:
            return


def _judge_next(session: Session, top_id: UUID, after: UUID | None, given: Wiring) -> UUID | None:
    """Judge the oldest held order of a group after another one, and give it; None when all had their turn."""
    found = waiting_orders.next_held(session, top_id, after)
    if found is None:
        return None
    order_id, debtor_id = found
    entered = enter(session, given, debtor_id)
    order = order_rows.get(session, order_id)
    if order is not None and order.state == "held":
        entered, anew = judged_in_turn(session, entered, order, AGAIN, given)
        keep_anew(session, entered, order, anew, given)
    return order_id


def judged_in_turn(
    session: Session, entered: Entered, order: Order, asked: str, given: Wiring
) -> tuple[Entered, Judged]:
    """Judge an order, and once more where older ones that wait take room that it would have taken.

    Gives the gate as it is after that.
    """
    found = judged(session, entered, order, asked, given)
    if resolved(entered, order, found, given).stages.counted <= order.stages.counted:
        return entered, found
    then = older_go_first(session, entered, order, given)
    return then, found if then is entered else judged(session, then, order, asked, given)


def older_go_first(session: Session, entered: Entered, order: Order, given: Wiring) -> Entered:
    """Let the debtor's other held orders that are older have the room that has come back, before `order` takes any.

    An order that is not held asks last. Gives the gate as it is after that.
    """
    if not entered.gate.view.has_held:
        return entered
    until = order.id if order.state == "held" else None
    for older in waiting_orders.held_of(session, order.debtor_id, until=until):
        if older.id == order.id:
            continue
        anew = judged(session, entered, older, AGAIN, given)
        if resolved(entered, older, anew, given).stages.counted > older.stages.counted:
            keep_anew(session, entered, older, anew, given)
            entered = read_again(session, entered, given)
    return entered


def keep_anew(session: Session, entered: Entered, order: Order, found: Judged, given: Wiring) -> Order:
    """Keep what a held order's new judgement makes of it; the same answer again is no new decision."""
    # Refused for good, it needs what was paid for it no more.
    after = release_prepayments(session, resolved(entered, order, found, given), given.now)
    if _is_same(session, order, after, found):
        waiting_orders.looked_at(session, order.id, given.now)
        return order
    event = "order.judged.v1" if after.state == order.state else f"order.{after.state}.v1"
    step = OrderStep(AGAIN, {"state": after.state, "outcome": after.outcome}, given.caller.name)
    after = order_rows.write(
        session,
        order,
        after,
        event=event,
        today=given.today,
        known_at=given.now,
        decision=found.decision,
        step=step,
    )
    if after.stages.counted < order.stages.counted:
        held_orders.look_again(session, [order.debtor_id])
    return after


def _is_same(session: Session, order: Order, after: Order, found: Judged) -> bool:
    """Whether an order waits as before, for the same; figures that move each day are no difference."""
    names = ("state", "outcome", "prepayment_required", "stages")
    if any(getattr(order, name) != getattr(after, name) for name in names):
        return False
    before = orjson.loads(order_rows.judgement_of(session, order))["reasons"]
    return [each["code"] for each in before] == [each.code for each in found.judgement.reasons]
