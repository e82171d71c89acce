"""Screening over HTTP: what is asked, each way it can be answered, and nothing wrong whatever arrives."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import jsonschema_rs
import orjson
import pytest
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from responses.matchers import header_matcher

from providers.catalog import Access, Catalog
from providers.errors import NotUnderstood, SourceBusy, SourceDown, SourceError, SourceRefused
from providers.opensanctions.client import DATASET, SETTINGS, Screenings, query
from providers.opensanctions.mapping import QUERY
from providers.ports import About, CompanyKey, Identifier
from providers.settings import FREE, Price
from scoring.facts import SanctionsFacts
from tests.providers.mutations import mutated
from tests.providers.wires import NOW, PAYLOADS, Kept, line_to, payload

SPEC = orjson.loads((PAYLOADS.parent / "specs" / "yente-5.5.0.trimmed.json").read_bytes())
KNOWN_PROPERTIES = orjson.loads((PAYLOADS.parent / "specs" / "followthemoney-company.json").read_bytes())["properties"]
MATCH = f"{SETTINGS.address}/match/{DATASET}"
NUMBERS = (
    Identifier("kvk", "NL", "00000018"),
    Identifier("vat", "NL", "NL000099998B57"),
    Identifier("lei", "ZZ", "724500VKKSH9QOLTFR81"),
    Identifier("duns", "NL", "407809623"),
    Identifier("rsin", "NL", "000099998"),
    Identifier("coh", "GB", "SC123456"),
)
COMPANY = CompanyKey("Voorbeeld Handel BV", "NL", NUMBERS)
ABOUT = About(COMPANY, "EUR", date(2026, 8, 20))
ANSWER = payload("opensanctions/match-company.generated.json")["responses"]
NO_HIT = ANSWER["debtor-2"]
LIST_PRICE = Decimal("0.10")


def line(**credentials: str) -> Any:
    return line_to(SETTINGS, **credentials or {"api_key": "secret-key"})


def answering(**by_key: Any) -> dict[str, Any]:
    return {"responses": by_key, "limit": 25}


def schema(name: str) -> dict[str, Any]:
    return {**SPEC["components"]["schemas"][name], "components": SPEC["components"]}


@responses.activate
def test_a_company_is_asked_about_as_the_specification_says() -> None:
    responses.post(
        MATCH, json=answering(**{"0": NO_HIT}), match=[header_matcher({"Authorization": "ApiKey secret-key"})]
    )
    Screenings().ask(COMPANY, line())
    sent = responses.calls[0].request
    body = json.loads(sent.body)
    jsonschema_rs.validator_for(schema("EntityMatchQuery")).validate(body)
    allowed = {each["name"] for each in SPEC["paths"]["/match/{dataset}"]["post"]["parameters"]}
    assert set(sent.params) <= allowed
    assert body["queries"]["0"]["properties"] == {
        "name": ["Voorbeeld Handel BV"],
        "jurisdiction": ["nl"],
        "registrationNumber": ["00000018", "SC123456"],
        "vatCode": ["NL000099998B57"],
        "leiCode": ["724500VKKSH9QOLTFR81"],
        "dunsCode": ["407809623"],
        "taxNumber": ["000099998"],
    }


def test_every_property_is_one_they_know_since_a_wrong_name_is_ignored_without_a_word() -> None:
    assert set(query(COMPANY)["properties"]) <= set(KNOWN_PROPERTIES)


@responses.activate
def test_one_s_own_service_is_asked_without_a_key() -> None:
    responses.post("http://yente.local/match/sanctions", json=answering(**{"0": NO_HIT}))
    catalog = Catalog(addresses={"opensanctions": "http://yente.local/"})
    access = Access("live", {}, lambda _: Kept(), NOW, lambda: NOW)
    (source,) = catalog.sources_for("NL", "sanctions_list", access)
    assert source.settings.price == FREE
    assert Catalog().source("opensanctions").settings.price is None
    raw = catalog.ask("sanctions_list", "opensanctions", COMPANY, access, deadline_seconds=5)
    assert "Authorization" not in responses.calls[0].request.headers
    assert raw is not None
    assert catalog.facts("sanctions_list", "opensanctions", raw, ABOUT).hit == "none"


def test_the_hosted_service_is_not_asked_without_a_key() -> None:
    access = Access("live", {}, lambda _: Kept(), NOW, lambda: NOW)
    assert Catalog().sources_for("NL", "sanctions_list", access) == ()


@responses.activate
def test_many_are_screened_in_one_call_and_each_is_kept_alone() -> None:
    responses.post(MATCH, json=answering(**{"0": ANSWER["debtor-1"], "2": NO_HIT}))
    other = replace(COMPANY, name="Molenaar Graan Export B.V.", identifiers=())
    nameless = replace(COMPANY, name=None)
    first, second, third = Screenings().screen_many((COMPANY, nameless, other), line(), "version-1")
    assert isinstance(second, NotUnderstood)
    assert not isinstance(first, NotUnderstood)
    assert not isinstance(third, NotUnderstood)
    assert "Molenaar" not in json.dumps(first)
    found, clean = (Screenings().facts(raw, ABOUT) for raw in (first, third))
    assert (found.hit, clean.hit, found.list_version) == ("confirmed", "none", "version-1")
    assert found.matches[0].lists == ("eu_fsf", "nl_terrorism_list")
    assert len(responses.calls) == 1


@responses.activate
def test_each_company_of_a_call_is_charged() -> None:
    responses.post(MATCH, json=answering(**{"0": NO_HIT, "1": NO_HIT}))
    memory, sent = Kept(), []
    priced = replace(line_to(SETTINGS, memory, api_key="x"), agreed_price=Price(LIST_PRICE, "EUR"))
    original = type(priced).send
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(priced), "send", lambda self, request: sent.append(request) or original(self, request))
        Screenings().screen_many((COMPANY, COMPANY), priced)
    assert sent[0].cost == (LIST_PRICE * 2, "EUR")


def test_a_company_without_a_name_is_not_taken_for_clean() -> None:
    with pytest.raises(NotUnderstood, match="name"):
        Screenings().ask(replace(COMPANY, name=None), line())


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        (401, {}, SourceRefused),
        (404, {}, SourceRefused),
        (429, {}, SourceRefused),
        (429, {"Retry-After": "0"}, SourceBusy),
        (400, {}, NotUnderstood),
        (422, {}, NotUnderstood),
        (500, {}, SourceDown),
    ],
)
@responses.activate
def test_every_refusal_has_its_meaning(status: int, headers: dict[str, str], error: type[SourceError]) -> None:
    responses.post(MATCH, json=payload("opensanctions/error-no-api-key.401.json"), status=status, headers=headers)
    with pytest.raises(error) as raised:
        Screenings().ask(COMPANY, line())
    assert type(raised.value) is error
    assert "secret-key" not in str(raised.value)


@responses.activate
def test_an_answer_about_another_question_is_not_taken_for_no_hit() -> None:
    responses.post(MATCH, json=answering(other=NO_HIT))
    raw = Screenings().ask(COMPANY, line())
    assert raw is not None
    with pytest.raises(NotUnderstood):
        Screenings().facts(raw, ABOUT)


@responses.activate
def test_the_version_is_that_of_what_is_loaded() -> None:
    responses.get(f"{SETTINGS.address}/catalog", json=payload("opensanctions/catalog.assembled.json"))
    assert Screenings().version(line()) == "20260801060000-xyz"


@responses.activate
def test_a_service_without_a_catalog_tells_no_version() -> None:
    responses.get(f"{SETTINGS.address}/catalog", status=404, json={"detail": "Not Found"})
    assert Screenings().version(line()) is None


@responses.activate
def test_a_catalog_without_the_list_is_not_understood() -> None:
    responses.get(f"{SETTINGS.address}/catalog", json={"datasets": [], "current": [], "outdated": []})
    with pytest.raises(NotUnderstood):
        Screenings().version(line())


@responses.activate
def test_a_merged_entry_is_found_under_its_new_id() -> None:
    base = f"{SETTINGS.address}/entities"
    responses.get(f"{base}/eu-fsf-1", status=308, headers={"Location": f"{base}/NK-new%2F1"})
    responses.get(f"{base}/NK-new%2F1", json={"id": "NK-new/1", "caption": "X", "schema": "Company", "properties": {}})
    responses.get(f"{base}/gone", status=404, json={"detail": "No such entity!"})
    found = Screenings().entry("eu-fsf-1", line())
    assert found is not None
    assert found["entity"]["id"] == "NK-new/1"
    assert Screenings().entry("gone", line()) is None


@responses.activate
def test_an_entry_that_is_merged_in_a_ring_is_given_up() -> None:
    responses.get(f"{SETTINGS.address}/entities/ring", status=308, headers={"Location": "/entities/ring"})
    with pytest.raises(SourceError):
        Screenings().entry("ring", line())


WHOLE = answering(**{"0": ANSWER["debtor-1"]})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=60) | mutated([WHOLE]).map(lambda document: json.dumps(document).encode()))
def test_whatever_arrives_is_facts_or_an_error_of_ours(body: bytes) -> None:
    with responses.RequestsMock() as mock:
        mock.post(MATCH, body=body)
        try:
            raw = Screenings().ask(COMPANY, line())
            assert raw is not None
            facts = Screenings().facts(raw, ABOUT)
        except SourceError:
            return
    assert isinstance(facts, SanctionsFacts)
    told = raw["match"]["responses"][QUERY]
    assert told["status"] == 200
    assert (facts.hit == "none") == (not facts.matches)
