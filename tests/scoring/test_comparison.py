"""Two policies beside each other: sums that add up, and grades by their places."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.comparison import (
    NOTHING,
    Group,
    Said,
    Side,
    Sums,
    by_binding,
    compared_loss,
    grades_moved,
    matrix,
    shares,
    sums_of,
    total,
)

AMOUNTS = st.decimals(0, 10**9, places=2)
RATES = st.none() | st.decimals(0, 1, places=4)
SAID = st.builds(Said, st.just("amount"), AMOUNTS, RATES) | st.builds(
    Said, st.sampled_from(["none", "unlimited"]), st.none(), RATES
)
SIDES = st.builds(
    Side,
    st.sampled_from(["accept", "decline"]),
    st.sampled_from([None, "low", "high"]),
    st.sampled_from([None, "G1", "G2", "D"]),
    st.sampled_from([None, "grade", "need"]),
)
GROUPS = st.lists(st.builds(Group, SIDES, SIDES, st.builds(sums_of, SAID, SAID, st.none() | AMOUNTS)), max_size=12)


def amount(figure: int, pd: str | None = None) -> Said:
    return Said("amount", Decimal(figure), None if pd is None else Decimal(pd))


NONE, UNLIMITED = Said("none", None, None), Said("unlimited", None, None)


@pytest.mark.parametrize(
    ("active", "version", "expected"),
    [
        (amount(100), amount(150), (1, 0, 0, 1)),
        (amount(100), amount(50), (0, 1, 0, 1)),
        (amount(100), amount(100), (0, 0, 1, 1)),
        (amount(0), amount(0), (0, 0, 1, 1)),
        (amount(100), UNLIMITED, (1, 0, 0, 0)),
        (UNLIMITED, amount(100), (0, 1, 0, 0)),
        (UNLIMITED, UNLIMITED, (0, 0, 1, 0)),
        (NONE, amount(100), (0, 0, 0, 0)),
        (amount(100), NONE, (0, 0, 0, 0)),
        (NONE, UNLIMITED, (0, 0, 0, 0)),
    ],
)
def test_limits_are_compared_where_both_say_something(active, version, expected):
    sums = sums_of(active, version, None)
    assert (sums.higher_count, sums.lower_count, sums.same_count, sums.amounts_count) == expected


def test_losses_are_of_the_same_amounts():
    sums = sums_of(amount(1, "0.02"), amount(1, "0.03"), Decimal(1000)).plus(
        sums_of(amount(1, "0.5"), NONE, Decimal(9000))
    )
    loss = compared_loss(sums, Decimal("0.4"))
    assert (loss.active_amount, loss.version_amount, loss.missing) == (8, 12, None)
    assert (sums.at_risk_count, sums.at_risk_amount, sums.rated_amount) == (2, 10000, 1000)


@pytest.mark.parametrize(
    ("share", "missing"), [(None, "no_loss_given_default"), (Decimal("0.4"), "no_probability_of_default")]
)
def test_a_loss_that_nobody_knows_is_none_and_says_why(share, missing):
    loss = compared_loss(sums_of(NONE, NONE, Decimal(1000)), share)
    assert (loss.active_amount, loss.version_amount, loss.missing) == (None, None, missing)


def test_grades_move_by_their_places_on_each_scale():
    def group(before: str | None, after: str | None, count: int) -> Group:
        return Group(Side("accept", None, before, None), Side("accept", None, after, None), Sums(count=count))

    groups = [
        group("G2", "A1", 1),
        group("G1", "A2", 2),
        group("G1", "A1", 4),
        group(None, "A1", 8),
        group("G1", "X", 16),
    ]
    moved = grades_moved(groups, {"G1": 0, "G2": 1}, {"A1": 0, "A2": 1})
    assert (moved.better_count, moved.worse_count, moved.same_count, moved.not_compared_count) == (1, 2, 4, 24)


@given(GROUPS)
def test_every_table_counts_everything_once(groups):
    whole = total(groups)
    assert sum(row[2] for row in matrix(groups, "outcome")) == whole.count
    assert sum(row[1] for row in shares(groups, "risk_class")) == whole.count
    assert sum(row[2] for row in shares(groups, "risk_class")) == whole.count
    bound = NOTHING
    for each in by_binding(groups).values():
        bound = bound.plus(each)
    assert bound == whole
    moved = grades_moved(groups, {"G1": 0, "G2": 1, "D": 2}, {"G1": 0, "G2": 1, "D": 2})
    assert moved.better_count + moved.worse_count + moved.same_count + moved.not_compared_count == whole.count


@given(GROUPS)
def test_a_policy_beside_itself_moves_nothing(groups):
    same = [Group(each.active, each.active, each.sums) for each in groups]
    assert all(row[0] == row[1] for row in matrix(same, "grade"))
    moved = grades_moved(same, {"G1": 0, "G2": 1, "D": 2}, {"G1": 0, "G2": 1, "D": 2})
    assert (moved.better_count, moved.worse_count) == (0, 0)
