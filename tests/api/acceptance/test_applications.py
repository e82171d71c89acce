"""Applications over HTTP: the machine decides at once, and what it accepts has effect."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.api.acceptance.conftest import BANKRUPT, GOOD, LISTED, UNKNOWN, WEAK, WHY, Office, euro
from tests.web_checks import assert_documented, assert_problem


def events_of(sessions: Sessions, seller: Seller, debtor_id: str) -> list[str]:
    with sessions.of(seller.id) as session:
        statement = text("SELECT type FROM event WHERE debtor_id = :id ORDER BY sequence")
        return list(session.scalars(statement, {"id": debtor_id}))


@pytest.mark.parametrize(
    ("kvk_number", "amount", "state", "outcome"),
    [
        (GOOD, "5000.00", "approved", "accept"),
        (GOOD, "1000000.00", "referred", "refer"),
        (WEAK, "1000.00", "approved", "accept"),
        (WEAK, "5000.00", "referred", "refer"),
        (BANKRUPT, "5000.00", "declined", "decline"),
        (LISTED, "5000.00", "declined", "decline"),
        (UNKNOWN, "5000.00", "referred", "refer"),
    ],
)
def test_the_state_follows_the_outcome(
    office: Office, app: Flask, kvk_number: str, amount: str, state: str, outcome: str
) -> None:
    made = office.apply(kvk_number, amount)
    assert (made["state"], made["decision"]["outcome"], made["decision"]["kind"]) == (state, outcome, "application")
    assert (made["limit"] is not None) == (state == "approved")
    assert (made["due_at"] is not None) == (state == "referred")
    assert made["decided_by"] == (None if state == "referred" else "machine")
    assert_documented(app, "post", "/v1/applications", 201, made)
    full = office.shown(made["id"])
    assert_documented(app, "get", "/v1/applications/{application_id}", 200, full)


def test_what_the_machine_accepts_is_a_limit_with_author_grounds_and_days(
    office: Office, sessions: Sessions, seller: Seller
) -> None:
    made = office.apply(amount="5000.00")
    limit = office.limits(made["debtor_id"])
    (version,) = limit["items"]
    assert version["limit"] == {"kind": "amount", "amount": euro("5000.00")}
    assert (version["decided_by"], version["decision_id"]) == ("machine", made["decision"]["id"])
    assert "within_policy" in version["grounds"]
    assert version["valid_until"] > version["valid_from"]
    assert limit["in_force"]["own"]["standing"] == "standing"
    assert limit["in_force"]["group"]["standing"] == "never_decided"
    debtor = office.finance.get(f"/v1/debtors/{made['debtor_id']}").json
    assert debtor["phase"] == "acceptance"
    told = events_of(sessions, seller, made["debtor_id"])
    assert {"debtor.phase_changed.v1", "debtor.limit_changed.v1", "application.decided.v1"} <= set(told)
    # It has the class of the decision by which the limit was given, as it had before.
    assert "debtor.class_changed.v1" not in told


def test_nobody_gets_more_than_he_asked_for_however_much_he_buys(office: Office) -> None:
    made = office.apply(amount="5000.00", monthly_sales=euro("50000.00"))
    assert made["decision"]["outcome"] == "accept"
    assert made["limit"]["limit"]["amount"] == euro("5000.00")


def test_sales_sees_what_it_needs_and_no_report(office: Office) -> None:
    made = office.apply()
    for hidden in ("grade", "pd", "payment_behaviour", "proposal"):
        assert hidden not in made["decision"]
    assert "grounds" not in made["limit"]
    assert made["decision"]["risk_class"] == "low"
    full = office.shown(made["id"])
    assert full["decision"]["grade"]
    assert full["limit"]["grounds"]


@pytest.mark.parametrize(
    ("sent", "faults"),
    [
        ({}, {"": "name_one_debtor", "/requested_limit": "required"}),
        ({"requested_limit": {"kind": "none"}}, {"": "name_one_debtor", "/requested_limit/kind": "not_a_choice"}),
        ({"requested_limit": {"kind": "amount"}}, {"": "name_one_debtor", "/requested_limit/amount": "required"}),
        (
            {"requested_limit": {"amount": "-1", "currency": "ZZZ"}, "scope": "all", "requested_terms": {}},
            {
                "": "name_one_debtor",
                "/requested_limit/amount": "negative",
                "/requested_limit/currency": "not_a_choice",
                "/scope": "not_a_choice",
                "/requested_terms/payment_term_days": "required",
            },
        ),
        (
            {"requested_limit": {"kind": "unlimited", "amount": euro("1.00")}, "limit": 3},
            {"": "name_one_debtor", "/requested_limit/amount": "amount_of_no_kind", "/limit": "unknown_field"},
        ),
    ],
)
def test_every_fault_is_named(office: Office, app: Flask, sent: dict[str, Any], faults: dict[str, str]) -> None:
    problem = assert_problem(app, office.sales.post("/v1/applications", json=sent), 422, "bad_input")
    assert {each["pointer"]: each["code"] for each in problem["errors"]} == faults


def test_an_insurance_policy_that_is_not_there_is_refused_before_anything_is_bought(
    office: Office, app: Flask, sessions: Sessions, seller: Seller
) -> None:
    answer = office.ask(office.sales, insurance_policy_id="0197f0a0-0000-7000-8000-000000000000")
    problem = assert_problem(app, answer, 422, "bad_input")
    assert [each["pointer"] for each in problem["errors"]] == ["/insurance_policy_id"]
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM credit_report")) == 0


def test_unlimited_is_for_a_person(office: Office) -> None:
    made = office.apply(requested_limit={"kind": "unlimited"})
    assert made["state"] == "referred"
    assert made["requested_limit"] == {"kind": "unlimited", "amount": None}
    assert "asked_above_limit" in {each["code"] for each in made["decision"]["reasons"]}


def test_an_adverse_answer_to_a_natural_person_waits_for_a_review(office: Office) -> None:
    made = office.apply("90000013", "5000.00")
    assert (made["state"], made["decision"]["requires_human_review"]) == ("referred", True)
    verdict = office.decide(office.finance, made["id"], verdict="decline", grounds="The judgment is unpaid.").json
    assert (verdict["given_by"], verdict["grounds"]) == ("fleur@example.com", "The judgment is unpaid.")
    assert office.shown(made["id"])["state"] == "declined"


def test_a_group_limit_is_of_its_own_scope(office: Office) -> None:
    made = office.apply("90000019", "5000.00", scope="group")
    assert made["state"] == "approved", made["decision"]["reasons"]
    assert made["limit"]["scope"] == "group"
    assert office.limits(made["debtor_id"])["in_force"]["own"]["standing"] == "never_decided"


def test_a_repeat_gives_the_first_answer_and_one_application(
    office: Office, sessions: Sessions, seller: Seller
) -> None:
    body = {"company": {"country": "NL", "kvk_number": GOOD}, "requested_limit": euro("5000.00"), **WHY}

    def send(_: int) -> Any:
        return office.sales.post("/v1/applications", json=body, headers={"Idempotency-Key": "one"})

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    done = [each.json["id"] for each in answers if each.status_code == 201]
    waiting = [each for each in answers if each.status_code != 201]
    assert done
    assert all(each.json["code"] == "in_progress" for each in waiting)
    assert {*done, send(0).json["id"]} == {done[0]}
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM application")) == 1
        assert session.scalar(text("SELECT count(*) FROM credit_limit")) == 1
    other = office.sales.post("/v1/applications", json=body | {"scope": "group"}, headers={"Idempotency-Key": "one"})
    assert other.json["code"] == "idempotency_key_reused"


def test_applications_are_listed_by_state_debtor_owner_and_change_also_as_csv(office: Office, app: Flask) -> None:
    approved, referred = office.apply(), office.apply(WEAK)
    office.finance.post(f"/v1/referrals/{referred['id']}/takes", json={})
    every = office.sales.get("/v1/applications").json
    assert_documented(app, "get", "/v1/applications", 200, every)
    assert [each["id"] for each in every["items"]] == [approved["id"], referred["id"]]
    queries = {
        "state=approved": [approved],
        "state=declined": [],
        f"debtor_id={referred['debtor_id']}": [referred],
        "owner=fleur@example.com": [referred],
        "changed_since=2099-01-01T00:00:00Z": [],
    }
    for query, expected in queries.items():
        items = office.sales.get(f"/v1/applications?{query}").json["items"]
        assert [each["id"] for each in items] == [each["id"] for each in expected], query
    as_csv = office.sales.get("/v1/applications", headers={"Accept": "text/csv"}).text.splitlines()
    assert as_csv[0].startswith("id,debtor_id,decision_id,state")
    assert len(as_csv) == 3


def test_a_decision_on_an_application_can_be_replayed(office: Office) -> None:
    made = office.apply(amount="1000000.00")
    answer = office.finance.post(f"/v1/decisions/{made['decision']['id']}/replay")
    assert answer.json["identical"] is True


def merge(office: Office, goes: str, stays: str) -> None:
    answer = office.finance.post(f"/v1/debtors/{stays}/merges", json={"merged_debtor_id": goes})
    assert answer.status_code == 201, answer.text


def test_what_waits_of_a_merged_debtor_waits_at_the_other(office: Office) -> None:
    made = office.apply(UNKNOWN)
    assert made["state"] == "referred"
    stays = office.finance.post("/v1/debtors", json={"country": "NL", "name": "Two"}).json["id"]
    merge(office, made["debtor_id"], stays)
    shown = office.shown(made["id"])
    assert (shown["debtor_id"], shown["state"]) == (stays, "referred")
    assert [each["debtor_id"] for each in office.finance.get("/v1/referrals").json["items"]] == [stays]
    said = office.decide(office.manager, made["id"], "1000.00").json
    assert said["needs_second"]  # Its class is unknown.
    assert office.second(office.other_manager, made["id"], said["id"]).status_code == 201
    assert office.limits(stays)["in_force"]["own"]["limit"]["amount"] == euro("1000.00")


def test_of_two_that_wait_for_one_limit_the_own_one_stays_and_the_others_taker_keeps_it(office: Office) -> None:
    theirs, mine = office.apply(UNKNOWN, "9000.00"), office.apply("90000098", "1000.00")
    assert (theirs["state"], mine["state"]) == ("referred", "referred")
    assert office.finance.post(f"/v1/referrals/{theirs['id']}/takes", json={}).status_code == 201
    owner, due_at = office.shown(theirs["id"])["owner"], office.shown(theirs["id"])["due_at"]
    merge(office, theirs["debtor_id"], mine["debtor_id"])
    assert office.shown(theirs["id"])["state"] == "withdrawn"
    stays = office.shown(mine["id"])
    assert (stays["state"], stays["owner"], stays["due_at"]) == ("referred", owner, due_at)


def test_what_an_accepted_debtors_file_lacks_is_asked_of_the_one_that_stays(office: Office) -> None:
    made = office.apply()
    stays = office.finance.post("/v1/debtors", json={"country": "NL", "name": "Two"}).json["id"]
    merge(office, made["debtor_id"], stays)
    shown = office.finance.get(f"/v1/debtors/{stays}").json
    assert "terms_agreed" in shown["onboarding_missing"]
    assert shown["phase"] == "acceptance"
    assert shown["limit_standing"] == "never_decided"
