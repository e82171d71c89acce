"""Insurance policies over HTTP: terms as dated data, every fault named, and what a source must be told."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from api.records.sellers import Seller
from api.wiring import House
from tests.api.acceptance.insurance import BY_HAND, CONNECTED, TERMS, add_paper, add_policy
from tests.web_checks import assert_documented, assert_problem


@pytest.fixture
def seller(new_seller: Callable[..., Seller]) -> Seller:
    return new_seller(starts_on=date(2026, 3, 2))


@pytest.fixture
def finance(client_of: Callable[..., FlaskClient]) -> FlaskClient:
    return client_of("finance", subject="ann@example.com")


def test_a_contract_is_kept_with_its_terms(app: Flask, finance: FlaskClient, house: House, seller: Seller) -> None:
    paper = add_paper(finance, type="insurance_policy")
    made = finance.post("/v1/insurance-policies", json={**CONNECTED, "document_id": paper})
    assert made.status_code == 201, made.text
    assert_documented(app, "post", "/v1/insurance-policies", 201, made.json)
    assert made.json["terms_in_force"]["terms"]["cover_percentage"] == "0.9"
    assert made.json["terms_in_force"]["terms"]["reduction_notice_days"] == 30
    assert made.json["terms_in_force"]["document_id"] == paper
    listed = finance.get("/v1/insurance-policies").json
    assert_documented(app, "get", "/v1/insurance-policies", 200, listed)
    assert [each["id"] for each in listed["items"]] == [made.json["id"]]
    with house.sessions.of(seller.id) as session:
        told = session.scalars(text("SELECT type FROM event WHERE debtor_id IS NULL")).all()
    assert told == ["insurance_policy.terms_changed.v1"]


def test_the_terms_of_a_day_are_those_of_the_newest_version_that_has_begun(app: Flask, finance: FlaskClient) -> None:
    policy = add_policy(finance, valid_until="2026-12-31")
    path = f"/v1/insurance-policies/{policy['id']}"
    for day, days in (("2026-06-01", 45), ("2025-01-01", 90), ("2026-06-01", 40)):
        sent = {"valid_from": day, "source": "endorsement", "terms": {**TERMS, "max_extension_days": days}}
        made = finance.post(f"{path}/terms", json=sent)
        assert made.status_code == 201, made.text
        assert_documented(app, "post", "/v1/insurance-policies/{policy_id}/terms", 201, made.json)

    def days_on(day: str) -> Any:
        shown = finance.get(path, query_string={"as_of": day} if day else {})
        assert_documented(app, "get", "/v1/insurance-policies/{policy_id}", 200, shown.json)
        return shown.json["terms_in_force"] and shown.json["terms_in_force"]["terms"]["max_extension_days"]

    assert [days_on(day) for day in ("2019-12-31", "2024-12-31", "", "2026-06-01", "2027-01-01")] == [
        *(None, 60, 90),
        *(40, None),
    ]
    assert len(finance.get(path).json["versions"]) == 4
    early = {"valid_from": "2019-12-31", "source": "x", "terms": TERMS}
    assert_problem(app, finance.post(f"{path}/terms", json=early), 422, "bad_input")


def test_every_fault_of_terms_is_named(app: Flask, finance: FlaskClient) -> None:
    terms = {
        "cover_percentage": 0.9,
        "max_extension_days": -1,
        "discretionary_limit_max": "1e-9",
        "notify_days": "30",
        "countries": ["NL", "XX"],
        "excludes": ["everything"],
        "colour": "red",
    }
    sent = {**CONNECTED, "terms": terms, "provider": "atradius", "numbers": {"customer_id": "1"}}
    problem = assert_problem(app, finance.post("/v1/insurance-policies", json=sent), 422, "bad_input")
    assert {each["pointer"] for each in problem["errors"]} == {
        "/numbers/policy_id",
        *(f"/terms/{name}" for name in ("cover_percentage", "max_extension_days", "notify_days", "colour")),
        *("/terms/countries/1", "/terms/excludes/0"),
    }
    fine = {**BY_HAND, "terms": {**TERMS, "minimum_retention": "0.0000001"}}
    problem = assert_problem(app, finance.post("/v1/insurance-policies", json=fine), 422, "bad_input")
    assert [each["code"] for each in problem["errors"]] == ["too_many_decimals"]


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"provider": "creditsafe"}, "/provider"),
        ({"numbers": {"customer_id": "1"}}, "/numbers"),
        ({"valid_until": "2019-01-01"}, "/valid_until"),
        ({"currency": "EURO"}, "/currency"),
    ],
)
def test_what_cannot_be_a_contract_is_refused(
    app: Flask, finance: FlaskClient, more: dict[str, Any], pointer: str
) -> None:
    answer = finance.post("/v1/insurance-policies", json={**BY_HAND, **more})
    assert [each["pointer"] for each in assert_problem(app, answer, 422, "bad_input")["errors"]] == [pointer]


def test_an_insurer_is_one_for_all_contracts_with_it(app: Flask, finance: FlaskClient) -> None:
    first, second = add_policy(finance), add_policy(finance, policy_number="P-2")
    assert first["insurer_id"] == second["insurer_id"]
    given = str(uuid4())
    assert add_policy(finance, policy_number="P-3", insurer_id=given)["insurer_id"] == given
    assert_problem(app, finance.post("/v1/insurance-policies", json=BY_HAND), 409, "policy_number_taken")


def test_who_may_and_whose_it_is(
    app: Flask, finance: FlaskClient, client_of: Callable[..., FlaskClient], new_seller: Callable[..., Seller]
) -> None:
    policy = add_policy(finance)
    assert_problem(app, client_of("sales").get("/v1/insurance-policies"), 403, "not_allowed")
    assert_problem(app, client_of("integration").post("/v1/insurance-policies", json=BY_HAND), 403, "not_allowed")
    path = f"/v1/insurance-policies/{policy['id']}"
    assert_problem(app, client_of("finance").post("/v1/insurance-policies", json=BY_HAND), 403, "person_needed")
    other = client_of("finance", seller=new_seller(), subject="bob@example.com")
    assert_problem(app, other.get(path), 404, "insurance_policy_not_found")
    sent = {"valid_from": "2026-01-01", "source": "x", "terms": TERMS}
    assert_problem(app, other.post(f"{path}/terms", json=sent), 404, "insurance_policy_not_found")
    assert_problem(app, client_of("finance").post(f"{path}/terms", json=sent), 403, "person_needed")
    foreign = {**sent, "document_id": str(uuid4())}
    assert_problem(app, finance.post(f"{path}/terms", json=foreign), 404, "document_not_found")


def test_every_fault_of_a_contract_is_named_at_once(app: Flask, finance: FlaskClient) -> None:
    wrong = {"valid_from": "2026-01-02", "valid_until": "2026-01-01", "terms": {"cover_percentage": "9", "luck": 1}}
    found = assert_problem(app, finance.post("/v1/insurance-policies", json={**BY_HAND, **wrong}), 422, "bad_input")
    expected = {"/valid_until", "/terms/cover_percentage", "/terms/luck"}
    assert {each["pointer"] for each in found["errors"]} == expected
    body = {**BY_HAND, **wrong, "currency": "ZZZ"}
    found = assert_problem(app, finance.post("/v1/insurance-policies", json=body), 422, "bad_input")
    assert {each["pointer"] for each in found["errors"]} == {*expected, "/currency"}
    path = f"/v1/insurance-policies/{add_policy(finance)['id']}/terms"
    late = {"valid_from": "2000-01-01", "source": "x", "terms": {"luck": 1}}
    found = assert_problem(app, finance.post(path, json=late), 422, "bad_input")
    assert {each["pointer"] for each in found["errors"]} == {"/valid_from", "/terms/luck", "/terms/cover_percentage"}
