"""Legal events of a D&B report: true, false or unknown each; an unknown one is not a clean one."""

from datetime import date

from providers.dnb.searching import ACTIVE, status_of, whole_day
from providers.payload import Payload
from scoring.facts import NegativeEvent

EVENT_BLOCK = "eventfilings"
# What a report is not clean without: each false, or all of them by one flag.
INSOLVENCIES = {
    "Bankruptcy": "bankruptcy",
    "Liquidation": "dissolved",
    "SuspensionOfPayments": "moratorium_final",
}
ANY_INSOLVENCY = "Insolvency"
OTHERS = {
    "Judgments": "judgment",
    "Liens": "payment_incident",
    "FinancialEmbarrassment": "payment_incident",
    "Claims": "collection_case",
    "Suits": "collection_case",
    # We have no code for these; what is told of in court is no less than a ruling.
    "CriminalProceedings": "judgment",
    "Debarments": "judgment",
    "OtherLegalEvents": "judgment",
}


def events_of(answer: Payload, is_told: bool, retrieved_on: date) -> tuple[NegativeEvent, ...]:
    """The events, the oldest first; `is_told`: the block with them arrived.

    Raises NotUnderstood where neither the events nor D&B's own word for them tells whether there are any.
    """
    organization = answer.section("organization")
    legal = organization.section("legalEvents") if is_told else Payload("dnb", {})
    found = _legal(legal, retrieved_on)
    found += _out_of_business(organization, found, retrieved_on)
    severe = organization.section("dnbAssessment").flag("hasSevereNegativeEvents")
    in_force = {event.code for event in found if event.in_force(retrieved_on)}
    is_untold = severe is None and not in_force & {*INSOLVENCIES.values()} and not _tells_of_insolvency(legal)
    if is_untold or (severe and not in_force):
        raise organization.not_understood("legalEvents", "does not tell whether there are any")
    return tuple(sorted(found, key=lambda event: (event.occurred_on, event.code)))


def _tells_of_insolvency(legal: Payload) -> bool:
    return legal.flag("hasLegalEvents") is False or all(
        legal.flag(f"has{name}") is not None for name in (*INSOLVENCIES, ANY_INSOLVENCY)
    )


def _legal(legal: Payload, retrieved_on: date) -> list[NegativeEvent]:
    told = [_event(legal, name, code, retrieved_on) for name, code in INSOLVENCIES.items()]
    found = [each for each in told if each is not None]
    if not found and (insolvency := _event(legal, ANY_INSOLVENCY, "bankruptcy", retrieved_on)) is not None:
        found.append(insolvency)  # Of no kind that is told: then it is the worst.
    others = [_event(legal, name, code, retrieved_on) for name, code in OTHERS.items()]
    return list(dict.fromkeys([*found, *(each for each in others if each is not None)]))


def _event(legal: Payload, name: str, code: str, retrieved_on: date) -> NegativeEvent | None:
    """One kind of event: ended where none is open any more, on the day we were told, since no other day is told."""
    is_open = legal.flag(f"hasOpen{name}")
    if not legal.flag(f"has{name}") and not is_open:
        return None
    ended_on = retrieved_on if is_open is False else None
    filed_on = whole_day(legal.section(f"{name[0].lower()}{name[1:]}"), "mostRecentFilingDate")
    if filed_on is None or filed_on > retrieved_on:
        return NegativeEvent(code, retrieved_on, ended_on, undated=True)
    return NegativeEvent(code, filed_on, ended_on)


def _out_of_business(organization: Payload, told: list[NegativeEvent], retrieved_on: date) -> list[NegativeEvent]:
    """That it does no business any more, on its day where that is told; without one an insolvency tells it better."""
    if status_of(organization) in ("active", None):
        return []
    operating = organization.section("dunsControlStatus", "operatingStatus")
    ended_on = whole_day(operating, "startDate") if operating.number("dnbCode") != ACTIVE else None
    if ended_on is not None:
        return [NegativeEvent("dissolved", ended_on)]
    if any(each.code in INSOLVENCIES.values() and each.ended_on is None for each in told):
        return []
    return [NegativeEvent("dissolved", retrieved_on, undated=True)]
