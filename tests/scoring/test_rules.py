"""Conditions: what holds on the facts, and that what is said about a condition without facts is true of all facts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.facts import Asked, CheckFacts, DebtorFacts, ExposureFacts
from scoring.figures import Known, read_figure
from scoring.policy.conditions import Meanings
from scoring.policy.rules import Condition
from scoring.rules import holds

NUMBERS = [Decimal(number) for number in (0, 1, 2, 3)]
COUNTRIES = ("NL", "BE", "DE")
CLASSES = ("low", "normal", "high", "blocked")


def known(order: Decimal | None = None, country: str = "NL", critical: bool = False, risk: str | None = None) -> Known:
    facts = CheckFacts(
        date(2026, 3, 2),
        "EUR",
        Asked(order_amount=order),
        DebtorFacts(country, critical=critical),
        ExposureFacts(NUMBERS[0]),
    )
    return replace(Known(facts, None, None, None, None), risk_class=risk)


ORDER_OF_TWO = known(order=Decimal(2))
NO_ORDER = known()


@pytest.mark.parametrize(
    ("operator", "value", "holds_on_two", "holds_on_nothing"),
    [
        ("equal", 2, True, False),
        ("not_equal", 2, False, False),
        ("not_equal", 3, True, False),
        ("below", 2, False, False),
        ("at_most", 2, True, False),
        ("above", 2, False, False),
        ("at_least", 2, True, False),
        ("in", (1, 2), True, False),
        ("not_in", (1, 2), False, False),
        ("not_in", (1,), True, False),
        ("known", None, True, False),
        ("missing", None, False, True),
    ],
)
def test_a_figure_that_is_not_known_meets_no_comparison(
    operator: Any, value: Any, holds_on_two: bool, holds_on_nothing: bool
) -> None:
    if value is not None:
        value = tuple(map(Decimal, value)) if isinstance(value, tuple) else Decimal(value)
    condition = Condition("asked.order_amount", operator, value)
    assert (holds(condition, ORDER_OF_TWO), holds(condition, NO_ORDER)) == (holds_on_two, holds_on_nothing)


def compared(field: str, values: list[Any], ordered: bool) -> st.SearchStrategy[Condition]:
    single = st.sampled_from(values)
    one = ["equal", "not_equal", *(("below", "at_most", "above", "at_least") if ordered else ())]
    many = st.lists(single, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Condition, st.just(field), st.sampled_from(one), single),
        st.builds(Condition, st.just(field), st.sampled_from(["in", "not_in"]), many),
        st.builds(Condition, st.just(field), st.sampled_from(["known", "missing"])),
    )


COMPARISONS = st.one_of(
    compared("asked.order_amount", NUMBERS, ordered=True),
    compared("debtor.country", list(COUNTRIES), ordered=False),
    compared("debtor.critical", [True, False], ordered=False),
    compared("result.risk_class", list(CLASSES), ordered=False),
)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.builds(lambda parts: Condition(all=tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: Condition(any=tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=6,
)
# Between the numbers that conditions name, too, and countries that none of them names.
WORLD = [
    known(order, country, critical, risk)
    for order in (None, *(number + half for number in NUMBERS for half in (Decimal(0), Decimal("0.5"))))
    for country in (*COUNTRIES, "FR")
    for critical in (True, False)
    for risk in (None, *CLASSES)
]


@given(CONDITIONS)
def test_the_alternatives_of_a_condition_are_where_it_holds(condition: Condition) -> None:
    cases = Meanings().cases(condition)
    assert cases is not None
    for each in WORLD:
        among = any(all(_among(read_figure(name, each), span) for name, span in case.items()) for case in cases)
        assert among == holds(condition, each)


def _among(value: Any, span: Any) -> bool:
    return span.missing if value is None else span.holds(value)


@given(CONDITIONS, CONDITIONS)
def test_what_is_said_to_cover_a_condition_holds_wherever_it_does(wider: Condition, narrower: Condition) -> None:
    meanings = Meanings()
    if meanings.covers(meanings.cases(wider), meanings.cases(narrower)):
        assert all(holds(wider, each) for each in WORLD if holds(narrower, each))


@given(CONDITIONS)
def test_a_condition_covers_itself_and_all_that_asks_for_more(condition: Condition) -> None:
    meanings = Meanings()
    cases = meanings.cases(condition)
    more = Condition(all=(condition, Condition("debtor.country", "equal", "NL")))
    assert meanings.covers(cases, cases)
    assert meanings.covers(cases, meanings.cases(more))


def test_a_condition_of_very_many_alternatives_is_taken_to_be_possible() -> None:
    either = Condition(
        any=(Condition("asked.order_amount", "above", NUMBERS[1]), Condition("debtor.country", "equal", "NL"))
    )
    many = Condition(all=(either,) * 10)
    assert Meanings().cases(many) is None
    assert not Meanings().covers(Meanings().cases(either), Meanings().cases(many))
