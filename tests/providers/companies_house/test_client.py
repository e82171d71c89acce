"""Companies House asked over the wire: profile, insolvency and what is not there, and a solvent end kept apart."""

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.companies_house.client import SETTINGS, CompanyRegister, Search
from providers.companies_house.mapping import padded
from providers.errors import NothingToAskBy, NotUnderstood, SourceBusy, SourceDown, SourceError, SourceRefused
from providers.ports import Candidate, CompanyKey, CompanyQuery, Identifier
from scoring.facts import NegativeEvent, RegisterFacts
from scoring.policy.document import shipped
from tests.providers.mutations import mutated
from tests.providers.register_contracts import assert_allowed
from tests.providers.register_lines import KEY, TODAY, about, key_of, line_to, recorded

BASE = SETTINGS.address
NUMBER = "00006402"
COMPANY = key_of("GB", ("coh", NUMBER))
LIQUIDATION = recorded("companies_house", "company-profile-00006402-liquidation")
INSOLVENCY = recorded("companies_house", "insolvency-compulsory-liquidation")
ESTABLISHMENT = recorded("companies_house", "company-profile-uk-establishment.record")
SEARCH = recorded("companies_house", "search-companies-shell")
NOT_FOUND = {"errors": [{"error": "company-profile-not-found", "type": "ch:service"}]}
HEALTHY = {
    "company_name": "MADE-UP WIDGETS LIMITED",
    "company_number": NUMBER,
    "company_status": "active",
    "date_of_creation": "2017-01-08",
    "type": "ltd",
}


def play(profile: Any = HEALTHY, insolvency: Any = None, charges: Any = None, officers: Any = None) -> None:
    documents = {"": profile, "/insolvency": insolvency, "/charges": charges, "/officers": officers}
    for path, document in documents.items():
        status = 404 if document is None else 200
        responses.get(f"{BASE}/company/{NUMBER}{path}", status=status, json=NOT_FOUND if document is None else document)


def facts(company: CompanyKey = COMPANY) -> RegisterFacts | None:
    register = CompanyRegister()
    raw = register.ask(company, line_to("companies_house"))
    return None if raw is None else register.facts(raw, about(company))


def read_case(kind: str, status: str = "active", **days: str) -> tuple[NegativeEvent, ...]:
    """The events of one insolvency case with days by kind, of a company with a status."""
    dates = [{"type": name.replace("_", "-"), "date": day} for name, day in days.items()]
    raw = {"profile": {**HEALTHY, "company_status": status}, "insolvency": {"cases": [{"type": kind, "dates": dates}]}}
    return CompanyRegister().facts(raw, about(COMPANY)).events


@responses.activate
def test_a_company_in_liquidation_is_read_with_its_case_and_its_late_accounts() -> None:
    charges, officers = recorded("companies_house", "charges-02723534"), recorded("companies_house", "officers-masked")
    play(LIQUIDATION, INSOLVENCY, charges, officers)
    register = CompanyRegister()
    raw = register.ask(COMPANY, line_to("companies_house"))
    assert raw == {"profile": LIQUIDATION, "insolvency": INSOLVENCY, "charges": charges, "officers": officers}
    assert register.facts(raw, about(COMPANY)) == RegisterFacts(
        provider="companies_house",
        retrieved_on=TODAY,
        status="active",
        legal_form="limited",
        incorporated_on=date(2015, 3, 4),
        events=(
            NegativeEvent("bankruptcy", date(2022, 1, 1)),
            NegativeEvent("filing_overdue", date(2022, 9, 30)),
        ),
        name="RENABLE PHARMA LTD",
    )


@responses.activate
def test_a_company_without_insolvency_charges_or_officers_has_none_although_that_is_told_by_404() -> None:
    play()
    assert facts() == RegisterFacts(
        "companies_house", TODAY, "active", "limited", date(2017, 1, 8), name="MADE-UP WIDGETS LIMITED"
    )


@responses.activate
def test_a_branch_was_not_founded_when_it_was_opened() -> None:
    play({**ESTABLISHMENT, "company_number": NUMBER})
    read = facts(key_of("GB", ("coh", NUMBER), name="Incorporated Society of Authors, Playwrights and Composers (The)"))
    assert read is not None
    assert (read.incorporated_on, read.legal_form, read.identity_mismatch) == (None, None, ())


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("6402", NUMBER),
        (" 6402 ", NUMBER),
        ("sc123456", "SC123456"),
        ("OC342023", "OC342023"),
        ("IP00123R", "IP00123R"),
        ("123456789", None),
        ("", None),
        ("../../x", None),
        ("٣٤", None),
    ],
)
def test_a_number_has_eight_characters(written: str, number: str | None) -> None:
    assert padded(written) == number


@responses.activate
def test_a_number_without_its_zeros_is_asked_for_with_them() -> None:
    play()
    assert facts(key_of("GB", ("coh", "6402"))) is not None


@responses.activate
def test_what_companies_house_does_not_know_or_cannot_is_unknown() -> None:
    play(profile=None)
    assert facts() is None
    with pytest.raises(NothingToAskBy):
        facts(key_of("GB", ("vat", "GB980780684"), name="Widgets"))
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("active", "active"),
        ("open", "active"),
        ("registered", "active"),
        ("dissolved", "dissolved"),
        ("converted-closed", "deregistered"),
        ("closed", "deregistered"),
        ("removed", "deregistered"),
    ],
)
def test_a_status_becomes_one_of_ours(word: str, status: str) -> None:
    play({**HEALTHY, "company_status": word})
    read = facts()
    assert read is not None
    assert (read.status, read.events) == (status, ())


@responses.activate
@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("liquidation", "bankruptcy"),
        ("receivership", "bankruptcy"),
        ("administration", "moratorium_final"),
        ("voluntary-arrangement", "debt_rescheduling"),
        ("insolvency-proceedings", "bankruptcy"),
    ],
)
def test_a_procedure_in_the_profile_counts_although_no_case_is_there(word: str, code: str) -> None:
    play({**HEALTHY, "company_status": word})
    read = facts()
    assert read is not None
    assert read.events == (NegativeEvent(code, TODAY, undated=True),)


def test_a_solvent_liquidation_is_none_of_the_insolvent_ones() -> None:
    days = {"declaration_solvent_on": "2026-01-10", "wound_up_on": "2026-01-12"}
    (event,) = read_case("members-voluntary-liquidation", "liquidation", **days)
    assert event == NegativeEvent("solvent_liquidation", date(2026, 1, 12))


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("compulsory-liquidation", "bankruptcy"),
        ("creditors-voluntary-liquidation", "bankruptcy"),
        ("foreign-insolvency", "bankruptcy"),
        ("administrative-receiver", "bankruptcy"),
        ("scottish-administrative-receiver", "bankruptcy"),
        ("receiver-manager", "payment_incident"),
        ("in-administration", "moratorium_final"),
        ("administration-order", "moratorium_final"),
        ("corporate-voluntary-arrangement", "debt_rescheduling"),
        ("corporate-voluntary-arrangement-moratorium", "cooling_off"),
        ("moratorium", "cooling_off"),
        ("order-of-court-restructuring-plan", "whoa_public"),
        ("liquidation-moratorium-commencement-of-moratorium", "cooling_off"),
    ],
)
def test_a_case_becomes_an_event_that_the_policies_know(kind: str, code: str) -> None:
    assert read_case(kind, instrumented_on="2025-05-01") == (NegativeEvent(code, date(2025, 5, 1)),)
    assert all(code in document["evidence"]["events"] for document in shipped().values())


@pytest.mark.parametrize(
    ("days", "event"),
    [
        ({}, NegativeEvent("bankruptcy", TODAY, undated=True)),
        ({"petitioned_on": "2025-01-01", "wound_up_on": "2025-03-01"}, NegativeEvent("bankruptcy", date(2025, 3, 1))),
        ({"wound_up_on": "2027-01-01"}, NegativeEvent("bankruptcy", TODAY)),
        (
            {"wound_up_on": "2025-01-01", "due_to_be_dissolved_on": "2025-06-01"},
            NegativeEvent("bankruptcy", date(2025, 1, 1)),
        ),
        (
            {"wound_up_on": "2020-01-01", "concluded_winding_up_on": "2021-01-01"},
            NegativeEvent("bankruptcy", date(2020, 1, 1), date(2021, 1, 1)),
        ),
        ({"dissolved_on": "2021-01-01"}, NegativeEvent("bankruptcy", date(2021, 1, 1), date(2021, 1, 1), undated=True)),
    ],
)
def test_a_case_runs_from_its_start_to_its_end(days: dict[str, str], event: NegativeEvent) -> None:
    assert read_case("compulsory-liquidation", **days) == (event,)


def test_a_case_that_ended_does_not_explain_a_status_that_stands() -> None:
    ended = {"administration_started_on": "2020-01-01", "administration_ended_on": "2020-12-01"}
    events = read_case("in-administration", "liquidation", **ended)
    assert [(each.code, each.in_force(TODAY)) for each in events] == [("moratorium_final", False), ("bankruptcy", True)]


def test_a_case_that_was_opened_again_after_its_end_runs() -> None:
    dates = [
        {"type": "administration-started-on", "date": "2020-01-01"},
        {"type": "administration-ended-on", "date": "2021-01-01"},
        {"type": "administration-started-on", "date": "2022-01-01"},
    ]
    for given_dates in (dates, dates[::-1]):
        raw = {"profile": HEALTHY, "insolvency": {"cases": [{"type": "in-administration", "dates": given_dates}]}}
        events = CompanyRegister().facts(raw, about(COMPANY)).events
        assert events == (NegativeEvent("moratorium_final", date(2022, 1, 1)),)
    raw["insolvency"]["cases"][0]["dates"] = [*dates, {"type": "administration-ended-on", "date": "2023-01-01"}]
    assert CompanyRegister().facts(raw, about(COMPANY)).events[0].ended_on == date(2023, 1, 1)


def test_a_note_on_a_moratorium_is_no_event() -> None:
    assert read_case("liquidation-moratorium-early-end-of-moratorium", instrumented_on="2025-05-01") == ()


@pytest.mark.parametrize(
    "profile",
    [
        {**HEALTHY, "company_status": "something-new"},
        {key: value for key, value in HEALTHY.items() if key != "company_status"},
        {**HEALTHY, "company_number": "../x"},
        {**HEALTHY, "date_of_creation": "recently"},
        {**HEALTHY, "has_insolvency_history": True},
        {"message": "maintenance"},
    ],
)
def test_a_profile_that_leaves_in_doubt_is_not_understood(profile: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstood):
        CompanyRegister().facts({"profile": profile, "insolvency": None}, about(COMPANY))


@pytest.mark.parametrize(
    "insolvency", [{"message": "maintenance"}, {"cases": []}, {"cases": [{"type": "new-kind"}]}, []]
)
def test_insolvency_that_cannot_be_read_is_not_clean(insolvency: Any) -> None:
    with pytest.raises(NotUnderstood):
        CompanyRegister().facts({"profile": HEALTHY, "insolvency": insolvency}, about(COMPANY))


def test_insolvency_that_was_not_asked_for_is_not_clean() -> None:
    with pytest.raises(NotUnderstood):
        CompanyRegister().facts({"profile": HEALTHY}, about(COMPANY))


def test_a_company_about_to_be_struck_off_is_held() -> None:
    profile = {**HEALTHY, "company_status_detail": "active-proposal-to-strike-off"}
    read = CompanyRegister().facts({"profile": profile, "insolvency": None}, about(COMPANY))
    assert read.events == (NegativeEvent("strike_off_proposed", TODAY, undated=True),)


@pytest.mark.parametrize(
    ("company", "mismatch"),
    [
        (COMPANY, ()),
        (key_of("GB", ("coh", "6402"), name="Made up Widgets Ltd"), ()),
        (key_of("GB", ("coh", "00006403")), ("number",)),
        (key_of("GB", ("coh", NUMBER), name="Quite Another PLC"), ("name",)),
        (key_of("GB", ("coh", NUMBER), name="Older Name Ltd"), ()),
    ],
)
def test_identity_mismatches_name_what_differs(company: CompanyKey, mismatch: tuple[str, ...]) -> None:
    profile = {**HEALTHY, "previous_company_names": [{"name": "OLDER NAME LIMITED"}]}
    assert (
        CompanyRegister().facts({"profile": profile, "insolvency": None}, about(company)).identity_mismatch == mismatch
    )


@responses.activate
@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, '{"error": "Invalid Authorization", "type": "ch:service"}', SourceRefused),
        (429, "", SourceBusy),
        (502, "<html>bad gateway</html>", SourceDown),
        (200, "<html>maintenance</html>", SourceDown),
        (200, "", NotUnderstood),
        (200, "{}", NotUnderstood),
        (200, "[]", NotUnderstood),
        (200, '{"errors": [{"error": "x"}]}', NotUnderstood),
        (404, '{"message": "no route"}', NotUnderstood),
        (404, "<html>not here</html>", NotUnderstood),
        (416, "", NotUnderstood),
    ],
)
@pytest.mark.parametrize("path", ["", "/insolvency"])
def test_each_way_to_fail_has_its_error_also_for_a_part(
    path: str, status: int, body: str, error: type[SourceError]
) -> None:
    play()
    responses.replace("GET", f"{BASE}/company/{NUMBER}{path}", status=status, body=body)
    with pytest.raises(SourceError) as failed:
        facts()
    assert type(failed.value) is error
    assert KEY not in str(failed.value)


@responses.activate
def test_an_empty_404_says_that_there_is_none() -> None:
    play()
    responses.replace("GET", f"{BASE}/company/{NUMBER}/insolvency", status=404, body="")
    assert facts() is not None


def search(text: str | None, number: str | None = None) -> tuple[Candidate, ...]:
    identifiers = () if number is None else (Identifier("coh", "GB", number),)
    return Search().search(CompanyQuery(text, "GB", identifiers), line_to("companies_house"))


@responses.activate
def test_a_search_by_name_offers_what_it_finds() -> None:
    responses.get(f"{BASE}/search/companies", json=SEARCH)
    plc, limited = search("shell")
    assert plc == Candidate(
        provider="companies_house",
        identifiers=(Identifier("coh", "GB", "04366849"),),
        name="SHELL PLC",
        trade_names=(),
        country="GB",
        address="Shell Centre, London, SE1 7NA",
        legal_form="plc",
        status="active",
    )
    assert (limited.name, limited.legal_form) == ("SHELL GROUP LIMITED", "limited")


@responses.activate
@pytest.mark.parametrize("status", [None, "", "a-new-word"])
def test_a_status_that_nobody_knows_yet_spoils_no_search(status: str | None) -> None:
    items = [{**SEARCH["items"][0], "company_status": status}, *SEARCH["items"][1:]]
    responses.get(f"{BASE}/search/companies", json={**SEARCH, "items": items})
    assert [(each.name, each.status) for each in search("shell")][:2] == [
        ("SHELL PLC", None),
        ("SHELL GROUP LIMITED", "active"),
    ]


@responses.activate
def test_a_search_by_number_offers_the_company_and_by_name_where_the_number_is_unknown() -> None:
    play()
    responses.get(f"{BASE}/search/companies", json={"total_results": 0, "items": []})
    (found,) = search("widgets", "6402")
    assert (found.name, found.identifiers) == ("MADE-UP WIDGETS LIMITED", (Identifier("coh", "GB", NUMBER),))
    responses.replace("GET", f"{BASE}/company/{NUMBER}", status=404, json=NOT_FOUND)
    assert search("widgets", "6402") == ()
    assert search(None, "6402") == ()


@responses.activate
@pytest.mark.parametrize("body", [{}, {"message": "maintenance"}, {"total_results": 3}, []])
def test_an_answer_without_items_is_not_an_empty_search(body: Any) -> None:
    responses.get(f"{BASE}/search/companies", json=body)
    with pytest.raises(NotUnderstood):
        search("shell")


@responses.activate
def test_what_is_sent_is_in_the_contract_with_the_key_as_user() -> None:
    play()
    responses.get(f"{BASE}/search/companies", json=SEARCH)
    facts()
    search("Smith & Sons #1?")
    assert len(responses.calls) == 5
    for call in responses.calls:
        assert_allowed(call.request, "companies_house.yaml", BASE)
        assert call.request.headers["Authorization"] == "Basic c2VjcmV0LWtleS1vZi10aGUtc2VsbGVyOg=="


RAWS = [
    {"profile": LIQUIDATION, "insolvency": INSOLVENCY, "charges": None, "officers": None},
    {"profile": HEALTHY, "insolvency": None},
]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated(RAWS))
def test_whatever_is_stored_becomes_facts_or_is_not_understood(raw: Any) -> None:
    try:
        read = CompanyRegister().facts(raw, about(COMPANY))
    except NotUnderstood:
        return
    codes = {each.code for each in read.events}
    assert raw["profile"]["company_status"] != "liquidation" or codes & {"bankruptcy", "solvent_liquidation"}
    assert not raw["insolvency"] or codes


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=60), mutated([HEALTHY, SEARCH, NOT_FOUND])), st.sampled_from([200, 404]))
def test_whatever_bytes_come_it_is_an_answer_or_a_source_error(body: Any, status: int) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        answer = {"body": body} if isinstance(body, bytes) else {"json": body}
        for path in (f"company/{NUMBER}", f"company/{NUMBER}/insolvency", "search/companies"):
            wire.get(f"{BASE}/{path}", status=status, **answer)
        for path in ("charges", "officers"):
            wire.get(f"{BASE}/company/{NUMBER}/{path}", status=404)
        for call in (facts, lambda: search("widgets", NUMBER)):
            with suppress(SourceError):
                call()
