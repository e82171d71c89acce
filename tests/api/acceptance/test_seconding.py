"""The second person of a verdict, and who may not decide: over HTTP."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.acceptance.conftest import GOOD, WEAK, Office, euro
from tests.web_checks import assert_documented, assert_problem


def test_a_second_person_lets_it_count(office: Office, app: Flask) -> None:
    made = office.apply(GOOD, "1000000.00")
    verdict = office.decide(office.finance, made["id"], "300000.00").json
    assert verdict["may_second"] == ["credit_manager"]
    answer = office.second(office.manager, made["id"], verdict["id"])
    assert_documented(
        app, "post", "/v1/applications/{application_id}/verdicts/{verdict_id}/approvals", 201, answer.json
    )
    assert answer.json["in_force"]
    assert answer.json["application_state"] == "approved"
    assert answer.json["approval"]["given_by"] == "mia@example.com"
    version = office.limits(made["debtor_id"])["items"][0]
    assert (version["limit"]["amount"], version["decided_by"]) == (euro("300000.00"), "fleur@example.com")
    assert office.second(office.other_manager, made["id"], verdict["id"]).json["code"] == "verdict_not_waiting"


def test_a_second_person_may_refuse_it_and_it_waits_again(office: Office) -> None:
    made = office.apply(GOOD, "1000000.00")
    verdict = office.decide(office.finance, made["id"], "300000.00").json
    refused = office.second(office.manager, made["id"], verdict["id"], approved=False).json
    assert (refused["in_force"], refused["waiting"], refused["application_state"]) == (False, False, "referred")
    assert office.limits(made["debtor_id"])["in_force"]["own"]["standing"] == "never_decided"
    assert office.shown(made["id"])["due_at"] == made["due_at"].replace("Z", "+00:00")
    assert office.decide(office.manager, made["id"], "250000.00").json["application_state"] == "approved"


@pytest.mark.parametrize(
    ("second", "code", "words"),
    [
        ("finance", "second_approver_needed", "another"),
        ("other_finance", "beyond_authority", "up to EUR 50000.00"),
        ("sales", "not_allowed", "permission"),
        ("machine", "not_allowed", "permission"),
    ],
)
def test_who_may_not_second_is_told_why(office: Office, app: Flask, second: str, code: str, words: str) -> None:
    made = office.apply(GOOD, "1000000.00")
    verdict = office.decide(office.finance, made["id"], "300000.00").json
    problem = assert_problem(app, office.second(getattr(office, second), made["id"], verdict["id"]), 403, code)
    assert words in problem["detail"]
    assert office.shown(made["id"])["state"] == "seconding"


def test_another_key_of_the_same_person_is_the_same_person(
    office: Office, app: Flask, client_of: Callable[..., FlaskClient]
) -> None:
    made = office.apply(GOOD, "1000000.00")
    verdict = office.decide(office.finance, made["id"], "300000.00").json
    promoted = client_of("credit_manager", subject="Fleur@example.com")
    assert_problem(app, office.second(promoted, made["id"], verdict["id"]), 403, "second_approver_needed")


def test_unlimited_takes_two_credit_managers(office: Office, app: Flask) -> None:
    made = office.apply(GOOD, requested_limit={"kind": "unlimited"})
    unlimited = {"limit": {"kind": "unlimited"}}
    assert_problem(app, office.decide(office.finance, made["id"], **unlimited), 403, "beyond_authority")
    verdict = office.decide(office.manager, made["id"], **unlimited).json
    assert (verdict["waiting"], verdict["may_second"], verdict["authority_amount"]) == (True, ["credit_manager"], None)
    assert_problem(app, office.second(office.finance, made["id"], verdict["id"]), 403, "beyond_authority")
    assert office.second(office.other_manager, made["id"], verdict["id"]).json["in_force"]
    found = office.limits(made["debtor_id"])["in_force"]["own"]
    assert found["limit"] == {"kind": "unlimited", "amount": None}


def test_nobody_decides_on_his_own_request(office: Office, app: Flask, client_of: Callable[..., FlaskClient]) -> None:
    own = office.ask(office.finance, WEAK).json
    assert_problem(app, office.decide(office.finance, own["id"], "5000.00"), 403, "own_request")
    again = client_of("credit_manager", subject="fleur@example.com")
    assert_problem(app, office.decide(again, own["id"], "5000.00"), 403, "own_request")
    assert_problem(app, again.post(f"/v1/referrals/{own['id']}/takes", json={}), 403, "own_request")
    office.machine.environ_base["HTTP_CREDITGATE_ACTOR"] = "fleur@example.com"
    for_her = office.ask(office.machine, WEAK).json
    assert for_her["actor"] == "fleur@example.com"
    assert_problem(app, office.decide(office.finance, for_her["id"], "5000.00"), 403, "own_request")
    assert office.decide(office.other_finance, for_her["id"], "5000.00").status_code == 201


def test_who_asked_may_not_second_either(office: Office, app: Flask) -> None:
    own = office.ask(office.manager, GOOD, "1000000.00").json
    verdict = office.decide(office.finance, own["id"], "300000.00").json
    assert_problem(app, office.second(office.manager, own["id"], verdict["id"]), 403, "own_request")


def test_a_machine_does_not_decide_whoever_it_names(
    office: Office, app: Flask, client_of: Callable[..., FlaskClient]
) -> None:
    made = office.apply(WEAK)
    machine = client_of("credit_manager")
    machine.environ_base["HTTP_CREDITGATE_ACTOR"] = "mia@example.com"
    assert_problem(app, office.decide(machine, made["id"], "100.00"), 403, "person_needed")
    assert_problem(app, office.decide(office.sales, made["id"], "100.00"), 403, "not_allowed")
