"""No judgement of the past knows anything of what came later, whatever came."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api.policies.backtest.book import book_of
from api.policies.backtest.debtor import DebtorWalk, Windows
from api.policies.backtest.judging import Period, judged
from api.records import ledger_walk
from api.records.ledger_walk import DebtorLedger
from api.records.sellers import Seller
from api.records.sessions import Sessions
from scoring.facts import CheckFacts
from scoring.judgement import Judgement
from scoring.policy.document import parse_policy, shipped
from scoring.policy.grading import LatenessPolicy
from tests.api.policies.poisoned import poison
from tests.examples import examples
from tests.records.random_ledgers import TODAY, Learner, Step, line, steps

ZONE = "Europe/Amsterdam"
LATENESS = LatenessPolicy(300, 100, (5, 30), Decimal(8), Decimal(8), 1, (Decimal("0.3"), Decimal("0.1")))
DEFAULT = parse_policy(shipped()["default"])
POLICIES = (DEFAULT, replace(DEFAULT, evidence=replace(DEFAULT.evidence, lateness=LATENESS)))
SLOW = settings(max_examples=examples(6, 15), phases=[Phase.generate], suppress_health_check=list(HealthCheck))
Told = dict[UUID, tuple[tuple[CheckFacts, ...], tuple[Judgement, ...]]]


def told(learner: Learner, until: date, *, as_known: bool) -> Told:
    """The facts and judgements of every order until a day, by the invoice."""
    period = Period(date(2024, 1, 1), until, as_known, ZONE)
    with learner.sessions.snapshot_of(learner.seller_id) as session:
        found = [order for debtor in judged(session, POLICIES, period) for order in debtor.orders]
    return {order.bill.id: (order.facts, order.judgements) for order in found}


@SLOW
@given(learnt=steps(), ago=st.integers(0, 450))
def test_what_happens_from_a_day_on_changes_no_judgement_until_that_day(
    sessions: Sessions, new_seller: Callable[..., Seller], learnt: list[Step], ago: int
) -> None:
    learner, day = Learner.new(sessions, new_seller().id), TODAY - timedelta(ago)
    for step in learnt:
        learner.learn(step)
    before = told(learner, day, as_known=False)
    poison(learner, day)
    after = told(learner, day, as_known=False)
    assert {bill: each for bill, each in after.items() if bill in before} == before


@SLOW
@given(learnt=steps(), ago=st.integers(0, 450), known_ago=st.lists(st.integers(0, 500), min_size=20, max_size=20))
def test_what_is_learnt_from_a_day_on_changes_no_judgement_until_that_day(
    sessions: Sessions, new_seller: Callable[..., Seller], learnt: list[Step], ago: int, known_ago: list[int]
) -> None:
    """Even of what happened long before: bills, money, returns and disputes."""
    learner, day = Learner.new(sessions, new_seller().id), TODAY - timedelta(ago)
    for step, days in zip(learnt, sorted(known_ago, reverse=True), strict=False):
        learner.known_at = datetime.combine(TODAY - timedelta(days), time(12), UTC)
        learner.learn(step)
    before = told(learner, day, as_known=True)
    learner.known_at = datetime.combine(max(day, learner.known_at.date()), time(12), UTC)
    poison(learner, day - timedelta(60))
    dispute = "UPDATE invoice SET disputed = true, disputed_known_at = :at WHERE NOT disputed"
    learner.learn(lambda each: each.run(dispute, at=each.known_at))
    after = told(learner, day, as_known=True)
    assert {bill: each for bill, each in after.items() if bill in before} == before


def without_what_counts_from(ledger: DebtorLedger, day: date) -> DebtorLedger:
    bills = [
        each if each.disputed_on is None or each.disputed_on < day else replace(each, disputed_on=None)
        for each in ledger.bills
        if each.counts_on < day
    ]
    parts = [each for each in ledger.parts if each.counts_on < day]
    return replace(ledger, bills=bills, parts=parts, changes=[each for each in ledger.changes if each.counts_on < day])


@SLOW
@given(learnt=steps(), ago=st.integers(0, 450), as_known=st.booleans())
def test_a_ledger_cut_off_at_a_day_tells_the_same_until_then(
    sessions: Sessions, new_seller: Callable[..., Seller], learnt: list[Step], ago: int, as_known: bool
) -> None:
    learner, day = Learner.new(sessions, new_seller().id), TODAY - timedelta(ago)
    for step in learnt:
        learner.learn(step)
    with sessions.snapshot_of(learner.seller_id) as session:
        whole = list(ledger_walk.walk(session, ZONE, as_known=as_known))
    cut = [without_what_counts_from(each, day) for each in whole]
    books: Any = [book_of(each, "EUR", LATENESS.window_days) for each in (whole, cut)]
    for pair in zip(whole, cut, strict=True):
        walks = [DebtorWalk(each, "EUR", Windows.of(POLICIES[1].evidence)) for each in pair]
        for before in (200, 30, 1):
            then = day - timedelta(before)
            seen = [walk.at(then, book) for walk, book in zip(walks, books, strict=True)]
            assert seen[0] == seen[1]


@pytest.mark.parametrize("as_known", [False, True])
def test_the_poison_works_after_its_day(sessions: Sessions, seller: Seller, as_known: bool) -> None:
    """The guard itself: what is poisoned shows in judgements of later days."""
    learner, day = Learner.new(sessions, seller.id), TODAY - timedelta(100)
    learner.known_at = datetime.combine(day - timedelta(50), time(12), UTC)
    for number, days in enumerate((200, 150, 20)):
        bill = line("invoice", learner, 0, f"F{number}", TODAY - timedelta(days), Decimal(100))
        bill = replace(bill, due_on=bill.dated_on)
        learner.learn(lambda each, new=bill: each.take(new))
    before = told(learner, TODAY, as_known=as_known)
    learner.known_at = datetime.combine(day, time(12), UTC)
    poison(learner, day)
    after = told(learner, TODAY, as_known=as_known)
    changed = [bill for bill in before if before[bill] != after[bill]]
    assert len(changed) == 1  # Only the order of after that day.
