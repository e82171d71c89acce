"""Limits: need, capacity and insurance by hand-made figures, and the rounding at its bounds."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.facts import CreditLimit, Financials
from scoring.limits import (
    CapacityFigures,
    capacity_of,
    ceiling_to_step,
    decide_limit,
    floor_to_step,
    tangible_net_worth,
    working_capital,
)
from tests.scoring.companies import FINANCIALS, POLICY, TODAY

LIMITS = POLICY.limits
G5 = LIMITS.capacity["G5"]
amounts = st.integers(0, 100_000_000).map(lambda cents: Decimal(cents) / 100)


@pytest.mark.parametrize(
    ("amount", "floor", "ceiling"),
    [
        ("0", 0, 0),
        ("0.01", 0, 250),
        ("4999.99", 4750, 5000),
        ("5000", 5000, 5000),
        ("5000.01", 5000, 5500),
        ("24999.99", 24500, 25000),
        ("25000.01", 25000, 26000),
        ("99999", 99000, 100000),
        ("100001", 100000, 105000),
        ("-300", 0, 0),
    ],
)
def test_amounts_are_rounded_to_the_multiple_of_their_size(amount: str, floor: int, ceiling: int) -> None:
    assert floor_to_step(Decimal(amount), LIMITS.rounding) == floor
    assert ceiling_to_step(Decimal(amount), LIMITS.rounding) == ceiling


@given(amounts)
def test_rounding_up_survives_rounding_down(amount: Decimal) -> None:
    up = ceiling_to_step(amount, LIMITS.rounding)
    assert floor_to_step(up, LIMITS.rounding) == up >= amount >= floor_to_step(amount, LIMITS.rounding)


@pytest.mark.parametrize(
    ("figures", "financial", "external", "behaviour", "amount"),
    [
        (CapacityFigures(), None, None, None, 0),
        (CapacityFigures(net_worth=Decimal(-5), turnover=Decimal(100_000)), 0, 0, None, 0),
        (CapacityFigures(turnover=Decimal(100_000)), 3000, 3000, None, 3000),
        (CapacityFigures(bureau_limit=CreditLimit("amount", Decimal(0))), None, 0, None, 0),
        (CapacityFigures(bureau_limit=CreditLimit("none")), None, None, None, 0),
        (CapacityFigures(bureau_limit=CreditLimit("unlimited")), None, None, None, None),
        (CapacityFigures(turnover=Decimal(100_000), bureau_limit=CreditLimit("unlimited")), 3000, 3000, None, 3000),
        (CapacityFigures(peak_exposure=Decimal(900), dbt_days=Decimal(61), settled_count=3), None, None, 0, 0),
        (CapacityFigures(peak_exposure=Decimal(900), dbt_days=Decimal(0), settled_count=2), None, None, None, 0),
        (CapacityFigures(peak_exposure=Decimal(900), dbt_days=Decimal(0), settled_count=3), None, None, 1125, 1125),
        (CapacityFigures(peak_exposure=Decimal(900), dbt_days=None, settled_count=9), None, None, None, 0),
    ],
)
def test_capacity_takes_what_is_known_and_never_takes_missing_for_zero(
    figures: CapacityFigures, financial: int | None, external: int | None, behaviour: int | None, amount: int | None
) -> None:
    found = capacity_of(figures, G5, LIMITS)
    assert (found.financial_cap, found.external_cap, found.behaviour_cap, found.amount) == (
        financial,
        external,
        behaviour,
        amount,
    )


@given(amounts, amounts, amounts, st.sampled_from(list(LIMITS.capacity)))
def test_a_limit_is_never_above_a_candidate(need: Decimal, turnover: Decimal, cover: Decimal, grade: str) -> None:
    found = decide_limit(grade, CapacityFigures(turnover=turnover), need, cover, LIMITS)
    assert found.capacity is not None
    assert found.capacity.amount is not None
    assert found.limit.amount is not None
    assert found.limit.amount <= min(need, found.capacity.amount, cover + LIMITS.own_risk[grade])


def test_ties_bind_in_the_order_need_capacity_insurance() -> None:
    figures = CapacityFigures(turnover=Decimal(100_000))
    assert decide_limit("G5", figures, Decimal(3000), None, LIMITS).binding == "need"
    assert decide_limit("G8", CapacityFigures(), Decimal(1), Decimal(0), LIMITS).binding == "capacity"


def test_without_any_bound_the_limit_is_unlimited_and_not_zero() -> None:
    figures = CapacityFigures(bureau_limit=CreditLimit("unlimited"))
    assert decide_limit("G1", figures, None, None, LIMITS).limit == CreditLimit("unlimited")


@pytest.mark.parametrize("grade", ["G9", "G10", "D"])
def test_a_grade_without_shares_gets_no_credit(grade: str) -> None:
    found = decide_limit(grade, CapacityFigures(turnover=Decimal(9_000_000)), Decimal(1000), None, LIMITS)
    assert (found.limit, found.binding) == (CreditLimit("amount", Decimal(0)), "grade")


def test_net_worth_and_working_capital_need_both_of_their_figures() -> None:
    bare = Financials(TODAY, consolidated=False, equity=Decimal(5), current_assets=Decimal(5))
    assert (tangible_net_worth(bare), working_capital(bare)) == (None, None)
    assert tangible_net_worth(FINANCIALS) == Decimal(440_000)
    assert working_capital(FINANCIALS) == Decimal(120_000)


@pytest.mark.parametrize(("kind", "amount"), [("none", Decimal(0)), ("unlimited", Decimal(1)), ("amount", None)])
def test_a_limit_has_an_amount_exactly_when_its_kind_says_so(kind: str, amount: Decimal | None) -> None:
    with pytest.raises(ValueError, match=kind):
        CreditLimit(kind, amount)  # type: ignore[arg-type]
