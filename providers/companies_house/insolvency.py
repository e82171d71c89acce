"""Insolvency cases of Companies House as events of ours: what runs, since when, and what is a solvent end."""

from datetime import date

from providers.payload import Payload
from scoring.facts import NegativeEvent

# A solvent company that its members wind up is none of the insolvent ones; a moratorium and a restructuring plan give
# the company time, as a cooling-off period and a public restructuring procedure do. A receiver-manager takes one asset
# for one creditor who was not paid.
CASES = {
    "compulsory-liquidation": "bankruptcy",
    "creditors-voluntary-liquidation": "bankruptcy",
    "foreign-insolvency": "bankruptcy",
    "administrative-receiver": "bankruptcy",
    "scottish-administrative-receiver": "bankruptcy",
    "in-administration": "moratorium_final",
    "administration-order": "moratorium_final",
    "corporate-voluntary-arrangement": "debt_rescheduling",
    "members-voluntary-liquidation": "solvent_liquidation",
    "receiver-manager": "payment_incident",
    "order-of-court-restructuring-plan": "whoa_public",
    "corporate-voluntary-arrangement-moratorium": "cooling_off",
    "moratorium": "cooling_off",
    "liquidation-moratorium-commencement-of-moratorium": "cooling_off",
    "liquidation-moratorium-extension-of-moratorium": "cooling_off",
}
NOTES = "liquidation-moratorium-"  # Other kinds of this name tell how a moratorium went on; none begins by them.
STARTS = (
    "administration-started-on",
    "voluntary-arrangement-started-on",
    "moratorium-started-on",
    "wound-up-on",
    "ordered-to-wind-up-on",
    "declaration-solvent-on",
    "instrumented-on",
    "petitioned-on",
)
ENDS = (
    "concluded-winding-up-on",
    "dissolved-on",
    "administration-ended-on",
    "administration-discharged-on",
    "voluntary-arrangement-ended-on",
    "moratorium-ended-on",
)
# What a status of the profile says by itself, where no case in force explains it.
STATUS_EVENTS = {
    "liquidation": "bankruptcy",
    "receivership": "bankruptcy",
    "administration": "moratorium_final",
    "voluntary-arrangement": "debt_rescheduling",
    "insolvency-proceedings": "bankruptcy",
}
STATUS_CASES = {
    "liquidation": frozenset({"bankruptcy", "solvent_liquidation"}),
    "receivership": frozenset({"bankruptcy", "payment_incident"}),
}


def insolvency_events(profile: Payload, cases: Payload, on: date) -> tuple[NegativeEvent, ...]:
    """The events of all cases, and one for a status that none of them explains, as told on a day.

    Raises NotUnderstood for a kind of case that we do not know, which may be anything.
    """
    told = [_event(case, on) for case in cases.items("cases")]
    events = [each for each in told if each is not None]
    status = profile.text("company_status")
    code = STATUS_EVENTS.get(status or "")
    if code is not None:
        explaining = STATUS_CASES.get(status or "", frozenset({code}))
        if not any(each.code in explaining and each.in_force(on) for each in events):
            events.append(NegativeEvent(code, on, undated=True))
    elif profile.flag("has_insolvency_history") and not events:
        raise profile.not_understood("has_insolvency_history", "is told without a case")
    return tuple(events)


def _event(case: Payload, on: date) -> NegativeEvent | None:
    kind = case.text("type")
    if kind not in CASES:
        if kind is not None and kind.startswith(NOTES):
            return None
        raise case.not_understood("type", "is no kind of case that we know")
    code = CASES[kind]
    dates = [(each.text("type"), each.day("date")) for each in case.items("dates")]
    days = {name: max(day for told, day in dates if told == name and day) for name, day in dates if day}
    started_on = next((days[name] for name in STARTS if name in days), None)
    ended_on = max((days[name] for name in ENDS if name in days), default=None)
    if started_on is None:
        return NegativeEvent(code, min(ended_on or on, on), ended_on, undated=True)
    # A case may be opened again: what ended before its last start ended nothing.
    return NegativeEvent(code, min(started_on, on), ended_on if ended_on and ended_on >= started_on else None)
