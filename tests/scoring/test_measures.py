"""Edges of the measures of a whole book: ageing, countback, effectiveness, concentration, provisions."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.concentration import concentration
from scoring.policy.document import parse_policy, shipped
from scoring.policy.provisions import INVOICE_BUCKETS, ProvisionsPolicy
from scoring.provisions import PastItem, aged_provision, loss_rates_of, roll_rates
from scoring.receivables import (
    CountbackDays,
    MonthlySales,
    OpenItem,
    ageing,
    collection_days,
    collection_effectiveness,
    dso_countback,
    dso_simple,
)
from tests.scoring.strategies import cents

TODAY = date(2026, 6, 15)
DUE = TODAY - timedelta(days=10)


def test_credits_stand_apart_and_lower_nothing():
    found = ageing([OpenItem(Decimal(100), DUE), OpenItem(Decimal(-300), DUE), OpenItem(Decimal(50), TODAY)], TODAY)
    assert found.buckets == {"1-30": 100, "credit": -300, "not_due": 50}
    assert (found.overdue_share, found.overdue_days_weighted) == (Decimal(100) / 150, Decimal(1000) / 150)


def test_where_only_credits_are_open_nothing_is_and_that_is_said():
    found = ageing([OpenItem(Decimal(-300), DUE)], TODAY)
    assert (found.overdue_share, found.overdue_days_weighted, found.nothing_open) == (0, None, True)
    in_time = ageing([OpenItem(Decimal(50), TODAY)], TODAY)
    assert (in_time.overdue_share, in_time.nothing_open) == (0, False)


@pytest.mark.parametrize("sales", ["0", "-100"])
def test_without_sales_there_are_no_days_of_sales(sales):
    assert dso_simple(Decimal(100), Decimal(sales), 90) is None
    assert collection_days(Decimal(100), Decimal(50), Decimal(sales), 90) is None


def months(*sales: str) -> list[MonthlySales]:
    """June 2026 and before."""
    return [MonthlySales(2026, 6 - index, Decimal(each)) for index, each in enumerate(sales)]


@pytest.mark.parametrize(
    ("receivables", "sales", "days", "complete"),
    [
        ("-50", ("100",), "0", True),  # More credits than invoices: nothing to count back.
        ("100", ("100",), "30", True),
        ("100", ("-40", "100"), "61", True),  # A month with more credited than sold takes nothing off.
        ("100", ("0", "0"), "61", False),
        ("150", ("100",), "30", False),
    ],
)
def test_countback_over_thin_months(receivables, sales, days, complete):
    found = dso_countback(Decimal(receivables), months(*sales))
    assert found == CountbackDays(Decimal(days), complete=complete)


@pytest.mark.parametrize("second", [(2026, 4), (2026, 6), (2026, 7), (2025, 5)])
def test_countback_refuses_a_history_with_a_month_left_out(second):
    history = [MonthlySales(2026, 6, Decimal(1)), MonthlySales(*second, Decimal(1))]
    with pytest.raises(ValueError, match="not the month before"):
        dso_countback(Decimal(100), history)
    across = [MonthlySales(2026, 1, Decimal(1)), MonthlySales(2025, 12, Decimal(99))]
    assert dso_countback(Decimal(100), across) == CountbackDays(Decimal(62), complete=True)


@pytest.mark.parametrize(("begin", "sales"), [("50", "20"), ("10", "20")])
def test_effectiveness_where_nothing_could_be_collected_is_absent(begin, sales):
    assert collection_effectiveness(Decimal(begin), Decimal(sales), Decimal(70), Decimal(70)) is None


def test_concentration_of_few_and_of_many():
    assert concentration([]) is None
    assert concentration([Decimal(0), Decimal(-5)]) is None
    one = concentration([Decimal(80), Decimal(-50)])
    assert one is not None
    assert (one.debtors_count, one.largest_share, one.largest_20_share, one.herfindahl_index) == (1, 1, 1, 1)
    many = concentration([Decimal(1)] * 25)
    assert many is not None
    assert [many.largest_share, many.largest_5_share, many.largest_10_share, many.largest_20_share] == [
        Decimal("0.04"),
        Decimal("0.2"),
        Decimal("0.4"),
        Decimal("0.8"),
    ]
    assert many.herfindahl_index == Decimal("0.04")


@given(st.lists(cents(-1000, 10_000), max_size=40))
def test_shares_rise_with_the_debtors_counted_and_the_index_lies_between_equal_and_one(exposures):
    found = concentration(exposures)
    if found is not None:
        shares = [found.largest_share, found.largest_5_share, found.largest_10_share, found.largest_20_share]
        assert shares == sorted(shares)
        assert shares[-1] <= 1 + Decimal("1e-20")
        assert 1 / Decimal(found.debtors_count) - Decimal("1e-20") <= found.herfindahl_index <= 1 + Decimal("1e-20")


def test_an_ageing_is_provided_for_by_the_rates_of_its_buckets():
    aged = {"not_due": 15_000_000, "1-30": 7_500_000, "31-60": 4_000_000, "61-90": 2_500_000, "91+": 1_000_000}
    buckets = {name: Decimal(amount) for name, amount in aged.items()}
    found = aged_provision({**buckets, "credit": Decimal(-500)}, ProvisionsPolicy().loss_rates)
    assert (found.gross_amount, found.loss_amount) == (30_000_000, 580_000)
    assert found.loss_by_bucket["31-60"] == 144_000
    assert aged_provision({}, ProvisionsPolicy().loss_rates).loss_amount == 0


def test_the_shipped_policy_and_one_without_the_section_provide_alike():
    assert parse_policy(shipped()["default"]).provisions == ProvisionsPolicy()


def past(amount: str, late_days: int | None) -> PastItem:
    return PastItem(Decimal(amount), DUE, None if late_days is None else DUE + timedelta(days=late_days))


def test_past_items_roll_as_the_published_example_does():
    history = [past("50000", -3), past("27000", 30), past("15000", 31), past("6000", 90), past("2000", None)]
    rates = loss_rates_of([*history, past("-999", 200)])
    paid = [Decimal(each) for each in (50000, 27000, 15000, 6000)]
    assert tuple(rates[bucket] for bucket in INVOICE_BUCKETS) == roll_rates(Decimal(100_000), paid)


def test_what_was_paid_at_last_lowers_the_rate_of_the_last_bucket_too():
    assert loss_rates_of([past("300", 200), past("100", None)])["91+"] == Decimal("0.25")


def test_a_bucket_nothing_reached_has_no_rate():
    assert loss_rates_of([past("100", 5)]) == {
        "not_due": 0,
        "1-30": 0,
        "31-60": None,
        "61-90": None,
        "91+": None,
    }
    assert set(loss_rates_of([]).values()) == {None}


@given(st.lists(st.builds(past, cents(1, 1000).map(str), st.none() | st.integers(-50, 200)), min_size=1))
def test_older_never_loses_less(history):
    rates = [rate for rate in loss_rates_of(history).values() if rate is not None]
    assert rates == sorted(rates)
    assert all(0 <= rate <= 1 for rate in rates)
