"""Bank statements in PostgreSQL: each stored once, and alerts of what is missing, in whatever order they come."""

import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from api.ledger.statements import check_continuity, store_statement
from api.records.bank import StatementToStore
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.web_checks import assert_documented, assert_problem

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OPEN = "SELECT kind, subject FROM alert WHERE ended_at IS NULL AND data ->> 'account' = :account ORDER BY 1, 2"


def new_account() -> str:
    return f"NL91ABNA{uuid4().int % 10**10:010}"


def history(account: str, moves: Sequence[int], start: int = 0) -> list[StatementToStore]:
    balance, whole = Decimal(start), []
    for number, move in enumerate(moves, 1):
        on = date(2026, 1, 1) + timedelta(days=number)
        after = balance + move
        whole.append(StatementToStore(account, "EUR", f"{number}:{move}", on, on, None, number, balance, after))
        balance = after
    return whole


@pytest.fixture
def store(sessions: Sessions, seller: Seller) -> Callable[[Iterable[StatementToStore]], list[str]]:
    """Stores statements, each in a transaction of its own, and gives what each was."""

    def run(statements: Iterable[StatementToStore]) -> list[str]:
        states = []
        for each in statements:
            with sessions.of(seller.id) as session:
                states.append(store_statement(session, each, now=NOW)[1])
                check_continuity(session, each.account, now=NOW)
        return states

    return run


@pytest.fixture
def open_alerts(sessions: Sessions, seller: Seller) -> Callable[[str], list[Any]]:
    def read(account: str) -> list[Any]:
        with sessions.of(seller.id) as session:
            return [tuple(row) for row in session.execute(text(OPEN), {"account": account})]

    return read


def test_a_gap_is_told_and_ends_when_what_was_missing_comes(
    store: Callable[..., list[str]], client_of: Callable[..., FlaskClient], app: Flask
) -> None:
    client, account = client_of("finance"), new_account()
    first, second, third = history(account, [100, 20, 3])
    assert store([third, first]) == ["new", "new"]
    (alert,) = client.get("/v1/alerts?open=true").json["items"]
    assert (alert["kind"], alert["severity"]) == ("statement_missing", "warning")
    assert account in alert["subject"]
    assert alert["data"]["difference"] == {"amount": "20.00", "currency": "EUR"}
    assert (alert["data"]["after"]["sequence_number"], alert["data"]["before"]["sequence_number"]) == (1, 3)
    assert store([second, second]) == ["new", "known"]
    answer = client.get("/v1/alerts")
    assert_documented(app, "get", "/v1/alerts", 200, answer.json)
    assert [each["ended_at"] is None for each in answer.json["items"]] == [False]


def test_statements_are_listed_with_how_they_follow(
    store: Callable[..., list[str]],
    client_of: Callable[..., FlaskClient],
    app: Flask,
    new_seller: Callable[..., Seller],
) -> None:
    account, other = new_account(), new_account()
    first, _, third = history(account, [100, 20, 3])
    corrected = replace(third, identity="corrected", closing_amount=Decimal(125))
    assert store([first, third, corrected, *history(other, [5])]) == ["new", "new", "repeated", "new"]
    client = client_of("integration")
    answer = client.get("/v1/bank-statements")
    assert_documented(app, "get", "/v1/bank-statements", 200, answer.json)
    listed = client.get(f"/v1/bank-statements?account={account}&limit=2").json
    assert [each["continuity"] for each in listed["items"]] == ["repeated", "repeated"]
    rest = client.get(f"/v1/bank-statements?account={account}&limit=2&after={listed['next']}").json
    assert [(each["continuity"], each["sequence_number"]) for each in rest["items"]] == [("first", 1)]
    kinds = [each["kind"] for each in client.get("/v1/alerts?open=true").json["items"]]
    assert sorted(kinds) == ["statement_missing", "statement_repeated"]
    as_csv = client.get("/v1/bank-statements", headers={"Accept": "text/csv"})
    assert "opening_amount_currency" in as_csv.text.splitlines()[0]
    stranger = client_of("finance", seller=new_seller())
    assert stranger.get("/v1/bank-statements").json["items"] == stranger.get("/v1/alerts").json["items"] == []


@pytest.mark.parametrize(
    ("path", "role"),
    [
        *(("/v1/bank-statements", role) for role in ("sales", "insurer", "admin")),
        *(("/v1/alerts", role) for role in ("insurer", "admin")),  # Sales sees those that are for sales.
    ],
)
def test_neither_sales_nor_insurers_see_the_bank(
    client_of: Callable[..., FlaskClient], app: Flask, path: str, role: str
) -> None:
    assert_problem(app, client_of(role).get(path), 403, "not_allowed")


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("alerts?debtor_id=x&open=maybe&limit=0&colour=red", {"/debtor_id", "/open", "/limit", "/colour"}),
        ("alerts?kind=%20&after=x", {"/kind"}),
        ("alerts?after=x", {"/after"}),
        ("bank-statements?account=%07&limit=900", {"/account", "/limit"}),
    ],
)
def test_every_fault_of_a_query_is_named(
    client_of: Callable[..., FlaskClient], app: Flask, query: str, pointers: set[str]
) -> None:
    problem = assert_problem(app, client_of("finance").get(f"/v1/{query}"), 422, "bad_input")
    assert {fault["pointer"] for fault in problem["errors"]} == pointers


def test_two_accounts_and_two_currencies_are_looked_at_apart(
    store: Callable[..., list[str]], open_alerts: Callable[[str], list[Any]]
) -> None:
    account = new_account()
    euros = history(account, [100, 20])
    dollars = [replace(each, currency="USD", identity=f"usd {each.identity}") for each in history(account, [7, 8], 50)]
    longer = f"{account} 1"
    store([*euros, *dollars, history(longer, [1, 2, 3])[0], history(longer, [1, 2, 3])[2]])
    assert open_alerts(account) == []
    assert len(open_alerts(longer)) == 1


def test_neighbours_that_are_stored_at_once_see_each_other(
    sessions: Sessions, seller: Seller, open_alerts: Callable[[str], list[Any]]
) -> None:
    account = new_account()

    def store_one(statement: StatementToStore) -> str:
        with sessions.of(seller.id) as session:
            _, state = store_statement(session, statement, now=NOW)
            check_continuity(session, account, now=NOW)
            return state

    whole = history(account, [1, 2, 3, 4, 5, 6])
    with ThreadPoolExecutor(4) as pool:
        states = list(pool.map(store_one, [*whole[::2], *whole[1::2], *whole]))
    assert sorted(states) == ["known"] * 6 + ["new"] * 6
    assert open_alerts(account) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(st.integers(1, 9), min_size=3, max_size=8),
    late=st.sets(st.integers(1, 6)),
    chance=st.randoms(use_true_random=False),
)
def test_the_open_alerts_do_not_depend_on_the_order(
    sessions: Sessions,
    seller: Seller,
    store: Callable[..., list[str]],
    open_alerts: Callable[[str], list[Any]],
    moves: list[int],
    late: set[int],
    chance: random.Random,
) -> None:
    accounts = [new_account(), new_account()]
    outcomes = []
    for account in accounts:
        whole = history(account, moves)
        missing = [each for number, each in enumerate(whole) if number in late and number < len(whole) - 1]
        kept = [each for each in whole if each not in missing]
        chance.shuffle(kept)
        chance.shuffle(missing)
        store(kept)
        outcomes.append([(kind, subject.removeprefix(account)) for kind, subject in open_alerts(account)])
        runs = sum(each.sequence_number - 1 in {one.sequence_number for one in missing} for each in kept)
        assert len(outcomes[-1]) == runs
        store(missing)
        assert open_alerts(account) == []
    assert outcomes[0] == outcomes[1]
