"""One company as KVK, Companies House, GLEIF and North Data would tell it: the facts are the same."""

from datetime import date
from typing import Any

import pytest
import responses

from providers.catalog import Catalog
from providers.ports import Candidate, CompanyKey, CompanyQuery, Identifier
from scoring.facts import EntityFacts, RegisterFacts
from tests.providers.register_lines import about, line_to

NAME = "Made-up Widgets Limited"
LEI = "213800KUD8LAJWSQ9D15"
KVK, COH, KEY = "90000050", "00006402", "4711"
STATES = ("active", "ended")
NUMBERS = (
    Identifier("kvk", "NL", KVK),
    Identifier("coh", "GB", COH),
    Identifier("lei", "ZZ", LEI),
    Identifier("north_data", "DE", KEY),
)


def kvk(state: str) -> dict[str, Any]:
    end = {"datumEinde": "20251231"} if state == "ended" else {}
    profile = {
        "kvkNummer": KVK,
        "naam": NAME,
        "materieleRegistratie": {"datumAanvang": "20170108", **end},
        "_embedded": {"eigenaar": {"rechtsvorm": "Private limited company"}},
    }
    return {"basisprofiel": profile, "basisbedrijfsgegevens": None}


def companies_house(state: str) -> dict[str, Any]:
    profile = {
        "company_number": COH,
        "company_name": NAME,
        "company_status": "dissolved" if state == "ended" else "active",
        "date_of_creation": "2017-01-08",
        "type": "ltd",
    }
    return {"profile": profile, "insolvency": None, "charges": None, "officers": None}


def north_data(state: str) -> dict[str, Any]:
    company = {
        "id": "1",
        "name": {"name": NAME, "legalForm": "Ltd."},
        "address": {"city": "London", "country": "GB"},
        "register": {"id": "Companies House 00006402", "uniqueKey": KEY},
        "status": "terminated" if state == "ended" else "active",
        "events": {"items": [{"type": "NewCompany", "date": "2017-01-08"}]},
    }
    return {"company": company}


def gleif(state: str) -> dict[str, Any]:
    entity = {
        "legalName": {"name": NAME},
        "legalAddress": {"country": "GB", "city": "London"},
        "registeredAt": {"id": "RA000585"},
        "registeredAs": COH,
        "legalForm": {"id": "H0PO"},
        "status": "INACTIVE" if state == "ended" else "ACTIVE",
    }
    record = {"id": LEI, "attributes": {"lei": LEI, "entity": entity, "registration": {"status": "ISSUED"}}}
    return {"lei-records": {"data": [record]}}


@pytest.mark.parametrize("state", STATES)
def test_registers_agree_on_status_name_day_and_legal_form(state: str) -> None:
    catalog = Catalog()
    told = [
        catalog.facts("company_register", provider, raw, about(CompanyKey(NAME, "GB", NUMBERS)))
        for provider, raw in (
            ("kvk", kvk(state)),
            ("companies_house", companies_house(state)),
            ("north_data", north_data(state)),
        )
    ]
    status = "dissolved" if state == "ended" else "active"
    for facts in told:
        assert isinstance(facts, RegisterFacts)
        assert (facts.status, facts.name) == (status, NAME)
        assert (facts.incorporated_on, facts.legal_form) == (date(2017, 1, 8), "limited")
        assert (facts.events, facts.identity_mismatch) == ((), ())


@pytest.mark.parametrize("state", STATES)
def test_the_register_of_entities_agrees_on_name_and_whether_it_exists(state: str) -> None:
    facts = Catalog().facts("entity_register", "gleif", gleif(state), about(CompanyKey(NAME, "GB", NUMBERS)))
    assert isinstance(facts, EntityFacts)
    assert (facts.name, facts.active) == (NAME, state == "active")


@pytest.mark.parametrize("state", STATES)
@responses.activate
def test_searches_agree_on_what_they_offer(state: str) -> None:
    house = "https://api.company-information.service.gov.uk"
    responses.get(f"{house}/company/{COH}", json=companies_house(state)["profile"])
    responses.get("https://api.gleif.org/api/v1/lei-records", json=gleif(state)["lei-records"])
    found = {"results": [north_data(state)]}
    responses.get("https://www.northdata.com/_api/search/v1/universal", json=found)
    offers = [_only(provider) for provider in ("companies_house", "gleif", "north_data")]
    told = {(each.name, each.country, each.legal_form, each.status) for each in offers}
    assert told == {(NAME, "GB", "limited", "dissolved" if state == "ended" else "active")}
    assert Identifier("coh", "GB", COH) in offers[0].identifiers
    assert Identifier("coh", "GB", COH) in offers[1].identifiers


def _only(provider: str) -> Candidate:
    search = Catalog().source(provider).search
    assert search is not None
    (found,) = search.search(CompanyQuery(NAME, "GB", NUMBERS[1:3]), line_to(provider))
    return found
