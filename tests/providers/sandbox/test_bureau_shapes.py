"""Creditsafe as the sandbox plays it keeps to its contract."""

from typing import Any

import pytest
import requests

from providers.sandbox.company import companies
from tests.providers.sandbox.shapes import Caller, assert_shape, recorded, valid
from tests.sandbox_control import SandboxControl

WITH_CREDIT = [
    each for each in companies() if each.credit and not each.credit.garbled and "creditsafe" not in each.down
]


@pytest.fixture(scope="module")
def creditsafe(sandbox: SandboxControl) -> Caller:
    signing = Caller(sandbox, "creditsafe")
    signed = signing("/authenticate", "POST", json={"username": "sandbox", "password": "sandbox"})
    valid("creditsafe/authenticate", signed)
    return Caller(sandbox, "creditsafe", headers={"Authorization": f"Bearer {signed['token']}"})


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
    kvk = Caller(sandbox, "kvk", headers={"apikey": "sandbox"})
    first = kvk("/v2/zoeken?naam=twee druppels&resultatenPerPagina=3&pagina=1")
    assert (first["totaal"], len(first["resultaten"]), "volgende" in first["_links"]) == (4, 3, True)
    second = requests.get(first["_links"]["volgende"]["href"], headers={"apikey": "sandbox"}, timeout=10).json()
    assert (len(second["resultaten"]), "volgende" in second["_links"]) == (1, False)
    assert kvk("/v2/zoeken?naam=twee druppels&pagina=9", status=404)["fout"][0]["code"] == "IPD5200"
    gleif = Caller(sandbox, "gleif")
    page = gleif("/lei-records?page[size]=2&page[number]=2")
    assert page["meta"]["pagination"]["currentPage"] == 2
    assert len(page["data"]) == 2
