"""Signals of promises to pay: that the day of one has come, and that one was broken."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from scoring.monitoring.facts import SignalFacts
from scoring.monitoring.told import Signal, Told
from scoring.promises import Promise, state_of

SHOWN_MAX = 20
DAY = timedelta(days=1)


def promises(facts: SignalFacts) -> Told:
    """Which promises fall due, and which were broken and not made good: one alert of each, however many they are.

    One more of them is a further step. Open promises are looked at on their day, and on the day after their last one.
    """
    by_day = sorted(facts.promises, key=lambda each: (each.promised_on, each.id))
    still_open = [each for each in by_day if state_of(each, facts.as_of) == "open"]
    due = [each for each in still_open if each.promised_on <= facts.as_of]
    broken = [
        each for each in by_day if state_of(each, facts.as_of) == "broken" and each.waits and each.rest_amount > 0
    ]
    signals = []
    if due:
        due_on = min(each.last_on for each in due)
        signals.append(Signal("promise_due", "notice", len(due), _data(due), due_on))
    if broken:
        unpaid = _sum([each.rest_amount for each in broken], broken)
        data = _data(broken) | ({"unpaid_amount": unpaid} if unpaid else {})
        signals.append(Signal("promise_broken", "warning", len(broken), data))
    days = [each.promised_on if each.promised_on > facts.as_of else each.last_on + DAY for each in still_open]
    return Told(tuple(signals), min(days, default=None))


def _data(told: Sequence[Promise]) -> dict[str, object]:
    """Name the promises, the earliest first, and who noted them."""
    promised = _sum([each.amount.amount for each in told], told)
    return {
        "promise_ids": [each.id for each in told[:SHOWN_MAX]],
        "promises_count": len(told),
        "promised_on": str(told[0].promised_on),
        "noted_by": ", ".join(sorted({each.made_by for each in told})[:SHOWN_MAX]),
    } | ({"promised_amount": promised} if promised else {})


def _sum(amounts: Sequence[Decimal], told: Sequence[Promise]) -> dict[str, str] | None:
    """Sum up what is of one currency; None for several."""
    currencies = {each.amount.currency for each in told}
    return {"amount": str(sum(amounts)), "currency": currencies.pop()} if len(currencies) == 1 else None
