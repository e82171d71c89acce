"""Credit checks over HTTP and PostgreSQL, with the sandbox's companies."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from api.clock import Clock
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.web_checks import assert_documented, assert_problem

ClientOf = Callable[..., FlaskClient]
WHY = {"purpose": "credit_assessment", "relation": "prospect"}


def ask(client: FlaskClient, kvk_number: str, **asked: Any) -> Any:
    company = {"country": "NL", "kvk_number": kvk_number}
    return client.post("/v1/credit-checks", json={"company": company, **WHY, **asked})


@pytest.mark.parametrize(
    ("kvk_number", "outcome"),
    [
        ("90000001", "accept"),
        ("90000006", "decline"),
        ("90000007", "decline"),
        ("90000009", "decline"),
        ("90000010", "refer"),
        ("90000016", "refer"),
        ("90000017", "refer"),
    ],
)
def test_each_fate_gets_its_outcome(client_of: ClientOf, app: Flask, kvk_number: str, outcome: str) -> None:
    answer = ask(client_of("finance"), kvk_number, order_amount={"amount": "5000.00", "currency": "EUR"})
    assert answer.status_code == 201, answer.text
    assert answer.json["outcome"] == outcome, answer.json["reasons"]
    assert_documented(app, "post", "/v1/credit-checks", 201, answer.json)


def test_a_second_check_uses_the_stored_reports(client_of: ClientOf, sessions: Sessions, seller: Seller) -> None:
    client = client_of("finance")
    first = ask(client, "90000001").json
    second = client.post("/v1/credit-checks", json={"debtor_id": first["debtor_id"]}).json
    assert {source["status"] for source in first["sources"]} == {"fresh"}
    assert {source["status"] for source in second["sources"]} == {"cached"}
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM credit_report")) == len(first["sources"]) == 4
        assert session.scalar(text("SELECT count(*) FROM debtor")) == 1


def test_a_report_is_not_bought_without_purpose_and_relation(client_of: ClientOf, app: Flask) -> None:
    answer = client_of("sales").post("/v1/credit-checks", json={"company": {"country": "NL", "kvk_number": "90000001"}})
    problem = assert_problem(app, answer, 422, "bad_input")
    assert {fault["pointer"] for fault in problem["errors"]} == {"/purpose", "/relation"}


def test_sales_sees_no_figures_of_the_report(client_of: ClientOf, app: Flask) -> None:
    answer = ask(client_of("sales"), "90000003", order_amount={"amount": "5000.00", "currency": "EUR"}).json
    assert_documented(app, "post", "/v1/credit-checks", 201, answer)
    assert not {"grade", "pd", "confidence", "payment_behaviour", "payment_index"} & set(answer)
    assert all(not reason["params"] for reason in answer["reasons"])
    assert all("cost" not in source for source in answer["sources"])


def test_a_decision_reads_and_replays_the_same(client_of: ClientOf, app: Flask) -> None:
    client = client_of("finance")
    decided = ask(client, "90000002").json
    assert client.get(f"/v1/decisions/{decided['id']}").json == decided
    replay = client.post(f"/v1/decisions/{decided['id']}/replay")
    assert replay.json["identical"] is True, replay.json
    assert_documented(app, "post", "/v1/decisions/{decision_id}/replay", 200, replay.json)


def test_reasons_come_in_dutch(client_of: ClientOf) -> None:
    client = client_of("finance")
    decided = ask(client, "90000007").json
    dutch = client.get(f"/v1/decisions/{decided['id']}", headers={"Accept-Language": "nl"}).json
    assert [reason["code"] for reason in dutch["reasons"]] == [reason["code"] for reason in decided["reasons"]]
    assert dutch["reasons"][0]["text"] != decided["reasons"][0]["text"]


def test_another_seller_finds_nothing(client_of: ClientOf, new_seller: Callable[..., Seller], app: Flask) -> None:
    decided = ask(client_of("finance"), "90000001").json
    other = client_of("finance", seller=new_seller())
    assert_problem(app, other.get(f"/v1/decisions/{decided['id']}"), 404, "not_found")
    assert_problem(
        app, other.post("/v1/credit-checks", json={"debtor_id": decided["debtor_id"]}), 404, "debtor_not_found"
    )


def test_a_name_that_could_be_two_companies_is_not_guessed(client_of: ClientOf, app: Flask) -> None:
    company = {"country": "NL", "name": "Nergens Bekend B.V."}
    answer = client_of("sales").post("/v1/credit-checks", json={"company": company, **WHY})
    assert_problem(app, answer, 422, "company_not_identified")


def test_a_repeated_request_decides_once(client_of: ClientOf, sessions: Sessions, seller: Seller) -> None:
    client = client_of("sales")
    body = {"company": {"country": "NL", "kvk_number": "90000001"}, **WHY}
    answers = [client.post("/v1/credit-checks", json=body, headers={"Idempotency-Key": "one"}) for _ in range(3)]
    assert len({answer.data for answer in answers}) == 1
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM decision")) == 1


def test_a_live_seller_is_never_answered_from_the_sandbox(
    client_of: ClientOf, new_seller: Callable[..., Seller]
) -> None:
    answer = ask(client_of("finance", seller=new_seller("live")), "90000001").json
    assert (answer["mode"], answer["outcome"]) == ("live", "refer")
    assert {source["kind"]: (source["status"], source["why"]) for source in answer["sources"]} == {
        "company_register": ("not_asked", "nobody"),
        "credit_bureau": ("not_asked", "nobody"),
        "sanctions_list": ("not_asked", "nobody"),
        "entity_register": ("unavailable", "down"),  # Open to all, and not reached from here.
    }
    assert "source_not_asked" in {reason["code"] for reason in answer["reasons"]}


def test_sales_is_not_told_of_a_possible_sanctions_hit(client_of: ClientOf) -> None:
    sales, finance = (ask(client_of(role), "90000010").json for role in ("sales", "finance"))
    assert sales["outcome"] == finance["outcome"] == "refer"
    assert "sanction" in str(finance["reasons"]) + str(finance["remedies"])
    assert "sanction" not in str(sales["reasons"]) + str(sales["remedies"])


def test_a_new_debtor_with_an_unpaid_first_invoice_waits(client_of: ClientOf, clock: Clock, seller: Seller) -> None:
    today = clock.today(seller)
    finance = client_of("finance")
    debtor = finance.post("/v1/debtors", json={"country": "NL", "kvk_number": "90000002"}).json["id"]
    invoice = {
        "debtor_id": debtor,
        "invoice_number": "1",
        "invoiced_on": str(today - timedelta(days=20)),
        "due_on": str(today + timedelta(days=10)),
        "amount": {"amount": "800.00", "currency": "EUR"},
    }
    assert finance.post("/v1/invoices", json=invoice).status_code == 201
    order = {"amount": "200.00", "currency": "EUR"}
    waits = finance.post("/v1/credit-checks", json={"debtor_id": debtor, "order_amount": order, **WHY}).json
    assert (waits["risk_class"], waits["outcome"]) == ("normal", "hold_first_payment"), waits["reasons"]
    paid = {
        "debtor_id": debtor,
        "payment_reference": "p1",
        "paid_on": str(today),
        "amount": invoice["amount"],
        "allocations": [{"invoice_number": "1", "amount": invoice["amount"]}],
    }
    assert finance.post("/v1/payments", json=paid).status_code == 201
    after = finance.post("/v1/credit-checks", json={"debtor_id": debtor, "order_amount": order}).json
    assert after["outcome"] == "accept", after["reasons"]
