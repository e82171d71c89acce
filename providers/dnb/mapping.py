"""The data blocks of D&B Direct+ as facts of ours: what was not delivered is unknown."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from providers.dnb.events import EVENT_BLOCK, events_of
from providers.dnb.figures import financials, financials_currency
from providers.dnb.searching import PROVIDER, whole_day
from providers.payload import Payload
from providers.ports import About
from scoring.facts import NO_LIMIT_GIVEN, BureauFacts, CompanyDetails, CreditLimit

FAILURE_SCALE, FAILURE_EVENT = "dnb_failure_percentile", "business_failure"
PAYDEX_SCALE, PAYDEX_EVENT = "dnb_paydex", "days_beyond_terms"
HORIZON_MONTHS = 12
BEYOND_TERMS = 1239
DELIVERED = "ok"
HEAD_OFFICE = "hq"


@dataclass(frozen=True, slots=True)
class _Score:
    scale: str
    value: Decimal
    target_event: str
    scored_on: date | None


def bureau_facts(document: object, asked_duns: str | None, about: About) -> BureauFacts:
    """The facts; amounts not in the currency asked for are left out and their currency is told. Raises NotUnderstood.

    `asked_duns` is whom the blocks were ordered of; a head office in the same country may answer for a branch.
    """
    answer = Payload(PROVIDER, document)
    organization = answer.section("organization")
    currency, retrieved_on = about.currency, about.retrieved_on
    _refuse_another(answer, organization, asked_duns, about.company.country)
    score = _score(organization)
    limit = organization.section("dnbAssessment", "creditLimitRecommendation", "maximumRecommendedLimit")
    figures = financials(organization, currency)
    return BureauFacts(
        provider=PROVIDER,
        retrieved_on=retrieved_on,
        scored_on=score.scored_on if score else None,
        scale=score.scale if score else None,
        score=score.value if score else None,
        target_event=score.target_event if score else None,
        horizon_months=HORIZON_MONTHS if score else None,
        recommended_limit=_limit(limit, currency),
        provider_dbt_days=_days_beyond_terms(_newest_trading(organization)[1]),
        events=events_of(answer, _is_delivered(answer, EVENT_BLOCK), retrieved_on),
        financials=figures,
        details=_details(organization),
        limit_currency=_other_currency(limit, currency),
        financials_currency=financials_currency(organization) if figures is None else None,
    )


def _refuse_another(answer: Payload, organization: Payload, asked_duns: str | None, country: str) -> None:
    """A branch is answered for by its head office, which is what owes; nobody else's figures are taken."""
    told, inquiry = organization.text("duns"), answer.section("inquiryDetail")
    if told is None:
        raise organization.not_understood("duns", "is missing")
    asked = asked_duns or inquiry.text("duns")
    if asked in (None, told):
        return
    if inquiry.text("tradeUp") != HEAD_OFFICE or inquiry.text("duns") != asked:
        raise organization.not_understood("duns", "is another company than was asked for")
    if organization.text("countryISOAlpha2Code") != country:
        raise organization.not_understood("countryISOAlpha2Code", "has the head office abroad answer for a branch")


def _is_delivered(answer: Payload, block: str) -> bool:
    return any(
        (each.text("blockID") or "").startswith(f"{block}_") and each.text("status") == DELIVERED
        for each in answer.items("blockStatus")
    )


def _newest_trading(organization: Payload) -> tuple[date | None, Payload]:
    """The newest payment summary and its day; an empty one without any."""
    told = [
        (whole_day(part, "summaryDate") or date.min, part.items("summary")[0])
        for part in organization.items("businessTrading")
        if part.items("summary")
    ]
    if not told:
        return None, Payload(PROVIDER, {})
    summarised_on, newest = max(told, key=lambda each: each[0])
    return None if summarised_on == date.min else summarised_on, newest


def _percentile(section: Payload, name: str) -> Decimal | None:
    """A figure from 1 to 100, both failure percentile and PAYDEX; 0 stands for no score. Raises NotUnderstood."""
    number = section.number(name)
    if not number:
        return None
    if not 1 <= number <= 100:
        raise section.not_understood(name, "is outside its own scale")
    return number


def _score(organization: Payload) -> _Score | None:
    """How likely it fails; where that is not told, how it pays others."""
    failure = organization.section("dnbAssessment", "failureScore")
    if (percentile := _percentile(failure, "nationalPercentile")) is not None:
        return _Score(FAILURE_SCALE, percentile, FAILURE_EVENT, whole_day(failure, "scoreDate"))
    summarised_on, trading = _newest_trading(organization)
    paydex = _percentile(trading, "paydexScore")
    return None if paydex is None else _Score(PAYDEX_SCALE, paydex, PAYDEX_EVENT, summarised_on)


def _limit(limit: Payload, currency: str) -> CreditLimit:
    """The most that D&B recommends; nothing recommended is no limit of zero."""
    amount = limit.number("value")
    if amount is None or amount < 0 or limit.text("currency") != currency:
        return NO_LIMIT_GIVEN
    return CreditLimit("amount", amount)


def _other_currency(limit: Payload, currency: str) -> str | None:
    named = limit.text("currency")
    return named if limit.number("value") is not None and named != currency else None


def _days_beyond_terms(trading: Payload) -> Decimal | None:
    """Days beyond terms; days of any other meaning, such as before them, are left out."""
    days = trading.number("paymentBehaviorDays")
    result = trading.section("paymentBehaviorResult").number("dnbCode")
    return days if days is not None and (days == 0 or result in (None, BEYOND_TERMS)) else None


def _details(organization: Payload) -> CompanyDetails | None:
    details = CompanyDetails(
        band=organization.section("dnbAssessment", "standardRating").text("rating"),
        sector=organization.section("primaryIndustryCode").text("usSicV4Description"),
        company_size=organization.section("organizationSizeCategory").text("description"),
        group=organization.section("corporateLinkage", "globalUltimate").text("primaryName"),
    )
    return None if details == CompanyDetails() else details
