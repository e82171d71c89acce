"""Signals of insolvency: of the debtor, by whatever source tells of it, and of others in its group."""

from collections.abc import Sequence

from scoring.monitoring.facts import ChangeTold, InsolvencyTold, SignalFacts
from scoring.monitoring.told import NOTHING, Signal, Told
from scoring.watching import meaning

SHOWN_MAX = 20  # Of events, changes and debtors each, in one alert.


def lasting_insolvencies(facts: SignalFacts) -> list[InsolvencyTold]:
    """Give the insolvencies of reports that have not ended by the day of the facts."""
    return [each for each in facts.insolvencies if each.ended_on is None or each.ended_on > facts.as_of]


def insolvent_changes(facts: SignalFacts) -> list[ChangeTold]:
    """Give the changes that tell of an insolvency."""
    return [each for each in facts.changes if meaning(each.kind, each.new_value) == "insolvency"]


def own_insolvency(facts: SignalFacts) -> Told:
    """Whether anybody tells of an insolvency of the debtor that has not ended: one alert, whoever tells of it.

    A change counts until a report of its source came, which then says by itself whether it is so.
    """
    lasting, changes = lasting_insolvencies(facts), insolvent_changes(facts)
    if not lasting and not changes:
        return NOTHING
    data = {
        "providers": sorted({*(each.provider for each in lasting), *(each.provider for each in changes)}),
        "events": _events(lasting),
        "changes": _changes(changes),
    }
    ends_on = min((each.ended_on for each in lasting if each.ended_on is not None), default=None)
    return Told((Signal("insolvency_event", "urgent", 1, data),), ends_on)


def group_insolvency(facts: SignalFacts) -> Told:
    """Whether an insolvency is told of anybody above or below the debtor in its group: one alert, naming them."""
    if not facts.insolvent_kin:
        return NOTHING
    kin = sorted(facts.insolvent_kin)
    data = {"insolvent_debtor_ids": kin[:SHOWN_MAX], "insolvent_count": len(kin)}
    return Told((Signal("group_insolvency_event", "urgent", 1, data),))


def _events(told: Sequence[InsolvencyTold]) -> list[dict[str, object]]:
    """Give events as an alert tells them, the newest first, at most so many."""
    newest_first = sorted(told, key=lambda each: (each.occurred_on, each.code, each.report_id), reverse=True)
    return [
        {
            "code": each.code,
            "occurred_on": str(each.occurred_on),
            "provider": each.provider,
            "report_id": each.report_id,
        }
        for each in newest_first[:SHOWN_MAX]
    ]


def _changes(told: Sequence[ChangeTold]) -> list[dict[str, object]]:
    """Give changes as an alert tells them, the newest first, at most so many."""
    newest_first = sorted(told, key=lambda each: (each.changed_at, each.id), reverse=True)
    return [
        {
            "change_id": each.id,
            "provider": each.provider,
            "kind": each.kind,
            "old": each.old_value,
            "new": each.new_value,
            "changed_at": each.changed_at,
        }
        for each in newest_first[:SHOWN_MAX]
    ]
