"""The two clocks: the rows tell of today what the summaries tell, and of the past never what was learnt later."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from api.records import book, book_owed, debtor_days, exposure, ledger_history
from api.records.book import Asked
from api.records.ledger_history import Clocks
from api.records.ledger_lines import numbered
from api.records.sellers import Seller
from api.records.sessions import Sessions
from scoring.policy.document import parse_policy, shipped
from scoring.policy.grading import LatenessPolicy
from tests.examples import examples
from tests.records.random_ledgers import TODAY, Learner, Step, line, steps

# Lateness looks further back than all else does.
LATENESS = LatenessPolicy(450, 120, (0, 60), Decimal(10), Decimal(5), 100, (Decimal("0.3"), Decimal("0.1")))
EVIDENCE = replace(parse_policy(shipped()["default"]).evidence, lateness=LATENESS)
# Each example is a ledger of its own; to shrink one that fails would take minutes.
SLOW = settings(max_examples=examples(12, 40), phases=[Phase.generate], suppress_health_check=list(HealthCheck))


def told_now(session: Session, debtor_id: UUID, as_of: Any) -> tuple[Any, ...]:
    """What the summaries tell."""
    behaviours = [debtor_days.behaviour(session, debtor_id, name, as_of, EVIDENCE) for name in ("EUR", "USD")]
    stages = [(each.currency, each.stage, each.amount) for each in exposure.balances(session, debtor_id)]
    return (*behaviours, stages, debtor_days.due_open(session, debtor_id))


def told_then(session: Session, debtor_id: UUID, clocks: Clocks) -> tuple[Any, ...]:
    """What the rows tell."""
    behaviours = [ledger_history.behaviour(session, debtor_id, name, clocks, EVIDENCE) for name in ("EUR", "USD")]
    stages = ledger_history.exposure(session, debtor_id, clocks)
    return (*behaviours, stages, ledger_history.due_open(session, debtor_id, clocks))


def asked(debtor_id: UUID | None, clocks: Clocks, *, is_present: bool, period_days: int = 365) -> Asked:
    as_of = clocks.as_of
    begin, past_until = as_of - timedelta(period_days), as_of - timedelta(90)
    return Asked(debtor_id, clocks, is_present, begin, past_until - timedelta(365), past_until)


def added_up(session: Session, debtor_id: UUID | None, clocks: Clocks, *, is_present: bool) -> list[Any]:
    found = []
    for period_days in (30, 365):
        question = asked(debtor_id, clocks, is_present=is_present, period_days=period_days)
        sums = book.sums(session, question)
        found.append({name: replace(each, opened=tuple(sorted(each.opened, key=str))) for name, each in sums.items()})
        found.append([book.months(session, question, name) for name in ("EUR", "USD")])
        found.append([book_owed.owed(session, question, name) for name in ("EUR", "USD")])
    return found


@SLOW
@given(learnt=steps(), ahead=st.integers(0, 200))
def test_history_as_of_today_is_what_the_summaries_tell(
    sessions: Sessions, new_seller: Callable[..., Seller], learnt: list[Step], ahead: int
):
    learner = Learner.new(sessions, new_seller().id)
    for step in learnt:
        learner.learn(step)
    with sessions.of(learner.seller_id) as session:
        for as_of in (TODAY, TODAY + timedelta(ahead)):
            for known_at in (None, learner.known_at):
                clocks = Clocks(as_of, known_at)
                for debtor_id in learner.debtor_ids:
                    assert told_then(session, debtor_id, clocks) == told_now(session, debtor_id, as_of)
                for debtor_id in (*learner.debtor_ids, None):
                    now = added_up(session, debtor_id, Clocks(as_of), is_present=True)
                    assert added_up(session, debtor_id, clocks, is_present=False) == now


@SLOW
@given(learnt=steps(), ago=st.lists(st.integers(0, 400), min_size=1, max_size=2))
def test_what_is_learnt_later_never_changes_what_was_known(
    sessions: Sessions, new_seller: Callable[..., Seller], learnt: list[Step], ago: list[int]
):
    learner = Learner.new(sessions, new_seller().id)
    told: list[tuple[Clocks, list[Any]]] = []
    for step in learnt:
        learner.learn(step)
        for days in ago:
            clocks = Clocks(TODAY - timedelta(days), learner.known_at)
            told.append((clocks, everything(learner, clocks)))
    for clocks, before in told:
        assert everything(learner, clocks) == before


def everything(learner: Learner, clocks: Clocks) -> list[Any]:
    with learner.sessions.of(learner.seller_id) as session:
        of_debtors = [told_then(session, debtor_id, clocks) for debtor_id in learner.debtor_ids]
        books = [added_up(session, debtor_id, clocks, is_present=False) for debtor_id in (learner.debtor_ids[0], None)]
    return [*of_debtors, *books]


@pytest.fixture
def learner(sessions: Sessions, seller: Seller) -> Learner:
    return Learner.new(sessions, seller.id)


def bill(learner: Learner, number: str, ago: int, amount: str, **values: Any) -> None:
    day = TODAY - timedelta(ago)
    new = line("invoice", learner, 0, number, day, Decimal(amount), **values)
    learner.learn(lambda each: each.take(replace(new, due_on=day + timedelta(30))))


def pay(learner: Learner, reference: str, ago: int, amount: str, *parts: tuple[str, str]) -> None:
    settles = tuple((numbered(number), Decimal(part)) for number, part in parts)
    new = line("payment", learner, 0, reference, TODAY - timedelta(ago), Decimal(amount), settles=settles)
    learner.learn(lambda each: each.take(new))


def open_amount(learner: Learner, ago: int, known_at: datetime | None = None) -> Decimal:
    clocks = Clocks(TODAY - timedelta(ago), known_at)
    with learner.sessions.of(learner.seller_id) as session:
        view = ledger_history.behaviour(session, learner.debtor_ids[0], "EUR", clocks, EVIDENCE)
    return view.behaviour.open_amount


def stages(learner: Learner, ago: int) -> list[tuple[str, str, Decimal]]:
    with learner.sessions.of(learner.seller_id) as session:
        return ledger_history.exposure(session, learner.debtor_ids[0], Clocks(TODAY - timedelta(ago)))


def due_open(learner: Learner, known_at: datetime) -> list[Decimal]:
    with learner.sessions.of(learner.seller_id) as session:
        found = ledger_history.due_open(session, learner.debtor_ids[0], Clocks(TODAY, known_at))
    return [amount for _, _, amount in found]


def test_a_payment_learnt_late_changes_what_was_true_and_not_what_was_known(learner):
    bill(learner, "F1", 100, "100.00")
    before = learner.known_at
    pay(learner, "P1", 60, "100.00", ("F1", "100.00"))
    assert (open_amount(learner, 61), open_amount(learner, 60), open_amount(learner, 0)) == (100, 0, 0)
    assert (open_amount(learner, 60, before), open_amount(learner, 0, before)) == (100, 100)
    assert open_amount(learner, 60, learner.known_at) == 0


def test_an_invoice_counts_from_its_day_and_from_when_we_knew_it(learner):
    before = learner.known_at
    bill(learner, "F1", 100, "100.00")
    assert (open_amount(learner, 101), open_amount(learner, 100)) == (0, 100)
    assert open_amount(learner, 100, before) == 0


def test_money_that_was_there_before_its_invoice_was_unallocated_then(learner):
    bill(learner, "F1", 10, "100.00")
    pay(learner, "P1", 40, "100.00", ("F1", "100.00"))
    assert stages(learner, 41) == []
    assert stages(learner, 20) == [("EUR", "unallocated", Decimal(-100))]
    assert stages(learner, 10) == []


def test_a_dispute_is_one_from_when_we_knew_of_it(learner):
    bill(learner, "F1", 100, "100.00")
    before = learner.known_at
    learner.learn(
        lambda each: each.run("UPDATE invoice SET disputed = true, disputed_known_at = :at", at=each.known_at)
    )
    assert (due_open(learner, before), due_open(learner, learner.known_at)) == ([100], [])
