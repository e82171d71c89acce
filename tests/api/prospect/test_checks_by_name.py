"""A check by a name alone, from the search in the registers to the decision, with the sandbox's companies."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.sandbox_control import SandboxControl
from tests.web_checks import assert_documented, assert_problem

ClientOf = Callable[..., FlaskClient]
WHY = {"purpose": "credit_assessment", "relation": "prospect"}


def check(client: FlaskClient, name: str, country: str = "NL") -> Any:
    return client.post("/v1/credit-checks", json={"company": {"country": country, "name": name}, **WHY})


def number_of(client: FlaskClient, debtor_id: str) -> str:
    identifiers = client.get(f"/v1/debtors/{debtor_id}").json["identifiers"]
    return str(next(each["value"] for each in identifiers if each["scheme"] == "kvk"))


@pytest.mark.parametrize("name", ["Twee Druppels Water B.V.", "TWEE DRUPPELS WATER BV"])
def test_the_one_company_that_is_written_so_is_checked(client_of: ClientOf, name: str) -> None:
    client = client_of("finance")
    answer = check(client, name)
    assert answer.status_code == 201, answer.text
    assert number_of(client, answer.json["debtor_id"]) == "90000021"


def test_a_name_without_its_form_is_chosen_once_and_then_known(client_of: ClientOf, app: Flask) -> None:
    client = client_of("sales", subject="bob@example.com")
    assert_problem(app, check(client, "Twee Druppels Water"), 422, "company_not_identified")
    search = client.get("/v1/companies?q=Twee Druppels Water&country=NL")
    assert_documented(app, "get", "/v1/companies", 200, search.json)
    meant, other = search.json["items"]
    assert (meant["name"], meant["unattended"], other["unattended"]) == ("Twee Druppels Water B.V.", False, False)
    company = {"country": "NL", "name": meant["name"], "identifiers": meant["identifiers"]}
    chosen = client.post("/v1/entity-matches", json={"search": {"q": "Twee Druppels Water"}, "company": company})
    assert chosen.status_code == 201, chosen.text
    assert check(client, "twee druppels water").json["debtor_id"] == chosen.json["debtor_id"]
    assert number_of(client, chosen.json["debtor_id"]) == "90000021"


def test_registers_of_one_company_are_one_offer(client_of: ClientOf) -> None:
    answer = client_of("sales").get("/v1/companies?q=Gouden Gans Groothandel B.V.").json
    (found,) = answer["items"]
    assert len(found["sources"]) >= 2
    assert {each["scheme"] for each in found["identifiers"]} >= {"kvk", "rsin", "lei"}
    assert (found["confidence"], found["unattended"]) == ("0.98", True)


def test_while_a_register_is_down_a_name_is_not_enough_but_a_number_is(
    client_of: ClientOf, app: Flask, sandbox: SandboxControl
) -> None:
    client = client_of("finance")
    with sandbox.fault("error", provider="kvk"):
        assert_problem(app, check(client, "Gouden Gans Groothandel B.V."), 503, "unavailable")
        answer = client.get("/v1/companies?kvk_number=90000001").json
    assert {"kind": "company_register", "provider": "kvk", "status": "unavailable"} in answer["sources"]
    assert [each["unattended"] for each in answer["items"]] == [True]
