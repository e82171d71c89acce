"""D&B as it is called: who is surely meant is matched first, and blocks are ordered once."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import orjson
import pytest
import responses
from responses import matchers

from providers.dnb import client
from providers.dnb.client import BLOCKS, SETTINGS, DataBlocks, Search, sign_in
from providers.errors import NotUnderstood, SourceBusy, SourceDown, SourceRefused
from providers.http import Line
from providers.ports import About, CompanyKey, CompanyQuery, Identifier
from tests.providers.dnb.blocks import COMPANY as BLOCKS_OF_COMPANY
from tests.providers.dnb.blocks import blocks
from tests.providers.wires import NOW, line_to, payload

BASE = SETTINGS.address
DUNS = Identifier("duns", "ZZ", "407809623")
KVK = Identifier("kvk", "NL", "27654321")
COMPANY = CompanyKey("Agglo-Bouw Voorbeeld B.V.", "NL", (KVK,))
ORDERED = {"blockIDs": ",".join(BLOCKS), "tradeUp": "hq"}
MATCHED = payload("dnb/cleanseMatch-example.json")


@pytest.fixture
def vendor() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(f"{BASE}/v3/token", json={"access_token": "t", "expiresIn": 86400})
        yield mock


@pytest.fixture
def line() -> Line:
    return line_to(SETTINGS, key="our-key", secret="our-secret")


def candidate(confidence: Any, duns: str = "407809623", **parts: Any) -> dict[str, Any]:
    organization = {
        "duns": duns,
        "primaryName": "Agglo-Bouw Voorbeeld B.V.",
        "registrationNumbers": BLOCKS_OF_COMPANY["organization"]["registrationNumbers"],
        **parts,
    }
    return {"organization": organization, "matchQualityInformation": {"confidenceCode": confidence}}


def matches(vendor: responses.RequestsMock, *found: dict[str, Any]) -> None:
    vendor.get(f"{BASE}/v1/match/cleanseMatch", json={"matchCandidates": list(found)})


@pytest.mark.parametrize(
    ("version", "answer", "lives"),
    [
        ("v3", {"access_token": "t", "expires_in": 3600}, timedelta(hours=1)),
        ("v2", {"access_token": "t", "expiresIn": 86400}, timedelta(days=1)),
        ("v3", {"access_token": "t", "expirationDateTime": "2026-03-02"}, timedelta(hours=24)),
        ("v3", {"access_token": "t", "expiresIn": "soon"}, timedelta(hours=24)),
        ("v3", {"access_token": "t", "expiresIn": -5}, timedelta(hours=24)),
    ],
)
def test_a_token_is_had_in_either_version_and_lives_as_it_says(
    vendor: responses.RequestsMock,
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    answer: Any,
    lives: timedelta,
) -> None:
    monkeypatch.setattr(client, "SIGN_IN_VERSION", version)
    vendor.upsert(responses.POST, f"{BASE}/{version}/token", json=answer)
    assert sign_in(line).ends_at == NOW + lives
    sent = vendor.calls[0].request
    assert sent.headers["Authorization"] == f"Basic {b64encode(b'our-key:our-secret').decode()}"
    if version == "v3":
        assert sent.body == "grant_type=client_credentials"
    else:
        assert orjson.loads(sent.body) == {"grant_type": "client_credentials"}


def test_a_company_is_matched_by_its_number_and_its_blocks_are_ordered(
    vendor: responses.RequestsMock, line: Line
) -> None:
    asked = {"registrationNumber": "27654321", "registrationNumberType": "6256", "countryISOAlpha2Code": "NL"}
    vendor.get(
        f"{BASE}/v1/match/cleanseMatch",
        json={"matchCandidates": [candidate(10)]},
        match=[matchers.query_param_matcher(asked)],
    )
    vendor.get(f"{BASE}/v1/data/duns/407809623", json=blocks(), match=[matchers.query_param_matcher(ORDERED)])
    raw = DataBlocks().ask(COMPANY, line)
    assert raw == {"blocks": blocks(), "duns": "407809623"}
    assert DataBlocks().facts(raw, About(COMPANY, "EUR", date(2026, 3, 1))).score == 47
    assert vendor.calls[-1].request.headers["Authorization"] == "Bearer t"


def test_germany_is_told_a_reason_and_a_known_duns_needs_no_match(vendor: responses.RequestsMock, line: Line) -> None:
    wanted = matchers.query_param_matcher({**ORDERED, "orderReason": "6332"})
    vendor.get(f"{BASE}/v1/data/duns/407809623", json=blocks(), match=[wanted])
    assert DataBlocks().ask(CompanyKey(None, "DE", (DUNS,)), line) is not None


@pytest.mark.parametrize(
    "found",
    [
        [],
        [candidate(7)],
        [candidate(None)],
        [candidate(10, registrationNumbers=[{"registrationNumber": "11111111", "typeDnBCode": 6256}])],
        [candidate(10, registrationNumbers=[], primaryName="Iets Heel Anders B.V.")],
    ],
)
def test_nobody_is_taken_who_is_not_surely_meant(
    vendor: responses.RequestsMock, line: Line, found: list[dict[str, Any]]
) -> None:
    matches(vendor, *found)
    assert DataBlocks().ask(COMPANY, line) is None
    assert not any("/data/duns/" in call.request.url for call in vendor.calls)


def test_two_that_are_as_sure_are_nobody_and_the_surer_of_two_is_taken(
    vendor: responses.RequestsMock, line: Line
) -> None:
    matches(vendor, candidate(9), candidate(9, "111111111"))
    with pytest.raises(NotUnderstood, match="more than one"):
        DataBlocks().ask(COMPANY, line)
    vendor.upsert(
        responses.GET,
        f"{BASE}/v1/match/cleanseMatch",
        json={"matchCandidates": [candidate(9), candidate(10, "111111111")]},
    )
    vendor.get(f"{BASE}/v1/data/duns/111111111", json=blocks())
    raw = DataBlocks().ask(COMPANY, line)
    assert raw is not None
    assert raw["duns"] == "111111111"


def test_by_name_alone_only_the_same_name_is_taken(vendor: responses.RequestsMock, line: Line) -> None:
    matches(vendor, candidate(10))
    vendor.get(f"{BASE}/v1/data/duns/407809623", json=blocks())
    assert DataBlocks().ask(CompanyKey("Agglo-Bouw Voorbeeld BV", "NL", ()), line) is not None
    assert DataBlocks().ask(CompanyKey("Agglo Holding", "NL", ()), line) is None


@pytest.mark.parametrize(
    ("told", "is_taken"),
    [
        ([{"registrationNumber": "00006402", "typeDnBCode": 2541}], True),
        ([{"registrationNumber": "6402"}], True),
        ([{"registrationNumber": "00006403"}], False),
        ([], False),
    ],
)
def test_by_name_the_number_that_we_know_must_be_told(
    vendor: responses.RequestsMock, line: Line, told: list[dict[str, Any]], is_taken: bool
) -> None:
    matches(vendor, candidate(10, primaryName="Example Trading Limited", registrationNumbers=told))
    vendor.get(f"{BASE}/v1/data/duns/407809623", json=blocks())
    company = CompanyKey("Example Trading Ltd", "GB", (Identifier("coh", "GB", "00006402"),))
    assert (DataBlocks().ask(company, line) is not None) is is_taken


def test_a_404_that_is_not_the_vendors_is_not_an_unknown_company(vendor: responses.RequestsMock, line: Line) -> None:
    vendor.get(f"{BASE}/v1/data/duns/407809623", status=404, json={"message": "no Route matched"})
    with pytest.raises(NotUnderstood):
        DataBlocks().ask(CompanyKey(None, "NL", (DUNS,)), line)
    vendor.get(f"{BASE}/v1/match/cleanseMatch", status=404, body="")
    with pytest.raises(NotUnderstood):
        DataBlocks().ask(COMPANY, line)


def test_a_match_or_a_company_that_is_not_found_is_unknown(vendor: responses.RequestsMock, line: Line) -> None:
    error = {"error": {"errorCode": "20505", "errorMessage": "No Match found"}}
    vendor.get(f"{BASE}/v1/match/cleanseMatch", status=404, json=error)
    vendor.get(f"{BASE}/v1/data/duns/407809623", status=404, json=error)
    assert DataBlocks().ask(COMPANY, line) is None
    assert DataBlocks().ask(CompanyKey(None, "NL", (DUNS,)), line) is None
    assert Search().search(CompanyQuery(None, "NL", (KVK,)), line) == ()


@pytest.mark.parametrize(
    ("status", "error"), [(400, NotUnderstood), (401, SourceRefused), (403, SourceRefused), (429, SourceBusy)]
)
def test_each_failure_has_its_meaning(
    vendor: responses.RequestsMock, line: Line, status: int, error: type[Exception]
) -> None:
    vendor.get(f"{BASE}/v1/data/duns/407809623", status=status, json={"error": {}})
    with pytest.raises(error):
        DataBlocks().ask(CompanyKey(None, "NL", (DUNS,)), line)


def test_an_outage_while_matching_is_not_an_unknown_company(vendor: responses.RequestsMock, line: Line) -> None:
    vendor.get(f"{BASE}/v1/match/cleanseMatch", status=503)
    with pytest.raises(SourceDown):
        DataBlocks().ask(COMPANY, line)


def test_a_search_by_name_offers_companies_with_their_numbers(vendor: responses.RequestsMock, line: Line) -> None:
    answer = payload("dnb/companyList-search.json")
    vendor.post(f"{BASE}/v1/search/companyList", json=answer)
    offered = Search().search(CompanyQuery("micro", "GB", (), "Cheshire"), line)
    assert [(each.name, each.status) for each in offered][:1] == [("Test Company 1", "active")]
    assert Identifier("duns", "ZZ", "123456789") in offered[0].identifiers
    assert orjson.loads(vendor.calls[-1].request.body) == {
        "searchTerm": "micro",
        "countryISOAlpha2Code": "GB",
        "addressLocality": "Cheshire",
        "pageSize": 50,
    }


def test_a_company_of_which_it_is_not_told_whether_it_is_active_is_offered_all_the_same(
    vendor: responses.RequestsMock, line: Line
) -> None:
    answer = payload("dnb/companyList-search.json")
    answer["searchCandidates"][0]["organization"]["dunsControlStatus"] = {}
    vendor.post(f"{BASE}/v1/search/companyList", json=answer)
    offered = Search().search(CompanyQuery("micro", "GB", ()), line)
    assert (offered[0].name, offered[0].status) == ("Test Company 1", None)


def test_a_search_by_number_offers_what_was_matched_whatever_its_confidence(
    vendor: responses.RequestsMock, line: Line
) -> None:
    (found,) = MATCHED["matchCandidates"]
    uncertain = {**found, "matchQualityInformation": {"confidenceCode": 3}}
    vendor.get(f"{BASE}/v1/match/cleanseMatch", json={**MATCHED, "matchCandidates": [uncertain]})
    (offered,) = Search().search(CompanyQuery(None, "US", (DUNS,)), line)
    assert (offered.name, offered.address) == ("EXAMPLE COMPANY, INC.", "109 Stardust Way, 25565, Murrieta")


def test_numbers_get_the_scheme_of_their_type(vendor: responses.RequestsMock, line: Line) -> None:
    organization = BLOCKS_OF_COMPANY["organization"]
    rsin = {"registrationNumber": "111222333", "typeDnBCode": 23097}
    told = [*organization["registrationNumbers"], rsin, {"registrationNumber": "123", "typeDnBCode": 4711}]
    whole = {**organization, "registrationNumbers": told}
    vendor.get(f"{BASE}/v1/match/cleanseMatch", json={"matchCandidates": [{"organization": whole}]})
    (offered,) = Search().search(CompanyQuery(None, "NL", (KVK,)), line)
    assert offered.identifiers == (
        KVK,
        Identifier("vat", "NL", "NL123214111B01"),
        Identifier("kvk_vestiging", "NL", "001232140000"),
        Identifier("rsin", "NL", "111222333"),  # The other has no right check, so that it might be anything.
        DUNS,
    )
