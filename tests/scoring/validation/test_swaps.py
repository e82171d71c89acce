"""What decisions earn and lose, and what differs between two policies over the same orders."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.validation.economics import DecidedOrder, Earned, Economics, earned
from scoring.validation.swaps import SwapCase, SwapSet

ECONOMICS = Economics(Decimal("0.6"), Decimal("0.2"), Decimal("0.5"), Decimal("0.05"))
ORDER = DecidedOrder(Decimal(1000), "on_account", Decimal(0), Decimal("0.02"), Decimal(0), 73)


@pytest.mark.parametrize(
    ("changes", "margin", "realised", "expected", "funding"),
    [
        # 800 of cost for 73 days at 5 % a year is 8.
        ({}, 200, 0, 12, 8),
        ({"unpaid_amount": Decimal(400)}, 200, 240, 12, 8),
        ({"unpaid_amount": None}, 200, 0, 12, 8),
        ({"pd": None}, 200, 0, 0, 8),
        # Half of the buyers pay before delivery; nothing of it is ever owed.
        ({"standing": "prepaid", "prepaid_amount": Decimal(1000), "unpaid_amount": Decimal(400)}, 100, 0, 0, 0),
        # 250 of it on account: at most that is lost, and by half of the buyers.
        ({"standing": "prepaid", "prepaid_amount": Decimal(750), "unpaid_amount": Decimal(400)}, 100, 75, "1.5", 1),
        ({"standing": "waiting", "unpaid_amount": Decimal(400)}, 0, 0, 0, 0),
        ({"standing": "refused", "unpaid_amount": Decimal(400)}, 0, 0, 0, 0),
    ],
)
def test_what_an_order_earns(changes, margin, realised, expected, funding):
    found = earned(replace(ORDER, **changes), ECONOMICS)
    told = (found.margin_amount, found.realised_loss_amount, found.expected_loss_amount, found.funding_amount)
    assert told == (margin, realised, Decimal(expected), funding)
    assert found.result_amount == margin - realised - funding
    assert (found.orders_count, found.order_amount) == (1, 1000)


def test_what_is_not_known_is_counted():
    undecided, unrated = (earned(replace(ORDER, **{name: None}), ECONOMICS) for name in ("unpaid_amount", "pd"))
    assert (undecided.undecided_amount, undecided.unrated_amount) == (1000, 0)
    assert (unrated.undecided_amount, unrated.unrated_amount) == (0, 1000)


@pytest.mark.parametrize("name", ["loss_given_default", "margin_share", "prepaid_kept_share", "funding_rate"])
@pytest.mark.parametrize("value", ["-0.01", "1.01"])
def test_what_is_no_share_is_refused(name, value):
    with pytest.raises(ValueError, match=name):
        replace(ECONOMICS, **{name: Decimal(value)})


def case(first: str, second: str, classes: tuple[str | None, str | None], late: dict[int, bool]) -> SwapCase:
    return SwapCase(replace(ORDER, standing=first), replace(ORDER, standing=second), *classes, late)


def test_each_order_is_on_the_side_of_those_who_accept_it():
    found = SwapSet(ECONOMICS)
    found.add(case("on_account", "on_account", ("low", "normal"), {0: True, 30: False}))
    found.add(case("on_account", "prepaid", ("normal", "high"), {0: True}))
    found.add(case("on_account", "waiting", ("normal", None), {}))
    found.add(case("refused", "on_account", ("low", "normal"), {0: False}))
    assert {side: each.orders_count for side, each in found.sides.items()} == {
        "both": 1,
        "only_first": 2,
        "only_second": 1,
        "neither": 0,
    }
    only_first = found.sides["only_first"]
    assert (only_first.known, only_first.late, only_first.order_amount) == ({0: 1}, {0: 1}, 2000)
    assert (only_first.first_earned.margin_amount, only_first.second_earned.margin_amount) == (400, 100)
    assert found.classes == {
        ("low", "normal"): (2, Decimal(2000)),
        ("normal", "high"): (1, Decimal(1000)),
        ("normal", None): (1, Decimal(1000)),
    }


standings = st.sampled_from(["on_account", "prepaid", "waiting", "refused"])
orders = st.builds(
    DecidedOrder,
    amount=st.integers(1, 1000).map(Decimal),
    standing=standings,
    prepaid_amount=st.just(Decimal(0)),
    pd=st.none() | st.integers(1, 99).map(lambda each: Decimal(each) / 100),
    unpaid_amount=st.none() | st.integers(0, 1000).map(Decimal),
    outstanding_days=st.sampled_from([0, 73, 365]),  # Parts of a year without end would be rounded in each sum.
)


@given(pairs=st.lists(st.tuples(orders, standings), max_size=20))
def test_the_sides_add_up_to_all_that_each_policy_earned(pairs):
    found, first, second = SwapSet(ECONOMICS), Earned(), Earned()
    for order, other in pairs:
        changed = replace(order, standing=other)
        found.add(SwapCase(order, changed, "low", "low", {}))
        first, second = first + earned(order, ECONOMICS), second + earned(changed, ECONOMICS)
    assert sum((each.first_earned for each in found.sides.values()), Earned()) == first
    assert sum((each.second_earned for each in found.sides.values()), Earned()) == second
    # Where both accept or both refuse outright, they earn the same.
    assert found.sides["both"].first_earned == found.sides["both"].second_earned
    assert sum(count for count, _ in found.classes.values()) == len(pairs)
