"""A credit report becomes facts: words are not numbers, and what is not known is not clean."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from providers.creditsafe.mapping import bureau_facts
from providers.errors import NotUnderstood
from scoring.facts import NO_LIMIT_GIVEN, BureauFacts, CreditLimit, NegativeEvent
from tests.providers.mutations import mutated
from tests.providers.reports import rated, report, statement
from tests.providers.wires import payload

TODAY = date(2026, 3, 1)
PAYLOADS = [
    payload("creditsafe/report-FR-insolvent.json"),
    report(
        paymentData={"dbt": "38", "industryDbt": "6"},
        negativeInformation={
            "judgements": [{"effectiveDate": "2025-06-01T00:00:00Z", "typeOfJudgement": {"value": "Bankruptcy"}}]
        },
        additionalInformation={"companyHistory": [{"date": "2025-02-01", "description": "Payment incident detected"}]},
        financialStatements=[statement("2025-12-31"), statement("2024-12-31", consolidatedAccounts=True)],
    ),
    rated(pod=0.0125, providerValue={"value": "Not Rated"}),
]


def facts(raw: object, currency: str = "EUR") -> BureauFacts:
    return bureau_facts("sandbox", raw, currency, TODAY)


@pytest.mark.parametrize(
    ("limit", "read"),
    [
        ({"currency": "EUR", "value": "60000"}, CreditLimit("amount", Decimal(60000))),
        ({"currency": "EUR", "value": "0"}, CreditLimit("amount", Decimal(0))),
        ({"value": "Credit Limit not applicable"}, NO_LIMIT_GIVEN),
        ({"currency": "EUR", "value": "NA"}, NO_LIMIT_GIVEN),
        ({"currency": "EUR", "value": "Unlimited"}, CreditLimit("unlimited")),
        ({"currency": "GBP", "value": "60000"}, NO_LIMIT_GIVEN),
        ({"value": "60000"}, NO_LIMIT_GIVEN),
        ({"currency": "EUR", "value": "-5"}, NO_LIMIT_GIVEN),
        ({}, NO_LIMIT_GIVEN),
        (None, NO_LIMIT_GIVEN),
    ],
)
def test_no_limit_given_is_kept_apart_from_a_limit_of_zero(limit: Any, read: CreditLimit) -> None:
    assert facts(rated(creditLimit=limit)).recommended_limit == read


@pytest.mark.parametrize(
    ("lowest", "highest", "value", "scale", "score"),
    [
        ("1", "100", "62", "creditsafe_1_100", Decimal(62)),
        ("0", "100", "0", "creditsafe_1_100", Decimal(0)),
        ("100", "600", "250", "creditsafe_100_600", Decimal(250)),
        ("0", "100", "Not Rated", None, None),
        (None, None, "62", None, None),
    ],
)
def test_a_score_carries_its_scale_or_is_none(
    lowest: Any, highest: Any, value: str, scale: str | None, score: Decimal | None
) -> None:
    found = facts(rated(providerValue={"minValue": lowest, "maxValue": highest, "value": value}))
    assert (found.scale, found.score) == (scale, score)
    assert (found.target_event is None, found.scored_on is None) == (score is None, score is None)


def test_a_vendor_probability_counts_without_a_score() -> None:
    found = facts(rated(pod=0.0125, providerValue={"value": "Not Rated"}))
    assert (found.pd, found.score, found.horizon_months) == (Decimal("0.0125"), None, 12)
    assert found.scored_on == date(2026, 2, 20)


@pytest.mark.parametrize(
    "broken",
    [
        rated(pod=1.25),
        rated(pod=-0.1),
        rated(providerValue={"minValue": "1", "maxValue": "100", "value": "250"}),
        {**report(), "failedSections": ["negativeInformation"]},
        {**report(), "failedSections": ["Negative Information"]},
        report(negativeInformation={"debtBalance": {"total": 5}}),
        report(negativeInformation={"judgements": [{"typeOfJudgement": {"value": "Bankruptcy"}}]}),
        report(negativeInformation={"judgements": "none"}),
        {"failedSections": []},
        {"report": "<html>"},
        [],
        None,
    ],
)
def test_what_could_pass_for_clean_or_better_is_not_understood(broken: object) -> None:
    with pytest.raises(NotUnderstood):
        facts(broken)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Bankruptcy", "bankruptcy"),
        ("Involuntary Liquidation", "bankruptcy"),
        ("Closure for Insufficient Assets", "dissolution_without_assets"),
        ("Provisional Suspension of Payments", "moratorium_provisional"),
        ("Suspension of Payments", "moratorium_final"),
        ("Recovery Plan", "whoa_public"),
        ("Something never seen before", "judgment"),
        (None, "judgment"),
    ],
)
def test_each_ruling_becomes_an_event_of_ours(words: str | None, code: str) -> None:
    ruling = {"effectiveDate": "2025-06-01T00:00:00Z", "typeOfJudgement": {"code": "X", "value": words}}
    assert facts(report(negativeInformation={"judgements": [ruling]})).events == (
        NegativeEvent(code, date(2025, 6, 1)),
    )


def test_a_closed_payment_incident_ends_and_an_open_one_stays_open() -> None:
    history = [
        {"date": "2025-09-01", "description": "Payment incident detected"},
        {"date": "2025-05-01", "description": "Payment incident closed"},
        {"date": "2025-02-01", "description": "Payment incident detected"},
        {"date": "2025-02-01", "description": "Update Rating"},
    ]
    assert facts(report(additionalInformation={"companyHistory": history})).events == (
        NegativeEvent("payment_incident", date(2025, 2, 1), date(2025, 5, 1)),
        NegativeEvent("payment_incident", date(2025, 9, 1)),
    )


def test_days_beyond_terms_are_those_of_the_company_and_not_of_its_industry() -> None:
    assert facts(report(paymentData={"dbt": "38", "industryDbt": "6"})).provider_dbt_days == 38
    assert facts(report(paymentData={"industryDbt": "6"})).provider_dbt_days is None


def test_single_and_consolidated_figures_are_never_mixed() -> None:
    single = statement("2024-12-31", 100, consolidatedAccounts=False)
    group = statement("2025-12-31", 900, consolidatedAccounts=True)
    both = facts(report(financialStatements=[group, single])).financials
    assert both is not None
    assert (both.total_assets, both.consolidated, both.year_end_on) == (100, False, date(2024, 12, 31))
    alone = facts(report(financialStatements=[group])).financials
    assert alone is not None
    assert (alone.total_assets, alone.consolidated) == (900, True)


def test_the_newest_statement_counts_in_whatever_order_they_come() -> None:
    statements = [statement("2023-12-31", 1), statement("2025-12-31", 3), statement("2024-12-31", 2)]
    found = facts(report(financialStatements=statements)).financials
    assert found is not None
    assert found.total_assets == 3


def test_retained_earnings_are_the_reserves_of_all_years_and_stay_unknown_in_an_abridged_filing() -> None:
    full = statement("2025-12-31", balanceSheet={"revenueReserves": 70})
    found = [facts(report(financialStatements=[each])).financials for each in (full, statement("2025-12-31"))]
    assert [each.retained_earnings for each in found if each] == [Decimal(70), None]


def test_a_short_book_year_tells_no_turnover() -> None:
    found = facts(report(financialStatements=[statement("2025-12-31", numberOfWeeks=26)])).financials
    assert found is not None
    assert (found.turnover, found.total_assets) == (None, 100)


def test_figures_in_another_currency_are_left_out() -> None:
    in_pounds = report(financialStatements=[statement("2025-12-31", currency="GBP")])
    assert facts(in_pounds).financials is None
    assert facts(in_pounds, "GBP").financials is not None


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated(PAYLOADS))
def test_whatever_arrives_is_facts_or_not_understood(raw: object) -> None:
    try:
        found = facts(raw)
    except NotUnderstood:
        return
    assert found.retrieved_on == TODAY
    assert found.pd is None or 0 <= found.pd <= 1


def test_what_is_left_out_for_its_currency_is_told() -> None:
    in_pounds = rated(creditLimit={"currency": "GBP", "value": "60000"})
    in_pounds["report"] |= {"financialStatements": [statement("2025-12-31", currency="GBP")]}
    told = facts(in_pounds)
    assert (told.limit_currency, told.financials_currency) == ("GBP", "GBP")
    told = facts(in_pounds, "GBP")
    assert (told.limit_currency, told.financials_currency) == (None, None)
