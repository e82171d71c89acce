"""Which debtor the numbers and names of a check mean, over HTTP, PostgreSQL and the sandbox's registers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.sandbox_control import SandboxControl
from tests.web_checks import assert_documented, assert_problem

ClientOf = Callable[..., FlaskClient]
WHY = {"purpose": "credit_assessment", "relation": "customer"}
GANS = {"kvk_number": "90000001"}, {"vat_number": "NL899000009B01"}, {"lei": "SANDBOX0000000000177"}
HOLDING_LEI, BANKRUPT_VAT, BANKRUPT_NAME = "SANDBOX0000000000371", "NL899000058B01", "Lege Kas Installaties B.V."


def ask(client: FlaskClient, country: str = "NL", **company: Any) -> Any:
    return client.post("/v1/credit-checks", json={"company": {"country": country, **company}, **WHY})


def decided(client: FlaskClient, **company: Any) -> Any:
    answer = ask(client, **company)
    assert answer.status_code == 201, answer.text
    return answer.json


def reasons(answer: Any) -> dict[str, Any]:
    return {each["code"]: each["params"] for each in answer["reasons"]}


def numbers(client: FlaskClient, debtor_id: str) -> set[tuple[str, str]]:
    identifiers = client.get(f"/v1/debtors/{debtor_id}").json["identifiers"]
    return {(each["scheme"], each["value"]) for each in identifiers}


def test_a_bankrupt_is_not_accepted_by_the_number_of_another(client_of: ClientOf, app: Flask) -> None:
    client = client_of("finance")
    holding = decided(client, kvk_number="90000019", lei=HOLDING_LEI)
    problem = assert_problem(app, ask(client, kvk_number="90000007", lei=HOLDING_LEI), 409, "contradicting_number")
    (fault,) = problem["errors"]
    assert all(each in fault["detail"] for each in (holding["debtor_id"], "kvk 90000019", "kvk 90000007"))
    bankrupt = decided(client, kvk_number="90000007")
    assert bankrupt["outcome"] == "decline"
    problem = assert_problem(app, ask(client, kvk_number="90000007", lei=HOLDING_LEI), 409, "several_debtors")
    assert {holding["debtor_id"], bankrupt["debtor_id"]} == {
        each["detail"].split(" is of debtor ")[1].rstrip(".") for each in problem["errors"]
    }


def test_a_vat_number_that_is_made_of_another_rsin_is_refused(client_of: ClientOf, app: Flask) -> None:
    client = client_of("finance")
    debtor = decided(client, kvk_number="90000014")["debtor_id"]
    assert numbers(client, debtor) >= {("kvk", "90000014"), ("rsin", "899000113"), ("lei", "SANDBOX0000000000274")}
    answer = ask(client, kvk_number="90000014", vat_number=BANKRUPT_VAT)
    assert_problem(app, answer, 409, "contradicting_number")


@pytest.mark.parametrize("kvk_number", ["90000014", "90000001"])
@pytest.mark.parametrize("is_known", [False, True])
def test_another_name_than_the_register_has_asks_a_person(client_of: ClientOf, kvk_number: str, is_known: bool) -> None:
    client = client_of("finance")
    if is_known:
        assert decided(client, kvk_number=kvk_number)["outcome"] == "accept"
    answer = decided(client, kvk_number=kvk_number, name=BANKRUPT_NAME)
    assert (answer["outcome"], reasons(answer)["identity_mismatch"]) == ("refer", {"fields": ["name"]})


def test_the_right_name_after_a_wrong_one_is_no_mismatch(client_of: ClientOf) -> None:
    client = client_of("finance")
    assert decided(client, kvk_number="90000014", name=BANKRUPT_NAME)["outcome"] == "refer"
    assert decided(client, kvk_number="90000014", name="Reuzenrijk Industrie N.V.")["outcome"] == "accept"


def test_a_new_number_of_a_known_debtor_is_asked_about_and_kept(client_of: ClientOf) -> None:
    client = client_of("finance")
    first = decided(client, kvk_number="90000002")
    again = decided(client, kvk_number="90000002", vat_number="NL899000010B01")
    sources = {each["kind"]: each["status"] for each in again["sources"]}
    assert (again["debtor_id"], again["outcome"]) == (first["debtor_id"], first["outcome"])
    assert (sources["vat_register"], sources["credit_bureau"]) == ("fresh", "cached")
    assert ("vat", "NL899000010B01") in numbers(client, first["debtor_id"])


def test_an_invalid_new_number_asks_a_person_and_is_not_kept(client_of: ClientOf) -> None:
    client = client_of("finance")
    known = decided(client, kvk_number="90000023")
    answer = decided(client, kvk_number="90000023", vat_number="NL899000204B01")
    assert (answer["outcome"], reasons(answer)["identity_mismatch"]) == ("refer", {"fields": ["vat"]})
    assert not {scheme for scheme, _ in numbers(client, known["debtor_id"])} & {"vat"}
    assert decided(client, kvk_number="90000023")["outcome"] == known["outcome"] == "accept"


@pytest.mark.parametrize("kvk_number", ["90000002", "90000001"])  # Without an LEI of its own, and with one.
def test_the_legal_entity_identifier_of_another_asks_a_person_and_is_not_kept(
    client_of: ClientOf, kvk_number: str
) -> None:
    client = client_of("finance")
    answer = decided(client, kvk_number=kvk_number, lei=HOLDING_LEI)
    assert (answer["outcome"], reasons(answer)["identity_mismatch"]) == ("refer", {"fields": ["number"]})
    assert ("lei", HOLDING_LEI) not in numbers(client, answer["debtor_id"])
    assert "identity_mismatch" not in reasons(decided(client, kvk_number=kvk_number))


def test_who_may_not_change_debtors_leaves_only_what_registers_bear_out(client_of: ClientOf) -> None:
    sales = client_of("sales")
    duns = {"scheme": "duns", "country": "ZZ", "value": "407809623"}
    answer = decided(sales, kvk_number="90000001", vat_number="NL899000009B01", identifiers=[duns])
    kept = numbers(sales, answer["debtor_id"])
    assert ("vat", "NL899000009B01") in kept
    assert ("duns", "407809623") not in kept


@pytest.mark.parametrize("first", GANS)
@pytest.mark.parametrize("then", GANS)
def test_one_company_is_one_debtor_by_whichever_number(client_of: ClientOf, first: Any, then: Any) -> None:
    client = client_of("finance")
    one, other = decided(client, **first), decided(client, **then)
    assert (one["debtor_id"], one["outcome"]) == (other["debtor_id"], "accept"), one["reasons"]
    assert ("kvk", "90000001") in numbers(client, one["debtor_id"])
    assert {each["kind"]: each["status"] for each in one["sources"]}["credit_bureau"] == "fresh"
    assert {each["kind"]: each["status"] for each in other["sources"]}["credit_bureau"] == "cached"


def test_sixty_at_once_by_three_numbers_are_one_debtor_and_one_report(
    client_of: ClientOf, sessions: Sessions, seller: Seller
) -> None:
    client_of("finance")
    with ThreadPoolExecutor(60) as pool:
        asked = [pool.submit(lambda by=each: ask(client_of("finance"), **by)) for each in GANS * 20]
        answers = [each.result() for each in asked]
    assert {each.status_code for each in answers} == {201}, [each.text for each in answers if each.status_code != 201]
    assert len({each.json["debtor_id"] for each in answers}) == 1
    assert {each.json["outcome"] for each in answers} == {"accept"}
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM debtor")) == 1
        bought = text("SELECT count(*) FROM credit_report WHERE kind = 'credit_bureau' AND raw IS NOT NULL")
        assert session.scalar(bought) == 1


def test_while_its_register_is_down_a_company_is_checked_by_what_is_given(
    client_of: ClientOf, sandbox: SandboxControl
) -> None:
    client = client_of("finance")
    with sandbox.fault("error", provider="kvk"), sandbox.fault("error", provider="creditsafe"):
        answer = decided(client, vat_number="NL899000010B01")
    assert answer["outcome"] == "refer"


def test_a_source_without_a_number_to_ask_by_says_so(client_of: ClientOf, app: Flask, sandbox: SandboxControl) -> None:
    client = client_of("finance")
    with sandbox.fault("error", provider="gleif"):
        answer = decided(client, lei="SANDBOX0000000000274")
    assert_documented(app, "post", "/v1/credit-checks", 201, answer)
    told = {each["kind"]: (each["status"], each["why"]) for each in answer["sources"]}
    assert told["company_register"] == told["credit_bureau"] == ("not_asked", "no_number")
    assert "source_not_found" not in reasons(answer)


@pytest.mark.parametrize(
    "company",
    [{"vat_number": "NL899000010B01", "lei": HOLDING_LEI}, {"vat_number": BANKRUPT_VAT, "lei": GANS[2]["lei"]}],
)
def test_new_numbers_of_two_companies_are_refused(client_of: ClientOf, app: Flask, company: Any) -> None:
    problem = assert_problem(app, ask(client_of("finance"), **company), 409, "contradicting_number")
    assert len(problem["errors"]) == 2


def test_two_numbers_of_one_register_are_refused(client_of: ClientOf, app: Flask) -> None:
    more = [{"scheme": "kvk", "country": "NL", "value": "90000002"}]
    answer = ask(client_of("finance"), kvk_number="90000001", identifiers=more)
    assert_problem(app, answer, 422, "contradicting_number")


def test_a_belgian_company_is_one_by_its_enterprise_number_its_vat_number_and_its_lei(client_of: ClientOf) -> None:
    client = client_of("finance")
    kbo = {"scheme": "kbo", "country": "BE", "value": "0999001020"}
    ids = {
        decided(client, country="BE", **each)["debtor_id"]
        for each in ({"vat_number": "BE0999001020"}, {"lei": "SANDBOX0000000000565"}, {"identifiers": [kbo]})
    }
    assert len(ids) == 1


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("establishment_number=000090000001", "Gouden Gans Groothandel B.V."),
        ("registration_number=0999001020&country=BE", "Denkbeeldige Wafels BV"),
    ],
)
def test_a_search_by_number_is_sure(client_of: ClientOf, query: str, name: str) -> None:
    (found,) = client_of("finance").get(f"/v1/companies?{query}").json["items"]
    assert (found["name"], found["confidence"], found["unattended"]) == (name, "1.00", True)


def test_a_search_in_another_script_finds_the_company(client_of: ClientOf) -> None:
    found = client_of("finance").get("/v1/companies?q=Гоуден Ганс Гроотхандел&country=NL").json["items"]
    assert [each["name"] for each in found] == ["Gouden Gans Groothandel B.V."]
