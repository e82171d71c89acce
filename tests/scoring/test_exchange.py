"""Amounts in another currency: through the euro, rounded once, and never without a rate."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.exchange import Rate, RateMissing, converted, latest_rates
from scoring.money import Money
from tests.scoring.strategies import cents

DAY = date(2026, 7, 23)


def rate(currency: str, per_euro: str, day: date = DAY) -> Rate:
    return Rate(currency, Decimal(per_euro), day, "a test")


RATES = {each.currency: each for each in (rate("USD", "1.25"), rate("JPY", "160"), rate("GBP", "0.8"))}


@pytest.mark.parametrize(
    ("amount", "currency", "to", "expected", "used"),
    [
        ("100.00", "EUR", "USD", "125.00", ["USD"]),
        ("125.00", "USD", "EUR", "100.00", ["USD"]),
        ("100.00", "GBP", "USD", "156.25", ["GBP", "USD"]),
        ("1.01", "EUR", "JPY", "162", ["JPY"]),  # No decimals.
        ("100", "JPY", "EUR", "0.62", ["JPY"]),  # 0.625: half to even.
        ("300", "JPY", "EUR", "1.88", ["JPY"]),  # 1.875: half to even.
        ("-100.00", "EUR", "USD", "-125.00", ["USD"]),
        ("100.005", "EUR", "EUR", "100.005", []),
        ("5.00", "CHF", "CHF", "5.00", []),
    ],
)
def test_an_amount_goes_through_the_euro(amount, currency, to, expected, used):
    found = converted(Money(Decimal(amount), currency), to, RATES)
    assert (str(found.money.amount), found.money.currency) == (expected, to)
    assert [each.currency for each in found.rates] == used


@pytest.mark.parametrize(("currency", "to"), [("CHF", "EUR"), ("EUR", "CHF"), ("USD", "CHF"), ("CHF", "USD")])
def test_without_a_rate_there_is_no_amount(currency, to):
    with pytest.raises(RateMissing, match="CHF") as caught:
        converted(Money(Decimal(1), currency), to, RATES)
    assert caught.value.currency == "CHF"


@pytest.mark.parametrize("per_euro", ["0", "-1", "NaN", "Infinity"])
def test_a_rate_is_above_zero(per_euro):
    with pytest.raises(ValueError, match="no rate"):
        rate("USD", per_euro)


@given(cents(0, 1_000_000), st.sampled_from(["USD", "GBP"]))
def test_there_and_back_is_off_by_the_rounding_alone(amount, currency):
    there = converted(Money(amount, "EUR"), currency, RATES).money
    back = converted(there, "EUR", RATES).money
    assert abs(back.amount - amount) <= Decimal("0.01")


def test_the_newest_rate_counts_until_it_is_too_old():
    rates = [rate("USD", "1.2", date(2026, 7, 17)), rate("USD", "1.3", date(2026, 7, 20)), rate("GBP", "0.8")]
    sunday = date(2026, 7, 19)
    assert {name: each.per_euro for name, each in latest_rates(rates, sunday, 4).items()} == {"USD": Decimal("1.2")}
    assert latest_rates(rates, sunday, 1) == {}
    assert latest_rates(rates, date(2026, 7, 24), 4)["USD"].per_euro == Decimal("1.3")
