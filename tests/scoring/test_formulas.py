"""Edges of the published formulas and measures that the known answers leave open."""

from datetime import date
from decimal import Decimal
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.behaviour import SettledItem, days_beyond_terms
from scoring.dates import months_later
from scoring.expected_loss import break_even_pd
from scoring.exposure import GroupLevel, available_amount, group_headroom, reserved_amount
from scoring.financials import (
    AltmanFigures,
    OhlsonFigures,
    altman_z,
    altman_z_double_prime,
    altman_z_prime,
    ohlson_o,
    zmijewski,
)
from scoring.money import Money, exponent_of, quantised
from scoring.provisions import roll_rates
from scoring.receivables import CountbackDays, MonthlySales, OpenItem, ageing, collection_days, dso_countback
from scoring.scorecard import OddsScale, blended_pd, credibility_of, rounded_pd, weigh_bins
from scoring.terms import effective_term_days
from scoring.vendor_scales import paydex_days
from tests.scoring.strategies import shares

TODAY = date(2026, 6, 15)
probabilities = st.floats(0.0003, 0.99)


@pytest.mark.parametrize(("total_assets", "total_liabilities"), [(0, 500), (-1, 500), (1000, 0)])
def test_an_altman_score_without_its_ratios_is_absent_and_not_zero(total_assets: int, total_liabilities: int) -> None:
    figures = AltmanFigures(200, 300, 150, 450, total_assets, total_liabilities)
    found = {altman_z(figures, 1500), altman_z_prime(figures, 1500), altman_z_double_prime(figures)}
    assert found == {"ratio_undefined"}


@pytest.mark.parametrize(("assets", "liabilities", "current"), [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_zmijewski_and_ohlson_without_their_ratios_are_absent(assets: int, liabilities: int, current: int) -> None:
    assert zmijewski(1, liabilities, assets, 1, current) == "ratio_undefined"
    assert ohlson_o(OhlsonFigures(assets, 100, liabilities, 1, 1, current, 1, 1, 1)) == "ratio_undefined"


def test_an_empty_bin_gets_half_a_case_on_both_sides_and_is_flagged() -> None:
    found = weigh_bins([(10, 0), (90, 20)])
    assert found.adjusted_bins == (0,)
    assert found.weights[0] == pytest.approx(log((10.5 / 100.5) / (0.5 / 20.5)))


@given(probabilities, probabilities, shares())
def test_a_blend_lies_between_its_parts(one: float, other: float, credibility: Decimal) -> None:
    found = blended_pd(one, other, credibility)
    assert min(one, other) - 1e-12 <= found <= max(one, other) + 1e-12


@given(probabilities)
def test_score_and_probability_are_each_others_inverse(pd: float) -> None:
    scale = OddsScale.of(50, 25, 12)
    assert scale.pd_of(scale.score_of(pd)) == pytest.approx(pd)


def test_twelve_points_double_the_odds() -> None:
    scale = OddsScale.of(50, 25, 12)
    assert [round((1 - scale.pd_of(score)) / scale.pd_of(score)) for score in (50, 62, 74)] == [25, 50, 100]


def test_credibility_stays_below_its_cap_and_a_probability_has_ten_places() -> None:
    assert credibility_of(10_000, Decimal(12), Decimal("0.85")) == Decimal("0.85")
    assert str(rounded_pd(1 / 3)) == "0.3333333333"


@pytest.mark.parametrize(("paydex", "days"), [(100, 0), (79, 15), (69, 22), (20, 120), (19, None), (0, None)])
def test_a_paydex_between_two_marks_is_the_lower_one(paydex: int, days: int | None) -> None:
    assert paydex_days(Decimal(paydex)) == days


def test_no_items_have_no_average() -> None:
    assert days_beyond_terms([]) is None
    assert days_beyond_terms([SettledItem(Decimal(0), TODAY, TODAY)]) is None
    empty = ageing([], TODAY)
    assert (empty.buckets, empty.overdue_share, empty.overdue_days_weighted) == ({}, 0, None)
    assert empty.nothing_open


def test_credits_age_in_a_bucket_of_their_own_and_are_not_netted() -> None:
    items = [OpenItem(Decimal(100), TODAY), OpenItem(Decimal(-40), date(2026, 1, 1))]
    found = ageing(items, TODAY)
    assert found.buckets == {"not_due": Decimal(100), "credit": Decimal(-40)}
    assert found.overdue_share == 0


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (0, "not_due"),
        (1, "1-30"),
        (30, "1-30"),
        (31, "31-60"),
        (60, "31-60"),
        (61, "61-90"),
        (90, "61-90"),
        (91, "91+"),
    ],
)
def test_an_item_ages_by_the_days_it_is_past_due(days: int, bucket: str) -> None:
    due_on = date.fromordinal(TODAY.toordinal() - days)
    assert list(ageing([OpenItem(Decimal(1), due_on)], TODAY).buckets) == [bucket]


def test_countback_without_history_is_an_incomplete_lower_bound() -> None:
    assert dso_countback(Decimal(5), []).complete is False
    leap = dso_countback(Decimal(290), [MonthlySales(2028, 2, Decimal(290))])
    assert leap == CountbackDays(Decimal(29), complete=True)
    assert collection_days(Decimal(1), Decimal(1), Decimal(0), 30) is None


def test_roll_rates_stop_where_nothing_is_left() -> None:
    with pytest.raises(ValueError, match="nothing is left"):
        roll_rates(Decimal(10), [Decimal(10), Decimal(0)])


def test_where_recovery_covers_the_price_no_probability_is_too_high() -> None:
    assert break_even_pd(Decimal(100), Decimal(80), Decimal(100)) is None


def test_a_prepayment_above_its_order_gives_no_room_to_another() -> None:
    assert reserved_amount(Decimal(100), Decimal(150)) == 0


def test_headroom_may_be_negative_while_nothing_is_available() -> None:
    path = [GroupLevel(None, (Decimal(5),)), GroupLevel(Decimal(10), (Decimal(5), Decimal(20)))]
    assert group_headroom(path) == -15
    assert available_amount(Decimal(-15)) == 0
    assert available_amount(group_headroom([GroupLevel(None, (Decimal(5),))])) is None


@pytest.mark.parametrize(
    ("debtor", "creditor", "agreed", "expressly", "days"),
    [
        ("sme", "sme", 61, False, None),
        ("large", "large", None, False, 30),
        ("large", "sme", 14, True, 14),
        ("public", "large", 75, True, 60),
        ("sme", "sme", 0, False, 0),
    ],
)
def test_a_term_the_law_leaves_open_is_for_a_person(
    debtor: str, creditor: str, agreed: int | None, expressly: bool, days: int | None
) -> None:
    assert effective_term_days(debtor, creditor, agreed, expressly_agreed=expressly) == days  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 3, 15), -3, date(2025, 12, 15)),
        (date(2026, 6, 1), 12, date(2027, 6, 1)),
    ],
)
def test_months_are_clamped_to_the_end_of_the_month(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_money_of_two_currencies_does_not_add() -> None:
    euro, yen = Money(Decimal(5), "EUR"), Money(Decimal(5), "JPY")
    assert (euro + euro).amount == 10
    assert (euro - euro).amount == 0
    assert euro < Money(Decimal(6), "EUR")
    for broken in (lambda: euro + yen, lambda: euro - yen, lambda: euro < yen):
        with pytest.raises(ValueError, match="EUR and JPY"):
            broken()


@pytest.mark.parametrize(
    ("currency", "rounding", "text"),
    [
        ("EUR", "half_even", "0.12"),
        ("EUR", "up", "0.13"),
        ("EUR", "down", "0.12"),
        ("JPY", "up", "1"),
        ("KWD", "half_even", "0.125"),
    ],
)
def test_amounts_get_the_decimals_of_their_currency(currency: str, rounding: str, text: str) -> None:
    assert str(quantised(Decimal("0.125"), currency, rounding)) == text  # type: ignore[arg-type]
    assert exponent_of(currency) == {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
