"""Policies: drafted, approved by a second person, activated; and decisions that replay the same whatever changes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from api.app import create_app
from api.config import Config
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.web_checks import assert_documented, assert_problem

ClientOf = Callable[..., FlaskClient]
ASKED = {
    "company": {"country": "NL", "kvk_number": "90000002"},
    "order_amount": {"amount": "2500.00", "currency": "EUR"},
    "purpose": "credit_assessment",
    "relation": "prospect",
}


@pytest.fixture
def maker(client_of: ClientOf) -> FlaskClient:
    return client_of("credit_manager", subject="maker@seller.example")


@pytest.fixture
def checker(client_of: ClientOf) -> FlaskClient:
    return client_of("credit_manager", subject="checker@seller.example")


def changed(client: FlaskClient, **sections: Any) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/v1/policies/1").json["document"]
    return document | sections


def drafted(maker: FlaskClient) -> int:
    document = changed(maker)
    document["limits"]["capacity"] = {}  # No grade gets credit.
    answer = maker.post("/v1/policies", json={"name": "stricter", "document": document})
    assert answer.status_code == 201, answer.text
    return int(answer.json["version"])


def test_a_new_seller_has_the_shipped_policy(maker: FlaskClient, app: Flask) -> None:
    page = maker.get("/v1/policies").json
    assert_documented(app, "get", "/v1/policies", 200, page)
    assert [each["name"] for each in page["items"] if each["state"] == "active"] == ["default"]


def test_a_policy_needs_a_second_person(
    maker: FlaskClient, checker: FlaskClient, client_of: ClientOf, app: Flask
) -> None:
    version = drafted(maker)
    assert_problem(app, maker.post(f"/v1/policies/{version}/activations"), 409, "not_approved")
    assert_problem(app, maker.post(f"/v1/policies/{version}/approvals"), 403, "second_approver_needed")
    machine = client_of("credit_manager")
    document = changed(maker)
    assert_problem(app, machine.post("/v1/policies", json={"name": "x", "document": document}), 403, "person_needed")
    assert_problem(app, machine.post(f"/v1/policies/{version}/approvals"), 403, "person_needed")
    twin = client_of("credit_manager", subject="MAKER@seller.example")
    assert_problem(app, twin.post(f"/v1/policies/{version}/approvals"), 403, "second_approver_needed")
    approved = checker.post(f"/v1/policies/{version}/approvals")
    assert_documented(app, "post", "/v1/policies/{version}/approvals", 201, approved.json)
    active = maker.post(f"/v1/policies/{version}/activations").json
    assert active["state"] == "active"
    states = {each["version"]: each["state"] for each in maker.get("/v1/policies").json["items"]}
    assert states[1] == "retired"


def test_every_fault_of_a_policy_is_named(maker: FlaskClient, app: Flask) -> None:
    document = changed(maker)
    document["evidence"]["confidence_min"] = "much"
    del document["limits"]
    document["extra"] = 1
    problem = assert_problem(
        app, maker.post("/v1/policies", json={"name": "bad", "document": document}), 422, "policy_invalid"
    )
    pointers = {fault["pointer"] for fault in problem["errors"]}
    assert {"/document/evidence/confidence_min", "/document/limits", "/document/extra"} <= pointers


@pytest.mark.parametrize("text", ["a: [1", "- just\n- a list", "&a [*a]", "!!python/object:os.system {}", ""])
def test_what_is_no_policy_is_refused(maker: FlaskClient, text: str) -> None:
    assert maker.post("/v1/policies", json={"name": "bad", "yaml": text or " "}).status_code == 422


def test_a_decision_replays_the_same_after_a_policy_change_and_a_restart(
    maker: FlaskClient, checker: FlaskClient, client_of: ClientOf, config: Config, sessions: Sessions, new_key: Any
) -> None:
    finance = client_of("finance")
    before = finance.post("/v1/credit-checks", json=ASKED).json
    version = drafted(maker)
    checker.post(f"/v1/policies/{version}/approvals")
    maker.post(f"/v1/policies/{version}/activations")
    after = finance.post("/v1/credit-checks", json=ASKED).json
    assert (after["policy_version"], after["outcome"]) == (version, "accept_prepayment")
    assert before["outcome"] == "accept"
    restarted = create_app(config, sessions=sessions).test_client()
    restarted.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {new_key('finance').text}"
    for decision in (before, after):
        for client in (finance, restarted):
            replay = client.post(f"/v1/decisions/{decision['id']}/replay").json
            assert (replay["identical"], replay["policy_version"]) == (True, decision["policy_version"])


def test_a_changed_judgement_does_not_replay_as_identical(
    client_of: ClientOf, sessions: Sessions, seller: Seller, database_urls: tuple[str, str]
) -> None:
    finance = client_of("finance")
    decided = finance.post("/v1/credit-checks", json=ASKED).json
    forge(database_urls[0], seller, "UPDATE decision SET judgement = replace(judgement, :outcome, 'decline')", decided)
    replay = finance.post(f"/v1/decisions/{decided['id']}/replay").json
    assert replay["identical"] is False
    assert "outcome" in replay["differences"]


def test_erased_facts_are_told(client_of: ClientOf, sessions: Sessions, seller: Seller, app: Flask) -> None:
    finance = client_of("finance")
    decided = finance.post("/v1/credit-checks", json=ASKED).json
    with sessions.of(seller.id) as session:
        session.execute(text("DELETE FROM decision_facts"))
    assert_problem(app, finance.post(f"/v1/decisions/{decided['id']}/replay"), 410, "facts_erased")
    assert finance.get(f"/v1/decisions/{decided['id']}").status_code == 200


def forge(owner_url: str, seller: Seller, statement: str, decided: dict[str, Any]) -> None:
    """Change what the application's own login cannot change."""
    from api.records.sessions import connect

    engine = connect(owner_url)
    with Sessions(engine).of(seller.id) as session:
        session.execute(text(statement), {"outcome": decided["outcome"]})
    engine.dispose()


@pytest.mark.parametrize(
    "written",
    [
        "[" * 900,
        "a: 2026-13-45",
        "a: " + "9" * 5000,
        "!!int 'x'",
        "!!timestamp x",
        "1: 2\nnull: 3",
        "a: 1\na: 2",
        "a: &x 1\nb: *x",
        'a: "b\\0v"',
        "a: .nan",
    ],
)
def test_what_only_looks_like_a_document_is_refused(maker: FlaskClient, app: Flask, written: str) -> None:
    assert maker.post("/v1/policies", json={"name": "odd", "yaml": written}).status_code == 422


def test_a_policy_in_another_currency_is_refused(maker: FlaskClient, app: Flask) -> None:
    body = {"name": "dollars", "document": changed(maker, currency="USD")}
    assert_problem(app, maker.post("/v1/policies", json=body), 422, "policy_invalid")


def test_of_activations_at_once_in_the_place_of_one_version_only_one_succeeds(
    maker: FlaskClient, checker: FlaskClient, app: Flask
) -> None:
    versions = [drafted(maker) for _ in range(4)]
    for version in versions:
        checker.post(f"/v1/policies/{version}/approvals")

    def activated(version: int) -> Any:
        return maker.post(f"/v1/policies/{version}/activations", json={"replaces": 1})

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(activated, versions))
    (won,) = (answer.json["version"] for answer in answers if answer.status_code == 201)
    for answer in answers:
        if answer.status_code != 201:
            problem = assert_problem(app, answer, 409, "another_is_active")
            assert problem["detail"] == f"Version {won} is active, not version 1."
    active = [each["version"] for each in maker.get("/v1/policies").json["items"] if each["state"] == "active"]
    assert active == [won]
    loser = next(each for each in versions if each != won)
    answer = maker.post(f"/v1/policies/{loser}/activations", json={"replaces": won})
    assert (answer.status_code, answer.json["state"]) == (201, "active")


@pytest.mark.parametrize("replaces", ["1", 0, 1.5, True, 2**40])
def test_what_is_replaced_is_the_number_of_a_version(maker: FlaskClient, app: Flask, replaces: Any) -> None:
    answer = maker.post("/v1/policies/1/activations", json={"replaces": replaces})
    assert_problem(app, answer, 422, "bad_input")


def test_activations_at_once_leave_one_active(maker: FlaskClient, checker: FlaskClient) -> None:
    versions = [drafted(maker) for _ in range(4)]
    for version in versions:
        checker.post(f"/v1/policies/{version}/approvals")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda version: maker.post(f"/v1/policies/{version}/activations"), versions))
    assert {answer.status_code for answer in answers} == {201}
    assert [each["state"] for each in maker.get("/v1/policies").json["items"]].count("active") == 1
