"""Explanations over HTTP and PostgreSQL: who sees how much, in which form and language, also once facts are gone."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.api.policies.explained import Page
from tests.web_checks import assert_documented, assert_problem

ClientOf = Callable[..., FlaskClient]
PATH = "/v1/decisions/{decision_id}/explanation"
COMPANIES = ["90000001", "90000002", "90000003", "90000006", "90000010", "90000016", "90000017"]


def decided(client: FlaskClient, kvk_number: str = "90000001", **asked: Any) -> str:
    answer = client.post(
        "/v1/credit-checks",
        json={
            "company": {"country": "NL", "kvk_number": kvk_number},
            "order_amount": {"amount": "5000.00", "currency": "EUR"},
            "purpose": "credit_assessment",
            "relation": "prospect",
            **asked,
        },
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


@pytest.mark.parametrize("kvk_number", COMPANIES)
@pytest.mark.parametrize("role", ["finance", "credit_manager", "sales", "integration"])
def test_an_explanation_is_as_documented(client_of: ClientOf, app: Flask, kvk_number: str, role: str) -> None:
    client = client_of(role)
    decision_id = decided(client, kvk_number)
    answer = client.get(f"/v1/decisions/{decision_id}/explanation")
    assert answer.status_code == 200
    assert_documented(app, "get", PATH, 200, answer.json)
    full = role in ("finance", "credit_manager")
    assert bool(answer.json["evidence"]) is full
    assert (len(answer.json["procedure"]) == 9) is full
    assert ("cost" in answer.json["sources"][0]) is full
    decision = client.get(f"/v1/decisions/{decision_id}").json
    assert [each["code"] for each in answer.json["reasons"]] == [each["code"] for each in decision["reasons"]]
    assert answer.json["to_accept"] == decision["to_accept"]


@pytest.mark.parametrize(("language", "title"), [("nl", "Uitleg bij een kredietbesluit"), ("en", "Explanation of a")])
def test_a_page_comes_to_who_accepts_html(client_of: ClientOf, language: str, title: str) -> None:
    client = client_of("finance")
    headers = {"Accept": "text/html", "Accept-Language": language}
    answer = client.get(f"/v1/decisions/{decided(client)}/explanation", headers=headers)
    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "Accept" in answer.headers["Vary"]
    page = Page(answer.text)
    assert page.faults == []
    assert page.texts[0].startswith(title)
    assert f'<html lang="{language}">' in answer.text


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/json, text/html;q=0.5"])
def test_anybody_else_gets_json(client_of: ClientOf, accept: str) -> None:
    client = client_of("finance")
    answer = client.get(f"/v1/decisions/{decided(client)}/explanation", headers={"Accept": accept})
    assert answer.content_type == "application/json"


def test_a_hostile_name_is_shown_as_text(client_of: ClientOf) -> None:
    hostile = "<script>alert(1)</script>\"'{{7*7}}"
    client = client_of("finance")
    debtor = client.post(
        "/v1/debtors",
        json={
            "name": hostile,
            "country": "NL",
            "legal_form": "<b>bv</b>",
            "credit_owner": "<i>cleo</i>@seller.example",
        },
    )
    body = {"debtor_id": debtor.json["id"], "purpose": "credit_assessment", "relation": "prospect"}
    decision = client.post("/v1/credit-checks", json=body).json
    answer = client.get(f"/v1/decisions/{decision['id']}/explanation", headers={"Accept": "text/html"})
    page = Page(answer.text)
    assert page.faults == []
    assert "script" not in page.tags
    assert hostile in page.texts
    assert not {"b", "i"} & set(page.tags)


def test_once_the_facts_are_erased_the_judgement_still_explains(
    client_of: ClientOf, sessions: Sessions, seller: Seller, app: Flask
) -> None:
    client = client_of("finance")
    decision_id = decided(client)
    kept = client.get(f"/v1/decisions/{decision_id}/explanation").json
    with sessions.of(seller.id) as session:
        session.execute(text("DELETE FROM decision_facts"))
    erased = client.get(f"/v1/decisions/{decision_id}/explanation", headers={"Accept-Language": "nl"})
    assert erased.status_code == 200
    assert_documented(app, "get", PATH, 200, erased.json)
    assert (kept["facts_kept"], erased.json["facts_kept"]) == (True, False)
    assert "gewist" in erased.json["facts_text"]
    assert [each["code"] for each in erased.json["reasons"]] == [each["code"] for each in kept["reasons"]]
    assert [each["step"] for each in erased.json["procedure"]] == [each["step"] for each in kept["procedure"]]
    page = client.get(f"/v1/decisions/{decision_id}/explanation", headers={"Accept": "text/html"})
    assert "were erased" in page.text


def test_the_policy_of_then_is_told_and_who_made_it(client_of: ClientOf) -> None:
    client = client_of("finance")
    pack = client.get(f"/v1/decisions/{decided(client)}/explanation").json
    assert (pack["about"]["policy_version"], pack["about"]["policy_text"]) == (1, "policy default, version 1")
    assert any("rules were written by" in each for each in pack["deciders"])


def test_no_such_decision_and_another_sellers_are_not_found(client_of: ClientOf, new_seller: Any, app: Flask) -> None:
    client = client_of("finance")
    assert_problem(app, client.get(f"/v1/decisions/{uuid4()}/explanation"), 404, "not_found")
    other = client_of("finance", seller=new_seller())
    assert_problem(app, other.get(f"/v1/decisions/{decided(client)}/explanation"), 404, "not_found")


@pytest.mark.parametrize("role", ["insurer", "admin"])
def test_other_roles_may_not_ask(client_of: ClientOf, app: Flask, role: str) -> None:
    decision_id = decided(client_of("finance"))
    answer = client_of(role).get(f"/v1/decisions/{decision_id}/explanation", headers={"Accept": "text/html"})
    assert_problem(app, answer, 403, "not_allowed")


def test_a_debtor_that_a_check_made_is_named_by_the_register(client_of: ClientOf) -> None:
    client = client_of("finance")
    path = f"/v1/decisions/{decided(client, '90000001')}/explanation"
    about = client.get(path).json["about"]
    assert about["debtor_name"] == "Gouden Gans Groothandel B.V."
    assert ("KvK number 90000001", "kvk") in {(each["text"], each["scheme"]) for each in about["debtor_numbers"]}
    page = Page(client.get(path, headers={"Accept": "text/html", "Accept-Language": "nl"}).text)
    assert "Gouden Gans Groothandel B.V." in page.texts
    assert any("KvK-nummer 90000001" in each for each in page.texts)
    assert "naam niet bekend" not in page.texts


def test_a_bankruptcy_is_told_once_with_the_day_that_the_bureau_knows(client_of: ClientOf) -> None:
    pack = client_of("finance").get(f"/v1/decisions/{decided(client_of('finance'), '90000007')}/explanation").json
    listed = [each for each in pack["evidence"] if each["fact"] == "insolvency"]
    assert [(each["value"], each["age_days"]) for each in listed] == [("bankruptcy", 30)]
