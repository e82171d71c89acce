"""Coface's publications in both their forms, lists of assessments and reports, as the same few values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from providers.coface.dates import Days
from providers.coface.searching import PROVIDER
from providers.payload import Payload

RISK_SLUGS = {"debtor-risk-assessment", "debtor-risk-assessment-package"}
OPINION_SLUG = "credit-opinion"
CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Risk:
    """A debtor risk assessment: 0 to 10, 10 the best, and a probability as a share where it is told."""

    value: Decimal | None
    pd: Decimal | None
    released_on: date | None


@dataclass(frozen=True, slots=True)
class Opinion:
    """A credit opinion: its rating, an amount in a currency, and codes of what moved Coface."""

    rating: str | None
    amount: Decimal | None
    currency: str | None
    codes: tuple[str, ...]
    released_on: date | None


@dataclass(frozen=True, slots=True)
class Told:
    """All that publications tell; a part that was not published is None."""

    risk: Risk | None = None
    opinion: Opinion | None = None
    is_closed: bool | None = None


def told_by(publications: object, company_id: str | None, retrieved_on: date) -> Told:
    """What publications tell together. Raises NotUnderstood, also where one is about another company."""
    listed = Payload(PROVIDER, {"publications": publications})
    if not listed.is_list("publications"):
        raise listed.not_understood("publications", "is not a list")
    told = Told()
    for content in listed.plain("publications"):
        told = (
            _of_list(content, company_id, told)
            if isinstance(content, list)
            else _of_report(content, told, retrieved_on)
        )
    return told


def _of_list(content: list[object], company_id: str | None, told: Told) -> Told:
    assessments = Payload(PROVIDER, {"assessments": content}).items("assessments")
    for each in assessments:
        about = each.text("companyId")
        if company_id is not None and about is not None and about != company_id:
            raise each.not_understood("companyId", "is another company than was ordered")
    risks = [each for each in assessments if each.text("assessmentSlug") in RISK_SLUGS]
    opinions = [each for each in assessments if each.text("assessmentSlug") == OPINION_SLUG]
    return Told(
        risk=_risk(_current(risks)) if risks else told.risk,
        opinion=_opinion(_current(opinions)) if opinions else told.opinion,
        is_closed=told.is_closed,
    )


def _current(assessments: list[Payload]) -> Payload:
    """The one that counts now, by its flag, else the newest; the older ones stand beside it."""
    return max(assessments, key=lambda each: (each.flag("isCurrent") is True, each.day("releaseDate") or date.min))


def _risk(assessment: Payload) -> Risk:
    return Risk(
        value=assessment.number("debtorRiskValue"),
        pd=_share(assessment, assessment.number("probabilityOfDefault")),
        released_on=assessment.day("releaseDate"),
    )


def _opinion(assessment: Payload) -> Opinion:
    amount = assessment.section("maxCreditAmount")
    codes = (each.text("code") for each in assessment.items("decisionDetails"))
    return Opinion(
        rating=assessment.text("rating"),
        amount=amount.number("value"),
        currency=amount.text("currency"),
        codes=tuple(code for code in codes if code),
        released_on=assessment.day("releaseDate"),
    )


def _of_report(content: object, told: Told, retrieved_on: date) -> Told:
    """A report has everything below `icon`, numbers as texts, and days in one of two orders."""
    icon = Payload(PROVIDER, content).section("icon")
    results, company = icon.section("orderResults"), icon.section("company")
    calculated = results.text("scoreCalculatedOn") or results.text("calculatedOn")
    history = [each for year in results.items("draHistory") for each in year.items("previousValuesThisYear")]
    # Not of the day of foundation: that may stand in the other order in the same report.
    days = Days([calculated, *(each.text("date") for each in history)])
    calculated_on = days.day(results, calculated, retrieved_on)
    status = company.text("legalStatus")
    risk, opinion = told.risk, told.opinion
    if results.text("dra") is not None:
        percent = (results.text("probabilityOfDefault") or "").removesuffix("%")
        number = Payload(PROVIDER, {"probabilityOfDefault": percent}).number("probabilityOfDefault")
        risk = Risk(results.number("dra"), _share(results, number), calculated_on)
    if results.text("coRating") is not None:
        codes = (each.strip() for each in (results.text("motivationCodes") or "").split(","))
        opinion = Opinion(
            rating=results.text("coRating"),
            amount=results.number("coValue"),
            currency=results.text("currency"),
            codes=tuple(each for each in codes if each),
            released_on=calculated_on,
        )
    return Told(risk, opinion, told.is_closed if status is None else status == CLOSED)


def _share(answer: Payload, percent: Decimal | None) -> Decimal | None:
    if percent is not None and not 0 <= percent <= 100:
        raise answer.not_understood("probabilityOfDefault", "is no percentage")
    return None if percent is None else percent / 100
