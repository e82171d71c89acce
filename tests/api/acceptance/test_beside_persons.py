"""Applications over HTTP beside what people decided: neither a machine nor sales undoes it, and the gate follows."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.api.acceptance.conftest import GOOD, UNKNOWN, WEAK, Office, euro
from tests.api.acceptance.test_limits import in_force, set_limit, today_of
from tests.web_checks import assert_documented, assert_problem


def order(office: Office, debtor_id: str, amount: str = "1000.00") -> Any:
    body = {"debtor_id": debtor_id, "order_reference": f"PO-{amount}", "amount": euro(amount)}
    return office.sales.post("/v1/orders", json=body).json


@pytest.mark.parametrize("way", ["limit", "none", "verdict"])
def test_sales_undoes_no_refusal_by_applying_again(office: Office, app: Flask, way: str) -> None:
    made = office.apply(GOOD, "20000.00")
    if way == "limit":
        assert set_limit(office, made["debtor_id"], "0.00", grounds="fraud").status_code == 201
    elif way == "none":
        body = {"limit": {"kind": "none"}, "grounds": "fraud"}
        assert office.finance.post(f"/v1/debtors/{made['debtor_id']}/limits", json=body).status_code == 201
    else:
        said = {"limit": euro("0.00"), "verdict": "decline", "grounds": "fraud"}
        assert office.decide(office.finance, made["id"], **said).status_code == 201
    before = in_force(office, made["debtor_id"])
    for amount, scope in (("20000.00", "own"), ("1.00", "own"), ("20000.00", "group")):
        again = office.apply(GOOD, amount, scope=scope)
        assert (again["state"], again["decided_by"], again["because"]["code"]) == (
            "referred",
            None,
            "refused_by_person",
        )
        assert again["decision"]["outcome"] == "refer"
        assert again["decision"]["sales_note"].startswith("Finance decides")
        assert again["terms"] == {"payment_term_days": None, "mode": None}
    assert_documented(app, "post", "/v1/applications", 201, again)
    assert in_force(office, made["debtor_id"]) == before
    desk = office.finance.get("/v1/referrals").json
    assert_documented(app, "get", "/v1/referrals", 200, desk)
    assert {each["reasons"][0]["code"] for each in desk["items"]} == {"refused_by_person"}
    # A person may.
    waiting = desk["items"][0]["id"]
    assert office.decide(office.manager, waiting, "3000.00").status_code == 201
    assert office.apply(GOOD, "3000.00")["state"] == "approved"


@pytest.mark.parametrize("who", ["sales", "machine"])
def test_an_application_neither_lowers_nor_raises_a_persons_limit(office: Office, who: str) -> None:
    made = office.apply(GOOD, "5000.00")
    set_limit(office, made["debtor_id"], "200000.00", "manager")
    client = getattr(office, who)
    small = office.ask(client, GOOD, "1.00").json
    assert (small["state"], small["because"]["code"]) == ("approved", "within_limit_in_force")
    assert small["limit"]["limit"]["amount"] == euro("200000.00")
    above_the_machine = office.ask(client, GOOD, "200000.00").json
    assert above_the_machine["state"] == "approved"
    if who == "sales":
        assert "EUR 200,000" in above_the_machine["decision"]["sales_note"]
    set_limit(office, made["debtor_id"], "4000.00")
    more = office.ask(client, GOOD, "5000.00").json
    assert (more["state"], more["because"]["code"]) == ("referred", "above_limit_of_person")
    assert in_force(office, made["debtor_id"]) == ("standing", "4000.00")


def test_an_application_ends_no_temporary_limit_and_none_that_is_still_to_begin(office: Office) -> None:
    made = office.apply(GOOD, "5000.00")
    day, debtor_id = today_of(made), made["debtor_id"]
    until = str(day + timedelta(days=30))
    set_limit(office, debtor_id, "24000.00", way="temporary-limits", valid_until=until)
    assert office.apply(GOOD, "18000.00")["state"] == "approved"
    assert in_force(office, debtor_id) == ("temporary", "24000.00")
    assert office.apply(GOOD, "24000.01")["state"] == "referred"
    later = office.apply("90000002", "1000.00")
    tomorrow = str(day + timedelta(days=1))
    set_limit(office, later["debtor_id"], "500.00", valid_from=tomorrow)
    assert office.apply("90000002", "900.00")["state"] == "approved"
    assert office.apply("90000002", "1500.00")["state"] == "referred"
    assert in_force(office, later["debtor_id"], f"?as_of={tomorrow}") == ("standing", "500.00")


def test_the_machine_lowers_its_own_limit_by_no_application_and_raises_it(office: Office) -> None:
    made = office.apply(GOOD, "5000.00")
    assert office.apply(GOOD, "1.00")["state"] == "approved"
    assert in_force(office, made["debtor_id"]) == ("standing", "5000.00")
    assert office.apply(GOOD, "8000.00")["state"] == "approved"
    assert in_force(office, made["debtor_id"]) == ("standing", "8000.00")


@pytest.mark.parametrize(("verdict", "outcome"), [("accept_prepayment", "accept_prepayment"), ("decline", "decline")])
def test_overruling_takes_the_limit_that_the_application_gave(
    office: Office, app: Flask, verdict: str, outcome: str
) -> None:
    other = office.apply("90000002", "9000.00")
    assert other["state"] == "approved"
    said = office.decide(office.finance, other["id"], verdict=verdict)
    assert said.status_code == 201, said.text
    assert in_force(office, other["debtor_id"]) == ("standing", "0.00")
    placed = order(office, other["debtor_id"])
    assert (placed["state"], placed["outcome"]) == ("held", "accept_prepayment")
    assert placed["prepayment_required"] == euro("1000.00")
    shown = office.shown(other["id"], office.sales)
    assert_documented(app, "get", "/v1/applications/{application_id}", 200, shown)
    assert shown["decision"]["outcome"] == outcome
    assert "on account" not in shown["decision"]["sales_note"]
    debtor = office.sales.get(f"/v1/debtors/{other['debtor_id']}").json
    assert debtor["newest_decision"]["outcome"] == outcome
    decision = office.sales.get(f"/v1/decisions/{other['decision']['id']}").json
    assert_documented(app, "get", "/v1/decisions/{decision_id}", 200, decision)
    assert decision == shown["decision"]
    listed = office.sales.get(f"/v1/decisions?debtor_id={other['debtor_id']}").json["items"]
    assert listed == [decision]
    assert office.shown(other["id"])["decision"]["outcome"] == "accept"


def test_a_verdict_on_what_was_approved_on_the_machines_limit_takes_that(office: Office) -> None:
    made = office.apply(GOOD, "5000.00")
    smaller = office.apply(GOOD, "1000.00")
    office.decide(office.finance, smaller["id"], verdict="decline")
    assert in_force(office, made["debtor_id"]) == ("standing", "0.00")
    kept = office.apply("90000002", "1000.00")
    set_limit(office, kept["debtor_id"], "3000.00")
    on_it = office.apply("90000002", "500.00")
    office.decide(office.finance, on_it["id"], verdict="decline")
    assert in_force(office, kept["debtor_id"]) == ("standing", "3000.00")


def test_a_refusal_raises_no_lower_limit_and_ends_a_temporary_one_over_what_it_takes(office: Office) -> None:
    made = office.apply(GOOD, "5000.00")
    until = str(today_of(made) + timedelta(days=30))
    set_limit(office, made["debtor_id"], "100.00", way="temporary-limits", valid_until=until)
    office.decide(office.finance, made["id"], verdict="decline")
    assert in_force(office, made["debtor_id"]) == ("standing", "0.00")


def test_prepayment_with_a_limit_contradicts_itself(office: Office, app: Flask) -> None:
    made = office.apply(WEAK)
    answer = office.decide(office.finance, made["id"], "10.00", verdict="accept_prepayment")
    assert assert_problem(app, answer, 422, "bad_input")["errors"][0]["code"] == "limit_of_prepayment"


def test_sales_reads_the_limit_that_a_person_granted(office: Office) -> None:
    made = office.apply(WEAK)
    office.decide(office.finance, made["id"], "1000.00", terms={"payment_term_days": 8})
    note = office.shown(made["id"], office.sales)["decision"]["sales_note"]
    assert note == "You can sell on account within the limit of EUR 1,000, 8 days."


def test_what_waits_is_given_again_and_replaced_by_what_is_asked_otherwise(office: Office, app: Flask) -> None:
    made = office.apply(WEAK)
    office.finance.post(f"/v1/referrals/{made['id']}/takes", json={})
    again = office.ask(office.sales, WEAK)
    assert (again.status_code, again.json["id"]) == (200, made["id"])
    assert_documented(app, "post", "/v1/applications", 200, again.json)
    other = office.apply(WEAK, "6000.00")
    assert office.shown(made["id"])["state"] == "withdrawn"
    assert (other["owner"], other["due_at"]) == ("fleur@example.com", made["due_at"])
    (waiting,) = office.finance.get("/v1/referrals").json["items"]
    assert waiting["id"] == other["id"]
    assert_problem(app, office.decide(office.finance, made["id"], "1.00"), 409, "application_decided")
    # Who else asks for the same asks himself, so that he does not decide on it.
    by_finance = office.ask(office.manager, WEAK, "6000.00")
    assert by_finance.status_code == 201
    assert_problem(app, office.decide(office.manager, by_finance.json["id"], "1.00"), 403, "own_request")


def test_a_verdict_that_waited_for_a_second_person_ends_with_its_application(office: Office, app: Flask) -> None:
    made = office.apply(UNKNOWN)
    verdict = office.decide(office.manager, made["id"], "500.00").json
    office.apply(UNKNOWN, "6000.00")
    answer = office.second(office.other_manager, made["id"], verdict["id"])
    assert_problem(app, answer, 409, "application_decided")
