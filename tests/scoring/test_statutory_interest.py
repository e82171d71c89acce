"""Statutory interest: each day its rate, each year its compounding, one rounding, and no rate made up."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.dates import months_later
from scoring.documents import DocumentInvalid
from scoring.statutory import (
    InterestRate,
    NotInForce,
    PartPayment,
    dutch_law,
    in_force,
    late_interest,
    late_interest_with_payments,
    parse_law,
    statutory_rate,
)
from tests.scoring.strategies import cents

NL = dutch_law()
RATES = NL.commercial_interest
LAST_KNOWN = date(2026, 12, 31)
due_dates = st.dates(date(2009, 1, 1), date(2026, 12, 30))
lengths = st.integers(0, 1500)
principals = cents(0, 100_000)
many = settings(max_examples=100, deadline=None)


def until_of(due_on: date, days: int) -> date:
    return min(due_on + timedelta(days=days), LAST_KNOWN)


def by_hand(principal: Decimal, due_on: date, until: date) -> Decimal:
    """Day by day, as one would on paper."""
    base, year, total = Fraction(principal), Fraction(0), Fraction(0)
    first_on, day, years = due_on + timedelta(days=1), due_on + timedelta(days=1), 1
    while day <= until:
        if day == months_later(first_on, 12 * years):
            base, year, years = base + year, Fraction(0), years + 1
        of_day = base * Fraction(statutory_rate(RATES, day).rate_pct) / 36500
        year, total, day = year + of_day, total + of_day, day + timedelta(days=1)
    return (Decimal(total.numerator) / Decimal(total.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("principal", "due_on", "until", "interest"),
    [
        ("5000", date(2026, 1, 1), date(2026, 4, 1), "125.14"),
        ("1000", date(2025, 6, 20), date(2025, 7, 20), "8.62"),
        ("12500", date(2024, 11, 30), date(2026, 2, 15), "1649.66"),
        ("7500", date(2022, 12, 1), date(2023, 8, 1), "518.73"),
        ("2500", date(2024, 2, 28), date(2025, 3, 10), "313.41"),  # A year that begins on 29 February.
        ("100", date(2026, 3, 31), date(2026, 3, 31), "0.00"),
        ("100", date(2026, 3, 31), date(2026, 3, 1), "0.00"),
        ("0", date(2020, 3, 31), date(2026, 3, 1), "0.00"),
        ("36500", date(2019, 12, 31), date(2020, 12, 31), "2928.00"),  # 366 days of 8.00: act/365, also in a leap year.
    ],
)
def test_known_answers_to_the_cent(principal, due_on, until, interest):
    assert str(late_interest(Decimal(principal), due_on, until, RATES).interest) == interest


def test_the_interest_of_a_full_year_joins_the_base_on_the_day_the_second_begins():
    found = late_interest(Decimal(36500), date(2017, 12, 31), date(2019, 1, 1), RATES)
    assert [(each.first_on, each.base_amount) for each in found.periods] == [
        (date(2018, 1, 1), 36500),
        (date(2018, 7, 1), 36500),
        (date(2019, 1, 1), 36500 + 365 * 8),
    ]
    assert found.days == 366


@many
@given(principals, due_dates, lengths)
def test_interest_is_what_it_is_day_by_day_on_paper(principal, due_on, days):
    until = until_of(due_on, days)
    assert late_interest(principal, due_on, until, RATES).interest == by_hand(principal, due_on, until)


@many
@given(principals, due_dates, lengths, st.integers(0, 400), cents(0, 500))
def test_longer_and_more_never_cost_less(principal, due_on, days, more_days, more):
    shorter, longer = until_of(due_on, days), until_of(due_on, days + more_days)
    interest = late_interest(principal, due_on, shorter, RATES).interest
    assert late_interest(principal, due_on, longer, RATES).interest >= interest
    assert late_interest(principal + more, due_on, shorter, RATES).interest >= interest


@many
@given(principals, due_dates, lengths, st.integers(0, 1500))
def test_a_look_at_any_day_changes_nothing(principal, due_on, days, look):
    until = until_of(due_on, days)
    nothing = PartPayment(due_on + timedelta(days=look), Decimal(0))
    split = late_interest_with_payments(principal, due_on, until, [nothing], RATES)
    whole = late_interest(principal, due_on, until, RATES)
    assert (split.accrued.interest, split.accrued.days) == (whole.interest, whole.days)
    assert split.principal_left == principal


@many
@given(principals, due_dates, lengths, due_dates)
def test_a_rate_told_again_in_the_middle_changes_nothing(principal, due_on, days, day):
    current = statutory_rate(RATES, day)
    again = (*(rate for rate in RATES if rate.valid_from != day), replace(current, valid_from=day))
    again = tuple(sorted(again, key=lambda rate: rate.valid_from))
    until = until_of(due_on, days)
    one, other = (late_interest(principal, due_on, until, rates).interest for rates in (RATES, again))
    assert one == other


@many
@given(principals, due_dates, lengths, st.lists(st.tuples(st.integers(-30, 1500), cents(0, 30_000)), max_size=4))
def test_what_was_paid_is_what_was_settled(principal, due_on, days, paid):
    until = until_of(due_on, days)
    payments = [PartPayment(due_on + timedelta(days=after), amount) for after, amount in paid]
    found = late_interest_with_payments(principal, due_on, until, payments, RATES, costs=Decimal("40"))
    counted = [each for each in payments if each.paid_on <= until]
    assert sorted(each.amount for each, _ in found.settlements) == sorted(each.amount for each in counted)
    settled = [each for _, each in found.settlements]
    for payment, each in found.settlements:
        assert each.to_costs + each.to_interest + each.to_principal + each.surplus == payment.amount
    assert sum((each.to_costs for each in settled), found.costs_left) == 40
    assert sum((each.to_principal for each in settled), found.principal_left) == principal
    assert sum((each.to_interest for each in settled), found.interest_left) == found.accrued.interest
    unpaid = late_interest(principal, due_on, until, RATES).interest
    assert found.accrued.interest <= unpaid + Decimal("0.01") * len(settled)


def test_interest_after_a_part_payment_runs_on_what_is_left():
    payment = PartPayment(date(2025, 7, 20), Decimal("508.62"))
    found = late_interest_with_payments(Decimal(1000), date(2025, 6, 20), date(2025, 9, 30), [payment], RATES)
    ((_, settled),) = found.settlements
    assert (settled.to_interest, settled.to_principal) == (Decimal("8.62"), Decimal(500))
    assert found.principal_left == 500
    assert str(found.interest_left) == "10.01"  # 72 days of 10.15 % over 500.
    assert found.accrued.interest == Decimal("18.63")


def test_costs_go_first_and_a_payment_in_time_lowers_the_principal_at_once():
    payments = [PartPayment(date(2026, 3, 31), Decimal(640)), PartPayment(date(2027, 1, 1), Decimal(1))]
    found = late_interest_with_payments(
        Decimal(1000), date(2026, 3, 31), date(2026, 4, 30), payments, RATES, Decimal(40)
    )
    assert (found.costs_left, found.principal_left, len(found.settlements)) == (0, 400, 1)
    assert str(found.accrued.interest) == "3.34"  # 30 days of 10.15 % over 400.


def test_interest_that_is_paid_does_not_join_the_base():
    year_of_interest = PartPayment(date(2018, 12, 31), Decimal(2920))
    found = late_interest_with_payments(
        Decimal(36500), date(2017, 12, 31), date(2019, 1, 31), [year_of_interest], RATES
    )
    assert found.accrued.periods[-1].base_amount == 36500
    later = replace(year_of_interest, paid_on=date(2019, 1, 10))
    found = late_interest_with_payments(Decimal(36500), date(2017, 12, 31), date(2019, 1, 31), [later], RATES)
    assert [each.base_amount for each in found.accrued.periods[-2:]] == [39420, 36500]


@pytest.mark.parametrize(
    ("day", "rate_pct"),
    [
        (date(2008, 12, 31), None),
        (date(2013, 3, 15), "7.75"),
        (date(2013, 3, 16), "8.75"),
        (date(2013, 6, 30), "8.75"),
        (date(2022, 7, 1), "8.00"),
        (date(2026, 12, 31), "10.40"),
        (date(2027, 1, 1), None),
    ],
)
def test_a_half_year_without_a_rate_of_its_own_has_none(day, rate_pct):
    found = statutory_rate(RATES, day)
    assert (None if found is None else str(found.rate_pct)) == rate_pct


def test_a_missing_rate_makes_the_interest_provisional_and_says_from_when():
    known = late_interest(Decimal(1000), date(2026, 11, 30), date(2026, 12, 31), RATES)
    assert (known.provisional, known.missing_from) == (False, None)
    found = late_interest(Decimal(1000), date(2026, 11, 30), date(2027, 7, 31), RATES)
    assert (found.provisional, found.missing_from) == (True, date(2027, 1, 1))
    assert [each.provisional for each in found.periods] == [False, True, True]
    assert {str(each.rate_pct) for each in found.periods} == {"10.40"}


def test_a_hole_between_known_rates_is_provisional_too():
    with_hole = tuple(rate for rate in RATES if rate.valid_from != date(2024, 7, 1))
    found = late_interest(Decimal(1000), date(2024, 5, 31), date(2025, 2, 1), with_hole)
    assert (found.provisional, found.missing_from) == (True, date(2024, 7, 1))
    assert [str(each.rate_pct) for each in found.periods] == ["12.50", "12.50", "11.15"]


def test_a_rate_that_sources_disagree_on_is_said_to_be_doubtful():
    assert late_interest(Decimal(1000), date(2011, 6, 1), date(2011, 8, 1), RATES).doubtful
    assert not late_interest(Decimal(1000), date(2013, 6, 1), date(2013, 8, 1), RATES).doubtful


def test_before_the_first_rate_there_is_no_interest_to_tell():
    with pytest.raises(NotInForce):
        late_interest(Decimal(1000), date(2008, 6, 1), date(2009, 8, 1), RATES)
    with pytest.raises(NotInForce):
        in_force(NL.collection_costs, date(2012, 6, 30))


def test_what_is_below_zero_is_no_claim_and_no_payment():
    with pytest.raises(ValueError, match="below zero"):
        late_interest(Decimal(-1), date(2026, 1, 1), date(2026, 2, 1), RATES)
    with pytest.raises(ValueError, match="no payment"):
        PartPayment(date(2026, 1, 1), Decimal(-1))


def test_every_half_year_since_2009_has_its_own_rate_and_every_row_its_source():
    day = date(2009, 1, 1)
    while day <= LAST_KNOWN:
        assert statutory_rate(RATES, day) is not None, day
        day = months_later(day, 6)
    assert all(rate.source and 5 < rate.rate_pct < 15 for rate in RATES)


def test_law_that_is_out_of_order_or_incomplete_is_refused():
    with pytest.raises(DocumentInvalid) as caught:
        parse_law({"commercial_interest": [{"valid_from": "2026-01-01"}]})
    assert {"commercial_interest.0.rate_pct", "collection_costs"} <= {fault.path for fault in caught.value.faults}
    row = InterestRate(date(2026, 1, 1), Decimal(8), "nobody")
    with pytest.raises(ValueError, match="order"):
        replace(NL, commercial_interest=(row, row))
