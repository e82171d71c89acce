"""Limits we may set ourselves: what the contract has against each, and that worse evidence never helps."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.cover import (
    InsuranceTerms,
    PaymentEvidence,
    ReportEvidence,
    bears_on,
    experience_since,
    objections_to_experience,
    objections_to_report,
)

TERMS = InsuranceTerms(
    Decimal("0.9"),
    discretionary_limit_max=Decimal(15000),
    discretionary_report_months=12,
    discretionary_experience_months=12,
    discretionary_paid_count=3,
    discretionary_paid_days=30,
)
DAY = date(2026, 3, 1)
amounts = st.integers(1, 30000).map(Decimal)


@pytest.mark.parametrize(
    ("evidence", "codes"),
    [
        (ReportEvidence(DAY), []),
        (ReportEvidence(date(2025, 3, 1)), []),
        (ReportEvidence(date(2025, 2, 28)), ["report_too_old"]),
        (ReportEvidence(DAY + timedelta(days=1)), ["report_missing"]),
        (ReportEvidence(DAY, ("judgment",)), ["report_not_clean"]),
        (None, ["report_missing"]),
    ],
)
def test_a_report_is_young_enough_and_clean(evidence: ReportEvidence | None, codes: list[str]) -> None:
    assert list(objections_to_report(Decimal(15000), evidence, DAY, TERMS)) == codes


@pytest.mark.parametrize(
    ("evidence", "codes"),
    [
        (PaymentEvidence(3, 30), []),
        (PaymentEvidence(3, None), []),
        (PaymentEvidence(2, 0), ["paid_too_few"]),
        (PaymentEvidence(9, 31), ["paid_too_late"]),
        (PaymentEvidence(0, 90), ["paid_too_few", "paid_too_late"]),
    ],
)
def test_experience_is_long_enough_and_punctual(evidence: PaymentEvidence, codes: list[str]) -> None:
    assert list(objections_to_experience(Decimal(15000), evidence, TERMS)) == codes


@pytest.mark.parametrize("name", ["discretionary_limit_max", "discretionary_report_months"])
def test_a_contract_without_it_allows_no_report(name: str) -> None:
    without = replace(TERMS, **{name: None})
    assert "not_in_contract" in list(objections_to_report(Decimal(1), ReportEvidence(DAY), DAY, without))


@pytest.mark.parametrize(
    "name", ["discretionary_limit_max", "discretionary_experience_months", "discretionary_paid_count"]
)
def test_a_contract_without_it_allows_no_experience(name: str) -> None:
    without = replace(TERMS, **{name: None})
    assert "not_in_contract" in list(objections_to_experience(Decimal(1), PaymentEvidence(9, 0), without))
    assert (experience_since(DAY, without) is None) == (name != "discretionary_limit_max")


@given(amount=amounts, more=amounts, days=st.integers(0, 800), older=st.integers(0, 400), adverse=st.booleans())
def test_more_on_an_older_or_dirtier_report_is_never_easier(
    amount: Decimal, more: Decimal, days: int, older: int, adverse: bool
) -> None:
    better = ReportEvidence(DAY - timedelta(days=days))
    worse = ReportEvidence(better.dated_on - timedelta(days=older), ("judgment",) if adverse else ())
    against = set(objections_to_report(amount, better, DAY, TERMS))
    assert against <= set(objections_to_report(amount + more, worse, DAY, TERMS))


@given(amount=amounts, more=amounts, count=st.integers(0, 9), fewer=st.integers(0, 9), late=st.integers(-9, 90))
def test_more_on_less_or_later_experience_is_never_easier(
    amount: Decimal, more: Decimal, count: int, fewer: int, late: int
) -> None:
    against = set(objections_to_experience(amount, PaymentEvidence(count, late), TERMS))
    worse = PaymentEvidence(max(0, count - fewer), late + fewer)
    assert against <= set(objections_to_experience(amount + more, worse, TERMS))


@pytest.mark.parametrize(
    ("terms", "person", "related", "expected"),
    [
        ({}, True, True, True),
        ({"countries": ("NL", "BE")}, None, False, True),
        ({"countries": ("BE",)}, None, False, False),
        ({"excludes": ("natural_person",)}, True, False, False),
        ({"excludes": ("natural_person",)}, None, False, True),
        ({"excludes": ("related_party",)}, False, True, False),
        ({"excludes": ("related_party",)}, False, False, True),
    ],
)
def test_whom_a_contract_can_cover(
    terms: dict[str, tuple[str, ...]], person: bool | None, related: bool, expected: bool
) -> None:
    assert bears_on(replace(TERMS, **terms), "NL", is_natural_person=person, related=related) is expected
