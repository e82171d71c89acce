"""The book's counts: what all debtors together settled in the window, as of the day it was counted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api.records import book_lateness, debtor_days
from api.records.sellers import Seller
from api.records.sessions import Sessions
from scoring.facts import LateCounts, LatenessFacts
from scoring.policy.document import parse_policy, shipped
from scoring.policy.grading import LatenessPolicy
from tests.examples import examples
from tests.records.random_ledgers import TODAY, Learner, Step, line, steps

LATENESS = LatenessPolicy(300, 100, (0,), Decimal(10), Decimal(5), 100, (Decimal("0.3"),))
EVIDENCE = replace(parse_policy(shipped()["default"]).evidence, lateness=LATENESS)
NOTHING = LateCounts(0, 0, 0, 0, 0, 0)


@pytest.fixture
def learner(sessions: Sessions, seller: Seller) -> Learner:
    return Learner.new(sessions, seller.id)


def paid(learner: Learner, owner: int, number: str, paid_ago: int, late_days: int, currency: str = "EUR") -> None:
    due_on, paid_on = TODAY - timedelta(paid_ago + late_days), TODAY - timedelta(paid_ago)
    new = line(
        "invoice", learner, owner, number, due_on - timedelta(30), Decimal(100), due_on=due_on, currency=currency
    )
    learner.learn(lambda each: each.take(replace(new, paid_on=paid_on, paid_amount=Decimal(100))))


def counted(learner: Learner, day: date = TODAY, window_days: int = LATENESS.window_days) -> None:
    with learner.sessions.of(learner.seller_id) as session:
        book_lateness.count(session, day, window_days)


def lateness(learner: Learner, owner: int = 0, currency: str = "EUR") -> LatenessFacts:
    with learner.sessions.of(learner.seller_id) as session:
        view = debtor_days.behaviour(session, learner.debtor_ids[owner], currency, TODAY, EVIDENCE)
    assert view.behaviour.lateness is not None
    return view.behaviour.lateness


def test_a_book_that_was_never_counted_is_not_known(learner):
    paid(learner, 0, "F1", 10, 20)
    assert (lateness(learner).book, lateness(learner).book_counted_on) == (None, None)


def test_the_book_is_of_all_debtors_in_the_window_and_each_currency_apart(learner):
    paid(learner, 0, "F1", 10, 20)
    paid(learner, 1, "F1", 299, 61)
    paid(learner, 1, "F2", 0, 0)
    paid(learner, 1, "F3", 300, 61)
    paid(learner, 0, "F4", 10, 6, currency="USD")
    counted(learner)
    for owner in (0, 1):
        assert lateness(learner, owner).book == LateCounts(3, 2, 2, 2, 1, 1)
    assert lateness(learner, currency="USD").book == LateCounts(1, 1, 1, 0, 0, 0)
    assert lateness(learner, currency="SEK").book is None
    assert lateness(learner).book_counted_on == TODAY


def test_a_book_counted_over_another_window_is_not_this_one(learner):
    paid(learner, 0, "F1", 10, 20)
    counted(learner, window_days=301)
    assert lateness(learner).book is None


def test_a_book_is_as_of_the_day_it_was_counted_until_it_is_counted_again(learner):
    paid(learner, 0, "F1", 10, 20)
    counted(learner, TODAY - timedelta(11))
    assert (lateness(learner).book, lateness(learner).book_counted_on) == (None, None)  # Nothing was settled ever.
    counted(learner, TODAY - timedelta(10))
    paid(learner, 1, "F1", 5, 0)
    assert lateness(learner).book == LateCounts(1, 1, 1, 1, 0, 0)
    assert lateness(learner).book_counted_on == TODAY - timedelta(10)
    counted(learner)
    assert lateness(learner).book == LateCounts(2, 1, 1, 1, 0, 0)


def test_a_currency_in_which_nothing_was_settled_any_more_is_counted_as_nothing(learner):
    paid(learner, 0, "F1", 10, 20)
    counted(learner)
    counted(learner, TODAY + timedelta(400))
    assert (lateness(learner).book, lateness(learner).book_counted_on) == (NOTHING, TODAY + timedelta(400))


def test_it_is_known_on_which_day_a_book_was_counted(learner):
    paid(learner, 0, "F1", 10, 20)
    counted(learner)
    with learner.sessions.of(learner.seller_id) as session:
        days = (TODAY, TODAY - timedelta(1), TODAY + timedelta(1))
        assert [book_lateness.is_counted(session, day, 300) for day in days] == [True, False, False]
        assert not book_lateness.is_counted(session, TODAY, 301)


@settings(max_examples=examples(10, 25), phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(learnt=steps(), ahead=st.integers(0, 200))
def test_the_book_is_the_sum_of_its_debtors(
    sessions: Sessions, new_seller: Callable[..., Seller], learnt: list[Step], ahead: int
):
    learner = Learner.new(sessions, new_seller().id)
    for step in learnt:
        learner.learn(step)
    day = TODAY + timedelta(ahead)
    counted(learner, day)
    with sessions.of(learner.seller_id) as session:
        for currency in ("EUR", "USD"):
            views = debtor_days.behaviours(session, learner.debtor_ids, currency, day, EVIDENCE)
            told = [view.behaviour.lateness for view in views.values()]
            whole = [sum(numbers) for numbers in zip(*(numbers_of(each.whole) for each in told), strict=True)]
            for each in told:
                assert numbers_of(each.book or NOTHING) == whole


def numbers_of(counts: LateCounts) -> list[int]:
    return [counts.count, *(counts.over(days) for days in (0, 5, 15, 30, 60))]
