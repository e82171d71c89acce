"""Whatever is sent to it, the sandbox answers as a vendor would and never breaks."""

import json
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.clock import real_now
from providers.sandbox.app import make_app
from providers.sandbox.world import World
from tests.providers.mutations import JSON, mutated

APP: Flask = make_app(real_now)
WORLD: World = APP.extensions["creditgate-sandbox"]
SIGNED = {
    "kvk": {"apikey": "sandbox"},
    "opensanctions": {"Authorization": "ApiKey sandbox"},
    "companies_house": {"Authorization": "Basic c2FuZGJveDo="},
    "creditsafe": {"Authorization": f"Bearer {WORLD.new_token('creditsafe')}"},
    "dnb": {"Authorization": f"Bearer {WORLD.new_token('dnb')}"},
    "atradius": {
        "Authorization": f"Bearer {WORLD.new_token('atradius')}",
        "Atradius-App-Key": "sandbox",
        "Atradius-Correlation-Id": "1",
    },
}
COVERS = "/atradius/credit-insurance/cover-management/v1/covers"
SENT: list[tuple[str, str, Any]] = [
    ("POST", "/faults", {"provider": "vies", "kind": "rate_limited", "match": "x", "times": 1}),
    ("POST", "/creditsafe/authenticate", {"username": "sandbox", "password": "sandbox"}),
    ("POST", "/creditsafe/monitoring/portfolios", {"name": "creditgate", "isDefault": False}),
    ("POST", "/creditsafe/monitoring/portfolios/131318/companies", {"id": "NL-X-900000280000", "freeText": ""}),
    ("PUT", "/creditsafe/monitoring/portfolios/131318/eventRules/XX", [{"ruleCode": 101, "isActive": 1}]),
    (
        "POST",
        "/opensanctions/match/sanctions",
        {"queries": {"q": {"schema": "Company", "properties": {"name": ["x"]}}}},
    ),
    ("POST", "/vies/check-vat-number", {"countryCode": "NL", "vatNumber": "899000009B01", "requesterNumber": "1"}),
    ("POST", "/dnb/v1/search/companyList", {"searchTerm": "gans", "countryISOAlpha2Code": "NL"}),
    ("POST", COVERS, {"customerId": "1", "policyId": "2", "buyerId": 38000001, "creditLimitAmount": 1000}),
    ("PUT", COVERS, {"customerId": "1", "policyId": "2", "buyerId": 38000001, "coverId": 1, "action": "cancel"}),
]
READ = [
    *("/kvk/v2/zoeken", "/creditsafe/companies", "/creditsafe/companies/match", "/gleif/lei-records"),
    *("/gleif/fuzzycompletions", "/companies_house/search/companies", "/dnb/v1/match/cleanseMatch", COVERS),
    *("/dnb/v1/data/duns/990000001", "/creditsafe/monitoring/notificationEvents"),
]
NAMES = [
    *("naam", "kvkNummer", "rsin", "pagina", "resultatenPerPagina", "type", "countries", "name", "id", "page"),
    *("pageSize", "matchThreshold", "country", "page[size]", "page[number]", "filter[lei]", "filter[fulltext]", "q"),
    *("field", "items_per_page", "start_index", "duns", "blockIDs", "startDate", "customerId", "policyId", "sortDir"),
]
ASKED = st.dictionaries(st.sampled_from(NAMES), st.text(max_size=12) | st.integers(-3, 300).map(str), max_size=5)


def status_of(method: str, path: str, **sent: Any) -> int:
    headers = SIGNED.get(path.split("/")[1], {})
    return APP.test_client().open(path, method=method, headers=headers, **sent).status_code


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(at=st.integers(0, len(SENT) - 1), data=st.data())
def test_whatever_is_sent_is_taken_or_refused(at: int, data: st.DataObject) -> None:
    method, path, good = SENT[at]
    told = data.draw(mutated([{"it": good}]) | st.builds(lambda it: {"it": it}, JSON))
    sent = told.get("it") if isinstance(told, dict) else told
    assert status_of(method, path, data=json.dumps(sent), content_type="application/json") < 500


@settings(max_examples=150)
@given(path=st.sampled_from(READ), asked=ASKED)
def test_whatever_is_asked_is_answered_or_refused(path: str, asked: dict[str, str]) -> None:
    assert status_of("GET", path, query_string=asked) < 500


@given(path=st.sampled_from([each for _, each, _ in SENT]), body=st.binary(max_size=40))
def test_whatever_bytes_come_are_refused(path: str, body: bytes) -> None:
    assert status_of("POST", path, data=body, content_type="application/json") < 500
