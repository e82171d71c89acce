"""What of a debtor no machine sets, over HTTP: what lifts a hold, or takes it out of reach of group or cover."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web_checks import assert_problem

ClientOf = Callable[..., FlaskClient]
MACHINES = ["integration", "finance", "credit_manager"]


@pytest.fixture
def person(client_of: ClientOf) -> FlaskClient:
    return client_of("finance", subject="fleur@example.com")


def add(client: FlaskClient, **values: Any) -> str:
    answer = client.post("/v1/debtors", json={"country": "NL", "is_natural_person": False, **values})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def patch(client: FlaskClient, debtor_id: str, **values: Any) -> Any:
    path = f"/v1/debtors/{debtor_id}"
    return client.patch(path, json=values, headers={"If-Match": client.get(path).headers["ETag"]})


@pytest.mark.parametrize("role", MACHINES)
def test_no_machine_marks_a_debtor_critical(client_of: ClientOf, app: Flask, role: str) -> None:
    machine = client_of(role)
    made = machine.post("/v1/debtors", json={"country": "NL", "critical": True})
    assert_problem(app, made, 403, "person_needed")
    debtor_id = add(machine, critical=False)
    problem = assert_problem(app, patch(machine, debtor_id, critical=True), 403, "person_needed")
    assert "critical-marks" in problem["detail"]
    assert patch(machine, debtor_id, critical=False, name="Same").status_code == 200


def test_a_person_marks_with_grounds_only(person: FlaskClient, app: Flask) -> None:
    debtor_id = add(person)
    problem = assert_problem(app, patch(person, debtor_id, critical=True), 422, "bad_input")
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [("/critical", "grounds_needed")]


@pytest.mark.parametrize("role", MACHINES)
@pytest.mark.parametrize(
    "otherwise", [{"related_party": True}, {"is_natural_person": True}, {"country": "BE"}, {"is_natural_person": None}]
)
def test_no_machine_says_otherwise_what_cover_hangs_on(
    client_of: ClientOf, app: Flask, person: FlaskClient, role: str, otherwise: dict[str, Any]
) -> None:
    machine = client_of(role)
    debtor_id = add(machine)
    assert_problem(app, patch(machine, debtor_id, **otherwise), 403, "person_needed")
    assert patch(person, debtor_id, **otherwise).status_code == 200


def test_a_machine_tells_what_was_not_known(client_of: ClientOf) -> None:
    machine = client_of("integration")
    debtor_id = add(machine, is_natural_person=None)
    assert patch(machine, debtor_id, is_natural_person=True, country="NL").json["is_natural_person"] is True


@pytest.mark.parametrize("role", MACHINES)
def test_no_machine_takes_a_debtor_out_of_a_bound_group(
    client_of: ClientOf, app: Flask, person: FlaskClient, role: str
) -> None:
    top = add(person)
    member = add(person, parent_id=top)
    hold = {"kind": "stop_supply", "scope": "group", "grounds": "They do not answer."}
    assert person.post(f"/v1/debtors/{top}/holds", json=hold).status_code == 201
    assert_problem(app, patch(client_of(role), member, parent_id=None), 403, "group_is_bound")
    assert patch(person, member, parent_id=None).status_code == 200


def test_no_machine_merges_a_debtor_on_hold_away(client_of: ClientOf, app: Flask, person: FlaskClient) -> None:
    into, merged = add(person), add(person)
    hold = {"kind": "stop_supply", "grounds": "They do not answer."}
    placed = person.post(f"/v1/debtors/{merged}/holds", json=hold).json
    path, body = f"/v1/debtors/{into}/merges", {"merged_debtor_id": merged}
    assert_problem(app, client_of("integration").post(path, json=body), 403, "person_needed")
    person.post(f"/v1/debtors/{merged}/holds/{placed['id']}/ends", json={"grounds": "They called back."})
    assert client_of("integration").post(path, json=body).status_code == 201


def test_no_machine_merges_a_debtor_away_whose_credit_was_decided(
    client_of: ClientOf, app: Flask, person: FlaskClient
) -> None:
    into, merged = add(person), add(person)
    limit = {"limit": {"amount": "0.00", "currency": "EUR"}, "grounds": "They never paid."}
    assert person.post(f"/v1/debtors/{merged}/limits", json=limit).status_code == 201
    path, body = f"/v1/debtors/{into}/merges", {"merged_debtor_id": merged}
    assert_problem(app, client_of("integration").post(path, json=body), 403, "person_needed")
    assert person.post(path, json=body).status_code == 201
