"""Which statements follow each other, and which are missing: cases, and any order in which they come."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.ledger.continuity import steps_of
from api.records.bank import StatementToStore

MONDAY = date(2026, 1, 5)


def statement(day: int, opening: int | None, closing: int | None, number: int | None = None, **more: Any) -> Any:
    on = MONDAY + timedelta(days=day)
    amounts = [None if each is None else Decimal(each) for each in (opening, closing)]
    values = {"from_on": on, "until_on": on, "identity": f"{on} {opening} {closing} {number} {more}", **more}
    return StatementToStore(
        "NL91ABNA0417164300",
        "EUR",
        sequence_number=number,
        opening_amount=amounts[0],
        closing_amount=amounts[1],
        **values,
    )


def said(statements: Sequence[StatementToStore]) -> list[str]:
    return [step.continuity for step in steps_of(statements)]


MONTH = {"from_on": MONDAY, "until_on": MONDAY + timedelta(days=30)}
NEW_YEAR = (date(2027, 1, 1) - MONDAY).days


@pytest.mark.parametrize(
    ("statements", "continuities"),
    [
        ([], []),
        ([statement(0, 0, 10)], ["first"]),
        ([statement(0, 0, 10, 1), statement(1, 10, 30, 2)], ["first", "continues"]),
        ([statement(0, 0, 10, 1), statement(1, 15, 30, 2)], ["first", "gap"]),
        ([statement(0, 0, 10, 1), statement(1, 10, 30, 3)], ["first", "continues"]),
        ([statement(0, None, None, 1), statement(1, None, None, 2)], ["first", "continues"]),
        ([statement(0, None, None, 1), statement(1, None, None, 3)], ["first", "gap"]),
        ([statement(0, 0, None, 1), statement(1, 15, 30, 3)], ["first", "gap"]),
        ([statement(0, None, None), statement(9, None, None)], ["first", "continues"]),
        ([statement(NEW_YEAR - 1, 0, 10, 251), statement(NEW_YEAR, 10, 30, 1)], ["first", "continues"]),
        ([statement(NEW_YEAR - 1, 0, 10, 251), statement(NEW_YEAR, 15, 30, 1)], ["first", "gap"]),
        ([statement(NEW_YEAR - 1, None, None, 251), statement(NEW_YEAR, None, None, 1)], ["first", "continues"]),
        ([statement(0, None, None, 251), statement(1, None, None, 1)], ["first", "gap"]),
    ],
)
def test_balances_decide_and_else_numbers(statements: list[StatementToStore], continuities: list[str]) -> None:
    assert said(statements) == continuities


def test_statements_of_one_day_without_numbers_are_put_in_the_order_of_their_balances() -> None:
    day = [statement(1, 100, 150), statement(1, 150, 100), statement(1, 100, 120), statement(1, 120, 130)]
    whole = [statement(0, 0, 100), *day, statement(2, 130, 140)]
    for _ in range(20):
        random.shuffle(whole)
        assert said(whole) == ["first"] + ["continues"] * 5


def test_one_that_is_missing_within_a_day_leaves_one_gap() -> None:
    day = [statement(1, 150, 120), statement(1, 100, 150), statement(1, 130, 90)]
    assert said([statement(0, 0, 100), *day]) == ["first", "continues", "continues", "gap"]


def test_a_statement_of_a_month_among_those_of_its_days_overlaps_and_hides_no_gap() -> None:
    month = statement(0, 0, 310, **MONTH)
    days = [statement(day, day * 10, day * 10 + 10) for day in range(31)]
    following = statement(31, 310, 320)
    whole = said([month, *days, following])
    assert (whole.count("gap"), whole.count("overlaps")) == (0, 2)
    # What a day is missing the month has.
    assert "gap" not in said([month, *days[:4], *days[5:-1], following])
    assert said([month, *days, statement(32, 320, 330)])[-1] == "gap"


def test_one_number_and_period_twice_is_repeated_and_leaves_no_gap() -> None:
    twice = [statement(1, 10, 30, 2), statement(1, 10, 25, 2)]
    for following in (30, 25):
        steps = list(steps_of([statement(0, 0, 10, 1), *twice, statement(2, following, 40, 3)]))
        assert [step.continuity for step in steps] == ["first", "repeated", "continues"]
    by_reference = [statement(1, None, None, statement_reference="A", identity=name) for name in ("x", "y")]
    assert said([statement(0, 0, 10), *by_reference]) == ["first", "repeated"]


def test_pages_of_one_number_follow_each_other() -> None:
    assert said([statement(1, 30, 45, 2), statement(1, 45, 50, 2), statement(1, 10, 30, 2)]) == [
        "first",
        "continues",
        "continues",
    ]


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[StatementToStore], set[int]]:
    """A whole history, some days with several statements, and which of them are missing: never the first or last."""
    moves = draw(st.lists(st.integers(1, 50), min_size=2, max_size=25))
    numbered, day, number, balance, whole = draw(st.booleans()), 0, 0, 0, []
    for move in moves:
        step = draw(st.sampled_from((0, 0, 1, 1, 3, 120)))
        was, day, number = MONDAY + timedelta(day), day + step, number + 1
        if (MONDAY + timedelta(day)).year > was.year:
            number = 1
        whole.append(statement(day, balance, balance + move, number if numbered else None))
        balance += move
    missing = draw(st.sets(st.integers(1, len(whole) - 2))) if len(whole) > 2 else set()
    return whole, missing


def gaps_of(statements: Sequence[StatementToStore]) -> set[tuple[str, str]]:
    steps = steps_of(statements)
    return {
        (step.before.identity, step.statements[0].identity) for step in steps if step.before if step.follows == "gap"
    }


@given(histories(), st.randoms(use_true_random=False))
def test_the_gaps_are_exactly_those_where_statements_are_missing(
    history: tuple[list[StatementToStore], set[int]], chance: random.Random
) -> None:
    whole, missing = history
    kept = [each for index, each in enumerate(whole) if index not in missing]
    places = [index for index in range(len(whole)) if index not in missing]
    expected = {(whole[one].identity, whole[other].identity) for one, other in pairwise(places) if other - one > 1}
    chance.shuffle(kept)
    found = gaps_of(kept)
    # Within a day, and without numbers, nothing says in which order the pieces stood that are left.
    assert found == expected if whole[0].sequence_number is not None else len(found) == len(expected)
    chance.shuffle(whole)
    assert gaps_of(whole) == set()
