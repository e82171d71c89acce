"""The walk tells of each day what the rows tell of it, by both clocks, field by field."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.known_time import end_of_day
from api.policies.backtest.book import book_of
from api.policies.backtest.debtor import DebtorWalk, Seen, Windows
from api.policies.backtest.windows import Balance
from api.records import ledger_history, ledger_walk
from api.records.ledger_history import Clocks
from api.records.ledger_walk import DebtorLedger
from api.records.sellers import Seller
from api.records.sessions import Sessions
from scoring.facts import LateCounts, LatenessFacts
from scoring.policy.document import parse_policy, shipped
from scoring.policy.grading import LATE_DAYS_KEPT, LatenessPolicy
from tests.examples import examples
from tests.records.random_ledgers import TODAY, Learner, Step, line, steps

LATENESS = LatenessPolicy(300, 100, (5, 30), Decimal(8), Decimal(8), 1, (Decimal("0.3"), Decimal("0.1")))
EVIDENCE = replace(parse_policy(shipped()["default"]).evidence, lateness=LATENESS)
ZONE = "Europe/Amsterdam"
# Each example is a ledger of its own; to shrink one that fails would take minutes.
SLOW = settings(max_examples=examples(15, 40), phases=[Phase.generate], suppress_health_check=list(HealthCheck))
days_ago = st.lists(st.integers(-100, 520), min_size=1, max_size=6).map(lambda found: sorted(found, reverse=True))


def ledgers(sessions: Sessions, seller: UUID, *, as_known: bool) -> dict[UUID, DebtorLedger]:
    with sessions.snapshot_of(seller) as session:
        return {each.debtor.id: each for each in ledger_walk.walk(session, ZONE, as_known=as_known)}


def counts(rows: list[tuple[int, ...]]) -> LateCounts:
    late = [days for days, *_ in rows]
    return LateCounts(len(late), *(sum(each > days for each in late) for days in LATE_DAYS_KEPT))


def lateness(session: Session, debtor_id: UUID, currency: str, clocks: Clocks) -> LatenessFacts:
    """The same from the rows of all items, told one by one."""
    statement = f"WITH {ledger_history.items('true')} SELECT * FROM items WHERE currency = :currency"
    values = {"as_of": clocks.as_of, "known_at": clocks.known_at, "currency": currency}
    found = session.execute(text(statement), values).all()
    ago = {each.id: (clocks.as_of - each.settled_on).days for each in found if each.settled_on and each.paid_amount > 0}
    settled = [each for each in found if each.id in ago]
    mine = [each for each in settled if each.debtor_id == debtor_id]
    due = [each for each in found if each.debtor_id == debtor_id and each.open_amount and each.due_on < clocks.as_of]

    def within(items: list[Any], days: int) -> LateCounts:
        return counts([((each.settled_on - each.due_on).days,) for each in items if ago[each.id] < days])

    return LatenessFacts(
        300,
        100,
        within(mine, 300),
        within(mine, 100),
        counts([((clocks.as_of - each.due_on).days,) for each in due]),
        within(settled, 300),
        clocks.as_of,
    )


def assert_tells_what_the_rows_tell(
    session: Session, seen: Seen, debtor_id: UUID, currency: str, clocks: Clocks
) -> None:
    view = ledger_history.behaviour(session, debtor_id, currency, clocks, EVIDENCE)
    assert replace(seen.behaviour, lateness=None) == replace(view.behaviour, lateness=None)
    assert seen.behaviour.lateness == lateness(session, debtor_id, currency, clocks)
    then = view.behaviour.lateness  # Beside the book, of which each may count another day.
    assert then is None or replace(then, book=None, book_counted_on=None) == replace(
        seen.behaviour.lateness, book=None, book_counted_on=None
    )
    owed = {name: amount for name, amount in seen.exposure.items() if amount}
    assert owed == {name: amount for name, amount in view.exposure.items() if amount}


def walk_and_compare(learner: Learner, ago: list[int], *, as_known: bool) -> None:
    found = ledgers(learner.sessions, learner.seller_id, as_known=as_known)
    days = [TODAY - timedelta(each) for each in ago]
    with learner.sessions.of(learner.seller_id) as session:
        for currency in ("EUR", "USD"):
            book = book_of(found.values(), currency, 300)
            for debtor_id, ledger in found.items():
                walk = DebtorWalk(ledger, currency, Windows.of(EVIDENCE))
                for day in days:
                    clocks = Clocks(day, end_of_day(day, ZONE) if as_known else None)
                    assert_tells_what_the_rows_tell(session, walk.at(day, book), debtor_id, currency, clocks)


@SLOW
@given(learnt=steps(), ago=days_ago)
def test_the_walk_tells_what_the_rows_tell(
    sessions: Sessions, new_seller: Callable[..., Seller], learnt: list[Step], ago: list[int]
) -> None:
    learner = Learner.new(sessions, new_seller().id)
    for step in learnt:
        learner.learn(step)
    walk_and_compare(learner, ago, as_known=False)


@SLOW
@given(learnt=steps(), known_ago=st.lists(st.integers(0, 500), min_size=20, max_size=20), ago=days_ago)
def test_as_it_was_known_the_walk_tells_what_the_rows_tell_of_that_knowledge(
    sessions: Sessions, new_seller: Callable[..., Seller], learnt: list[Step], known_ago: list[int], ago: list[int]
) -> None:
    learner = Learner.new(sessions, new_seller().id)
    for step, days in zip(learnt, sorted(known_ago, reverse=True), strict=False):
        # Late in the evening, where the day of the seller is not that of the machine.
        learner.known_at = datetime.combine(TODAY - timedelta(days), time(22, 30), UTC)
        learner.learn(step)
    walk_and_compare(learner, ago, as_known=True)


@given(
    changes=st.lists(st.tuples(st.integers(1, 60), st.integers(-9, 9).map(Decimal)), min_size=1, max_size=30),
    since=st.lists(st.integers(0, 70), min_size=1, max_size=5).map(sorted),
)
def test_a_peak_is_the_highest_of_all_days_in_any_order(changes: list[tuple[int, Decimal]], since: list[int]) -> None:
    balance = Balance()
    for day, amount in changes:
        balance.add(day, amount)
    for boundary in since:
        ends = [sum((amount for day, amount in changes if day <= end), Decimal(0)) for end in range(boundary, 71)]
        assert balance.peak(boundary) == max(ends)


def test_a_book_counts_a_settlement_from_when_it_was_known_until_it_leaves_the_window(
    sessions: Sessions, seller: Seller
) -> None:
    learner = Learner.new(sessions, seller.id)
    day = date(2026, 1, 1)
    bill = line("invoice", learner, 0, "F1", day, Decimal(100))
    bill = replace(bill, due_on=day, paid_on=day + timedelta(20), paid_amount=Decimal(100))
    learner.known_at = datetime(2026, 2, 1, 12, tzinfo=UTC)
    learner.learn(lambda each: each.take(bill))
    nothing, one = LateCounts(0, 0, 0, 0, 0, 0), LateCounts(1, 1, 1, 1, 0, 0)
    happened = book_of(ledgers(sessions, seller.id, as_known=False).values(), "EUR", 30)
    known = book_of(ledgers(sessions, seller.id, as_known=True).values(), "EUR", 30)
    for book, begin in ((happened, date(2026, 1, 21)), (known, date(2026, 2, 1))):
        told = [book.at(each) for each in (begin - timedelta(1), begin, date(2026, 2, 19), date(2026, 2, 20))]
        assert told == [nothing, one, one, nothing]


@pytest.mark.parametrize("as_known", [False, True])
def test_a_ledger_without_invoices_has_nobody_to_walk_with(sessions: Sessions, seller: Seller, as_known: bool) -> None:
    assert ledgers(sessions, seller.id, as_known=as_known) == {}
