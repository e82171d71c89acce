"""Changes an order: less of it is free and gives room back at once, more of it is asked at the gate."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.gate.entering import Entered, in_one_transaction
from api.orders.answers import move_answer
from api.orders.content import content_of, with_content
from api.orders.deadlines import reservation_ends_at
from api.orders.gate import Judged, enter_order, required_of, resolved
from api.orders.moved import Moved
from api.orders.rejudging import judged_in_turn
from api.problems import Conflict
from api.records import held_orders, order_rows, prepayments
from api.records.order_rows import Order, OrderStep
from api.records.prepayments import release_prepayments
from api.wiring import Wiring, answer_bytes
from scoring.judgement import Outcome
from scoring.order_stages import enters_on, is_completed, stages_of

CHANGEABLE = ("released", "held")
# Refuses a version of the order, by its id and number, that is not the one the caller has read.
MustMatch = Callable[[UUID, int], None]


def change_order(order_id: UUID, sent: Mapping[str, Any], must_match: MustMatch, given: Wiring) -> bytes:
    """Change what is ordered; the answer says whether it is applied, and why not.

    Raises NotFound, BadInput, and Conflict for an order that is over or for less than what went out.
    """
    return in_one_transaction(given, partial(_change, order_id=order_id, sent=sent, must_match=must_match, given=given))


def _change(session: Session, order_id: UUID, sent: Mapping[str, Any], must_match: MustMatch, given: Wiring) -> bytes:
    given.once.claim(session)
    entered, order = enter_order(session, given, order_id)
    must_match(order.id, order.version)
    if order.state not in CHANGEABLE:
        raise Conflict(f"The order is {order.state}, and cannot be changed any more.", code="order_over")
    moved = _moved(session, entered, order, with_content(order, sent), given)
    if moved.order.stages.counted < order.stages.counted:
        held_orders.look_again(session, [order.debtor_id])
    answer = answer_bytes(move_answer(session, moved, given))
    given.once.keep(session, 201, answer)
    return answer


def _moved(session: Session, entered: Entered, order: Order, wanted: Order, given: Wiring) -> Moved:
    if content_of(wanted) == content_of(order):
        return Moved(order, is_applied=True)
    if order.state == "released" and not _asks_for_more(entered, order, wanted):
        wanted = prepayments.release_prepayments(session, wanted, given.now)
        return Moved(_keep(session, order, _lowered(entered, wanted, given), given), is_applied=True)
    if order.state == "held":
        wanted = prepayments.release_prepayments(session, wanted, given.now)
    entered, found = judged_in_turn(session, entered, wanted, "changed", given)
    if order.state == "released" and found.judgement.outcome is not Outcome.ACCEPT:
        return _refused(session, entered, order, wanted, found, given)
    after = _keep(session, order, resolved(entered, wanted, found, given), given, found)
    return Moved(after, is_applied=True, found=found, required=after.prepayment_required)


def _asks_for_more(entered: Entered, order: Order, wanted: Order) -> bool:
    """Whether a released order would be worth more, or more of it would count now."""
    stages = stages_of(wanted.progress, entered.gate.horizon_on)
    whole, whole_before = stages.counted + stages.scheduled, order.stages.counted + order.stages.scheduled
    return wanted.amount > order.amount or whole > whole_before or stages.counted > order.stages.counted


def _lowered(entered: Entered, wanted: Order, given: Wiring) -> Order:
    """Give a released order with less, or later: nobody was asked, so it is not reserved longer than before."""
    policy, horizon_on = entered.rules.policy.orders, entered.gate.horizon_on
    after = wanted.staged(stages_of(wanted.progress, horizon_on))
    if is_completed(wanted.progress):
        return replace(after, state="completed", expires_at=None, enters_horizon_on=None)
    if not after.progress.to_deliver:
        return replace(after, expires_at=None, enters_horizon_on=None)
    ends_at = reservation_ends_at(wanted, policy, given.today, given.seller)
    return replace(
        after,
        expires_at=ends_at if wanted.expires_at is None else min(ends_at, wanted.expires_at),
        enters_horizon_on=enters_on(wanted.progress, horizon_on, policy.horizon_days),
    )


def _keep(session: Session, order: Order, after: Order, given: Wiring, found: Judged | None = None) -> Order:
    """Keep a change that is applied, and tell of the order's new state as well where it has one."""
    data: dict[str, Any] = {"before": content_of(order), "after": content_of(after), "decision_id": None}
    if found is not None:
        data["decision_id"] = str(found.decision.id)
    after = release_prepayments(session, after, given.now)
    after = order_rows.write(
        session,
        order,
        after,
        event="order.changed.v1",
        today=given.today,
        known_at=given.now,
        decision=None if found is None else found.decision,
        step=OrderStep("changed", data, given.caller.name, actor=given.caller.actor),
    )
    if after.state != order.state:
        order_rows.tell(session, after, f"order.{after.state}.v1", given.now)
    return after


def _refused(session: Session, entered: Entered, order: Order, wanted: Order, found: Judged, given: Wiring) -> Moved:
    """Keep that more was asked of a released order, and why it does not get it; the order stays as it was."""
    data = {"before": content_of(order), "after": content_of(wanted), "decision_id": str(found.decision.id)}
    told = {"decision_id": str(found.decision.id), "outcome": found.judgement.outcome.value}
    kept = order_rows.write(
        session,
        order,
        order,
        event="order.change_refused.v1",
        today=given.today,
        known_at=given.now,
        decision=found.decision,
        step=OrderStep("change_refused", data, given.caller.name, actor=given.caller.actor, told=told),
    )
    required = required_of(wanted, found)
    if required is not None:
        # The rest was released before: only what is new must be paid for.
        counted = stages_of(wanted.progress, entered.gate.horizon_on).counted
        required = min(required, max(wanted.amount - order.amount, counted - order.stages.counted))
    return Moved(kept, is_applied=False, found=found, required=required)
