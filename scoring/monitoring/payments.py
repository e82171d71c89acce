"""Signals of how a debtor pays: its first invoice, its behaviour against before, and what is overdue."""

from datetime import timedelta
from decimal import Decimal

from scoring.first_payment import FirstInvoice, first_payment_state
from scoring.monitoring.facts import SignalFacts
from scoring.monitoring.told import NOTHING, Signal, Told, reached, spread
from scoring.policy.document import Policy

WEEK = timedelta(days=7)  # A window of days slides on: whether behaviour is better is looked at so often.


def first_payment(facts: SignalFacts, policy: Policy) -> Told:
    """What sales is told of the first invoice on account: that it falls due, is overdue, or how it was paid.

    All invoices of the first order count (domain 3.6).
    """
    if not facts.first_invoices:
        return NOTHING
    rules, grace = policy.alerts, timedelta(days=policy.first_payment.grace_days)
    invoices = [FirstInvoice(each.due_on, each.settled_on) for each in facts.first_invoices]
    state = first_payment_state(True, invoices, facts.as_of, policy.first_payment.grace_days)
    data: dict[str, object] = {"invoice_ids": [each.id for each in facts.first_invoices]}
    unpaid = [each.due_on for each in facts.first_invoices if each.settled_on is None]
    if unpaid:
        due_on = min(unpaid)
        data["due_on"] = str(due_on)
        if state == "first_invoice_overdue":
            return Told((Signal("first_payment_overdue", "warning", 1, data),))
        begins_on = due_on - timedelta(days=rules.first_payment_due_days)
        if facts.as_of < begins_on:
            return Told(next_on=begins_on)
        last_on = due_on + grace
        return Told((Signal("first_payment_due", "notice", 1, data, due_on),), last_on + timedelta(days=1))
    paid = [each for each in facts.first_invoices if each.was_paid]
    if not paid:
        return NOTHING  # A credit note settles an invoice, and proves nothing of who was to pay it.
    paid_on = max(each.settled_on for each in paid if each.settled_on is not None)
    over_on = paid_on + timedelta(days=rules.first_payment_told_days + 1)
    if facts.as_of >= over_on:
        return NOTHING
    is_late = any(each.settled_on > each.due_on + grace for each in paid if each.settled_on is not None)
    data |= {"paid_on": str(paid_on), "result": "late" if is_late else "on_time"}
    return Told((Signal("first_payment_received", "warning" if is_late else "notice", 1, data),), over_on)


def behaviour(facts: SignalFacts, policy: Policy, before: int) -> Told:
    """Whether the debtor pays later than before; once told, it is so until both figures are better again.

    Nothing is said where too few invoices were settled lately or before. Who was told to pay later, and pays nothing
    any more, is not better for that: it stays so while anything is there to compare with.
    """
    rules, lately, earlier = policy.alerts, facts.lately, facts.before
    if before and lately.count < rules.behaviour_items_min <= earlier.count:
        return Told(next_on=facts.as_of + WEEK, unknown=("behaviour_worsened",))
    if min(lately.count, earlier.count) < rules.behaviour_items_min:
        return NOTHING
    figures = (lately.late_days, earlier.late_days, lately.late_share, earlier.late_share)
    if any(each is None for each in figures):
        return NOTHING
    days, share = _rise(lately.late_days, earlier.late_days), _rise(lately.late_share, earlier.late_share)
    is_worse = days >= rules.behaviour_days_worse or share >= rules.behaviour_share_worse
    is_better = days < rules.behaviour_days_better and share < rules.behaviour_share_better
    if is_better or not (is_worse or before):
        return NOTHING
    data = {
        "late_days": str(lately.late_days),
        "late_days_before": str(earlier.late_days),
        "late_share": str(lately.late_share),
        "late_share_before": str(earlier.late_share),
    }
    return Told((Signal("behaviour_worsened", "warning", 1, data),), facts.as_of + WEEK)


def _rise(lately: Decimal | None, before: Decimal | None) -> Decimal:
    """How much higher a figure is than before; both are known."""
    assert lately is not None
    assert before is not None
    return lately - before


def overdue_items(facts: SignalFacts, policy: Policy) -> Told:
    """For how long the oldest undisputed invoice is overdue, told at each age that the policy names."""
    oldest_on, ages = facts.oldest_overdue_on, sorted(policy.alerts.overdue_item_days)
    if oldest_on is None or not ages:
        return NOTHING
    level = reached((facts.as_of - oldest_on).days, ages)
    next_on = oldest_on + timedelta(days=ages[level]) if level < len(ages) else None
    if not level:
        return Told(next_on=next_on)
    data = {"oldest_due_on": str(oldest_on), "overdue_days_reached": ages[level - 1]}
    return Told((Signal("overdue_items", spread(level, len(ages)), level, data),), next_on)
