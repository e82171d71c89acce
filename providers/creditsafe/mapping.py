"""The credit report of Creditsafe Connect as facts of ours; the sandbox speaks it as well."""

from datetime import date
from decimal import Decimal

from providers.creditsafe.negative import JUDGEMENT_CODES, day_of, negative_events
from providers.creditsafe.statements import financials, financials_currency
from providers.payload import Payload
from scoring.facts import NO_LIMIT_GIVEN, BureauFacts, CompanyDetails, CreditLimit, NegativeEvent

TARGET_EVENT = "overdue_90_days_or_bankruptcy"  # Domain 1.1: what the 1 to 100 rating predicts, within HORIZON_MONTHS.
HORIZON_MONTHS = 12
UNLIMITED_TEXTS = {"unlimited", "no limit"}
ENDED = "NonActive"
ENDING_RULINGS = set(JUDGEMENT_CODES.values()) - {"whoa_public"}  # A plan is how a company goes on.
INCIDENT_BEGINS, INCIDENT_ENDS = "payment incident detected", "payment incident closed"
# The summary tells whether the company has ended.
SECTIONS_OF_EVENTS = {"negativeinformation", "additionalinformation", "companysummary"}


def bureau_facts(provider: str, raw: object, currency: str, retrieved_on: date) -> BureauFacts:
    """The facts; amounts not in `currency` are left out, since they cannot be compared, and their currency is told.

    Raises NotUnderstood.
    """
    answer = Payload(provider, raw)
    _refuse_failed_events(answer)
    report = answer.section("report")
    if not report.names():
        raise answer.not_understood("report", "is missing")
    rating = report.section("companySummary", "creditRating")
    scale, score = _score(rating.section("providerValue"))
    pd = rating.number("pod")
    if pd is not None and not 0 <= pd <= 1:
        raise rating.not_understood("pod", "is not a share between 0 and 1")
    rated = score is not None or pd is not None
    band = rating.text("commonDescription")
    limit, figures = rating.section("creditLimit"), financials(report, currency)
    return BureauFacts(
        provider=provider,
        retrieved_on=retrieved_on,
        scored_on=answer.day("dateOfOrder") if rated else None,
        scale=scale,
        score=score,
        pd=pd,
        target_event=TARGET_EVENT if rated else None,
        horizon_months=HORIZON_MONTHS if rated else None,
        recommended_limit=_limit(limit, currency),
        provider_dbt_days=report.section("paymentData").number("dbt"),
        events=_events(report, retrieved_on),
        financials=figures,
        details=_details(report, band),
        limit_currency=_other_currency(limit, currency),
        financials_currency=financials_currency(report) if figures is None else None,
    )


def _refuse_failed_events(answer: Payload) -> None:
    """A report whose negative events failed to arrive must not pass for a clean one."""
    failed = {name.casefold().replace(" ", "") for name in answer.texts("failedSections")}
    if failed & SECTIONS_OF_EVENTS:
        raise answer.not_understood("failedSections", "names the negative events")


def _score(value: Payload) -> tuple[str | None, Decimal | None]:
    """Scale and score, both None when the company is not rated or the scale is not told."""
    score, lowest, highest = value.number("value"), value.number("minValue"), value.number("maxValue")
    if score is None or lowest is None or highest is None:
        return None, None
    if not lowest <= score <= highest:
        raise value.not_understood("value", "is outside its own scale")
    # Some countries say that the scale begins at 0 and some at 1; it is the same scale.
    return f"creditsafe_{max(lowest, Decimal(1)):f}_{highest:f}", score


def _limit(limit: Payload, currency: str) -> CreditLimit:
    """The recommended limit. Words such as `Credit Limit not applicable` give no limit, which is not zero."""
    amount = limit.number("value")
    if amount is None:
        words = limit.text("value") or ""
        return CreditLimit("unlimited") if words.casefold() in UNLIMITED_TEXTS else NO_LIMIT_GIVEN
    if amount < 0 or limit.text("currency") != currency:
        return NO_LIMIT_GIVEN
    return CreditLimit("amount", amount)


def _other_currency(limit: Payload, currency: str) -> str | None:
    """The currency of a recommended amount that is not in `currency`."""
    named = limit.text("currency")
    return named if limit.number("value") is not None and named != currency else None


def _details(report: Payload, band: str | None) -> CompanyDetails | None:
    """What is shown beside the risk, in Creditsafe's words; None where it tells nothing of it."""
    advisors = report.section("otherInformation").items("advisors")
    details = CompanyDetails(
        band=band,
        sector=report.section("companySummary", "mainActivity").text("description"),
        group=report.section("groupStructure", "ultimateParent").text("name"),
        auditor=next((name for each in advisors if (name := each.text("auditorName"))), None),
    )
    return None if details == CompanyDetails() else details


def _events(report: Payload, retrieved_on: date) -> tuple[NegativeEvent, ...]:
    told = [*negative_events(report, retrieved_on), *_incidents(report)]
    return tuple(sorted([*told, *_end(report, told, retrieved_on)], key=lambda event: (event.occurred_on, event.code)))


def _end(report: Payload, told: list[NegativeEvent], retrieved_on: date) -> list[NegativeEvent]:
    """That the company has ended, on its day where that is told; without one a ruling tells it better."""
    if report.section("companySummary", "companyStatus").text("status") != ENDED:
        return []
    ended_on = report.section("additionalInformation", "misc").day("deregistrationDate")
    if ended_on is not None:
        return [NegativeEvent("dissolved", ended_on)]
    if any(event.code in ENDING_RULINGS for event in told):
        return []
    return [NegativeEvent("dissolved", retrieved_on, undated=True)]


def _incidents(report: Payload) -> list[NegativeEvent]:
    """Payment incidents of the company's history; each closing ends the oldest one that is open."""
    history = [
        (day_of(each, "date"), (each.text("description") or "").casefold())
        for each in report.section("additionalInformation").items("companyHistory")
    ]
    open_since: list[date] = []
    ended: list[NegativeEvent] = []
    # On one day an incident begins before it ends.
    for day, words in sorted(history, key=lambda entry: (entry[0], entry[1] == INCIDENT_ENDS)):
        if words == INCIDENT_BEGINS:
            open_since.append(day)
        elif words == INCIDENT_ENDS and open_since:
            ended.append(NegativeEvent("payment_incident", open_since.pop(0), day))
    return [*ended, *(NegativeEvent("payment_incident", day) for day in open_since)]
