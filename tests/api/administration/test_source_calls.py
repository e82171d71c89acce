"""Calls to sources and what they cost, over HTTP."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from api.source_access import source_access
from providers.memory import Call
from tests.web_checks import assert_documented, assert_problem

AT = datetime(2026, 3, 31, 21, 30, tzinfo=UTC)  # In Amsterdam half past eleven at night, in summer time.
EURO = (Decimal("4.50"), "EUR")


def note(house, seller, *, debtor_id=None, decision_id=None, **changes) -> None:
    call = {
        "provider": "bureau",
        "operation": "report",
        "started_at": AT,
        "seconds": 0.4123,
        "outcome": "ok",
        "status": 200,
        "tries": 1,
        "answer_bytes": 812,
        "cost": EURO,
    }
    access = source_access(house, seller, debtor_id=debtor_id, decision_id=decision_id)
    access.memory("bureau").note_call(Call(**{**call, **changes}))


def test_a_call_is_shown_as_it_was(app, client_of, house, seller):
    debtor_id, decision_id = uuid4(), uuid4()
    note(house, seller, debtor_id=debtor_id, decision_id=decision_id)
    listed = client_of("finance").get("/v1/source-calls")
    assert_documented(app, "get", "/v1/source-calls", 200, listed.json)
    (call,) = listed.json["items"]
    assert call.pop("id")
    assert datetime.fromisoformat(call.pop("started_at")) == AT
    assert call == {
        "provider": "bureau",
        "operation": "report",
        "debtor_id": str(debtor_id),
        "decision_id": str(decision_id),
        "seconds": "0.412",
        "outcome": "ok",
        "status": 200,
        "tries": 1,
        "answer_bytes": 812,
        "cost": {"amount": "4.50", "currency": "EUR"},
    }


def test_calls_are_found_by_source_debtor_decision_and_time(client_of, house, seller):
    debtor_id, decision_id = uuid4(), uuid4()
    note(house, seller, operation="first", debtor_id=debtor_id)
    note(house, seller, operation="second", decision_id=decision_id, started_at=AT + timedelta(hours=1))
    note(house, seller, operation="third", provider="list", cost=None, status=None, outcome="down")

    def found(query: str) -> list[str]:
        return [each["operation"] for each in client_of("admin").get(f"/v1/source-calls?{query}").json["items"]]

    assert found("") == ["third", "second", "first"]
    assert found("provider=bureau") == ["second", "first"]
    assert found("provider=nobody") == []
    assert found(f"debtor_id={debtor_id}") == ["first"]
    assert found(f"decision_id={decision_id}") == ["second"]
    assert found("since=2026-03-31T22:00:00Z") == ["second"]


def test_calls_come_page_by_page_and_as_csv(client_of, house, seller):
    for operation in ("first", "second", "third"):
        note(house, seller, operation=operation, debtor_id=None)
    client = client_of("credit_manager")
    page = client.get("/v1/source-calls?limit=2").json
    rest = client.get(f"/v1/source-calls?limit=2&after={page['next']}").json
    assert [each["operation"] for each in page["items"] + rest["items"]] == ["third", "second", "first"]
    written = client.get("/v1/source-calls", headers={"Accept": "text/csv"}).text
    rows = list(csv.DictReader(io.StringIO(written)))
    assert [(row["operation"], row["cost"], row["cost_currency"]) for row in rows[:1]] == [("third", "4.50", "EUR")]


def test_costs_are_summed_by_month_of_the_seller_source_operation_and_currency(app, client_of, house, seller):
    for changes in (
        {},
        {"outcome": "not_understood"},
        {"cost": (Decimal("1.25"), "GBP")},
        {"operation": "search", "cost": None},
        {"operation": "search", "cost": None, "outcome": "down", "status": None},
        {"operation": "search", "cost": None, "outcome": "busy", "status": None, "tries": 0},
        {"started_at": AT + timedelta(hours=1)},
        {"provider": "list"},
    ):
        note(house, seller, **changes)
    listed = client_of("finance").get("/v1/source-costs")
    assert_documented(app, "get", "/v1/source-costs", 200, listed.json)
    rows = [(*list(each.values())[:-1], each["cost"] and each["cost"]["amount"]) for each in listed.json["items"]]
    assert rows == [
        ("2026-04", "bureau", "report", 1, 0, "4.50"),
        ("2026-03", "list", "report", 1, 0, "4.50"),
        ("2026-03", "bureau", "search", 2, 1, None),
        ("2026-03", "bureau", "report", 1, 0, "1.25"),
        ("2026-03", "bureau", "report", 2, 1, "9.00"),
    ]
    paged, after = [], ""
    while after is not None:
        page = client_of("finance").get(f"/v1/source-costs?limit=1{after and f'&after={after}'}").json
        paged, after = paged + page["items"], page["next"]
    assert paged == listed.json["items"]
    only = client_of("finance").get("/v1/source-costs?provider=list").json["items"]
    assert [each["provider"] for each in only] == ["list"]


def test_one_sellers_calls_are_never_anothers(client_of, house, seller, new_seller):
    note(house, new_seller())
    for path in ("/v1/source-calls", "/v1/source-costs"):
        assert client_of("finance").get(path).json["items"] == []


@pytest.mark.parametrize("role", ["sales", "integration", "insurer"])
def test_others_do_not_see_what_sources_cost(app, client_of, role):
    for path in ("/v1/source-calls", "/v1/source-costs"):
        assert_problem(app, client_of(role).get(path), 403, "not_allowed")


@pytest.mark.parametrize("query", ["since=yesterday", "debtor_id=1", "after=x", "limit=0", "month=2026-03"])
def test_a_question_that_cannot_be_answered_is_refused(app, client_of, query):
    assert_problem(app, client_of("finance").get(f"/v1/source-calls?{query}"), 422, "bad_input")
