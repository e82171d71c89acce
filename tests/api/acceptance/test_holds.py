"""Holds and securities over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from api.acceptance.holds import is_in_force
from api.records.holds import HoldRecord
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.api.acceptance.conftest import GOOD, WEAK, Office, euro
from tests.api.acceptance.test_limits import today_of
from tests.web_checks import assert_documented, assert_problem

MISSING = "0197f0a0-0000-7000-8000-000000000000"


def test_a_hold_is_placed_and_ended_with_grounds(
    office: Office, app: Flask, sessions: Sessions, seller: Seller
) -> None:
    debtor_id = office.apply()["debtor_id"]
    path = f"/v1/debtors/{debtor_id}/holds"
    placed = office.finance.post(path, json={"kind": "account_on_hold", "grounds": "They do not answer."})
    assert_documented(app, "post", "/v1/debtors/{debtor_id}/holds", 201, placed.json)
    assert (placed.json["placed_by"], placed.json["in_force"]) == ("fleur@example.com", True)
    again = office.manager.post(path, json={"kind": "account_on_hold", "grounds": "They do not answer."})
    assert_problem(app, again, 409, "held_already")
    assert office.manager.post(path, json={"kind": "stop_supply", "grounds": "x"}).status_code == 201
    ends = f"{path}/{placed.json['id']}/ends"
    ended = office.manager.post(ends, json={"grounds": "They called back."})
    assert_documented(app, "post", "/v1/debtors/{debtor_id}/holds/{hold_id}/ends", 201, ended.json)
    assert (ended.json["ended_by"], ended.json["in_force"]) == ("mia@example.com", False)
    assert_problem(app, office.manager.post(ends, json={"grounds": "x"}), 409, "hold_over")
    listed = office.finance.get(path).json
    assert_documented(app, "get", "/v1/debtors/{debtor_id}/holds", 200, listed)
    assert [(each["kind"], each["in_force"]) for each in listed["items"]] == [
        ("stop_supply", True),
        ("account_on_hold", False),
    ]
    assert "grounds" not in office.sales.get(path).json["items"][0]
    with sessions.of(seller.id) as session:
        told = set(session.scalars(text("SELECT type FROM event")))
    assert {"debtor.hold_placed.v1", "debtor.hold_ended.v1"} <= told


def test_a_hold_is_over_by_itself_after_its_last_day(office: Office, app: Flask) -> None:
    made = office.apply()
    path, day = f"/v1/debtors/{made['debtor_id']}/holds", today_of(made)
    past = {"kind": "stop_supply", "grounds": "x", "ends_on": str(day - timedelta(days=1))}
    assert_problem(app, office.finance.post(path, json=past), 422, "bad_input")
    placed = office.finance.post(path, json=past | {"ends_on": str(day)}).json
    assert placed["in_force"]
    record = HoldRecord(ended_at=None, ends_on=day)
    assert is_in_force(record, day)
    assert not is_in_force(record, day + timedelta(days=1))


@pytest.mark.parametrize(
    ("who", "body", "status", "code"),
    [
        ("sales", {"kind": "stop_supply", "grounds": "x"}, 403, "not_allowed"),
        ("machine", {"kind": "stop_supply", "grounds": "x"}, 403, "not_allowed"),
        ("finance", {"kind": "pause", "scope": "all", "ends_on": "x"}, 422, "bad_input"),
    ],
)
def test_who_may_not_or_says_nonsense_is_told(
    office: Office, app: Flask, who: str, body: dict[str, Any], status: int, code: str
) -> None:
    path = f"/v1/debtors/{office.apply()['debtor_id']}/holds"
    problem = assert_problem(app, getattr(office, who).post(path, json=body), status, code)
    if code == "bad_input":
        pointers = {each["pointer"] for each in problem["errors"]}
        assert pointers == {"/kind", "/scope", "/grounds", "/ends_on"}
    assert_problem(app, office.finance.post(f"{path}/{MISSING}/ends", json={"grounds": "x"}), 404, "hold_not_found")


def paper(sessions: Sessions, seller: Seller) -> str:
    with sessions.of(seller.id) as session:
        return str(
            session.scalar(
                text(
                    "INSERT INTO document (seller_id, id, sha256, type, source, dated_on, file_name, media_type,"
                    " size_bytes, content, added_by, known_at) VALUES (:seller_id, gen_random_uuid(), repeat('d', 64),"
                    " 'guarantee', 'parent', date '2026-01-15', 'g.pdf', 'application/pdf', 1, 'x', 'f', now())"
                    " RETURNING id"
                ),
                {"seller_id": seller.id},
            )
        )


def test_a_guarantee_that_raises_the_limit_takes_paper_amount_and_authority(
    office: Office, app: Flask, sessions: Sessions, seller: Seller
) -> None:
    made = office.apply(GOOD)
    path = f"/v1/debtors/{made['debtor_id']}/securities"
    bare = office.finance.post(path, json={"kind": "parent_guarantee", "raises_limit": True})
    problem = assert_problem(app, bare, 422, "bad_input")
    assert {each["pointer"] for each in problem["errors"]} == {"/amount", "/document_id", "/guarantor_id"}
    whole = {
        "kind": "parent_guarantee",
        "raises_limit": True,
        "guarantor_name": "Moeder Holding B.V.",
        "document_id": paper(sessions, seller),
        "amount": euro("45000.00"),
    }
    answer = office.finance.post(path, json=whole)
    assert answer.status_code == 201, answer.text
    assert_documented(app, "post", "/v1/debtors/{debtor_id}/securities", 201, answer.json)
    # 5,000 of limit with 45,000 of guarantees is all that finance may decide on for class low.
    more = whole | {"kind": "bank_guarantee", "amount": euro("0.01")}
    problem = assert_problem(app, office.finance.post(path, json=more), 403, "beyond_authority")
    assert "credit_manager" in problem["detail"]
    assert office.manager.post(path, json=more).status_code == 201
    ended = office.finance.post(f"{path}/{answer.json['id']}/ends")
    assert_documented(app, "post", "/v1/debtors/{debtor_id}/securities/{security_id}/ends", 201, ended.json)
    assert (ended.json["in_force"], ended.json["ended_by"]) == (False, "fleur@example.com")
    assert_problem(app, office.finance.post(f"{path}/{answer.json['id']}/ends"), 409, "security_ended")
    listed = office.finance.get(path).json
    assert_documented(app, "get", "/v1/debtors/{debtor_id}/securities", 200, listed)
    assert [each["in_force"] for each in listed["items"]] == [True, False]


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        (
            {"kind": "retention_of_title", "raises_limit": True, "amount": euro("1.00"), "document_id": MISSING},
            {("/raises_limit", "raises_nothing"), ("/document_id", "document_not_found")},
        ),
        ({"kind": "parent_guarantee", "guarantor_id": MISSING}, {("/guarantor_id", "debtor_not_found")}),
        (
            {"kind": "pledge", "amount": euro("0.00"), "valid_from": "2026-03-02", "valid_until": "2026-03-01"},
            {("/amount", "out_of_range"), ("/valid_until", "ends_before_it_begins")},
        ),
    ],
)
def test_every_fault_of_a_security_is_named(
    office: Office, app: Flask, body: dict[str, Any], faults: set[tuple[str, str]]
) -> None:
    path = f"/v1/debtors/{office.apply()['debtor_id']}/securities"
    problem = assert_problem(app, office.finance.post(path, json=body), 422, "bad_input")
    assert {(each["pointer"], each["code"]) for each in problem["errors"]} == faults


def test_only_who_stands_above_guarantees_as_a_parent(office: Office, app: Flask) -> None:
    child, parent = office.apply(GOOD)["debtor_id"], office.apply(WEAK, "1000.00")["debtor_id"]
    path, body = f"/v1/debtors/{child}/securities", {"kind": "parent_guarantee", "guarantor_id": parent}
    problem = assert_problem(app, office.finance.post(path, json=body), 422, "bad_input")
    assert problem["errors"][0]["code"] == "not_a_parent"
    etag = {"If-Match": office.finance.get(f"/v1/debtors/{child}").headers["ETag"]}
    office.finance.patch(f"/v1/debtors/{child}", json={"parent_id": parent}, headers=etag)
    assert office.finance.post(path, json=body).status_code == 201
    own = office.finance.post(path, json=body | {"guarantor_id": child})
    assert_problem(app, own, 422, "bad_input")


def test_a_check_and_an_application_of_a_debtor_on_hold_are_for_a_person(office: Office) -> None:
    child, parent = office.apply(GOOD)["debtor_id"], office.apply(WEAK, "1000.00")["debtor_id"]
    etag = {"If-Match": office.finance.get(f"/v1/debtors/{child}").headers["ETag"]}
    office.finance.patch(f"/v1/debtors/{child}", json={"parent_id": parent}, headers=etag)

    def reasons() -> set[str]:
        check = office.sales.post("/v1/credit-checks", json={"debtor_id": child}).json
        return {each["code"] for each in check["reasons"]}

    assert "account_on_hold" not in reasons()
    for debtor_id, scope, waits in ((parent, "own", False), (parent, "group", True), (child, "own", True)):
        path = f"/v1/debtors/{debtor_id}/holds"
        held = office.finance.post(path, json={"kind": "account_on_hold", "scope": scope, "grounds": "x"}).json
        assert ("account_on_hold" in reasons()) == waits, (debtor_id, scope)
        office.finance.post(f"{path}/{held['id']}/ends", json={"grounds": "x"})
    assert "account_on_hold" not in reasons()
