"""Marks of critical debtors over HTTP: a person's, with grounds, and never a machine's."""

import pytest
from flask import Flask
from sqlalchemy import text

from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.api.acceptance.conftest import Office
from tests.web_checks import assert_documented, assert_problem

PATH = "/v1/debtors/{debtor_id}/critical-marks"
SPARED = {"critical": True, "grounds": "Nobody else makes our yeast."}


def add(office: Office, **more: object) -> str:
    answer = office.machine.post("/v1/debtors", json={"country": "NL", "name": "Gist B.V.", **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def test_a_person_marks_a_debtor_critical_and_no_more_with_grounds(
    office: Office, app: Flask, sessions: Sessions, seller: Seller
) -> None:
    debtor_id = add(office)
    path = PATH.format(debtor_id=debtor_id)
    before = office.finance.get(f"/v1/debtors/{debtor_id}").headers["ETag"]
    marked = office.finance.post(path, json=SPARED)
    assert marked.status_code == 201, marked.text
    assert_documented(app, "post", PATH, 201, marked.json)
    shown = office.finance.get(f"/v1/debtors/{debtor_id}")
    assert (shown.json["critical"], shown.headers["ETag"] == before) == (True, False)
    assert_problem(app, office.manager.post(path, json=SPARED), 409, "marked_already")
    assert office.manager.post(path, json={"critical": False, "grounds": "There is another."}).status_code == 201
    assert office.finance.get(f"/v1/debtors/{debtor_id}").json["critical"] is False
    listed = office.finance.get(path).json
    assert_documented(app, "get", PATH, 200, listed)
    assert [(each["critical"], each["given_by"], each["grounds"]) for each in listed["items"]] == [
        (False, "mia@example.com", "There is another."),
        (True, "fleur@example.com", "Nobody else makes our yeast."),
    ]
    with sessions.of(seller.id) as session:
        query = "SELECT data ->> 'by' FROM event WHERE type = 'debtor.critical_changed.v1' ORDER BY sequence"
        assert list(session.scalars(text(query))) == ["fleur@example.com", "mia@example.com"]


@pytest.mark.parametrize("who", ["sales", "machine"])
def test_who_decides_nothing_marks_nobody(office: Office, app: Flask, who: str) -> None:
    debtor_id = add(office)
    client = getattr(office, who)
    assert_problem(app, client.post(PATH.format(debtor_id=debtor_id), json=SPARED), 403, "not_allowed")


def test_a_machine_of_finance_marks_nobody(office: Office, app: Flask, client_of) -> None:  # type: ignore[no-untyped-def]
    path = PATH.format(debtor_id=add(office))
    assert_problem(app, client_of("finance").post(path, json=SPARED), 403, "person_needed")


def test_who_applied_does_not_lift_the_hold_of_his_own_debtor(office: Office, app: Flask) -> None:
    made = office.ask(office.finance).json
    path = PATH.format(debtor_id=made["debtor_id"])
    assert_problem(app, office.finance.post(path, json=SPARED), 403, "own_request")
    assert office.other_finance.post(path, json=SPARED).status_code == 201


def test_every_fault_of_a_mark_is_named(office: Office, app: Flask) -> None:
    path = PATH.format(debtor_id=add(office))
    problem = assert_problem(app, office.finance.post(path, json={"critical": "yes", "why": "x"}), 422, "bad_input")
    assert {each["pointer"] for each in problem["errors"]} == {"/critical", "/grounds", "/why"}


def test_a_mark_is_repeated_by_its_key(office: Office) -> None:
    path = PATH.format(debtor_id=add(office))
    first, again = (office.finance.post(path, json=SPARED, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, again.status_code, first.json) == (201, 201, again.json)
    assert len(office.finance.get(path).json["items"]) == 1
