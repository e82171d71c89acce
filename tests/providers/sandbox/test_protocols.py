"""The sandbox keeps to the vendors' contracts: shapes of answers, sign-in, pages, and what is missing or wrong."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import requests

from providers.sandbox.company import companies
from providers.sandbox.mentions import buyer_number
from tests.sandbox_control import SandboxControl

BESIDE = Path(__file__).parents[1]
ANSWERS = json.loads((BESIDE / "specs" / "answers.json").read_bytes())
YENTE = json.loads((BESIDE / "specs" / "yente-5.5.0.trimmed.json").read_bytes())
KVK, CH = {"apikey": "sandbox"}, ("sandbox", "")
YENTE_KEY = {"Authorization": "ApiKey sandbox"}
APP = {"Atradius-App-Key": "sandbox", "Atradius-Correlation-Id": "1"}
WITH_CREDIT = [
    each for each in companies() if each.credit and not each.credit.garbled and "creditsafe" not in each.down
]


def recorded(name: str) -> Any:
    return json.loads((BESIDE / "payloads" / name).read_bytes())


def assert_shape(told: Any, example: Any, place: str = "") -> None:
    """Fail where an answer has a name, or a type at a place, that the example of a real answer does not have."""
    if told is None or example is None:
        return
    assert type(told) is type(example) or {type(told), type(example)} <= {int, float}, f"{place}: {told!r}"
    if isinstance(told, dict):
        assert told.keys() <= example.keys(), f"{place}: {told.keys() - example.keys()}"
        for name, each in told.items():
            assert_shape(each, example[name], f"{place}.{name}")
    if isinstance(told, list) and example:
        for each in told:
            assert_shape(each, example[0], f"{place}[]")


def valid(part: str, document: Any) -> None:
    vendor, name = part.split("/")
    jsonschema_rs.validator_for(ANSWERS[vendor][name], validate_formats=True).validate(document)


class Caller:
    """Plain calls to one vendor at the sandbox."""

    def __init__(self, sandbox: SandboxControl, provider: str, **always: Any) -> None:
        self._address, self._always = f"{sandbox.address}/{provider}", always

    def __call__(self, path: str, method: str = "GET", status: int = 200, **more: Any) -> Any:
        headers = {**self._always.get("headers", {}), **more.pop("headers", {})}
        given = {**self._always, **more, "headers": headers, "timeout": 10}
        answer = requests.request(method, f"{self._address}{path}", **given)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


@pytest.fixture(scope="module")
def creditsafe(sandbox: SandboxControl) -> Caller:
    signing = Caller(sandbox, "creditsafe")
    signed = signing("/authenticate", "POST", json={"username": "sandbox", "password": "sandbox"})
    valid("creditsafe/authenticate", signed)
    return Caller(sandbox, "creditsafe", headers={"Authorization": f"Bearer {signed['token']}"})


@pytest.fixture(scope="module")
def atradius(sandbox: SandboxControl) -> Caller:
    signing = Caller(sandbox, "atradius", headers=APP)
    signed = signing("/authenticate/v2/tokens", "POST", auth=("sandbox", "sandbox"))
    assert_shape(signed, recorded("atradius/token.assembled.json"))
    return Caller(sandbox, "atradius", headers={**APP, "Authorization": f"Bearer {signed['data']['access_token']}"})


@pytest.mark.parametrize("company", WITH_CREDIT, ids=lambda each: each.key)
def test_credit_reports_and_searches_have_the_shape_of_the_contract(creditsafe: Caller, company: Any) -> None:
    valid("creditsafe/company_report", creditsafe(f"/companies/{company.credit.connect_id}"))
    found = creditsafe(f"/companies?countries={company.country}&id={company.credit.connect_id}")
    for each in found["companies"]:  # The contract says houseNumber and postalCode, live answers say it otherwise.
        assert_shape(
            each["address"], recorded("creditsafe/companies-search-NL.assembled.json")["companies"][0]["address"]
        )
        del each["address"]
    valid("creditsafe/search", found)


def test_the_rest_of_creditsafe_has_the_shape_of_the_contract(creditsafe: Caller) -> None:
    valid("creditsafe/access", creditsafe("/access"))
    none = creditsafe("/companies?countries=NL&name=wie is dit")
    assert_shape(none, recorded("creditsafe/companies-search-none.assembled.json"))
    made = creditsafe("/monitoring/portfolios", "POST", json={"name": "shapes"})
    valid("creditsafe/add_portfolio", made)
    assert_shape(creditsafe("/monitoring/portfolios"), recorded("creditsafe/monitoring-portfolios-list.assembled.json"))
    own = f"/monitoring/portfolios/{made['portfolioId']}"
    added = {"id": "NL-X-900000280000", "personalReference": "", "freeText": "", "personalLimit": ""}
    creditsafe(f"{own}/companies", "POST", json=added)
    valid("creditsafe/watched_companies", creditsafe(f"{own}/companies"))
    twice = creditsafe(f"{own}/companies", "POST", 409, json=added)
    assert twice["message"] == "Company  NL-X-900000280000 already in portfolio"
    creditsafe(f"{own}/companies", "POST", 400, json={"id": "NL-X-900000280000"})
    rules = creditsafe(f"{own}/eventRules/XX")
    valid("creditsafe/rules", rules)
    assert not any(each["isActive"] for each in rules), "a new portfolio has no rule on"
    creditsafe(
        f"{own}/eventRules/XX", "PUT", 204, json=[{"ruleCode": each["ruleCode"], "isActive": 1} for each in rules]
    )
    later = {"Creditgate-Now": "2040-01-01T00:00:00+00:00"}
    events = creditsafe(f"{own}/notificationEvents", headers=later)
    assert events["totalCount"] == 2
    assert_shape(events["data"], recorded("creditsafe/monitoring-notificationEvents.assembled.json")["data"])
    creditsafe(own, "DELETE")
    creditsafe(own, status=404)


REFUSED = [
    ("/companies?name=gans", "countries"),
    ("/companies?countries=NL", "criteria"),
    ("/companies?countries=NL&id=NL-X-900000010000&name=gans", "Combination"),
    ("/companies?countries=NL&id=NL-X-900000010000&vatNo=899000009", "Combination"),
]


@pytest.mark.parametrize(("path", "words"), REFUSED)
def test_creditsafe_refuses_a_search_it_cannot_make(creditsafe: Caller, path: str, words: str) -> None:
    refused = creditsafe(path, status=400)
    valid("creditsafe/refused", refused)
    assert words in refused["details"]


def test_a_page_of_a_search_has_what_it_was_asked_for(creditsafe: Caller, sandbox: SandboxControl) -> None:
    whole = creditsafe("/companies?countries=NL&name=twee druppels")["companies"]
    pages = [creditsafe(f"/companies?countries=NL&name=twee druppels&pageSize=1&page={page}") for page in (1, 2)]
    assert [each["companies"] for each in pages] == [[each] for each in whole[:2]]
    kvk = Caller(sandbox, "kvk", headers=KVK)
    first = kvk("/v2/zoeken?naam=twee druppels&resultatenPerPagina=3&pagina=1")
    assert (first["totaal"], len(first["resultaten"]), "volgende" in first["_links"]) == (4, 3, True)
    second = requests.get(first["_links"]["volgende"]["href"], headers=KVK, timeout=10).json()
    assert (len(second["resultaten"]), "volgende" in second["_links"]) == (1, False)
    assert kvk("/v2/zoeken?naam=twee druppels&pagina=9", status=404)["fout"][0]["code"] == "IPD5200"
    gleif = Caller(sandbox, "gleif")
    page = gleif("/lei-records?page[size]=2&page[number]=2")
    assert page["meta"]["pagination"]["currentPage"] == 2
    assert len(page["data"]) == 2


@pytest.mark.parametrize("company", [each for each in companies() if "kvk" in each.numbers], ids=lambda each: each.key)
def test_the_dutch_register_answers_in_its_recorded_shapes(sandbox: SandboxControl, company: Any) -> None:
    kvk, number = Caller(sandbox, "kvk", headers=KVK), company.numbers["kvk"]
    example = recorded("kvk/basisprofiel-69599084.json")
    example |= {"statutaireNaam": "", "materieleRegistratie": {"datumAanvang": "", "datumEinde": ""}}
    example["_embedded"]["eigenaar"] |= {"rsin": ""}
    example["_embedded"]["hoofdvestiging"]["materieleRegistratie"] = {"datumAanvang": "", "datumEinde": ""}
    assert_shape(kvk(f"/v1/basisprofielen/{number}"), example)
    establishment = {**recorded("kvk/vestigingsprofiel.json"), "materieleRegistratie": example["materieleRegistratie"]}
    assert_shape(kvk(f"/v1/vestigingsprofielen/0000{number}"), establishment)
    found = kvk(f"/v2/zoeken?kvkNummer={number}&inclusiefInactieveRegistraties=true")
    hit = {**recorded("kvk/zoeken-v2-69599084.json")["resultaten"][0], "rsin": "", "actief": ""}
    assert_shape(found["resultaten"], [hit])
    assert_shape({**found, "resultaten": []}, recorded("kvk/zoeken-v2-69599084.json"))
    open_data = Caller(sandbox, "kvk_open_data")
    path = f"/v1/hvds/basisbedrijfsgegevens/kvknummer/{number}"
    if company.legal_form == "eenmanszaak":
        assert open_data(path, status=404)["fout"][0]["code"] == "IPD0015"
    else:
        assert_shape(open_data(path), recorded("kvk/opendata-basisbedrijfsgegevens.assembled.json"))


KVK_FAULTS = [
    ("/v1/basisprofielen/90000099", 404, "IPD0005"),
    ("/v1/basisprofielen/9000", 400, "IPD0004"),
    ("/v1/vestigingsprofielen/12345678", 400, "IPD0006"),
    ("/v1/vestigingsprofielen/000090000099", 404, "IPD0007"),
    ("/v2/zoeken?rsin=1", 400, "IPD0010"),
    ("/v2/zoeken?naam=gans&type=fiets", 400, "IPD5203"),
    ("/v2/zoeken?naam=gans&resultatenPerPagina=101", 400, "IPD1999"),
    ("/v2/zoeken?naam=niemand heet zo", 404, "IPD5200"),
    ("/v2/zoeken?kvkNummer=90000006", 404, "IPD5200"),  # It has ended, and ended ones were not asked for.
]


@pytest.mark.parametrize(("path", "status", "code"), KVK_FAULTS)
def test_the_dutch_register_says_what_is_wrong(sandbox: SandboxControl, path: str, status: int, code: str) -> None:
    assert Caller(sandbox, "kvk", headers=KVK)(path, status=status)["fout"][0]["code"] == code


@pytest.mark.parametrize("company", [each for each in companies() if "lei" in each.numbers], ids=lambda each: each.key)
def test_the_register_of_entities_answers_in_its_recorded_shapes(sandbox: SandboxControl, company: Any) -> None:
    gleif, lei = Caller(sandbox, "gleif"), company.numbers["lei"]
    example = recorded("gleif/lei-records-list.json")
    example["data"][0]["attributes"]["entity"]["otherNames"] = [{"name": "", "language": "", "type": ""}]
    links = example["data"][0]["relationships"]
    links["direct-parent"]["links"] |= {"relationship-record": "", "lei-record": "", "reporting-exception": ""}
    links["ultimate-parent"]["links"] |= links["direct-parent"]["links"]
    links |= {
        f"{each}-children": {"links": {"related": "", "relationship-records": ""}} for each in ("direct", "ultimate")
    }
    assert_shape(gleif(f"/lei-records?filter[lei]={lei}"), example)
    assert_shape(gleif(f"/lei-records/{lei}")["data"], example["data"][0])
    if company.parent is None:
        told = gleif(f"/lei-records/{lei}/direct-parent-reporting-exception")
        assert_shape(told, recorded("gleif/direct-parent-reporting-exception-21380068P1DRHMJ8KU70.json"))
        gleif(f"/lei-records/{lei}/direct-parent", status=404)
    else:
        assert_shape(gleif(f"/lei-records/{lei}/direct-parent")["data"], example["data"][0])
        gleif(f"/lei-records/{lei}/direct-parent-reporting-exception", status=404)
    completed = gleif(f"/fuzzycompletions?field=entity.legalName&q={company.name}")
    assert_shape(completed, recorded("gleif/fuzzycompletions.json"))


VIES = [
    ({"countryCode": "NL", "vatNumber": "899000009B01"}, 200, "check"),
    ({"countryCode": "NL", "vatNumber": "899000204B01"}, 200, "check"),
    ({"countryCode": "NL", "vatNumber": "899000216B01"}, 200, "error"),
    ({"countryCode": "GB", "vatNumber": "1"}, 200, "error"),
    ({"countryCode": "NL"}, 400, "error"),
]


@pytest.mark.parametrize(("asked", "status", "shape"), VIES)
def test_vies_answers_in_the_shape_of_its_contract(
    sandbox: SandboxControl, asked: Any, status: int, shape: str
) -> None:
    vies = Caller(sandbox, "vies")
    valid(f"vies/{shape}", vies("/check-vat-number", "POST", status, json=asked))
    valid("vies/status", vies("/check-status"))


def test_vies_gives_a_number_that_proves_the_question_only_to_who_says_who_he_is(sandbox: SandboxControl) -> None:
    vies, asked = Caller(sandbox, "vies"), {"countryCode": "NL", "vatNumber": "899000009B01"}
    requester = {"requesterMemberStateCode": "NL", "requesterNumber": "899000010B01"}
    assert vies("/check-vat-number", "POST", json=asked)["requestIdentifier"] == ""
    assert vies("/check-vat-number", "POST", json={**asked, **requester})["requestIdentifier"]
    numbers = {
        number: vies("/check-vat-test-service", "POST", json={**asked, "vatNumber": number})
        for number in ("100", "200", "301")
    }
    assert (numbers["100"]["valid"], numbers["200"]["valid"]) == (True, False)
    assert numbers["301"]["errorWrappers"] == [{"error": "MS_UNAVAILABLE"}]


@pytest.mark.parametrize("company", companies(), ids=lambda each: each.key)
def test_screenings_have_the_shape_of_the_contract(sandbox: SandboxControl, company: Any) -> None:
    def of(path: str, method: str) -> Any:
        schema = YENTE["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
        return jsonschema_rs.validator_for({**schema, "components": YENTE["components"]})

    yente = Caller(sandbox, "opensanctions", headers=YENTE_KEY)
    query = {"schema": "Company", "properties": {"name": [company.name], "jurisdiction": [company.country.lower()]}}
    told = yente("/match/sanctions", "POST", json={"queries": {"it": query, "other": query}})
    of("/match/{dataset}", "post").validate(told)
    assert set(told["responses"]) == {"it", "other"}
    for each in told["responses"]["it"]["results"]:
        of("/entities/{entity_id}", "get").validate(yente(f"/entities/{each['id']}"))
    of("/catalog", "get").validate(yente("/catalog"))


SCREENINGS = [
    ({"queries": {}}, 400),
    ({"queries": {f"q{at}": {"schema": "Company", "properties": {"name": ["x"]}} for at in range(101)}}, 400),
    ({"queries": {"q": {"schema": "Company"}}}, 422),
    ([], 422),
]


@pytest.mark.parametrize(("asked", "status"), SCREENINGS)
def test_a_screening_that_cannot_be_made_is_refused(sandbox: SandboxControl, asked: Any, status: int) -> None:
    assert Caller(sandbox, "opensanctions", headers=YENTE_KEY)("/match/sanctions", "POST", status, json=asked)["detail"]


def test_companies_house_answers_in_its_recorded_shapes(sandbox: SandboxControl) -> None:
    house = Caller(sandbox, "companies_house", auth=CH)
    (kettles,) = (each for each in companies() if "coh" in each.numbers)
    number = kettles.numbers["coh"]
    profile = house(f"/company/{number}")
    assert (profile["company_name"], profile["company_status"]) == ("IMAGINARY KETTLES LTD", "active")
    found = house("/search/companies?q=imaginary kettles")
    assert [each["company_number"] for each in found["items"]] == [number]
    for part in ("insolvency", "charges"):
        assert "not-found" in house(f"/company/{number}/{part}", status=404)["errors"][0]["error"]
    house("/company/00000000", status=404)


def test_the_insurer_answers_in_the_known_shapes(atradius: Caller) -> None:
    buyers, covers = (
        "/credit-insurance/organisation-management/v1/buyers",
        "/credit-insurance/cover-management/v1/covers",
    )
    assert_shape(atradius(f"{buyers}?country=NLD&uid=90000001&uidType=NRN"), recorded("atradius/buyers.assembled.json"))
    unknown = atradius(f"{buyers}?country=NLD&uid=90000099&uidType=NRN", status=400)
    assert unknown["errors"][0]["detail"] == "No buyer match found"
    of = {"customerId": "shapes", "policyId": "111222"}
    asked = {**of, "buyerId": 38000002, "coverType": "credit-limit", "currencyCode": "EUR", "creditLimitAmount": 50_000}
    assert_shape(atradius(covers, "POST", 201, json=asked), recorded("atradius/cover-created.201.assembled.json"))
    listed = atradius(covers, params=of)
    assert listed["data"][0].pop("customerRefNumber") is None
    assert_shape(listed, recorded("atradius/covers.assembled.json"))
    again = atradius(covers, "POST", 400, json=asked)
    assert "already exists" in again["errors"][0]["detail"]
    wrong = atradius(covers, "POST", 400, json={"creditLimitAmount": 50_500})
    assert {each["source"]["parameter"] for each in wrong["errors"]} == {
        *("customerId", "policyId", "buyerId", "creditLimitAmount", "currencyCode")
    }
    assert buyer_number(companies()[0]) is not None


UNSIGNED = [
    ("kvk", "/v1/basisprofielen/90000001"),
    ("creditsafe", "/companies?countries=NL&name=gans"),
    ("opensanctions", "/catalog"),
    ("companies_house", "/company/99000024"),
    ("atradius", "/credit-insurance/cover-management/v1/covers"),
]


@pytest.mark.parametrize(("provider", "path"), UNSIGNED)
def test_who_does_not_sign_in_is_refused(sandbox: SandboxControl, provider: str, path: str) -> None:
    Caller(sandbox, provider)(path, status=401)
    wrong = {"apikey": "x", "Authorization": "Bearer x", **APP}
    Caller(sandbox, provider, headers=wrong)(path, status=401)


def test_a_path_that_a_vendor_does_not_have_is_answered_as_the_vendor_does(sandbox: SandboxControl) -> None:
    Caller(sandbox, "gleif")("/nothing", status=404)
    Caller(sandbox, "atradius", headers=APP)("/nothing", status=403)
    assert requests.get(f"{sandbox.address}/nobody/at/all", timeout=10).status_code == 404


def test_the_path_of_a_vendors_own_address_may_stay(sandbox: SandboxControl) -> None:
    for provider, base, path in (
        ("gleif", "/api/v1", "/lei-records"),
        ("vies", "/taxation_customs/vies/rest-api", "/check-status"),
    ):
        assert Caller(sandbox, provider)(base + path) == Caller(sandbox, provider)(path)


def test_a_time_that_cannot_be_read_is_named(sandbox: SandboxControl) -> None:
    for text in ("yesterday", "2026-03-01T12:00:00"):
        told = Caller(sandbox, "vies")("/check-status", status=400, headers={"Creditgate-Now": text})
        assert "Creditgate-Now" in told["errors"][0]
