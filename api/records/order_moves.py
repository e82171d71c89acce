"""What the ledger makes of an order: the order after an invoice of it, and after money was bound to it or taken back.

Each gives another value and writes nothing. The stages are those that `scoring.order_stages` says of the progress.
"""

from dataclasses import replace
from decimal import Decimal

from api.records.order_rows import Order
from api.records.order_terms import OrderTerms
from scoring.order_stages import enters_on, is_completed, stages_of, still_to_invoice, waiting_stages

DELIVERABLE = frozenset({"released", "held"})  # What may, or may yet, go out.
ENDING = frozenset({"released", "held", "expired"})  # Over once all is invoiced; refused and cancelled stay so.
_ZERO = Decimal(0)


def bindable(order: Order) -> Decimal:
    """Give how much money may still be bound to an order: what it is worth, less what is invoiced and bound already."""
    return max(_ZERO, most_bound(order) - order.prepaid_amount)


def most_bound(order: Order) -> Decimal:
    """Give how much money may be bound to an order in all."""
    return still_to_invoice(order.progress, may_deliver=order.state in DELIVERABLE)


def invoiced(order: Order, amount: Decimal, used: Decimal, terms: OrderTerms) -> Order:
    """Give the order after an invoice of it, of which `used` was paid by money that was bound to the order."""
    return _standing(
        replace(order, invoiced_amount=order.invoiced_amount + amount, prepaid_amount=order.prepaid_amount - used),
        terms,
    )


def prepaid(order: Order, amount: Decimal, terms: OrderTerms) -> Order:
    """Give the order after money was bound to it; one that waited for nothing else has time to be judged again."""
    required = order.prepayment_required
    if required is not None:
        required = max(_ZERO, required - amount)
    ends_at = order.expires_at
    if order.state == "held" and required == 0 and ends_at is not None:
        ends_at = max(ends_at, terms.prepay_by)
    after = replace(
        order,
        prepaid_amount=order.prepaid_amount + amount,
        prepayment_required=required,
        expires_at=ends_at,
    )
    return _standing(after, terms)


def unbound(order: Order, amount: Decimal, terms: OrderTerms) -> Order:
    """Give the order after money that was bound to it is not there any more.

    What of a released order is neither delivered nor covered any more may not go out: it waits for a prepayment again,
    and is judged anew. What was delivered is gone, and adds to exposure again.
    """
    less = replace(order, prepaid_amount=order.prepaid_amount - amount)
    if order.state == "held" and order.prepayment_required is not None:
        asked = min(order.prepayment_required + amount, bindable(less))
        return _standing(replace(less, prepayment_required=asked), terms)
    after = _standing(less, terms)
    missing = (after.scheduled_amount + after.reserved_amount) - (order.scheduled_amount + order.reserved_amount)
    if order.state != "released" or missing <= 0:
        return after
    # The decision that says so follows at once, when what is held is judged again.
    held = replace(
        less,
        state="held",
        outcome="accept_prepayment",
        prepayment_required=missing,
        expires_at=terms.prepay_by,
        released_by=None,
        released_until=None,
    )
    return _standing(held, terms)


def _standing(order: Order, terms: OrderTerms) -> Order:
    """Give the order with what its progress makes of its state and stages."""
    progress = order.progress
    if order.state in ENDING and is_completed(progress):
        order = replace(order, state="completed", prepayment_required=None, expires_at=None)
    if order.state == "released":
        # Without a day on which something comes inside the horizon nothing lies beyond it.
        horizon_on = terms.horizon_on if order.enters_horizon_on is not None else None
        enters = enters_on(progress, horizon_on, terms.horizon_days)
        if not progress.to_deliver:
            order = replace(order, expires_at=None)
        # What came inside the horizon since it was judged is judged before it leaves.
        due = order.check_due or (order.enters_horizon_on is not None and order.enters_horizon_on <= terms.today)
        return replace(order.staged(stages_of(progress, horizon_on)), enters_horizon_on=enters, check_due=due)
    if order.state == "held":
        required = min(order.prepayment_required or _ZERO, bindable(order))
        if order.prepayment_required is not None:
            order = replace(order, prepayment_required=required)
        stages = waiting_stages(progress, required, order.reserved_amount)
        return replace(order.staged(stages), enters_horizon_on=None)
    return replace(order.staged(stages_of(progress, None, may_deliver=False)), enters_horizon_on=None)
