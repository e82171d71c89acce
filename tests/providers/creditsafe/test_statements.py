"""Annual figures of two years: the income of the year before, and of which kind of accounts it is."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from providers.creditsafe.mapping import bureau_facts
from scoring.facts import BureauFacts, CompanyDetails
from scoring.inventory.failure_scores import failure_scores
from tests.providers.reports import rated, report, statement

TODAY = date(2026, 3, 1)


def facts(raw: object) -> BureauFacts:
    return bureau_facts("sandbox", raw, "EUR", TODAY)


def earning(year_end: str, income: int, **parts: Any) -> dict[str, Any]:
    return statement(year_end, profitAndLoss={"profitAfterTax": income}, **parts)


SINGLE, GROUP = {"consolidatedAccounts": False}, {"consolidatedAccounts": True}
NOW = earning("2025-12-31", 40, **SINGLE)


@pytest.mark.parametrize(
    ("others", "income", "consolidated"),
    [
        ([], None, None),
        ([earning("2024-12-31", 30, **SINGLE)], 30, False),
        ([earning("2024-12-31", 30, **SINGLE), earning("2024-12-31", 900, **GROUP)], 30, False),
        ([earning("2024-12-31", 900, **GROUP)], 900, True),
        ([earning("2023-12-31", 20, **SINGLE)], None, None),
        ([earning("2024-12-31", 0, **SINGLE)], 0, False),
        ([earning("2024-12-31", 30, numberOfWeeks=26, **SINGLE)], None, None),
        ([statement("2024-12-31", **SINGLE)], None, None),
    ],
)
def test_the_income_of_the_year_before_is_told_with_its_kind_of_accounts(
    others: list[dict[str, Any]], income: int | None, consolidated: bool | None
) -> None:
    for statements in ([NOW, *others], [*others, NOW]):
        found = facts(report(financialStatements=statements)).financials
        assert found is not None
        assert found.net_income == 40
        assert found.net_income_before == (None if income is None else Decimal(income))
        assert found.before_consolidated is consolidated


def test_a_year_of_the_group_beside_one_of_the_company_gives_no_score() -> None:
    mixed = facts(report(financialStatements=[NOW, earning("2024-12-31", 900, **GROUP)])).financials
    assert mixed is not None
    (ohlson,) = (each for each in failure_scores(mixed) if each.code == "ohlson")
    assert ohlson.why == "consolidated_and_single_mixed"


@pytest.mark.parametrize(("words", "details"), [("Low Risk", CompanyDetails(band="Low Risk")), (None, None)])
def test_the_band_is_kept_in_the_vendors_words(words: str | None, details: CompanyDetails | None) -> None:
    assert facts(rated(commonDescription=words)).details == details
