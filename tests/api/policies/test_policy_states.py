"""A version moves between draft, shadow, active and retired; only its document never changes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.policies.moves import SHADOWS_MAX
from tests.web_checks import assert_documented, assert_problem

ClientOf = Callable[..., FlaskClient]
MOVES = {"approve": "approvals", "shadow": "shadows", "retire": "retirements", "activate": "activations"}


@pytest.fixture
def maker(client_of: ClientOf) -> FlaskClient:
    return client_of("credit_manager", subject="maker@seller.example")


@pytest.fixture
def checker(client_of: ClientOf) -> FlaskClient:
    return client_of("credit_manager", subject="checker@seller.example")


def drafted(maker: FlaskClient) -> int:
    document = maker.get("/v1/policies/1").json["document"]
    return int(maker.post("/v1/policies", json={"name": "another", "document": document}).json["version"])


def moved(client: FlaskClient, version: int, move: str) -> Any:
    return client.post(f"/v1/policies/{version}/{MOVES[move]}")


def state_of(client: FlaskClient, version: int) -> str:
    return str(client.get(f"/v1/policies/{version}").json["state"])


@pytest.mark.parametrize(
    ("before", "move", "status", "state"),
    [
        ([], "shadow", 201, "shadow"),
        ([], "retire", 201, "retired"),
        ([], "activate", 409, "draft"),
        (["approve"], "approve", 409, "draft"),
        (["approve"], "shadow", 201, "shadow"),
        (["approve"], "activate", 201, "active"),
        (["shadow"], "shadow", 409, "shadow"),
        (["shadow"], "approve", 201, "shadow"),
        (["shadow"], "retire", 201, "retired"),
        (["shadow"], "activate", 409, "shadow"),  # Nobody else has looked at it.
        (["shadow", "approve"], "activate", 201, "active"),
        (["retire"], "retire", 409, "retired"),
        (["retire"], "approve", 409, "retired"),
        (["retire"], "activate", 409, "retired"),
        (["retire"], "shadow", 201, "shadow"),
        (["approve", "retire"], "activate", 201, "active"),
        (["approve", "activate"], "activate", 409, "active"),
        (["approve", "activate"], "shadow", 409, "active"),
        (["approve", "activate"], "retire", 409, "active"),
        (["approve", "activate"], "approve", 409, "active"),
    ],
)
def test_a_move_is_made_or_refused(
    maker: FlaskClient, checker: FlaskClient, app: Flask, before: list[str], move: str, status: int, state: str
) -> None:
    version = drafted(maker)
    for each in before:
        answer = moved(checker, version, each)
        assert answer.status_code == 201, answer.text
    answer = moved(checker, version, move)
    assert (answer.status_code, state_of(maker, version)) == (status, state), answer.text
    if status == 201:
        assert_documented(app, "post", f"/v1/policies/{{version}}/{MOVES[move]}", 201, answer.json)


def test_one_that_was_active_comes_back_without_another_approval(maker: FlaskClient, checker: FlaskClient) -> None:
    version = drafted(maker)
    moved(checker, version, "approve")
    moved(maker, version, "activate")
    assert state_of(maker, 1) == "retired"
    assert moved(maker, 1, "activate").status_code == 201
    assert (state_of(maker, 1), state_of(maker, version)) == ("active", "retired")


def test_who_made_a_shadow_does_not_approve_it(maker: FlaskClient, app: Flask) -> None:
    version = drafted(maker)
    moved(maker, version, "shadow")
    assert_problem(app, moved(maker, version, "approve"), 403, "second_approver_needed")


@pytest.mark.parametrize("move", MOVES)
def test_only_a_person_who_manages_credit_moves_a_version(
    maker: FlaskClient, client_of: ClientOf, app: Flask, move: str
) -> None:
    version = drafted(maker)
    assert_problem(app, moved(client_of("credit_manager"), version, move), 403, "person_needed")
    assert_problem(app, moved(client_of("finance", subject="ann@seller.example"), version, move), 403, "not_allowed")
    assert_problem(app, moved(client_of("credit_manager", subject="bob@seller.example"), 999, move), 404, "not_found")


def test_only_a_few_are_in_shadow_at_once_however_many_ask(maker: FlaskClient, app: Flask) -> None:
    versions = [drafted(maker) for _ in range(SHADOWS_MAX + 3)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda version: moved(maker, version, "shadow"), versions))
    assert sorted(answer.status_code for answer in answers) == [201] * SHADOWS_MAX + [409] * 3
    refused = next(each for each in answers if each.status_code == 409)
    assert_problem(app, refused, 409, "too_many_shadows")
    shadows = [each["version"] for each in maker.get("/v1/policies").json["items"] if each["state"] == "shadow"]
    assert len(shadows) == SHADOWS_MAX
    assert moved(maker, shadows[0], "retire").status_code == 201
    waiting = next(version for version in versions if state_of(maker, version) == "draft")
    assert moved(maker, waiting, "shadow").status_code == 201


def test_a_shadow_changes_no_answer(maker: FlaskClient, client_of: ClientOf) -> None:
    document = maker.get("/v1/policies/1").json["document"]
    document["limits"]["capacity"] = {}  # No grade gets credit.
    version = maker.post("/v1/policies", json={"name": "stricter", "document": document}).json["version"]
    moved(maker, version, "shadow")
    asked = {
        "company": {"country": "NL", "kvk_number": "90000002"},
        "order_amount": {"amount": "2500.00", "currency": "EUR"},
        "purpose": "credit_assessment",
        "relation": "prospect",
    }
    decided = client_of("finance").post("/v1/credit-checks", json=asked).json
    assert (decided["policy_version"], decided["outcome"]) == (1, "accept")


def test_a_new_seller_may_have_the_policy_for_insured_sellers_approved(maker: FlaskClient) -> None:
    (draft,) = [each for each in maker.get("/v1/policies").json["items"] if each["state"] == "draft"]
    assert (draft["name"], draft["made_by"]) == ("insured", "creditgate")
    assert moved(maker, draft["version"], "activate").status_code == 409
    assert moved(maker, draft["version"], "approve").status_code == 201
    assert moved(maker, draft["version"], "activate").status_code == 201
    assert state_of(maker, 1) == "retired"
