"""The list and the insurer that the sandbox plays keep to their contracts; sign-in, unknown paths, and the time."""

import json
from typing import Any

import jsonschema_rs
import pytest
import requests

from providers.sandbox.company import companies
from tests.providers.sandbox.shapes import APP, BESIDE, Caller, assert_shape, recorded
from tests.sandbox_control import SandboxControl

YENTE = json.loads((BESIDE / "specs" / "yente-5.5.0.trimmed.json").read_bytes())
YENTE_KEY = {"Authorization": "ApiKey sandbox"}


@pytest.fixture(scope="module")
def atradius(sandbox: SandboxControl) -> Caller:
    signing = Caller(sandbox, "atradius", headers=APP)
    signed = signing("/authenticate/v2/tokens", "POST", auth=("sandbox", "sandbox"))
    assert_shape(signed, recorded("atradius/token.assembled.json"))
    return Caller(sandbox, "atradius", headers={**APP, "Authorization": f"Bearer {signed['data']['access_token']}"})


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
