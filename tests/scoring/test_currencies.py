"""Currencies: what can be owed in, and what only looks like a code."""

import pytest

from scoring.currencies import CURRENCIES, currency_fault
from scoring.money import exponent_of


@pytest.mark.parametrize("code", ["EUR", "USD", "JPY", "CLF", "XCG"])
def test_a_currency_has_no_fault(code: str) -> None:
    assert currency_fault(code) is None


@pytest.mark.parametrize(
    ("code", "told"), [("XXX", "no currency code"), ("XAU", "such as EUR"), ("eur", "use EUR"), ("euro", "'euro'")]
)
def test_what_is_no_currency_is_told(code: str, told: str) -> None:
    assert told in (currency_fault(code) or "")


def test_most_have_two_decimals_and_all_others_are_among_them() -> None:
    assert {exponent_of(each) for each in CURRENCIES} == {0, 2, 3, 4}
    assert all(len(each) == 3 and each.isupper() and each.isascii() for each in CURRENCIES)
