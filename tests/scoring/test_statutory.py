"""Costs, letters, VAT and the order of settling, as the law has them."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scoring.statutory import (
    Claim,
    NotInForce,
    Settlement,
    allocate_over_claims,
    allocate_payment,
    collection_costs,
    company_size,
    dutch_law,
    fourteen_day_letter,
    in_force,
    minimum_compensation,
    vat_relief_amount,
    vat_relief_latest_on,
)
from tests.scoring.strategies import cents

NL = dutch_law()
TODAY = date(2026, 6, 15)
TARIFF = in_force(NL.collection_costs, TODAY)
CENT = Decimal("0.01")
amounts = cents(0, 5_000)


def costs(principal: Decimal) -> Decimal:
    return collection_costs(principal, TARIFF).amount


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("0", "0"),
        ("0.01", "40.00"),
        ("266.67", "40.00"),
        ("266.70", "40.01"),
        ("2500", "375.00"),
        ("32721.40", "1102.21"),
        ("999999", "6775.00"),
        ("1000000.01", "6775.00"),
    ],
)
def test_costs_follow_the_tariff(principal, expected):
    assert costs(Decimal(principal)) == Decimal(expected)


@given(cents(1, 1_200_000), st.integers(0, 100_000))
@example(Decimal(2500), 1)
@example(Decimal(1_000_000), 1)
def test_costs_never_fall_and_never_jump(principal, more_cents):
    more = Decimal(more_cents) / 100
    rise = costs(principal + more) - costs(principal)
    assert 0 <= rise <= more * Decimal("0.15") + CENT
    assert 40 <= costs(principal) <= 6775


def test_vat_comes_on_top_only_for_a_creditor_who_cannot_deduct_it():
    found = collection_costs(Decimal(1500), TARIFF, Decimal("0.21"), creditor_deducts_vat=False)
    assert (found.amount, found.vat_amount, found.total_amount) == (225, Decimal("47.25"), Decimal("272.25"))
    assert collection_costs(Decimal(1500), TARIFF, Decimal("0.21")).total_amount == 225
    with pytest.raises(ValueError, match="below zero"):
        collection_costs(Decimal(-1), TARIFF)


def test_the_minimum_is_due_for_each_invoice():
    assert minimum_compensation(3, TODAY, NL.minimum_compensation) == 120
    with pytest.raises(NotInForce):
        minimum_compensation(3, date(2013, 3, 15), NL.minimum_compensation)


def test_the_term_of_the_letter_starts_the_day_after_it_came():
    found = fourteen_day_letter(date(2026, 3, 2), NL.demand_letter)
    assert (found.last_day_to_pay, found.costs_due_from) == (date(2026, 3, 16), date(2026, 3, 17))


@pytest.mark.parametrize(
    ("due_on", "latest_on"),
    [
        (date(2018, 5, 1), date(2019, 5, 1)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2023, 2, 28), date(2024, 2, 28)),
    ],
)
def test_vat_is_asked_back_within_a_year(due_on, latest_on):
    assert vat_relief_latest_on(due_on, NL.vat_relief) == latest_on


@pytest.mark.parametrize(
    ("invoice", "paid", "rate", "vat"),
    [
        ("12100", "0", "0.21", "2100.00"),
        ("12100", "6050", "0.21", "1050.00"),
        ("12100", "12100", "0.21", "0.00"),
        ("12100", "13000", "0.21", "0.00"),
        ("100", "0", "0", "0.00"),
        ("109", "0", "0.09", "9.00"),
    ],
)
def test_vat_in_what_is_unpaid(invoice, paid, rate, vat):
    assert str(vat_relief_amount(Decimal(invoice), Decimal(paid), Decimal(rate))) == vat


@pytest.mark.parametrize(
    ("balance", "turnover", "employees", "as_of", "size"),
    [
        (26_000_000, 51_000_000, 10, TODAY, "large"),
        (21_000_000, 41_000_000, 10, TODAY, "sme"),
        (21_000_000, 41_000_000, 10, date(2023, 7, 1), "large"),
        (25_000_000, 50_000_000, 250, TODAY, "sme"),  # Exactly at a threshold of money is not over it.
        (1, None, 250, TODAY, None),
        (1, 1, None, TODAY, "sme"),
        (None, None, 1000, TODAY, None),
    ],
)
def test_a_company_is_large_by_two_of_three(balance, turnover, employees, as_of, size):
    figures = (None if each is None else Decimal(each) for each in (balance, turnover))
    assert company_size(*figures, employees, as_of, NL.large_company) == size


@given(amounts, amounts, amounts, amounts)
def test_a_payment_settles_costs_then_interest_then_principal(payment, cost, interest, principal):
    found = allocate_payment(payment, cost, interest, principal)
    assert found.to_costs + found.to_interest + found.to_principal + found.surplus == payment
    assert found.to_costs == min(payment, cost)
    assert not found.to_interest or found.to_costs == cost
    assert not found.to_principal or found.to_interest == interest
    assert not found.surplus or found.to_principal == principal


def test_nothing_below_zero_is_settled():
    with pytest.raises(ValueError, match="below zero"):
        allocate_payment(Decimal(-1), Decimal(0), Decimal(0), Decimal(1))


def claim(
    number: int, principal: str, *, due: int = -10, arose: int = -40, burden: str = "8", cost: str = "0"
) -> Claim:
    days = (TODAY + timedelta(days=each) for each in (arose, due))
    return Claim(UUID(int=number), *days, Decimal(principal), costs=Decimal(cost), burden=Decimal(burden))


def settled(payment: str, *claims: Claim, indicated: tuple[int, ...] = ()) -> dict[int, Decimal]:
    found = allocate_over_claims(Decimal(payment), claims, TODAY, [UUID(int=each) for each in indicated])
    return {claim_id.int: each.to_costs + each.to_interest + each.to_principal for claim_id, each in found.settlements}


@pytest.mark.parametrize(
    ("payment", "claims", "indicated", "expected"),
    [
        ("60", (claim(1, "50", arose=-90), claim(2, "50")), (2,), {2: "50", 1: "10"}),
        ("60", (claim(1, "50", due=5, burden="12"), claim(2, "50")), (), {2: "50", 1: "10"}),
        ("60", (claim(1, "50", burden="8"), claim(2, "50", burden="12")), (), {2: "50", 1: "10"}),
        ("60", (claim(1, "50"), claim(2, "50", arose=-90)), (), {2: "50", 1: "10"}),
        ("60", (claim(1, "100"), claim(2, "50")), (), {1: "40.00", 2: "20.00"}),
        ("10", (claim(1, "33"), claim(2, "33"), claim(3, "33")), (), {1: "3.34", 2: "3.33", 3: "3.33"}),
        ("60", (claim(1, "50", due=0), claim(2, "50", due=1)), (), {1: "50", 2: "10"}),
        ("500", (claim(1, "50"), claim(2, "50")), (), {1: "50", 2: "50"}),
    ],
)
def test_over_several_claims(payment, claims, indicated, expected):
    amounts_expected = {number: Decimal(amount) for number, amount in expected.items()}
    assert settled(payment, *claims, indicated=indicated) == amounts_expected
    assert settled(payment, *reversed(claims), indicated=indicated) == amounts_expected


def test_within_each_claim_costs_go_first():
    found = allocate_over_claims(Decimal(60), [claim(1, "50", cost="40")], TODAY)
    assert found.settlements == ((UUID(int=1), Settlement(Decimal(40), Decimal(0), Decimal(20), Decimal(0))),)


claims = st.builds(
    claim,
    st.integers(1, 10**6),
    amounts.map(str),
    due=st.sampled_from([-5, 5]),
    arose=st.sampled_from([-40, -50]),
    burden=st.sampled_from(["8", "12"]),
    cost=amounts.map(str),
)


@given(amounts, st.lists(claims, max_size=6, unique_by=lambda each: each.id))
def test_no_claim_gets_more_than_is_owed_and_all_is_accounted_for(payment, several):
    found = allocate_over_claims(payment, several, TODAY)
    owed = {each.id: each.owed_amount for each in several}
    parts = {name: each.to_costs + each.to_interest + each.to_principal for name, each in found.settlements}
    assert sum(parts.values(), found.surplus) == payment
    assert all(0 < part <= owed[name] for name, part in parts.items())
    assert not found.surplus or parts == {name: amount for name, amount in owed.items() if amount}
