"""Credit checks on amounts in several currencies: converted by stored rates that the decision keeps."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from api.clock import real_now
from api.records import public_rates
from api.records.public_rates import PublicRate
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.web_checks import assert_documented, assert_problem

WHY = {"purpose": "credit_assessment", "relation": "customer"}
DAY = date(2024, 5, 6)  # Rates are every seller's: these tests have days of their own.


@pytest.fixture
def seller(new_seller: Callable[..., Seller], sessions: Sessions) -> Seller:
    rates = [PublicRate("exchange", "USD", DAY - timedelta(2), Decimal("1.0800"), "ECB")]
    with sessions.of_nobody() as session:
        public_rates.add(session, rates, real_now())
    return new_seller(starts_on=DAY)


@pytest.fixture
def finance(client_of: Callable[..., FlaskClient]) -> FlaskClient:
    return client_of("finance")


def debtor_who_owes(client: FlaskClient, **amounts: str) -> str:
    debtor_id = client.post("/v1/debtors", json={"country": "NL", "kvk_number": "90000001"}).json["id"]
    for currency, amount in amounts.items():
        body = {
            "debtor_id": debtor_id,
            "invoice_number": currency,
            "invoiced_on": str(DAY),
            "due_on": str(DAY + timedelta(30)),
            "amount": {"amount": amount, "currency": currency},
        }
        assert client.post("/v1/invoices", json=body).status_code == 201
    return debtor_id


def ask(client: FlaskClient, debtor_id: str, **asked: Any) -> Any:
    answer = client.post("/v1/credit-checks", json={"debtor_id": debtor_id, **WHY, **asked})
    assert answer.status_code == 201, answer.text
    return answer.json


def facts_of(sessions: Sessions, seller: Seller, decision: Any) -> Any:
    with sessions.of(seller.id) as session:
        query = text("SELECT facts::json FROM decision_facts WHERE decision_id = :id")
        return session.scalar(query, {"id": decision["id"]})


@contextmanager
def statements(sessions: Sessions) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(sessions.engine, "before_cursor_execute", note)
    yield seen
    event.remove(sessions.engine, "before_cursor_execute", note)


def test_what_is_owed_in_another_currency_counts_at_its_rate(
    finance: FlaskClient, sessions: Sessions, seller: Seller, app: Flask
) -> None:
    debtor_id = debtor_who_owes(finance, EUR="100.00", USD="1080.00")
    decided = ask(finance, debtor_id, order_amount={"amount": "5000.00", "currency": "EUR"})
    assert_documented(app, "post", "/v1/credit-checks", 201, decided)
    assert decided["outcome"] != "refer", decided["reasons"]
    (said,) = [each for each in decided["reasons"] if each["code"] == "currency_converted"]
    assert said["text"] == "Amounts in USD were converted at exchange rates of 2024-05-04 or later."
    facts = facts_of(sessions, seller, decided)
    assert Decimal(facts["exposure"]["amount"]) == 1100
    assert facts["converted"] == [
        {"what": "exposure", "currency": "USD", "amount": "1080.0000", "converted_amount": "1000.00"}
    ]
    assert facts["rates"] == [{"currency": "USD", "per_euro": "1.08", "rate_on": "2024-05-04", "source": "ECB"}]
    # A correction that comes later changes no replay: the decision keeps its rates.
    with sessions.of_nobody() as session:
        corrected = PublicRate("exchange", "USD", DAY - timedelta(2), Decimal("1.0900"), "ECB")
        public_rates.add(session, [corrected], real_now())
    replayed = finance.post(f"/v1/decisions/{decided['id']}/replay").json
    assert replayed["identical"] is True


def test_without_a_rate_a_person_decides(finance: FlaskClient, sessions: Sessions, seller: Seller) -> None:
    decided = ask(finance, debtor_who_owes(finance, EUR="100.00", SEK="500.00", USD="1.00"))
    assert decided["outcome"] == "refer"
    (said,) = [each for each in decided["reasons"] if each["code"] == "currency_not_converted"]
    assert said["params"] == {"currencies": ["SEK"]}
    assert facts_of(sessions, seller, decided)["exposure"]["other_currencies"] == ["SEK"]


def test_an_order_in_another_currency_is_judged_at_its_rate(
    finance: FlaskClient, sessions: Sessions, seller: Seller
) -> None:
    debtor_id = debtor_who_owes(finance)
    decided = ask(finance, debtor_id, order_amount={"amount": "1000000.00", "currency": "USD"})
    facts = facts_of(sessions, seller, decided)
    assert facts["converted"][0]["what"] == "order_amount"
    assert facts["asked"]["order_amount"] == facts["converted"][0]["converted_amount"]
    lower = [each for each in decided["remedies"] if each["change"] == "order_amount"]
    assert [each["from"] for each in lower] == [facts["asked"]["order_amount"]]
    assert finance.post(f"/v1/decisions/{decided['id']}/replay").json["identical"] is True


def test_every_amount_without_a_rate_is_named(finance: FlaskClient, app: Flask) -> None:
    krona = {"amount": "10.00", "currency": "SEK"}
    body = {"debtor_id": debtor_who_owes(finance), "order_amount": krona, "monthly_sales": krona, **WHY}
    body["requested_limit"] = {"amount": "10.00", "currency": "USD"}
    problem = assert_problem(app, finance.post("/v1/credit-checks", json=body), 422, "bad_input")
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [
        ("/order_amount/currency", "rate_missing"),
        ("/monthly_sales/currency", "rate_missing"),
    ]


def test_one_currency_costs_no_statement_more_and_leaves_no_trace(
    finance: FlaskClient, sessions: Sessions, seller: Seller
) -> None:
    debtor_id = debtor_who_owes(finance, EUR="100.00")
    order = {"amount": "50.00", "currency": "EUR"}
    decided = ask(finance, debtor_id, order_amount=order)
    with statements(sessions) as seen:
        ask(finance, debtor_id, order_amount=order)
    assert not [each for each in seen if "public_rate" in each]
    assert not {"converted", "rates"} & set(facts_of(sessions, seller, decided))
    assert "currency_converted" not in {each["code"] for each in decided["reasons"]}
    with statements(sessions) as more:
        ask(finance, debtor_id, order_amount={"amount": "50.00", "currency": "USD"})
    assert len(more) == len(seen) + 1
