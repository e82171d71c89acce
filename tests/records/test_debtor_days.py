"""Payment behaviour and exposure: exact against the definitions, and read from days, never from the invoices."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from api.records import debtor_days, debtors, exposure, ledger_drift
from api.records.debtor_days import behaviour, behaviours
from api.records.exposure import Entry, move
from api.records.ledger_batch import take
from api.records.ledger_lines import LedgerLine, numbered
from api.records.sellers import Seller
from api.records.sessions import Sessions
from scoring.behaviour import SettledItem, days_beyond_terms
from scoring.policy.document import parse_policy, shipped
from scoring.policy.grading import LATE_DAYS_KEPT, EvidencePolicy, LatenessPolicy

EVIDENCE = parse_policy(shipped()["default"]).evidence
LATENESS = LatenessPolicy(730, 180, (0, 30), Decimal(10), Decimal(5), 100, (Decimal("0.3"), Decimal("0.1")))
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
TODAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def evidence(project: Path) -> EvidencePolicy:
    """Behaviour of the last 365 days, 90 of them recent."""
    shipped = parse_policy(yaml.safe_load((project / "scoring" / "policies" / "default.yaml").read_text())).evidence
    return replace(shipped, behaviour_window_days=365, behaviour_recent_days=90)


@pytest.fixture
def debtor_id(sessions: Sessions, seller: Seller) -> UUID:
    with sessions.of(seller.id) as session:
        values = {"name": "De Oever", "country": "NL"}
        return debtors.add(session, values, phase="monitoring", names=(), now=NOW).id


def invoice(debtor_id: UUID, place: int, due_on: date, paid_on: date | None, amount: str, **values: Any) -> LedgerLine:
    return LedgerLine(
        line=place,
        kind="invoice",
        debtor_id=debtor_id,
        identity=numbered(str(place)),
        number=str(place),
        dated_on=due_on - timedelta(30),
        amount=Decimal(amount),
        currency=values.pop("currency", "EUR"),
        due_on=due_on,
        paid_on=paid_on,
        paid_amount=Decimal(amount) if paid_on else None,
        **values,
    )


def some_invoices(debtor_id: UUID, number: int, seed: int) -> list[LedgerLine]:
    chance = random.Random(seed)
    lines = []
    for place in range(number):
        due_on = TODAY - timedelta(chance.randint(-30, 700))
        paid_on = due_on + timedelta(chance.randint(-25, 80)) if chance.random() < 0.8 else None
        paid_on = None if paid_on and paid_on > TODAY else paid_on
        amount = f"{chance.randint(1, 99999)}.{chance.randint(10, 99)}"
        currency = chance.choice(["EUR", "EUR", "EUR", "USD"])
        disputed = chance.random() < 0.1
        lines.append(invoice(debtor_id, place, due_on, paid_on, amount, currency=currency, disputed=disputed))
    return lines


def share(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole).quantize(Decimal("0.000001"))


@pytest.mark.parametrize("seed", range(4))
def test_behaviour_is_what_the_definitions_give_for_the_invoices(sessions, seller, debtor_id, evidence, seed):
    lines = some_invoices(debtor_id, 300, seed)
    with sessions.of(seller.id) as session:
        take(session, lines, NOW)
    euros = [line for line in lines if line.currency == "EUR"]
    settled = [line for line in euros if line.paid_on and not line.disputed]

    def between(oldest: int, newest: int) -> list[LedgerLine]:
        return [line for line in settled if newest <= (TODAY - line.paid_on).days <= oldest]

    def dbt(some: list[LedgerLine]) -> Decimal:
        items = [SettledItem(line.amount, line.due_on, line.paid_on) for line in some]
        return days_beyond_terms(items).dbt_days.quantize(Decimal("0.0001"))

    opened = [line for line in euros if not line.paid_on]
    overdue = [line for line in opened if line.due_on < TODAY and not line.disputed]
    for late_days in LATE_DAYS_KEPT:
        with sessions.of(seller.id) as session:
            view = behaviour(session, debtor_id, "EUR", TODAY, replace(EVIDENCE, late_days=late_days))
        facts, window = view.behaviour, between(364, 0)
        late = [line.amount for line in window if (line.paid_on - line.due_on).days > late_days]
        assert facts.late_amount_share == share(sum(late, Decimal(0)), sum(line.amount for line in window))
    assert (facts.settled_count, facts.settled_amount) == (len(window), sum(line.amount for line in window))
    assert facts.dbt_days == dbt(window)
    assert (facts.dbt_days_recent, facts.dbt_days_prior) == (dbt(between(89, 0)), dbt(between(364, 90)))
    assert facts.first_settled_on == min(line.paid_on for line in settled)
    assert facts.open_amount == sum(line.amount for line in opened)
    assert facts.overdue_amount == sum(line.amount for line in overdue)
    assert view.oldest_overdue_on == min(line.due_on for line in overdue)
    assert facts.oldest_overdue_days == (TODAY - view.oldest_overdue_on).days
    assert facts.peak_exposure == peak(euros)
    assert view.exposure["EUR"] == facts.open_amount
    assert view.exposure["USD"] == sum(line.amount for line in lines if line.currency == "USD" and not line.paid_on)


def peak(lines: list[LedgerLine]) -> Decimal:
    """The highest sum of what was invoiced and not yet paid, at the end of each day of the window, and before it."""
    days = [TODAY - timedelta(ago) for ago in range(366)]
    return max(
        sum(
            (line.amount for line in lines if line.dated_on <= day and not (line.paid_on and line.paid_on <= day)),
            Decimal(0),
        )
        for day in days
    )


def test_a_debtor_without_a_ledger_has_no_behaviour_and_nothing_is_zero_that_is_unknown(
    sessions, seller, debtor_id, evidence
):
    with sessions.of(seller.id) as session:
        view = behaviour(session, debtor_id, "EUR", TODAY, EVIDENCE)
    facts = view.behaviour
    assert (facts.settled_count, facts.dbt_days, facts.late_amount_share, facts.first_settled_on) == (
        0,
        None,
        None,
        None,
    )
    assert (facts.peak_exposure, view.oldest_overdue_on, view.exposure) == (None, None, {})


@pytest.mark.parametrize("lateness", [None, LATENESS])
def test_many_debtors_at_once_are_told_what_each_is_told_alone(sessions, seller, lateness):
    evidence = replace(EVIDENCE, lateness=lateness)
    with sessions.of(seller.id) as session:
        values = {"name": "De Oever", "country": "NL"}
        ids = [debtors.add(session, values, phase="monitoring", names=(), now=NOW).id for _ in range(5)]
    for seed, debtor_id in enumerate(ids[:4]):  # The last one has no ledger.
        with sessions.of(seller.id) as session:
            take(session, some_invoices(debtor_id, 40 * seed + 1, seed), NOW)
    with sessions.of(seller.id) as session:
        for currency in ("EUR", "USD"):
            for as_of in (TODAY, TODAY + timedelta(100)):
                alone = {debtor_id: behaviour(session, debtor_id, currency, as_of, evidence) for debtor_id in ids}
                assert behaviours(session, ids, currency, as_of, evidence) == alone
        assert behaviours(session, [], "EUR", TODAY, evidence) == {}


def test_a_past_as_of_looks_at_the_days_until_then(sessions, seller, debtor_id, evidence):
    due_on = date(2026, 1, 10)
    with sessions.of(seller.id) as session:
        lines = [
            invoice(debtor_id, 1, due_on, date(2026, 1, 20), "100.00"),
            invoice(debtor_id, 2, due_on, date(2026, 3, 1), "100.00"),
        ]
        take(session, lines, NOW)
        facts = behaviour(session, debtor_id, "EUR", date(2026, 2, 1), EVIDENCE).behaviour
    assert (facts.settled_count, facts.dbt_days) == (1, 10)
    assert facts.peak_exposure == 200


def test_what_was_settled_after_a_past_as_of_was_not_settled_then(sessions, seller, debtor_id):
    with sessions.of(seller.id) as session:
        take(session, [invoice(debtor_id, 1, date(2026, 1, 10), date(2026, 3, 1), "100.00")], NOW)
        assert behaviour(session, debtor_id, "EUR", date(2026, 2, 28), EVIDENCE).behaviour.first_settled_on is None
        facts = behaviour(session, debtor_id, "EUR", date(2026, 3, 1), EVIDENCE).behaviour
        assert facts.first_settled_on == date(2026, 3, 1)


def test_the_peak_of_a_window_without_a_move_is_the_balance_of_its_end(sessions, seller, debtor_id, evidence):
    long_ago = TODAY - timedelta(800)
    later = TODAY - timedelta(100)
    source = ("order", uuid4())
    with sessions.of(seller.id) as session:
        for day, amount in ((long_ago, 300), (later, -100), (later + timedelta(1), -150), (TODAY, 700)):
            move(session, [Entry(debtor_id, "EUR", "reserved", Decimal(amount), source, day)], NOW)
        facts = behaviour(session, debtor_id, "EUR", later - timedelta(1), evidence).behaviour
    assert facts.peak_exposure == 300


def scanned(session: Session, sessions: Sessions, run: Callable[[], object]) -> set[str]:
    """Give the tables that the plans of the statements of `run` touch."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    event.listen(sessions.engine, "before_cursor_execute", note)
    run()
    event.remove(sessions.engine, "before_cursor_execute", note)
    assert len(statements) == 1
    connection = session.connection().connection
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statements[0][0]}", statements[0][1])
        plan = json.dumps(cursor.fetchone()[0])
    return {
        table for table in ("invoice", "allocation", "payment", "exposure_entry", "debtor_day") if f'"{table}"' in plan
    }


@pytest.mark.parametrize("lateness", [None, LATENESS])
def test_behaviour_is_one_statement_that_never_looks_at_an_invoice(sessions, seller, debtor_id, lateness):
    evidence = replace(EVIDENCE, lateness=lateness)
    with sessions.of(seller.id) as session:
        take(session, some_invoices(debtor_id, 50, 1), NOW)
    with sessions.of(seller.id) as session:
        for ask in (
            lambda: behaviour(session, debtor_id, "EUR", TODAY, evidence),
            lambda: behaviours(session, [debtor_id], "EUR", TODAY, evidence),
        ):
            assert scanned(session, sessions, ask) == {"debtor_day"}


def test_ten_times_the_invoices_are_no_more_days_to_read(sessions, seller, debtor_id):
    with sessions.of(seller.id) as session:
        take(session, some_invoices(debtor_id, 3000, 5), NOW)
        days = session.scalar(text("SELECT count(*) FROM debtor_day WHERE currency = 'EUR'"))
    assert days <= 800


def test_a_move_writes_entries_balances_and_days_together(sessions, seller, debtor_id, evidence):
    source = ("order", uuid4())
    with sessions.of(seller.id) as session:
        move(session, [Entry(debtor_id, "EUR", "scheduled", Decimal(500), source, TODAY)], NOW)
        there = [("scheduled", Decimal(-500)), ("reserved", Decimal(500))]
        move(session, [Entry(debtor_id, "EUR", stage, amount, source, TODAY) for stage, amount in there], NOW)
        assert ledger_drift.of_balances(session) == []
        assert behaviour(session, debtor_id, "EUR", TODAY, EVIDENCE).exposure == {"EUR": 500}
        assert [each.stage for each in exposure.balances(session, debtor_id)] == ["reserved"]
        assert session.scalar(text("SELECT exposure_change FROM debtor_day")) == 500
        assert session.scalar(text("SELECT count(DISTINCT movement_id) FROM exposure_entry")) == 2


def test_drift_is_found(sessions, seller, debtor_id):
    with sessions.of(seller.id) as session:
        move(session, [Entry(debtor_id, "EUR", "reserved", Decimal(500), ("order", uuid4()), TODAY)], NOW)
        session.execute(text("UPDATE exposure_balance SET amount = amount + 1"))
        (found,) = ledger_drift.of_balances(session)
        assert (found.debtor_id, found.expected, found.found) == (debtor_id, "500", "501")
        session.rollback()


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE debtor_day SET late_over_5_amount = late_over_5_amount + 1 WHERE day = :day",
        "DELETE FROM debtor_day WHERE day = :day",
    ],
)
def test_days_that_are_not_what_they_sum_are_found(sessions, seller, debtor_id, wrong):
    day = TODAY - timedelta(10)
    with sessions.of(seller.id) as session:
        take(session, [invoice(debtor_id, 1, TODAY - timedelta(20), day, "100.00")], NOW)
        assert ledger_drift.of_days(session) == []
        session.execute(text(wrong), {"day": day})
        found = ledger_drift.of_days(session)
        assert {(each.debtor_id, each.what.partition(":")[0]) for each in found} == {(debtor_id, f"day {day} EUR")}
        session.rollback()


def test_days_that_went_wrong_can_be_made_again(sessions, seller, debtor_id, evidence):
    with sessions.of(seller.id) as session:
        take(session, some_invoices(debtor_id, 100, 2), NOW)
        right = behaviour(session, debtor_id, "EUR", TODAY, EVIDENCE)
        session.execute(text("UPDATE debtor_day SET settled_amount = settled_amount + 1, due_open_amount = 0"))
        assert behaviour(session, debtor_id, "EUR", TODAY, EVIDENCE) != right
        debtor_days.rebuild(session, debtor_id)
        assert behaviour(session, debtor_id, "EUR", TODAY, EVIDENCE) == right
