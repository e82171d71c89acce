"""Negative information of a Creditsafe report: rulings and debts as events; what cannot be read is refused, not clean.

Each country has kinds of its own. France lists rulings and procedures, Great Britain judgments of county courts, Sweden
sums and counts of debts. A kind that is not known here may stay only while nothing is told in it.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from providers.payload import Payload
from scoring.facts import NegativeEvent

ANY_JUDGEMENT = "judgment"  # A ruling we have no code for is still a ruling.
JUDGEMENT_CODES = {
    "bankruptcy": "bankruptcy",
    "involuntary liquidation": "bankruptcy",
    "liquidation judiciaire": "bankruptcy",
    "closure for insufficient assets": "dissolution_without_assets",
    "provisional suspension of payments": "moratorium_provisional",
    "suspension of payments": "moratorium_final",
    # A French court lets an insolvent company go on for a while, in which it may not pay its older debts.
    "receivership": "moratorium_provisional",
    "redressement judiciaire": "moratorium_provisional",
    "debt rescheduling": "debt_rescheduling",
    "recovery plan": "whoa_public",
}
SETTLED = "satisfied"
_Reader = Callable[[Payload, date], list[NegativeEvent]]


def negative_events(report: Payload, retrieved_on: date) -> list[NegativeEvent]:
    """All events of the negative information, each once. Raises NotUnderstood for any that cannot be read."""
    negative = report.section("negativeInformation")
    found: list[NegativeEvent] = []
    for name in negative.names():
        reader = _READERS.get(name)
        if reader is not None:
            found += reader(negative, retrieved_on)
        elif not negative.is_blank(name):
            raise negative.not_understood(name, "is a kind of negative information we cannot read")
    return list(dict.fromkeys(found))


def day_of(event: Payload, name: str) -> date:
    """The day of an event. Raises NotUnderstood where it is missing."""
    day = event.day(name)
    if day is None:
        raise event.not_understood(name, "is missing")
    return day


def _judgements(negative: Payload, retrieved_on: date) -> list[NegativeEvent]:
    return [_ruling(each.section("typeOfJudgement").text("value"), each) for each in negative.items("judgements")]


def _procedures(negative: Payload, retrieved_on: date) -> list[NegativeEvent]:
    """The same rulings once more, by who published them; some are told by only one of these."""
    procedures = negative.section("collectiveProcedures")
    return [
        _ruling(each.text("judgment"), each) for publisher in procedures.names() for each in procedures.items(publisher)
    ]


def _ruling(words: str | None, ruling: Payload) -> NegativeEvent:
    return NegativeEvent(JUDGEMENT_CODES.get((words or "").casefold(), ANY_JUDGEMENT), day_of(ruling, "effectiveDate"))


def _preferential_rights(negative: Payload, retrieved_on: date) -> list[NegativeEvent]:
    """Registered because taxes or social contributions were not paid."""
    rights = negative.section("preferentialRightsDetails")
    counts = [
        rights.number("numberOfActivePreferentialRights"),
        rights.section("socialSecurityAndPensionFunds").number("numberOfPreferentialRights"),
        rights.section("taxOffice").number("numberOfPreferentialRights"),
    ]
    return _undated("payment_incident", _most(rights, counts), retrieved_on)


def _county_courts(negative: Payload, retrieved_on: date) -> list[NegativeEvent]:
    """Judgments that certainly are this company's; those that only may be (`possible`) are no facts about it."""
    courts = negative.section("countyCourtJudgements")
    registered = courts.section("registered")
    for section, known in ((courts, {"registered"}), (registered, {"exact", "possible"})):
        for name in section.names():
            if name not in known and not section.is_blank(name):
                raise section.not_understood(name, "is a kind of judgment we cannot read")
    listed = [_county_court(each, retrieved_on) for each in registered.items("exact")]
    if listed or "ccjSummary" not in negative.names():
        return listed
    summary = negative.section("ccjSummary")
    exact = _most(summary, [summary.number("exactRegistered"), summary.number("numberOfExact")])
    return _undated(ANY_JUDGEMENT, exact, retrieved_on)


def _county_court(judgment: Payload, retrieved_on: date) -> NegativeEvent:
    """Ended where it was satisfied by the day we were told, since nobody tells the day on which it was."""
    satisfied = (judgment.text("ccjStatus") or "").casefold() == SETTLED
    return NegativeEvent(ANY_JUDGEMENT, day_of(judgment, "ccjDate"), retrieved_on if satisfied else None)


def _debt_balance(negative: Payload, retrieved_on: date) -> list[NegativeEvent]:
    """Debts at the Swedish enforcement authority."""
    debts = negative.section("debtBalance")
    names = ("totalBalance", "balanceOfPrivateClaims", "balanceOfPublicClaims")
    counts = [debts.number(each) for each in (*names, "numberOfPrivateClaims", "numberOfPublicClaims")]
    return _undated("collection_case", _most(debts, counts), retrieved_on)


def _non_payment(negative: Payload, retrieved_on: date) -> list[NegativeEvent]:
    """Swedish records of what was not paid, and applications for an order to pay that were not withdrawn."""
    record = negative.section("recordOfNonPayment")
    names = ("numberOfDistraintOrRepossessions", "numberOfPrivateClaims", "numberOfPublicClaims")
    applied, revoked = record.number("numberOfApplications"), record.number("numberOfRevokedApplications")
    unpaid = _most(record, [*(record.number(each) for each in names), applied])
    claims = max((each for name in names if (each := record.number(name)) is not None), default=Decimal(0))
    found = _undated("payment_incident", claims, retrieved_on)
    pending = (applied or Decimal(0)) - (revoked or Decimal(0)) if unpaid else Decimal(0)
    return [*found, *_undated("collection_case", max(pending, Decimal(0)), retrieved_on)]


def _most(section: Payload, counts: list[Decimal | None]) -> Decimal:
    """The largest of some counts. Raises NotUnderstood where the section tells something, but none of them."""
    known = [each for each in counts if each is not None]
    if any(each < 0 for each in known) or (not known and section.names()):
        raise section.not_understood("counts", "cannot be read")
    return max(known, default=Decimal(0))


def _undated(code: str, count: Decimal, retrieved_on: date) -> list[NegativeEvent]:
    """One event for a count of them, since nobody tells since when."""
    return [NegativeEvent(code, retrieved_on, undated=True)] if count else []


_READERS: dict[str, _Reader] = {
    "judgements": _judgements,
    "collectiveProcedures": _procedures,
    "preferentialRightsDetails": _preferential_rights,
    "ccjSummary": _county_courts,
    "countyCourtJudgements": _county_courts,
    "debtBalance": _debt_balance,
    "recordOfNonPayment": _non_payment,
}
