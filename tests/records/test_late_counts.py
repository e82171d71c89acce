"""The counts of late and open items: whatever their amount, disputed ones too, on every way into the ledger."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.migrate import MIGRATIONS
from api.records import debtor_days, ledger_drift
from api.records.debtor_days import SUMS
from api.records.ledger_lines import numbered
from api.records.sellers import Seller
from api.records.sessions import Sessions
from scoring.facts import LateCounts, LatenessFacts
from scoring.policy.document import parse_policy, shipped
from scoring.policy.grading import LATE_DAYS_KEPT, LatenessPolicy
from tests.examples import examples
from tests.records.random_ledgers import TODAY, Learner, Step, line, steps

COUNTS = ("paid_count", *(f"late_over_{days}_count" for days in LATE_DAYS_KEPT), "due_open_count")
DUE = TODAY - timedelta(200)
LATENESS = LatenessPolicy(500, 100, (0,), Decimal(10), Decimal(5), 100, (Decimal("0.3"),))
EVIDENCE = replace(parse_policy(shipped()["default"]).evidence, lateness=LATENESS)


def ago(days: int) -> date:
    return TODAY - timedelta(days)


@pytest.fixture
def learner(sessions: Sessions, seller: Seller) -> Learner:
    return Learner.new(sessions, seller.id)


def bill(learner: Learner, number: str, amount: str, paid_after: int | None = None, **values: Any) -> None:
    new = line("invoice", learner, 0, number, DUE - timedelta(30), Decimal(amount), due_on=DUE, **values)
    if paid_after is not None:
        new = replace(new, paid_on=DUE + timedelta(paid_after), paid_amount=Decimal(amount))
    learner.learn(lambda each: each.take(new))


def counts(learner: Learner) -> dict[int, tuple[int, ...]]:
    """Give the counts of the days that have some, by how many days after DUE they are."""
    query = f"SELECT day, {', '.join(COUNTS)} FROM debtor_day ORDER BY day"
    with learner.sessions.of(learner.seller_id) as session:
        assert ledger_drift.of_days(session) == []
        rows = session.execute(text(query)).all()
    return {(row.day - DUE).days: tuple(row[1:]) for row in rows if any(row[1:])}


@pytest.mark.parametrize("disputed", [False, True])
@pytest.mark.parametrize("amount", ["1.00", "90000.00"])
@pytest.mark.parametrize(
    ("paid_after", "late"),
    [
        (-3, (0, 0, 0, 0, 0)),
        (0, (0, 0, 0, 0, 0)),
        (1, (1, 0, 0, 0, 0)),
        (5, (1, 0, 0, 0, 0)),
        (6, (1, 1, 0, 0, 0)),
        (16, (1, 1, 1, 0, 0)),
        (31, (1, 1, 1, 1, 0)),
        (60, (1, 1, 1, 1, 0)),
        (61, (1, 1, 1, 1, 1)),
    ],
)
def test_an_item_counts_on_the_day_it_was_paid_whatever_its_amount(learner, amount, disputed, paid_after, late):
    bill(learner, "F1", amount, paid_after, disputed=disputed)
    assert counts(learner) == {paid_after: (1, *late, 0)}


def settle(learner: Learner, kind: str, reference: str, after: int, amount: str) -> None:
    parts = ((numbered("F1"), Decimal(amount)),)
    new = line(kind, learner, 0, reference, DUE + timedelta(after), Decimal(amount), settles=parts)
    learner.learn(lambda each: each.take(new))


def test_what_is_open_counts_on_its_due_day_until_all_of_it_is_paid(learner):
    bill(learner, "F1", "100.00")
    bill(learner, "F2", "50.00", disputed=True)
    assert counts(learner) == {0: (0, 0, 0, 0, 0, 0, 2)}
    settle(learner, "payment", "P1", 20, "40.00")
    assert counts(learner) == {0: (0, 0, 0, 0, 0, 0, 2)}
    settle(learner, "payment", "P2", 40, "60.00")
    assert counts(learner) == {0: (0, 0, 0, 0, 0, 0, 1), 40: (1, 1, 1, 1, 1, 0, 0)}


def test_what_was_credited_whole_was_paid_by_nobody(learner):
    bill(learner, "F1", "100.00")
    settle(learner, "credit_note", "C1", 20, "100.00")
    assert counts(learner) == {}


def test_a_dispute_that_comes_later_changes_no_count(learner):
    bill(learner, "F1", "100.00")
    bill(learner, "F2", "100.00", 10)
    before = counts(learner)
    bill(learner, "F1", "100.00", disputed=True)
    bill(learner, "F2", "100.00", 10, disputed=True)
    assert counts(learner) == before


def forget_counts(session: Session) -> None:
    """Leave the days as a ledger has them that was never counted: without those that are there for a count alone."""
    others = [f"{name} = 0" for name in SUMS if name not in COUNTS]
    session.execute(text(f"UPDATE debtor_day SET {', '.join(f'{name} = 0' for name in COUNTS)}"))
    session.execute(text(f"DELETE FROM debtor_day WHERE {' AND '.join(others)}"))


@settings(max_examples=examples(10, 25), phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(learnt=steps())
def test_a_ledger_that_was_there_before_is_counted_as_one_that_comes_in(
    sessions: Sessions, new_seller: Callable[..., Seller], learnt: list[Step]
):
    learner = Learner.new(sessions, new_seller().id)
    for step in learnt:
        learner.learn(step)
    fill = ScriptDirectory(MIGRATIONS).get_revision("0004").module.FILL
    with sessions.of(learner.seller_id) as session:
        assert ledger_drift.of_days(session) == []
        forget_counts(session)
        session.execute(text(fill))
        assert ledger_drift.of_days(session) == []


# --- Read ------------------------------------------------------------------------------------------------------------


def lateness(learner: Learner, policy: LatenessPolicy | None = LATENESS) -> LatenessFacts | None:
    evidence = replace(EVIDENCE, lateness=policy)
    with learner.sessions.of(learner.seller_id) as session:
        return debtor_days.behaviour(session, learner.debtor_ids[0], "EUR", TODAY, evidence).behaviour.lateness


def counted(count: int, *over: int) -> LateCounts:
    return LateCounts(count, *over, *[0] * (5 - len(over)))


@pytest.mark.parametrize(
    ("paid_ago", "whole", "recent"),
    [(0, 1, 1), (99, 1, 1), (100, 1, 0), (499, 1, 0), (500, 0, 0)],
)
def test_the_windows_of_lateness_are_its_own(learner, paid_ago, whole, recent):
    due_ago = paid_ago + 7
    new = line("invoice", learner, 0, "F1", ago(due_ago + 30), Decimal(100), due_on=ago(due_ago))
    learner.learn(lambda each: each.take(replace(new, paid_on=ago(paid_ago), paid_amount=Decimal(100))))
    facts = lateness(learner)
    assert (facts.window_days, facts.recent_days) == (500, 100)
    assert (facts.whole, facts.recent) == (counted(*[whole] * 3), counted(*[recent] * 3))
    with learner.sessions.of(learner.seller_id) as session:
        view = debtor_days.behaviour(session, learner.debtor_ids[0], "EUR", TODAY, EVIDENCE)
    assert view.behaviour.settled_count == (1 if paid_ago < EVIDENCE.behaviour_window_days else 0)


@pytest.mark.parametrize(
    ("due_ago", "expected"),
    [
        (-1, counted(0)),
        (0, counted(0)),
        (1, counted(2, 2)),
        (5, counted(2, 2)),
        (6, counted(2, 2, 2)),
        (60, counted(2, 2, 2, 2, 2)),
        (61, counted(2, 2, 2, 2, 2, 2)),
    ],
)
def test_what_is_past_due_counts_by_its_age_disputed_or_not(learner, due_ago, expected):
    for number in ("F1", "F2"):
        new = line("invoice", learner, 0, number, ago(due_ago + 30), Decimal(100), due_on=ago(due_ago))
        learner.learn(lambda each, new=new: each.take(replace(new, disputed=new.number == "F2")))
    facts = lateness(learner)
    assert (facts.past_due, facts.whole) == (expected, counted(0))


def test_what_is_disputed_has_a_count_and_no_amount(learner):
    bill(learner, "F1", "100.00", disputed=True)
    with learner.sessions.of(learner.seller_id) as session:
        view = debtor_days.behaviour(session, learner.debtor_ids[0], "EUR", TODAY, EVIDENCE)
        assert debtor_days.due_open(session, learner.debtor_ids[0]) == []
    assert (view.behaviour.overdue_amount, view.oldest_overdue_on, view.behaviour.oldest_overdue_days) == (0, None, 0)


def test_a_policy_that_does_not_ask_for_lateness_is_told_none(learner):
    bill(learner, "F1", "100.00", 10)
    assert lateness(learner, None) is None
