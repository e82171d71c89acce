"""Signals of the credit a debtor has: its limit, its class, its terms, and what it has that nobody invoiced."""

from datetime import timedelta

from scoring.monitoring.facts import SignalFacts
from scoring.monitoring.told import NOTHING, Signal, Told, held_level
from scoring.policy.document import Policy
from scoring.policy.grading import RISK_CLASSES

SHOWN_MAX = 20
DECLINED = len(RISK_CLASSES)  # Worse than any class.


def limit_use(facts: SignalFacts, policy: Policy, before: int) -> Told:
    """How much of its own limit a debtor uses, told at each share; one that has no limit in force uses none of it."""
    limit, shares = facts.limit, policy.alerts.limit_used_shares
    if limit is None or not limit.gives_credit(facts.as_of) or not shares:
        return NOTHING
    if limit.limit is not None and limit.limit.amount is None:
        return NOTHING
    if facts.used_amount is None or limit.limit is None or limit.limit.amount is None:
        return Told(unknown=("limit_nearly_used",))
    share = facts.used_amount / limit.limit.amount
    level = held_level(share, shares, policy.alerts.limit_used_exit_margin, before)
    if not level:
        return NOTHING
    data = {
        "limit_id": limit.id,
        "limit_amount": {"amount": str(limit.limit.amount), "currency": policy.currency},
        "used_amount": {"amount": str(facts.used_amount), "currency": policy.currency},
        "share_reached": str(sorted(shares)[level - 1]),
    }
    return Told((Signal("limit_nearly_used", "warning" if level >= len(shares) else "notice", level, data),))


def class_change(facts: SignalFacts, policy: Policy) -> Told:
    """Whether a newer decision is worse than that by which the limit was given; until the limit is decided anew."""
    limit, decision = facts.limit, facts.decision
    if limit is None or decision is None or not limit.gives_credit(facts.as_of):
        return NOTHING
    is_declined = decision.outcome == "decline"
    if not is_declined and (decision.risk_class is None or limit.risk_class is None):
        return NOTHING
    was = RISK_CLASSES.index(limit.risk_class) if limit.risk_class is not None else 0
    now = DECLINED if is_declined or decision.risk_class is None else RISK_CLASSES.index(decision.risk_class)
    if now <= was:
        return NOTHING
    data = {
        "decision_id": decision.id,
        "limit_id": limit.id,
        "outcome": decision.outcome,
        "risk_class": decision.risk_class,
        "risk_class_before": limit.risk_class,
    }
    due_on = decision.decided_on + timedelta(days=policy.authority.referral_days)
    return Told((Signal("class_worsened", "urgent" if is_declined else "warning", now, data, due_on),))


def terms(facts: SignalFacts, policy: Policy) -> Told:
    """Whether a debtor has had credit for some days, and nobody has shown the terms it accepted."""
    limit, since = facts.limit, facts.limited_since
    if facts.terms_agreed or limit is None or since is None or not limit.gives_credit(facts.as_of):
        return NOTHING
    begins_on = since + timedelta(days=policy.alerts.terms_unsigned_days)
    if facts.as_of < begins_on:
        return Told(next_on=begins_on)
    return Told((Signal("terms_not_signed", "warning", 1, {"limit_id": limit.id, "since_on": str(since)}),))


def not_invoiced(facts: SignalFacts, policy: Policy) -> Told:
    """Which orders were delivered some days ago, and are not invoiced: one alert, however many they are."""
    wait = timedelta(days=policy.alerts.not_invoiced_days)
    late = sorted(
        (each for each in facts.not_invoiced if each.delivered_on + wait <= facts.as_of),
        key=lambda each: (each.delivered_on, each.id),
    )
    next_on = min(
        (each.delivered_on + wait for each in facts.not_invoiced if each.delivered_on + wait > facts.as_of),
        default=None,
    )
    if not late:
        return Told(next_on=next_on)
    data = {
        "order_ids": [each.id for each in late[:SHOWN_MAX]],
        "orders_count": len(late),
        "oldest_delivered_on": str(late[0].delivered_on),
    }
    return Told((Signal("not_invoiced", "warning", 1, data),), next_on)


def insolvency(facts: SignalFacts) -> Told:
    """Whether the debtor, or somebody above it in its group, is in an insolvency that has not ended."""
    lasting = [each for each in facts.insolvencies if each.ended_on is None or each.ended_on > facts.as_of]
    signals = []
    for kind, is_own in (("insolvency_event", True), ("group_insolvency_event", False)):
        told = [each for each in lasting if (each.debtor_id == facts.debtor_id) is is_own]
        if told:
            events = [
                {
                    "code": each.code,
                    "debtor_id": each.debtor_id,
                    "occurred_on": str(each.occurred_on),
                    "report_id": each.report_id,
                }
                for each in sorted(told, key=lambda each: (each.occurred_on, each.code, each.report_id))
            ]
            signals.append(Signal(kind, "urgent", 1, {"events": events}))
    return Told(tuple(signals), min((each.ended_on for each in lasting if each.ended_on is not None), default=None))
