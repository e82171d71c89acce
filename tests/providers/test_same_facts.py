"""One company in the shapes of three vendors: where they tell the same, the facts are the same."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from providers.coface.client import Assessments
from providers.creditsafe.client import CreditReport
from providers.dnb.client import DataBlocks
from providers.ports import About, CompanyKey, Report
from scoring.facts import BureauFacts, CreditLimit, Financials
from tests.providers.dnb.blocks import assessed, events
from tests.providers.reports import report, statement

TODAY = date(2026, 3, 1)
ABOUT = About(CompanyKey(None, "NL", ()), "EUR", TODAY)
READERS: dict[str, Report] = {"creditsafe": CreditReport(), "dnb": DataBlocks(), "coface": Assessments()}
RULINGS = {"bankruptcy": "Bankruptcy", "moratorium_final": "Suspension of Payments", "judgment": "Some ruling"}
FLAGS = {
    "bankruptcy": "Bankruptcy",
    "moratorium_final": "SuspensionOfPayments",
    "judgment": "Judgments",
    "collection_case": "Claims",
}
CODES = {"bankruptcy": "CA06", "dissolved": "CA08", "collection_case": "BA06"}


@dataclass(frozen=True)
class Company:
    """What there is to be told. `limit` None: none is given; 0: a refusal."""

    limit: int | None = 20_000
    currency: str = "EUR"
    event: str | None = None
    is_closed: bool = False
    days_beyond_terms: int | None = None
    turnover: int | None = None
    equity: int | None = None


def creditsafe(company: Company) -> dict[str, Any]:
    value = "Credit Limit not applicable" if company.limit is None else str(company.limit)
    negative: dict[str, Any] = {}
    if company.event == "collection_case":
        negative = {"debtBalance": {"totalBalance": 900}}
    elif company.event:
        ruling = {"effectiveDate": "2025-06-01T00:00:00Z", "typeOfJudgement": {"value": RULINGS[company.event]}}
        negative = {"judgements": [ruling]}
    figures = {"balanceSheet": {"totalShareholdersEquity": company.equity}}
    told = statement("2025-12-31", profitAndLoss={"revenue": company.turnover}, **figures)
    summary = {
        "companyStatus": {"status": "NonActive" if company.is_closed else "Active"},
        "creditRating": {"creditLimit": {"value": value, "currency": company.currency}},
    }
    return {
        "report": report(
            companySummary=summary,
            negativeInformation=negative,
            paymentData={"dbt": company.days_beyond_terms, "industryDbt": "99"},
            financialStatements=[] if company.turnover is None else [told],
        )
    }


def dnb(company: Company) -> dict[str, Any]:
    name = FLAGS[company.event] if company.event else None
    document = events(**({f"has{name}": True, f"hasOpen{name}": True} if name else {}))
    organization = document["organization"]
    limit = {"value": company.limit, "currency": company.currency}
    advice = {"maximumRecommendedLimit": {} if company.limit is None else limit}
    organization["dnbAssessment"] = assessed(creditLimitRecommendation=advice)["organization"]["dnbAssessment"]
    organization["dnbAssessment"]["hasSevereNegativeEvents"] = None
    organization["businessTrading"] = [{"summary": [{"paymentBehaviorDays": company.days_beyond_terms}]}]
    organization["dunsControlStatus"]["operatingStatus"] = {"dnbCode": 128 if company.is_closed else 9074}
    organization["financials"] = []
    if company.turnover is not None:
        overview = {"salesRevenue": company.turnover, "netWorth": company.equity}
        day = {"financialStatementToDate": "2025-12-31", "currency": "EUR", "units": "Single Units"}
        organization["latestFiscalFinancials"] = {**day, "overview": overview}
    return {"blocks": document, "duns": "407809623"}


def coface(company: Company) -> dict[str, Any]:
    rating = "NA" if company.limit is None else "@@" if company.limit else "X"
    opinion = {
        "assessmentSlug": "credit-opinion",
        "rating": rating,
        "maxCreditAmount": {"currency": company.currency, "value": float(company.limit or 0)},
        "decisionDetails": [{"code": CODES[company.event]}] if company.event else [],
    }
    closed = [{"icon": {"company": {"legalStatus": "CLOSED"}}}] if company.is_closed else []
    return {"publications": [[opinion], *closed]}


SHAPES = {"creditsafe": creditsafe, "dnb": dnb, "coface": coface}
ALL = ("creditsafe", "dnb", "coface")


def facts(vendor: str, company: Company) -> BureauFacts:
    found = READERS[vendor].facts(SHAPES[vendor](company), ABOUT)
    assert isinstance(found, BureauFacts)
    return found


@pytest.mark.parametrize("vendor", ALL)
@pytest.mark.parametrize(
    ("company", "kind", "amount", "other"),
    [
        (Company(limit=20_000), "amount", 20_000, None),
        (Company(limit=0), "amount", 0, None),
        (Company(limit=None), "none", None, None),
        (Company(limit=20_000, currency="USD"), "none", None, "USD"),
    ],
)
def test_a_limit_is_a_limit_whoever_gives_it(
    vendor: str, company: Company, kind: Any, amount: int | None, other: str | None
) -> None:
    found = facts(vendor, company)
    assert found.recommended_limit == CreditLimit(kind, None if amount is None else Decimal(amount))
    assert found.limit_currency == other


@pytest.mark.parametrize(
    ("company", "vendors", "codes"),
    [
        (Company(), ALL, []),
        (Company(event="bankruptcy"), ALL, ["bankruptcy"]),
        (Company(is_closed=True), ALL, ["dissolved"]),
        (Company(event="bankruptcy", is_closed=True), ALL, ["bankruptcy"]),  # It says why.
        (Company(event="collection_case"), ALL, ["collection_case"]),
        (Company(event="moratorium_final"), ("creditsafe", "dnb"), ["moratorium_final"]),
        (Company(event="judgment"), ("creditsafe", "dnb"), ["judgment"]),
    ],
)
def test_an_event_has_one_code_whoever_tells_of_it(
    company: Company, vendors: tuple[str, ...], codes: list[str]
) -> None:
    for vendor in vendors:
        found = facts(vendor, company).events
        assert [each.code for each in found] == codes, vendor
        assert all(each.in_force(TODAY) for each in found)


@pytest.mark.parametrize("days", [None, 0, 38])
@pytest.mark.parametrize("vendor", ["creditsafe", "dnb"])
def test_days_beyond_terms_are_those_of_the_company(vendor: str, days: int | None) -> None:
    assert facts(vendor, Company(days_beyond_terms=days)).provider_dbt_days == days


@pytest.mark.parametrize(("turnover", "equity"), [(2_000_000, 300_000), (2_000_000, -5), (2_000_000, None)])
@pytest.mark.parametrize("vendor", ["creditsafe", "dnb"])
def test_figures_are_the_same_figures(vendor: str, turnover: int, equity: int | None) -> None:
    assert facts(vendor, Company(turnover=turnover, equity=equity)).financials == Financials(
        year_end_on=date(2025, 12, 31),
        consolidated=False,
        turnover=Decimal(turnover),
        equity=None if equity is None else Decimal(equity),
    )


@pytest.mark.parametrize("vendor", ALL)
def test_no_figures_are_no_figures(vendor: str) -> None:
    found = facts(vendor, Company())
    assert (found.financials, found.provider_dbt_days) == (None, None)
