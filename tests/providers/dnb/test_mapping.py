"""Data blocks become facts: what was not delivered or is null is unknown, and unknown is not clean."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from providers.dnb.mapping import bureau_facts
from providers.errors import NotUnderstood
from providers.ports import About, CompanyKey
from scoring.facts import NO_LIMIT_GIVEN, BureauFacts, CreditLimit, Financials, NegativeEvent
from tests.providers.dnb.blocks import COMPANY, assessed, blocks, events
from tests.providers.wires import payload

TODAY = date(2026, 3, 1)


def facts(document: object, currency: str = "EUR", country: str = "NL", duns: str | None = "407809623") -> BureauFacts:
    return bureau_facts(document, duns, About(CompanyKey(None, country, ()), currency, TODAY))


def undated(code: str, ended_on: date | None = None) -> NegativeEvent:
    return NegativeEvent(code, TODAY, ended_on, undated=True)


def test_the_demonstration_company_is_read() -> None:
    found = facts(blocks())
    assert (found.scale, found.score, found.scored_on) == ("dnb_failure_percentile", Decimal(47), date(2021, 2, 10))
    assert (found.target_event, found.horizon_months, found.pd) == ("business_failure", 12, None)
    assert found.recommended_limit == CreditLimit("amount", Decimal(50000))
    assert (found.provider_dbt_days, found.events) == (Decimal(1), ())
    assert found.financials == Financials(date(2014, 12, 31), consolidated=False, turnover=Decimal(62114000))
    assert found.details is not None
    assert (found.details.band, found.details.company_size) == ("GG2", "Large")


@pytest.mark.parametrize(
    ("name", "understood"),
    [
        ("blocks-CI_L2_FS_L2_PI_L1-NL", True),  # D&B's own word says that nothing severe is known.
        ("blocks-FS_L2-NL", True),
        ("blocks-FE_L1-NL", True),
        ("blocks-FS_L1-NL", False),  # Nothing tells whether there are negative events.
        ("blocks-CI_L1-NL", False),
        ("blocks-PI_L1-NL", False),
        ("blocks-HC_L1-NL", False),
        ("blocks-PC_L1-NL", False),
    ],
)
def test_each_stored_answer_is_read_or_does_not_pass_for_clean(name: str, understood: bool) -> None:
    document = payload(f"dnb/{name}.json")
    if understood:
        assert facts(document).events == ()
    else:
        with pytest.raises(NotUnderstood):
            facts(document)


def test_out_of_business_is_an_end_also_in_the_older_product() -> None:
    document = payload("dnb/data-duns-cmpelk-out-of-business.json")
    found = facts(document, "GBP", "GB", "141592653")
    assert (found.events, found.score, found.financials) == ((undated("dissolved"),), None, None)


@pytest.mark.parametrize(
    ("control", "read"),
    [
        ({"operatingStatus": {"dnbCode": 128, "startDate": "2025-06-30"}}, [("dissolved", date(2025, 6, 30))]),
        ({"operatingStatus": {"dnbCode": 128}}, [("dissolved", TODAY)]),
        ({"operatingStatus": {"dnbCode": 128, "startDate": "2025"}}, [("dissolved", TODAY)]),  # A year, and no day.
        ({"operatingStatus": {"dnbCode": 128, "startDate": "2025-06"}}, [("dissolved", TODAY)]),
        ({"isOutOfBusiness": True}, [("dissolved", TODAY)]),
        ({"operatingStatus": {"dnbCode": 9074}, "isOutOfBusiness": False}, []),
        ({"operatingStatus": {"dnbCode": 4711}}, []),
        ({"isDelisted": True}, []),  # Wants no advertising; it is still there.
    ],
)
def test_who_does_no_business_any_more_has_ended(control: dict[str, Any], read: list[Any]) -> None:
    found = facts(blocks(dunsControlStatus=control)).events
    assert [(each.code, each.occurred_on) for each in found] == read


@pytest.mark.parametrize(
    ("flags", "read"),
    [
        ({"hasBankruptcy": True, "hasOpenBankruptcy": True}, [undated("bankruptcy")]),
        ({"hasBankruptcy": True, "hasOpenBankruptcy": False}, [undated("bankruptcy", TODAY)]),
        ({"hasBankruptcy": True, "hasOpenBankruptcy": None}, [undated("bankruptcy")]),
        (
            {"hasBankruptcy": True, "bankruptcy": {"mostRecentFilingDate": "2025-02-03"}},
            [NegativeEvent("bankruptcy", date(2025, 2, 3), TODAY)],
        ),
        (
            {"hasBankruptcy": True, "hasOpenBankruptcy": True, "bankruptcy": {"mostRecentFilingDate": "2025"}},
            [undated("bankruptcy")],
        ),
        ({"hasInsolvency": True}, [undated("bankruptcy")]),
        ({"hasInsolvency": True, "hasSuspensionOfPayments": True}, [undated("moratorium_final")]),
        ({"hasLiquidation": True}, [undated("dissolved")]),
        ({"hasJudgments": True, "hasOpenJudgments": True}, [undated("judgment")]),
        ({"hasLiens": True, "hasOpenLiens": True}, [undated("payment_incident")]),
        ({"hasClaims": True, "hasOpenClaims": None}, [undated("collection_case")]),
        ({"hasOtherLegalEvents": True}, [undated("judgment")]),
        ({"hasDebarments": None}, []),
        ({"hasBankruptcy": None, "hasOpenBankruptcy": True}, [undated("bankruptcy")]),
        ({"hasJudgments": False, "hasOpenJudgments": True}, [undated("judgment")]),
    ],
)
def test_legal_events_are_open_closed_or_unknown(flags: dict[str, Any], read: list[NegativeEvent]) -> None:
    assert list(facts(events(**flags)).events) == read


@pytest.mark.parametrize(
    ("severe", "legal", "status", "understood"),
    [
        (None, {"hasLegalEvents": False}, "ok", True),
        (None, {"hasLegalEvents": None}, "ok", False),
        (None, {}, "ok", False),
        (None, {"hasLegalEvents": False}, "not entitled", False),
        (False, {}, "not entitled", True),
        (True, {"hasLegalEvents": False}, "ok", False),  # Something severe that nothing names.
        (True, {"hasBankruptcy": True}, "ok", True),
        (None, {"hasBankruptcy": True}, "ok", True),
        (None, {"hasJudgments": True}, "ok", False),  # A judgment says nothing of an insolvency.
        (None, {"hasBankruptcy": True, "hasOpenBankruptcy": False}, "ok", False),  # Nor does one that is over.
        (True, {"hasJudgments": True, "hasOpenJudgments": False}, "ok", False),
    ],
)
def test_nothing_told_of_events_is_not_understood(severe: Any, legal: Any, status: str, understood: bool) -> None:
    document = assessed(hasSevereNegativeEvents=severe)
    document["organization"]["legalEvents"] = legal
    document["blockStatus"][-1]["status"] = status
    if understood:
        facts(document)
    else:
        with pytest.raises(NotUnderstood):
            facts(document)


@pytest.mark.parametrize(
    ("trade_up", "country", "asked", "understood"),
    [
        ("hq", "NL", "999999999", True),
        ("hq", "DE", "999999999", False),  # The head office is in another country.
        (None, "NL", "999999999", False),
        ("hq", "NL", "111111111", False),  # Not even the question was about it.
    ],
)
def test_only_a_head_office_answers_for_a_branch(trade_up: Any, country: str, asked: str, understood: bool) -> None:
    document = blocks()
    document["inquiryDetail"] |= {"duns": "999999999", "tradeUp": trade_up}
    if understood:
        assert facts(document, "EUR", country, asked).score == 47
    else:
        with pytest.raises(NotUnderstood):
            facts(document, "EUR", country, asked)


@pytest.mark.parametrize(
    ("limit", "read", "other"),
    [
        ({"value": 0, "currency": "EUR"}, CreditLimit("amount", Decimal(0)), None),
        ({"value": None, "currency": "EUR"}, NO_LIMIT_GIVEN, None),
        ({}, NO_LIMIT_GIVEN, None),
        ({"value": 5, "currency": "USD"}, NO_LIMIT_GIVEN, "USD"),
        ({"value": -5, "currency": "EUR"}, NO_LIMIT_GIVEN, None),
    ],
)
def test_no_limit_is_not_a_limit_of_zero(limit: Any, read: CreditLimit, other: str | None) -> None:
    found = facts(assessed(creditLimitRecommendation={"maximumRecommendedLimit": limit}))
    assert (found.recommended_limit, found.limit_currency) == (read, other)


@pytest.mark.parametrize(
    ("percentile", "paydex", "scale", "score"),
    [
        (47, 79, "dnb_failure_percentile", 47),
        (None, 79, "dnb_paydex", 79),
        (0, 79, "dnb_paydex", 79),
        (None, None, None, None),
    ],
)
def test_the_failure_score_goes_before_how_it_pays(percentile: Any, paydex: Any, scale: Any, score: Any) -> None:
    document = assessed(failureScore={"nationalPercentile": percentile, "scoreDate": "2025-02-10", "classScore": 5})
    document["organization"]["businessTrading"][0]["summary"][0]["paydexScore"] = paydex
    found = facts(document)
    assert (found.scale, found.score) == (scale, score)
    assert (found.scored_on is None) is (score is None)


@pytest.mark.parametrize("percentile", [101, -1, 0.5, True])
def test_a_percentile_outside_its_scale_is_not_understood(percentile: Any) -> None:
    with pytest.raises(NotUnderstood):
        facts(assessed(failureScore={"nationalPercentile": percentile}))


@pytest.mark.parametrize(
    ("days", "result", "read"),
    [(14, 1239, 14), (0, None, 0), (14, None, 14), (14, 1240, None), (None, 1239, None)],
)
def test_days_that_are_not_beyond_terms_are_left_out(days: Any, result: Any, read: Any) -> None:
    document = blocks()
    summary = document["organization"]["businessTrading"][0]["summary"][0]
    summary |= {"paymentBehaviorDays": days, "paymentBehaviorResult": {"dnbCode": result}}
    assert facts(document).provider_dbt_days == read


def test_the_newest_payment_summary_counts() -> None:
    older = {"summaryDate": "2020-01-01", "summary": [{"paydexScore": 20, "paymentBehaviorDays": 120}]}
    document = blocks(businessTrading=[older, COMPANY["organization"]["businessTrading"][0]])
    assert facts(document).provider_dbt_days == 1


STATEMENT = {
    "financialStatementToDate": "2025-12-31",
    "currency": "EUR",
    "units": "Thousand",
    "overview": {"salesRevenue": 900, "netWorth": -20, "totalAssets": 700.5, "netIncome": None},
}


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        (
            STATEMENT,
            Financials(
                date(2025, 12, 31),
                consolidated=False,
                turnover=Decimal(900_000),
                equity=Decimal(-20_000),
                total_assets=Decimal(700_500),
            ),
        ),
        ({**STATEMENT, "informationScopeDnBCode": 9067, "overview": {"netWorth": 5}, "units": "Single Units"}, 5),
        ({**STATEMENT, "units": "Lakhs"}, None),
        ({**STATEMENT, "units": None}, None),
        ({**STATEMENT, "currency": "USD"}, None),
        ({**STATEMENT, "overview": {}}, None),
    ],
)
def test_a_statement_counts_in_a_unit_that_is_known(statement: Any, read: Any) -> None:
    found = facts(blocks(latestFiscalFinancials=statement, financials=[])).financials
    if isinstance(read, int):
        assert found == Financials(date(2025, 12, 31), consolidated=True, equity=Decimal(read))
    else:
        assert found == read


@pytest.mark.parametrize("reliability", [9093, None])
def test_a_turnover_that_dnb_made_up_is_no_figure(reliability: int | None) -> None:
    (told,) = COMPANY["organization"]["financials"]
    assert facts(blocks(financials=[{**told, "reliabilityDnBCode": reliability}])).financials is None
