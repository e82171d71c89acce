"""Overrides over HTTP: the machine beside the person, and what became of it."""

from datetime import date, timedelta

from flask import Flask

from tests.api.acceptance.conftest import GOOD, UNKNOWN, WEAK, Office, euro
from tests.api.acceptance.test_limits import today_of
from tests.web_checks import assert_documented, assert_problem


def invoice(office: Office, debtor_id: str, number: str, invoiced_on: date, days: int) -> None:
    body = {
        "debtor_id": debtor_id,
        "invoice_number": number,
        "invoiced_on": str(invoiced_on),
        "due_on": str(invoiced_on + timedelta(days=days)),
        "amount": euro("100.00"),
    }
    answer = office.finance.post("/v1/invoices", json=body)
    assert answer.status_code in (200, 201), answer.text


def test_verdicts_that_differ_are_listed_with_what_the_machine_said(office: Office, app: Flask) -> None:
    lower, same = office.apply(GOOD), office.apply("90000002", "1000.00")
    more, silent = office.apply(WEAK), office.apply(UNKNOWN)
    office.decide(office.finance, lower["id"], "2000.00")
    office.decide(office.finance, same["id"], "1000.00")
    office.decide(office.finance, more["id"], "4000.00")  # The machine would have given 1,250.
    waiting = office.decide(office.manager, silent["id"], "500.00").json
    page = office.finance.get("/v1/overrides").json
    assert_documented(app, "get", "/v1/overrides", 200, page)
    assert [(each["application_id"], each["direction"]) for each in page["items"]] == [
        (more["id"], "more_credit"),
        (lower["id"], "less_credit"),
    ]
    raised, cut = page["items"]
    assert (raised["machine"]["outcome"], raised["machine"]["would_have"]) == ("refer", "accept")
    assert raised["machine"]["limit"]["amount"] == euro("1250.00")
    assert raised["person"]["limit"]["amount"] == euro("4000.00")
    assert (cut["machine"]["outcome"], cut["machine"]["limit"]["amount"]) == ("accept", euro("5000.00"))
    assert cut["person"]["given_by"] == "fleur@example.com"
    counts = {"decisions": 4, "verdicts": 3, "overrides": 2, "same": 1, "more_credit": 1, "less_credit": 1}
    assert page["counts"] == counts | {"machine_silent": 0}
    office.second(office.other_manager, silent["id"], waiting["id"])
    page = office.finance.get("/v1/overrides?by=mia@example.com").json
    assert [each["direction"] for each in page["items"]] == ["machine_silent"]
    assert page["items"][0]["person"]["seconded_by"] == "max@example.com"
    assert page["items"][0]["machine"]["limit"] is None


def test_what_became_of_it_is_read_from_the_ledger(office: Office) -> None:
    made = office.apply(GOOD)
    office.decide(office.finance, made["id"], "2000.00")
    (nothing,) = office.finance.get("/v1/overrides").json["items"]
    assert nothing["since"] == {
        "by_currency": [],
        "exposure": [],
        "order": None,
        "written_off": None,
        "written_off_why": "not_recorded",
    }
    day = today_of(made)
    invoice(office, made["debtor_id"], "before", day - timedelta(days=90), 10)
    invoice(office, made["debtor_id"], "since", day, 30)
    (item,) = office.finance.get("/v1/overrides").json["items"]
    (told,) = item["since"]["by_currency"]
    assert (told["invoiced"], told["worst_days_late"], told["overdue"]) == (euro("100.00"), None, euro("0.00"))
    assert item["since"]["exposure"] == [euro("200.00")]


def test_they_are_asked_for_since_a_day_and_by_finance_only(office: Office, app: Flask) -> None:
    made = office.apply(GOOD)
    office.decide(office.finance, made["id"], "2000.00")
    day = today_of(made)
    assert len(office.finance.get(f"/v1/overrides?since={day}").json["items"]) == 1
    later = office.finance.get(f"/v1/overrides?since={day + timedelta(days=2)}").json
    assert (later["items"], later["counts"]["verdicts"], later["counts"]["decisions"]) == ([], 0, 0)
    assert_problem(app, office.sales.get("/v1/overrides"), 403, "not_allowed")
