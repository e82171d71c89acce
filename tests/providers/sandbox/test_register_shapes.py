"""The registers that the sandbox plays answer as recorded, and say what is missing or wrong."""

from typing import Any

import pytest

from providers.sandbox.company import companies
from tests.providers.sandbox.shapes import Caller, assert_shape, recorded, valid
from tests.sandbox_control import SandboxControl

KVK, CH = {"apikey": "sandbox"}, ("sandbox", "")


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


def test_companies_house_answers_in_its_recorded_shapes(sandbox: SandboxControl) -> None:
    house = Caller(sandbox, "companies_house", auth=CH)
    kettles = next(each for each in companies() if each.key == "british")
    number = kettles.numbers["coh"]
    profile = house(f"/company/{number}")
    assert (profile["company_name"], profile["company_status"]) == ("IMAGINARY KETTLES LTD", "active")
    found = house("/search/companies?q=imaginary kettles")
    assert [each["company_number"] for each in found["items"]] == [number]
    for part in ("insolvency", "charges"):
        assert "not-found" in house(f"/company/{number}/{part}", status=404)["errors"][0]["error"]
    house("/company/00000000", status=404)
