"""Signals of credit insurance: when deliveries to a debtor are about to be covered no more, and when they are not."""

from datetime import date, timedelta
from math import ceil

from scoring.monitoring.facts import SignalFacts
from scoring.monitoring.told import NOTHING, Signal, Told, spread
from scoring.policy.alerts import AlertsPolicy
from scoring.policy.document import Policy


def cover_stop(facts: SignalFacts, policy: Policy) -> Told:
    """How near the end of the insurer's extension period the oldest unpaid invoice is, which drives it (domain 6.2)."""
    due_on, days = facts.oldest_unpaid_on, facts.max_extension_days
    if due_on is None or days is None:
        return NOTHING
    stop_on = due_on + timedelta(days=days)
    data = {"oldest_due_on": str(due_on), "cover_stop_on": str(stop_on)}
    if facts.as_of > stop_on:
        return Told((Signal("cover_stopped", "urgent", 1, data),))
    told_on = warning_days(due_on, days, policy.alerts)
    level = sum(each <= facts.as_of for each in told_on)
    next_on = told_on[level] if level < len(told_on) else stop_on + timedelta(days=1)
    if not level:
        return Told(next_on=next_on)
    return Told((Signal("cover_stop_near", spread(level, len(told_on)), level, data, stop_on),), next_on)


def warning_days(due_on: date, extension_days: int, policy: AlertsPolicy) -> list[date]:
    """The days on which it is told that cover will stop, in their order and never before the invoice is due.

    A share of the period is reached on the first whole day.
    """
    after_due = {ceil(extension_days * share) for share in policy.cover_stop_shares}
    after_due |= {extension_days - before for before in policy.cover_stop_days_before}
    return sorted(due_on + timedelta(days=each) for each in {max(0, each) for each in after_due})
