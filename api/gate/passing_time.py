"""What time does to orders: reservations end, and parts that lay beyond the horizon begin to count."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from api.records import held_orders, order_rows
from api.records.order_rows import Order, OrderStep
from api.records.prepayments import release_prepayments
from api.wiring import Wiring
from scoring.order_stages import enters_on, stages_of
from scoring.policy.document import Policy


def let_time_pass(session: Session, debtor_ids: Sequence[UUID], policy: Policy, given: Wiring) -> list[UUID]:
    """Expire what has ended and count what came inside the horizon, of debtors that are locked with all above them.

    What a person released until a day is held again after it, for the machine to judge. Gives the debtors of whom more
    counts now, which nobody was asked for.
    """
    ended: set[UUID] = set()
    grown: set[UUID] = set()
    days = policy.orders.horizon_days
    horizon_on = None if days is None else given.today + timedelta(days=days)
    for order in order_rows.out_of_time(session, debtor_ids, given.now, given.today):
        if order.expires_at is not None and order.expires_at <= given.now:
            after = release_prepayments(session, _over(order, given), given.now)
            event = f"order.{after.state}.v1"
            ended.add(order.debtor_id)
        else:
            enters = enters_on(order.progress, horizon_on, days)
            after = replace(order.staged(stages_of(order.progress, horizon_on)), enters_horizon_on=enters)
            # Nobody was asked for what counts now: it is judged before it leaves.
            if after.stages.counted > order.stages.counted:
                after = replace(after, check_due=True)
                grown.add(order.debtor_id)
            event = "order.counted.v1"
        step = OrderStep(event.split(".")[1], {}, "machine")
        order_rows.write(session, order, after, event=event, today=given.today, known_at=given.now, step=step)
    # Room came back, or a first order is none any more.
    held_orders.look_again(session, ended)
    return sorted(grown)


def _over(order: Order, given: Wiring) -> Order:
    """Give an order whose reservation has ended: expired, or held again where only a person's release ended."""
    if order.released_until is None or given.today <= order.released_until:
        return _expired(order)
    return replace(_expired(order), state="held", released_by=None, released_until=None)


def has_begun(order: Order) -> bool:
    """Whether anything of an order went out, or was invoiced."""
    return max(order.delivered_amount, order.invoiced_amount) > 0


def _expired(order: Order) -> Order:
    """Give the order without its reservation; what was delivered of it stays until it is invoiced."""
    stages = stages_of(order.progress, None, may_deliver=False)
    return replace(
        order.staged(stages),
        state="expired",
        prepayment_required=None,
        expires_at=None,
        enters_horizon_on=None,
        # A first order of which nothing went out is none: the next one may be the first.
        is_first=order.is_first and has_begun(order),
    )
