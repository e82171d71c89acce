"""Creditsafe as it is called: signed in once, found before anything is bought, and bought once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import jwt
import orjson
import pytest
import responses
from responses import matchers

from providers.creditsafe.client import SETTINGS, CreditReport, Quota, RegisterExtract, Search, quota, sign_in
from providers.errors import NothingToAskBy, NotUnderstood, SourceBusy, SourceDown, SourceRefused
from providers.http import Line
from providers.ports import About, CompanyKey, CompanyQuery, Identifier
from providers.settings import Price
from scoring.facts import CompanyDetails, CreditLimit
from tests.providers.register_contracts import assert_allowed
from tests.providers.reports import rated, report
from tests.providers.wires import NOW, Kept, line_to, payload

BASE = SETTINGS.address
FOUND = payload("creditsafe/companies-search-NL.assembled.json")
NONE = payload("creditsafe/companies-search-none.assembled.json")
KVK = Identifier("kvk", "NL", "37124884")
VAT = Identifier("vat", "NL", "NL000000000B01")
COMPANY = CompanyKey("Voorbeeld Handel B.V.", "NL", (KVK,))
CONTRACT = "creditsafe-connect-1.10.4.json"
TOKEN = jwt.encode({"exp": int((NOW + timedelta(minutes=20)).timestamp())}, "x" * 32)


@pytest.fixture
def vendor() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(f"{BASE}/authenticate", json={"token": TOKEN})
        yield mock
        for call in mock.calls:
            assert_allowed(call.request, CONTRACT, SETTINGS.address)


@pytest.fixture
def line() -> Line:
    return line_to(SETTINGS, username="our-username", password="our-password")


def about(company: CompanyKey = COMPANY) -> About:
    return About(company, "EUR", date(2026, 3, 1))


def searched(vendor: responses.RequestsMock, answer: Any, **criteria: str) -> None:
    vendor.get(f"{BASE}/companies", json=answer, match=[matchers.query_param_matcher(criteria)])


@pytest.mark.parametrize(
    ("token", "minutes"),
    [
        (TOKEN, 20),
        (jwt.encode({"sub": "x"}, "x" * 32), 55),
        (jwt.encode({"exp": 1}, "x" * 32), 55),
        (jwt.encode({"exp": 10**17}, "x" * 32), 55),
        ("no-jwt-at-all", 55),
    ],
)
def test_a_token_ends_when_it_says_or_after_55_minutes(
    vendor: responses.RequestsMock, line: Line, token: str, minutes: int
) -> None:
    vendor.replace(responses.POST, f"{BASE}/authenticate", json={"token": token})
    given = sign_in(line)
    assert (given.text, given.ends_at) == (token, NOW + timedelta(minutes=minutes))
    assert orjson.loads(vendor.calls[0].request.body) == {"username": "our-username", "password": "our-password"}


@pytest.mark.parametrize("answer", [{}, {"token": None}, {"token": "two words"}, {"token": "line\nbreak"}, [], 5])
def test_a_sign_in_without_a_token_is_not_understood(
    vendor: responses.RequestsMock, line: Line, answer: object
) -> None:
    vendor.replace(responses.POST, f"{BASE}/authenticate", json=answer)
    with pytest.raises(NotUnderstood):
        sign_in(line)


def test_a_report_is_ordered_by_the_number_that_a_search_confirmed(vendor: responses.RequestsMock, line: Line) -> None:
    searched(vendor, FOUND, countries="NL", id="NL-X-371248840000")
    bought = {**report(), "companyId": "NL-X-371248840000"}
    vendor.get(
        f"{BASE}/companies/NL-X-371248840000", json=bought, match=[matchers.query_param_matcher({"language": "en"})]
    )
    raw = CreditReport().ask(COMPANY, line)
    assert raw == {"search": FOUND, "connect_id": "NL-X-371248840000", "report": bought}
    assert vendor.calls[-1].request.headers["Authorization"] == f"Bearer {TOKEN}"
    facts = CreditReport().facts(raw, about())
    assert (facts.provider, facts.score, facts.recommended_limit) == (
        "creditsafe",
        Decimal(62),
        CreditLimit("amount", Decimal(60000)),
    )


def test_only_a_report_that_came_is_charged(vendor: responses.RequestsMock) -> None:
    memory = Kept()
    line = line_to(SETTINGS, memory, username="our-username", password="our-password")
    line = replace(line, agreed_price=Price(Decimal("4.50"), "EUR"))
    searched(vendor, FOUND, countries="NL", id="NL-X-371248840000")
    vendor.get(f"{BASE}/companies/NL-X-371248840000", status=404, json={"message": "Report not found"})
    assert CreditReport().ask(COMPANY, line) is None
    assert not any(each.cost for each in memory.calls)
    vendor.replace(responses.GET, f"{BASE}/companies/NL-X-371248840000", json=report())
    assert CreditReport().ask(COMPANY, line) is not None
    charged = [(each.operation, each.cost) for each in memory.calls if each.cost]
    assert charged == [("credit_report", (Decimal("4.50"), "EUR"))]


def test_an_empty_answer_of_either_shape_is_an_unknown_company(vendor: responses.RequestsMock, line: Line) -> None:
    searched(vendor, {"totalSize": 0, "companies": {}}, countries="NL", id="NL-X-371248840000")
    assert CreditReport().ask(COMPANY, line) is None


def test_the_band_e_of_a_company_that_is_merely_unrated_is_no_score() -> None:
    unrated = {"commonValue": "E", "commonDescription": "Not Rated", "providerValue": {"value": "Not Rated"}}
    facts = CreditReport().facts({"report": rated(**unrated)}, about())
    assert (facts.score, facts.events, facts.details) == (None, (), CompanyDetails(band="Not Rated"))


def test_a_dutch_vat_number_is_asked_bare_and_alone(vendor: responses.RequestsMock, line: Line) -> None:
    searched(vendor, FOUND, countries="NL", vatNo="000000000")
    raw = RegisterExtract().ask(CompanyKey("Voorbeeld", "NL", (VAT,)), line)
    assert raw is not None
    assert raw["connect_id"] == "NL-X-371248840000"


@pytest.mark.parametrize(
    ("identifiers", "asked"),
    [
        ((Identifier("kvk", "NL", "99999999"), VAT), {"id": "NL-X-999999990000"}),
        ((Identifier("rsin", "NL", "111222333"), Identifier("kvk", "NL", "37124884")), {"vatNo": "111222333"}),
    ],
)
def test_nothing_is_bought_of_a_company_that_another_number_contradicts(
    vendor: responses.RequestsMock, line: Line, identifiers: tuple[Identifier, ...], asked: dict[str, str]
) -> None:
    """All members of a fiscal unity are found by its VAT number."""
    searched(vendor, NONE, countries="NL", **asked)
    searched(vendor, FOUND, countries="NL", vatNo="000000000")
    other = {**FOUND["companies"][0], "regNo": "99999999", "vatNo": []}
    searched(vendor, {**FOUND, "companies": [other]}, countries="NL", id="NL-X-371248840000")
    with pytest.raises(NotUnderstood, match="contradicts"):
        CreditReport().ask(CompanyKey("Voorbeeld", "NL", identifiers), line)
    assert not any("/companies/" in call.request.url for call in vendor.calls)


@pytest.mark.parametrize(("name", "is_taken"), [("Voorbeeld Handel", True), (None, True), ("Iets Anders B.V.", False)])
def test_a_company_that_does_not_tell_the_vat_number_is_taken_by_its_name_too(
    vendor: responses.RequestsMock, line: Line, name: str | None, is_taken: bool
) -> None:
    silent = {**FOUND["companies"][0], "vatNo": None}
    searched(vendor, {**FOUND, "companies": [silent]}, countries="NL", vatNo="000000000")
    assert (RegisterExtract().ask(CompanyKey(name, "NL", (VAT,)), line) is not None) is is_taken


def test_nobody_is_ordered_by_name_and_nothing_is_bought_of_whom_it_does_not_know(
    vendor: responses.RequestsMock, line: Line
) -> None:
    searched(vendor, NONE, countries="NL", id="NL-X-371248840000")
    with pytest.raises(NothingToAskBy):
        CreditReport().ask(CompanyKey("Voorbeeld Handel B.V.", "NL", ()), line)
    assert CreditReport().ask(COMPANY, line) is None
    assert RegisterExtract().ask(COMPANY, line) is None
    assert not any("/companies/" in call.request.url for call in vendor.calls)


def test_two_companies_of_one_number_are_nobody(vendor: responses.RequestsMock, line: Line) -> None:
    (company,) = FOUND["companies"]
    other = {**company, "id": "NL-X-371248840001"}
    both = {**FOUND, "companies": [company, other], "totalSize": 2}
    searched(vendor, both, countries="NL", vatNo="000000000")
    by_vat = CompanyKey(None, "NL", (VAT,))
    with pytest.raises(NotUnderstood, match="more than one company"):
        CreditReport().ask(by_vat, line)
    other["officeType"] = "branch"
    vendor.reset()
    vendor.post(f"{BASE}/authenticate", json={"token": TOKEN})
    searched(vendor, both, countries="NL", vatNo="000000000")
    raw = RegisterExtract().ask(by_vat, line)
    assert raw is not None
    assert raw["connect_id"] == "NL-X-371248840000"


def test_a_company_found_that_has_another_number_is_not_taken(vendor: responses.RequestsMock, line: Line) -> None:
    searched(vendor, FOUND, countries="NL", id="NL-X-111111110000")
    assert CreditReport().ask(CompanyKey(None, "NL", (Identifier("kvk", "NL", "11111111"),)), line) is None


def test_germany_is_told_a_reason(vendor: responses.RequestsMock, line: Line) -> None:
    number = Identifier("creditsafe-connect-id", "DE", "DE-X-DE123")
    company = {"id": "DE-X-DE123", "country": "DE", "name": "Beispiel GmbH", "status": "Active", "type": "Ltd"}
    searched(vendor, {"totalSize": 1, "companies": [company]}, countries="DE", id="DE-X-DE123")
    wanted = matchers.query_param_matcher({"language": "en", "customData": "de_reason_code::1"})
    vendor.get(f"{BASE}/companies/DE-X-DE123", json=report(), match=[wanted])
    assert CreditReport().ask(CompanyKey(None, "DE", (number,)), line) is not None


def test_a_report_that_is_not_there_is_no_report(vendor: responses.RequestsMock, line: Line) -> None:
    searched(vendor, FOUND, countries="NL", id="NL-X-371248840000")
    vendor.get(f"{BASE}/companies/NL-X-371248840000", status=404, json={"message": "Report not found"})
    assert CreditReport().ask(COMPANY, line) is None


@pytest.mark.parametrize("failed", ["NegativeInformation", "Additional Information", "companySummary"])
def test_a_report_without_the_section_that_tells_of_trouble_is_not_understood(failed: str) -> None:
    with pytest.raises(NotUnderstood, match="failedSections"):
        CreditReport().facts({"report": {**report(), "failedSections": [failed]}}, about())


def test_a_404_that_is_not_the_vendors_is_not_that_there_is_no_report(
    vendor: responses.RequestsMock, line: Line
) -> None:
    searched(vendor, FOUND, countries="NL", id="NL-X-371248840000")
    vendor.get(f"{BASE}/companies/NL-X-371248840000", status=404, body="")
    with pytest.raises(NotUnderstood):
        CreditReport().ask(COMPANY, line)


def test_a_report_of_another_company_is_not_understood() -> None:
    raw = {"connect_id": "NL-X-371248840000", "report": {**report(), "companyId": "NL-X-900000010000"}}
    with pytest.raises(NotUnderstood, match="another company"):
        CreditReport().facts(raw, about())


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, payload("creditsafe/error-invalid-criteria.400.assembled.json"), NotUnderstood),
        (401, {"error": "expired"}, SourceRefused),
        (403, {"message": "Access forbidden"}, SourceRefused),
        (429, {}, SourceBusy),
        (502, {}, SourceDown),
    ],
)
def test_each_failure_has_its_meaning(
    vendor: responses.RequestsMock, line: Line, status: int, body: Any, error: type[Exception]
) -> None:
    vendor.get(f"{BASE}/companies", status=status, json=body)
    with pytest.raises(error):
        CreditReport().ask(COMPANY, line)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("TemporarySystemProblem", SourceDown),
        ("AccessRestricted", SourceRefused),
        ("InvalidCredentials", SourceRefused),
    ],
)
def test_no_companies_because_of_a_failure_is_not_an_unknown_company(
    vendor: responses.RequestsMock, line: Line, code: str, error: type[Exception]
) -> None:
    searched(
        vendor,
        {"totalSize": 0, "companies": [], "messages": [{"type": "Error", "code": code}]},
        countries="NL",
        id="NL-X-371248840000",
    )
    with pytest.raises(error):
        CreditReport().ask(COMPANY, line)


def test_a_search_offers_what_it_found_with_its_numbers(vendor: responses.RequestsMock, line: Line) -> None:
    searched(vendor, FOUND, countries="NL", name="voorbeeld", page="1", pageSize="50")
    (offered,) = Search().search(CompanyQuery("voorbeeld", "NL", ()), line)
    assert (offered.name, offered.status, offered.address) == (
        "Voorbeeld Handel B.V.",
        "active",
        "Voorbeeldstraat 1, 1011AA, AMSTERDAM",
    )
    assert offered.identifiers == (
        KVK,
        Identifier("creditsafe-connect-id", "NL", "NL-X-371248840000"),
        Identifier("creditsafe-safe-no", "NL", "NL02350229"),
    )


def test_a_place_brings_what_matches_it_to_the_front(vendor: responses.RequestsMock, line: Line) -> None:
    there = {"id": "NL-X-900000020000", "country": "NL", "name": "Voorbeeld B.V.", "status": "Active", "type": "Ltd"}
    matched = {"totalMatches": 1, "matchedCompanies": [{**there, "matchScoreConfidence": 899}]}
    wanted = {"country": "NL", "matchThreshold": "898", "name": "voorbeeld", "city": "Utrecht"}
    vendor.get(f"{BASE}/companies/match", json=matched, match=[matchers.query_param_matcher(wanted)])
    searched(vendor, FOUND, countries="NL", name="voorbeeld", page="1", pageSize="50")
    offered = Search().search(CompanyQuery("voorbeeld", "NL", (), "Utrecht"), line)
    assert [each.name for each in offered] == ["Voorbeeld B.V.", "Voorbeeld Handel B.V."]


@pytest.mark.parametrize(
    ("status", "kind", "read"),
    [("Active", "Ltd", "active"), ("NonActive", "Ltd", "dissolved"), ("NonActive", "NonLtd", "deregistered")],
)
def test_the_register_extract_tells_status_and_mismatch(status: str, kind: str, read: str) -> None:
    (company,) = FOUND["companies"]
    raw = {"connect_id": company["id"], "search": {"companies": [{**company, "status": status, "type": kind}]}}
    facts = RegisterExtract().facts(raw, about())
    assert (facts.status, facts.name, facts.identity_mismatch) == (read, "Voorbeeld Handel B.V.", ())
    other = CompanyKey("Iets Anders B.V.", "NL", (Identifier("kvk", "NL", "11111111"),))
    assert RegisterExtract().facts(raw, about(other)).identity_mismatch == ("number", "name")


@pytest.mark.parametrize("status", ["Pending", "Other", None])
def test_a_status_that_is_neither_is_not_taken_for_one(status: str | None) -> None:
    (company,) = FOUND["companies"]
    raw = {"connect_id": company["id"], "search": {"companies": [{**company, "status": status}]}}
    with pytest.raises(NotUnderstood):
        RegisterExtract().facts(raw, about())


@pytest.mark.parametrize("status", ["Pending", "Other", None])
def test_a_company_whose_status_is_neither_is_offered_all_the_same(
    vendor: responses.RequestsMock, line: Line, status: str | None
) -> None:
    """Left out, it would make the name of another one look unique."""
    company = {**FOUND["companies"][0], "status": status}
    vendor.get(f"{BASE}/companies", json={**FOUND, "companies": [company]})
    (offered,) = Search().search(CompanyQuery("Voorbeeld", "NL", ()), line)
    assert (offered.name, offered.status) == ("Voorbeeld Handel B.V.", None)


@pytest.mark.parametrize(
    ("written", "identifiers"),
    [("6402", (Identifier("coh", "GB", "00006402"),)), ("SC1234", (Identifier("coh", "GB", "SC001234"),)), ("?", ())],
)
def test_a_british_number_is_offered_as_the_register_writes_it(
    vendor: responses.RequestsMock, line: Line, written: str, identifiers: tuple[Identifier, ...]
) -> None:
    company = {"id": "GB-0-1", "country": "GB", "regNo": written, "name": "Example Ltd", "status": "Active"}
    vendor.get(f"{BASE}/companies", json={"totalSize": 1, "companies": [company]})
    (offered,) = Search().search(CompanyQuery("Example", "GB", ()), line)
    assert tuple(each for each in offered.identifiers if each.scheme == "coh") == identifiers


def test_the_quota_is_read_by_country(vendor: responses.RequestsMock, line: Line) -> None:
    online = {"countryIso2": "NL", "templateName": "full", "startDate": "2026-01-01T00:00:00Z", "paid": 100, "used": 7}
    vendor.get(f"{BASE}/access", json={"countryAccess": {"creditsafeConnectOnlineReports": [online]}})
    assert quota(line) == (Quota("NL", "full", 100, 7, datetime(2026, 1, 1, tzinfo=UTC).date(), None),)
