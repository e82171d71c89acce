"""Exchange rates over HTTP, and the totals they make; rates are every seller's, so each test has days of its own."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.clock import real_now
from api.records import public_rates
from api.records.public_rates import PublicRate
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.web_checks import assert_documented, assert_problem

ClientOf = Callable[..., FlaskClient]


def add_rates(sessions: Sessions, day: date, **values: str) -> None:
    rates = [PublicRate("exchange", name, day, Decimal(value), "ECB") for name, value in values.items()]
    with sessions.of_nobody() as session:
        public_rates.add(session, rates, real_now())


def with_invoices(client: FlaskClient, day: date, **amounts: str) -> str:
    debtor_id = client.post("/v1/debtors", json={"country": "NL", "name": "De Oever"}).json["id"]
    for currency, amount in amounts.items():
        body = {
            "debtor_id": debtor_id,
            "invoice_number": currency,
            "invoiced_on": str(day),
            "due_on": str(day + timedelta(30)),
            "amount": {"amount": amount, "currency": currency},
        }
        assert client.post("/v1/invoices", json=body).status_code == 201
    return debtor_id


def exposure_of(client: FlaskClient, app: Flask, debtor_id: str) -> Any:
    answer = client.get(f"/v1/debtors/{debtor_id}/exposure")
    assert answer.status_code == 200, answer.text
    assert_documented(app, "get", "/v1/debtors/{debtor_id}/exposure", 200, answer.json)
    return answer.json


def test_exposure_has_a_total_in_the_sellers_currency_and_says_by_which_rates(
    client_of: ClientOf, app: Flask, sessions: Sessions, new_seller: Callable[..., Seller]
) -> None:
    day = date(2021, 3, 1)
    seller = new_seller(starts_on=day)
    add_rates(sessions, day - timedelta(3), USD="1.2000", GBP="0.8000")
    client = client_of("finance", seller=seller)
    debtor_id = with_invoices(client, day, EUR="100.00", USD="240.00", GBP="40.00")
    found = exposure_of(client, app, debtor_id)
    assert found["total"] == {"amount": "350.00", "currency": "EUR"}
    assert found["total_reason"] is None
    usd = {"currency": "USD", "rate": "1.2", "rate_on": str(day - timedelta(3)), "source": "ECB"}
    assert found["rates"] == [{**usd, "currency": "GBP", "rate": "0.8"}, usd]
    assert len(found["totals"]) == 3


def test_a_rate_that_is_missing_or_too_old_is_named_and_there_is_no_total(
    client_of: ClientOf, app: Flask, sessions: Sessions, new_seller: Callable[..., Seller]
) -> None:
    day = date(2022, 3, 1)
    add_rates(sessions, day - timedelta(8), CHF="1.1")
    add_rates(sessions, day - timedelta(7), USD="1.2")
    client = client_of("finance", seller=new_seller(starts_on=day))
    debtor_id = with_invoices(client, day, EUR="100.00", USD="240.00", CHF="40.00", SEK="40.00")
    found = exposure_of(client, app, debtor_id)
    assert found["total"] is None
    assert found["total_reason"] == {"code": "rate_missing", "currencies": ["CHF", "SEK"]}
    assert [each["currency"] for each in found["rates"]] == ["USD"]


def test_without_another_currency_no_rate_is_needed(client_of: ClientOf, app: Flask, seller: Seller) -> None:
    client = client_of("finance")
    found = exposure_of(client, app, with_invoices(client, date(2026, 1, 1), EUR="100.00"))
    assert (found["total"], found["rates"]) == ({"amount": "100.00", "currency": "EUR"}, [])
    nothing = exposure_of(client, app, with_invoices(client, date(2026, 1, 1)))
    assert nothing["total"] == {"amount": "0.00", "currency": "EUR"}


def test_rates_are_listed_as_a_conversion_would_use_them(client_of: ClientOf, app: Flask, sessions: Sessions) -> None:
    day = date(2020, 3, 2)
    add_rates(sessions, day, USD="1.1102", JPY="120.18")
    add_rates(sessions, day - timedelta(7), CHF="1.0614")
    add_rates(sessions, day - timedelta(8), SEK="10.6")
    client = client_of("integration")
    answer = client.get(f"/v1/exchange-rates?on={day}")
    assert_documented(app, "get", "/v1/exchange-rates", 200, answer.json)
    listed = {each["currency"]: (each["rate"], each["rate_on"]) for each in answer.json["items"]}
    assert listed == {
        "USD": ("1.1102", str(day)),
        "JPY": ("120.18", str(day)),
        "CHF": ("1.0614", str(day - timedelta(7))),
    }
    one = client.get(f"/v1/exchange-rates?on={day}&currency=USD").json
    assert [each["source"] for each in one["items"]] == ["ECB"]
    known = client.get(f"/v1/exchange-rates?on={day}&known_at=2020-03-02T00:00:00Z").json
    assert known == {"items": [], "next": None}
    as_csv = client.get(f"/v1/exchange-rates?on={day}&currency=USD", headers={"Accept": "text/csv"})
    assert as_csv.text == f"currency,rate,rate_on,source\r\nUSD,1.1102,{day},ECB\r\n"


def test_every_fault_of_the_query_is_named(client_of: ClientOf, app: Flask) -> None:
    answer = client_of("finance").get("/v1/exchange-rates?on=1-2-2026&currency=XXX&known_at=x&limit=1")
    problem = assert_problem(app, answer, 422, "bad_input")
    assert {each["pointer"] for each in problem["errors"]} == {"/on", "/currency", "/known_at", "/limit"}


@pytest.mark.parametrize("role", ["sales", "insurer", "admin"])
def test_others_see_no_rates(client_of: ClientOf, app: Flask, role: str) -> None:
    assert_problem(app, client_of(role).get("/v1/exchange-rates"), 403, "not_allowed")


def test_another_sellers_exposure_is_not_found(
    client_of: ClientOf, app: Flask, new_seller: Callable[..., Seller]
) -> None:
    debtor_id = with_invoices(client_of("finance"), date(2026, 1, 1), EUR="100.00")
    stranger = client_of("finance", seller=new_seller())
    assert_problem(app, stranger.get(f"/v1/debtors/{debtor_id}/exposure"), 404, "not_found")
