"""North Data asked over the wire: exactly one company, charged once, and liquidation that nobody calls solvent."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.errors import NothingToAskBy, NotUnderstood, SourceBusy, SourceDown, SourceError, SourceRefused
from providers.http import Reply, Request
from providers.north_data.client import SETTINGS, CompanyRegister, Search
from providers.ports import Candidate, CompanyKey, CompanyQuery, Identifier
from scoring.facts import NegativeEvent, RegisterFacts
from scoring.policy.document import shipped
from tests.providers.mutations import mutated
from tests.providers.register_contracts import assert_allowed
from tests.providers.register_lines import KEY, TODAY, about, key_of, line_to, recorded

COMPANY_URL = f"{SETTINGS.address}/company/v1/company"
SEARCH_URL = f"{SETTINGS.address}/search/v1/universal"
MIKES = recorded("north_data", "company-1000mikes")
COMPANY = key_of("DE", ("north_data", "12203550103038"), name="1000 Mikes AG")


def event(kind: str, day: str | None) -> dict[str, Any]:
    return {"type": kind, "date": day, "description": "made up"}


def read(company: CompanyKey = COMPANY, **parts: Any) -> RegisterFacts:
    return CompanyRegister().facts({"company": {**MIKES, **parts}}, about(company))


def facts(company: CompanyKey = COMPANY) -> RegisterFacts | None:
    raw = CompanyRegister().ask(company, line_to("north_data"))
    return None if raw is None else CompanyRegister().facts(raw, about(company))


@responses.activate
def test_a_company_in_liquidation_is_active_still_and_held() -> None:
    responses.get(COMPANY_URL, json=MIKES)
    assert facts() == RegisterFacts(
        provider="north_data",
        retrieved_on=TODAY,
        status="active",
        legal_form="ag",
        events=(NegativeEvent("liquidation", TODAY, undated=True),),
        name="1000mikes AG",
    )
    assert all(document["evidence"]["events"]["liquidation"] == "hold" for document in shipped().values())


@pytest.mark.parametrize(
    ("parts", "events"),
    [
        ({"status": "active"}, ()),
        ({"status": "active", "events": {"items": [event("NewCompany", "2009-01-02")]}}, ()),
        (
            {"events": {"items": [event("Liquidation", "2025-02-03")]}},
            (NegativeEvent("liquidation", date(2025, 2, 3)),),
        ),
        (
            {"events": {"items": [event("Insolvency", "2025-04-05"), event("Liquidation", "2025-02-03")]}},
            (NegativeEvent("bankruptcy", date(2025, 4, 5)),),
        ),
        (
            {
                "status": "active",
                "events": {"items": [event("Insolvency", "2012-04-05"), event("Continuation", "2013-01-01")]},
            },
            (NegativeEvent("bankruptcy", date(2012, 4, 5), date(2013, 1, 1)),),
        ),
        (
            {
                "status": "active",
                "events": {"items": [event("Continuation", "2011-01-01"), event("Insolvency", "2012-04-05")]},
            },
            (NegativeEvent("bankruptcy", date(2012, 4, 5)),),
        ),
        (
            {"status": "active", "events": {"items": [event("Insolvency", None), event("Continuation", "2013-01-01")]}},
            (NegativeEvent("bankruptcy", TODAY, undated=True),),
        ),
    ],
)
def test_events_tell_what_a_state_means(parts: dict[str, Any], events: tuple[NegativeEvent, ...]) -> None:
    assert read(**parts).events == events


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ({"status": "active"}, "active"),
        ({"status": "TERMINATED"}, "dissolved"),
        ({"status": "active", "terminated": True}, "dissolved"),
        ({"status": "terminated", "name": {"name": "Max Muster", "legalForm": "e. K."}}, "deregistered"),
    ],
)
def test_what_was_terminated_is_over(parts: dict[str, Any], status: str) -> None:
    assert read(**parts).status == status


def test_the_first_registration_that_is_known_makes_no_company_too_old() -> None:
    items = [event("NewCompany", "2012-01-01"), event("NewCompany", "2009-05-06"), event("NewCompany", None)]
    assert read(events={"items": items}).incorporated_on == date(2009, 5, 6)
    assert read().incorporated_on is None


@pytest.mark.parametrize("parts", [{"status": "asleep"}, {"status": None}, {"name": {}}, {"events": {"items": 3}}])
def test_a_company_that_leaves_in_doubt_is_not_understood(parts: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstood):
        read(**parts)


@pytest.mark.parametrize(
    ("country", "vat", "register_id"),
    [
        ("BE", "BE0893097113", "KBO 0893.097.113"),
        ("CZ", "CZ41237838", "ICO 41237838"),
        ("DK", "DK41186585", "CVR 41186585"),
        ("FI", "FI15967556", "PRH 1596755-6"),
        ("FR", "FR83403612534", "Siren 403612534"),
        ("PT", "PT506035034", "PT 506035034"),
        ("SE", "SE556976153801", "ON 5569761538"),
    ],
)
@responses.activate
def test_where_the_vat_number_holds_the_number_of_the_register_that_is_asked_for(
    country: str, vat: str, register_id: str
) -> None:
    responses.get(COMPANY_URL, json={**MIKES, "register": {"id": register_id.rsplit(maxsplit=1)[-1]}})
    read_back = facts(key_of(country, ("vat", vat)))
    assert read_back is not None
    assert read_back.identity_mismatch == ()
    assert str(responses.calls[0].request.params["registerId"]) == register_id  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("company", "parts", "mismatch"),
    [
        (COMPANY, {}, ()),
        (key_of("DE", ("north_data", "12203550103038"), name="Ganz Anders GmbH"), {}, ("name",)),
        (key_of("DE", ("north_data", "1")), {}, ("number",)),
        (key_of("DE", ("lei", "529900GRZ2BQY5ZM9N49")), {"lei": "851WYGNLUQLFZBSYGB56"}, ("number",)),
        (key_of("DE", ("lei", "529900GRZ2BQY5ZM9N49")), {"lei": "529900GRZ2BQY5ZM9N49"}, ()),
        (key_of("BE", ("vat", "BE0893097113")), {"register": {"id": "KBO 0893.097.114"}}, ("number",)),
    ],
)
def test_identity_mismatches_name_what_differs(
    company: CompanyKey, parts: dict[str, Any], mismatch: tuple[str, ...]
) -> None:
    assert read(company, **parts).identity_mismatch == mismatch


@responses.activate
@pytest.mark.parametrize(
    "company", [key_of("DE", ("vat", "DE811569869"), name="PUMA SE"), key_of("DE", name="PUMA SE")]
)
def test_a_company_without_a_number_that_names_it_is_not_bought(company: CompanyKey) -> None:
    with pytest.raises(NothingToAskBy):
        facts(company)
    assert not responses.calls


@responses.activate
def test_an_unknown_company_is_no_failure() -> None:
    responses.get(COMPANY_URL, status=404, body="")
    assert facts() is None


@responses.activate
@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, "", NotUnderstood),
        (401, "", SourceRefused),
        (429, "", SourceBusy),
        (503, "", SourceDown),
        (200, "<html>maintenance</html>", SourceDown),
        (200, "", NotUnderstood),
        (200, "{}", NotUnderstood),
        (200, '{"message": "x"}', NotUnderstood),
    ],
)
def test_each_way_to_fail_has_its_error(status: int, body: str, error: type[SourceError]) -> None:
    responses.get(COMPANY_URL, status=status, body=body)
    with pytest.raises(SourceError) as failed:
        facts()
    assert type(failed.value) is error
    assert KEY not in str(failed.value)


class Listening:
    """A line that keeps what is sent over it."""

    provider = "north_data"
    price = (Decimal("0.30"), "EUR")

    def __init__(self) -> None:
        """Begin with nothing sent."""
        self.credentials = {"api_key": KEY}
        self.sent: list[Request] = []

    def send(self, request: Request) -> Reply:
        """Keep it, and answer both questions."""
        self.sent.append(request)
        return Reply(200, {"results": []} if "search" in request.path else MIKES, {})


def test_what_is_charged_is_never_sent_twice_by_itself() -> None:
    line: Any = Listening()
    CompanyRegister().ask(COMPANY, line)
    Search().search(CompanyQuery("Mikes", "DE", ()), line)
    assert [each.repeatable for each in line.sent] == [False, False]
    assert [each.cost for each in line.sent] == [(Decimal("0.30"), "EUR"), (Decimal("1.50"), "EUR")]


def search(text: str | None, place: str | None = None) -> tuple[Candidate, ...]:
    return Search().search(CompanyQuery(text, "DE", (), place), line_to("north_data"))


@responses.activate
def test_a_search_offers_companies_with_the_key_that_stays() -> None:
    results = [
        {"person": {"id": "1"}},
        {"company": {**MIKES, "lei": "529900GRZ2BQY5ZM9N49", "euId": "DEK1101R.HRB103038"}},
    ]
    responses.get(SEARCH_URL, json={"results": results})
    assert search("Mikes", "Hamburg") == (
        Candidate(
            provider="north_data",
            identifiers=(
                Identifier("lei", "ZZ", "529900GRZ2BQY5ZM9N49"),
                Identifier("euid", "DE", "DEK1101R.HRB103038"),
                Identifier("north_data", "DE", "12203550103038"),
            ),
            name="1000mikes AG",
            trade_names=(),
            country="DE",
            address="Hansaplatz 4, 20099 Hamburg",
            legal_form="ag",
            status="active",
        ),
    )


@responses.activate
@pytest.mark.parametrize("body", [{}, {"message": "maintenance"}, {"results": {}}, []])
def test_an_answer_without_results_is_not_an_empty_search(body: Any) -> None:
    responses.get(SEARCH_URL, json=body)
    with pytest.raises(NotUnderstood):
        search("Mikes")


@responses.activate
def test_nothing_found_is_an_empty_answer() -> None:
    responses.get(SEARCH_URL, json={"results": []})
    assert search("niemand") == ()
    assert search(None) == ()


@responses.activate
def test_what_is_sent_is_in_the_contract_with_the_key_in_a_header() -> None:
    responses.get(COMPANY_URL, json=MIKES)
    responses.get(SEARCH_URL, json={"results": []})
    facts()
    facts(key_of("FR", ("vat", "FR83403612534")))
    search("Müller & Söhne #1?", "Köln")
    assert len(responses.calls) == 3
    for call in responses.calls:
        assert_allowed(call.request, "north_data.yaml", SETTINGS.address)
        assert call.request.headers["X-Api-Key"] == KEY
        assert KEY not in str(call.request.url)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated([{"company": {**MIKES, "events": {"items": [event("Insolvency", "2025-04-05")]}}}]))
def test_whatever_is_stored_becomes_facts_or_is_not_understood(raw: Any) -> None:
    try:
        found = CompanyRegister().facts(raw, about(COMPANY))
    except NotUnderstood:
        return
    assert raw["company"]["status"] != "liquidation" or found.events or found.status != "active"


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(st.binary(max_size=60), mutated([MIKES])),
    st.one_of(st.binary(max_size=60), mutated([{"results": [{"company": MIKES}]}])),
)
def test_whatever_bytes_come_it_is_an_answer_or_a_source_error(company: Any, found: Any) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        for url, body in ((COMPANY_URL, company), (SEARCH_URL, found)):
            wire.get(url, **({"body": body} if isinstance(body, bytes) else {"json": body}))
        for call in (facts, lambda: search("Mikes")):
            with suppress(SourceError):
                call()
