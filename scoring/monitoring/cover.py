"""Signals of credit insurance: when deliveries are about to be covered no more or are not, and the days to keep."""

from collections.abc import Collection
from datetime import date, timedelta
from math import ceil

from scoring.cover import cover_dates
from scoring.monitoring.facts import SignalFacts
from scoring.monitoring.insolvency import insolvent_changes, lasting_insolvencies
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


def deadlines(facts: SignalFacts, policy: Policy, are_open: Collection[str]) -> Told:
    """How near the last days are on which the insurer must be notified, or the claim handed over or filed (domain 6.2).

    The oldest unpaid invoice drives them all. What stands open when its day is past stays so until the invoice is paid:
    nobody knows here whether it was done. A day that was past before anybody looked is told of no more.
    """
    if facts.oldest_unpaid_on is None or facts.insurance is None:
        return NOTHING
    insolvent_on = _insolvent_on(facts)
    dates = cover_dates(
        facts.oldest_unpaid_on,
        facts.insurance,
        insolvency_on=insolvent_on,
        insolvency_known_on=None if insolvent_on is None else facts.insolvency_known_on or facts.as_of,
    )
    signals, days = [], []
    for kind, due_on in (
        ("notify_deadline_near", dates.notify_by),
        ("handover_deadline_near", dates.handover_by),
        ("claim_deadline_near", dates.claim_by),
    ):
        if due_on is None:
            continue
        told_on = sorted({due_on - timedelta(days=before) for before in policy.alerts.cover_stop_days_before})
        level = sum(each <= facts.as_of for each in told_on)
        if level < len(told_on):
            days.append(told_on[level])
        if level and (facts.as_of <= due_on or kind in are_open):
            data = {"oldest_due_on": str(facts.oldest_unpaid_on), "deadline_on": str(due_on)}
            signals.append(Signal(kind, spread(level, len(told_on)), level, data, due_on))
    return Told(tuple(signals), min(days, default=None))


def _insolvent_on(facts: SignalFacts) -> date | None:
    """The first day of an insolvency that lasts; a change that tells of one is dated by its source, in UTC."""
    days = [each.occurred_on for each in lasting_insolvencies(facts)]
    days += [date.fromisoformat(each.changed_at[:10]) for each in insolvent_changes(facts)]
    return min(days, default=None)
