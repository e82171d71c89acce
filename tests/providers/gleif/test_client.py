"""GLEIF asked over the wire: entities by number and name, their parents, and a lapsed fee that means nothing."""

from copy import deepcopy
from typing import Any

import pytest
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.errors import NothingToAskBy, NotUnderstood, SourceBusy, SourceDown, SourceError
from providers.gleif.client import SETTINGS, EntityRegister, Search
from providers.ports import Candidate, CompanyKey, CompanyQuery, Identifier
from scoring.company_numbers import CompanyNumber
from scoring.facts import EntityFacts, GroupMember
from scoring.registers import is_other_entity
from tests.providers.mutations import mutated
from tests.providers.register_contracts import assert_allowed
from tests.providers.register_lines import TODAY, about, key_of, line_to, recorded

BASE = SETTINGS.address
LIST = f"{BASE}/lei-records"
BLOOMBERG, SHELL, PUMA, NFA = (
    "5493001KJTIIGC8Y1R12",
    "21380068P1DRHMJ8KU70",
    "529900GRZ2BQY5ZM9N49",
    "335800CCCPHKUOXPC332",
)
NO_RECORDS = {"meta": {"pagination": {"total": 0}}, "data": []}


def listed(*leis: str) -> dict[str, Any]:
    """A list of stored records."""
    data = [recorded("gleif", f"lei-record-{lei}")["data"] for lei in leis]
    return {"meta": {"pagination": {"total": len(data)}}, "data": data}


def changed(lei: str, path: str, value: Any) -> dict[str, Any]:
    """A list of one record with something else at a path."""
    document = listed(lei)
    part = document["data"][0]
    *above, last = path.split(".")
    for name in above:
        part = part[name]
    part[last] = value
    return document


def play_parents(lei: str, **documents: Any) -> None:
    for name in ("direct-parent", "ultimate-parent", "direct-parent-reporting-exception"):
        document = documents.get(name.replace("-", "_"))
        responses.get(f"{LIST}/{lei}/{name}", status=200 if document else 404, json=document or {"errors": []})


def entity(company: CompanyKey) -> EntityFacts | None:
    raw = EntityRegister().ask(company, line_to("gleif"))
    return None if raw is None else EntityRegister().facts(raw, about(company))


def search(text: str | None = None, *numbers: Identifier, country: str | None = None) -> tuple[Candidate, ...]:
    return Search().search(CompanyQuery(text, country, numbers), line_to("gleif"))


@responses.activate
def test_an_entity_is_read_with_both_parents() -> None:
    responses.get(LIST, json=listed(BLOOMBERG))
    play_parents(
        BLOOMBERG,
        direct_parent=recorded("gleif", f"direct-parent-{BLOOMBERG}"),
        ultimate_parent=recorded("gleif", f"ultimate-parent-{BLOOMBERG}"),
    )
    ultimate = recorded("gleif", f"ultimate-parent-{BLOOMBERG}")["data"]["attributes"]
    assert entity(key_of("US", ("lei", BLOOMBERG))) == EntityFacts(
        provider="gleif",
        retrieved_on=TODAY,
        lei=BLOOMBERG,
        name="Bloomberg Finance L.P.",
        active=True,
        registration="ISSUED",
        registered_at="RA000602",
        registered_as="4348344",
        parent=GroupMember("Bloomberg L.P.", "549300B56MD0ZC402L06", "US"),
        ultimate_parent=GroupMember(
            ultimate["entity"]["legalName"]["name"], ultimate["lei"], ultimate["entity"]["legalAddress"]["country"]
        ),
    )


@responses.activate
def test_an_entity_without_parent_says_why() -> None:
    responses.get(LIST, json=listed(SHELL))
    exception = recorded("gleif", f"direct-parent-reporting-exception-{SHELL}")
    play_parents(SHELL, direct_parent_reporting_exception=exception)
    read = entity(key_of("GB", ("lei", SHELL)))
    assert read is not None
    assert (read.parent, read.ultimate_parent, read.no_parent_reason) == (None, None, "NO_KNOWN_PERSON")
    assert len(responses.calls) == 2  # No parent is asked for that the record does not point to.


@responses.activate
def test_a_lapsed_registration_leaves_the_entity_active() -> None:
    responses.get(LIST, json=listed(NFA))
    play_parents(NFA)
    read = entity(key_of("IN", ("lei", NFA)))
    assert read is not None
    assert (read.registration, read.active) == ("LAPSED", True)


@responses.activate
@pytest.mark.parametrize(("word", "active"), [("ACTIVE", True), ("INACTIVE", False), ("NULL", None), (None, None)])
def test_activity_is_that_of_the_entity(word: str | None, active: bool | None) -> None:
    responses.get(LIST, json=changed(PUMA, "attributes.entity.status", word))
    play_parents(PUMA)
    read = entity(key_of("DE", ("lei", PUMA)))
    assert read is not None
    assert read.active is active


@responses.activate
def test_a_parent_of_which_only_the_link_is_known_is_a_parent_all_the_same() -> None:
    responses.get(LIST, json=listed(BLOOMBERG))
    play_parents(BLOOMBERG)
    read = entity(key_of("US", ("lei", BLOOMBERG)))
    assert read is not None
    assert read.parent == GroupMember(None, None)


@responses.activate
def test_a_parent_that_cannot_be_had_is_not_no_parent() -> None:
    responses.get(LIST, json=listed(BLOOMBERG))
    responses.get(f"{LIST}/{BLOOMBERG}/direct-parent", status=503)
    with pytest.raises(SourceDown):
        entity(key_of("US", ("lei", BLOOMBERG)))


@responses.activate
@pytest.mark.parametrize(
    ("country", "scheme", "number", "authority"),
    [
        ("NL", "kvk", "34134021", "RA000463"),
        ("GB", "coh", "04366849", "RA000585"),
        ("GB", "coh", "SC005336", "RA000587"),
        ("GB", "coh", "NI012345", "RA000586"),
        ("GB", "coh", "OC342023", "RA000585"),
    ],
)
def test_a_national_number_is_asked_for_with_its_register_and_checked(
    country: str, scheme: str, number: str, authority: str
) -> None:
    registered = changed(SHELL, "attributes.entity.registeredAs", number)
    registered["data"][0]["attributes"]["entity"]["registeredAt"]["id"] = authority
    params = {
        "filter[entity.registeredAs]": number,
        "filter[entity.registeredAt]": authority,
        "page[size]": "20",
        "page[number]": "1",
    }
    responses.get(LIST, json=registered, match=[responses.matchers.query_param_matcher(params)])
    play_parents(SHELL)
    read = entity(key_of(country, (scheme, number)))
    assert read is not None
    assert (read.registered_at, read.registered_as) == (authority, number)


@responses.activate
def test_the_same_number_in_another_register_is_another_company() -> None:
    responses.get(LIST, json=listed(SHELL))
    with pytest.raises(NotUnderstood, match="0 records"):
        entity(key_of("NL", ("kvk", "04366849")))


@responses.activate
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("attributes.registration.status", "DUPLICATE"),
        ("attributes.registration.status", "ANNULLED"),
        ("attributes.entity.category", "BRANCH"),
        ("attributes.registration.status", "LAPSED"),
    ],
)
def test_of_two_records_of_a_number_the_one_that_is_kept_counts(path: str, value: str) -> None:
    other = changed(SHELL, path, value)["data"][0]
    other["attributes"]["lei"] = PUMA
    document = listed(SHELL)
    document["data"].insert(0, other)
    responses.get(LIST, json=document)
    play_parents(SHELL)
    read = entity(key_of("GB", ("coh", "04366849")))
    assert read is not None
    assert read.lei == SHELL


@responses.activate
def test_two_equal_records_of_a_number_are_not_understood() -> None:
    document = listed(SHELL, SHELL)
    document["data"][1]["attributes"]["lei"] = PUMA
    responses.get(LIST, json=document)
    with pytest.raises(NotUnderstood, match="2 records"):
        entity(key_of("GB", ("coh", "04366849")))


@responses.activate
@pytest.mark.parametrize("numbers", [(("lei", SHELL), ("coh", "00000001")), (("coh", "04366849"), ("lei", BLOOMBERG))])
def test_a_record_that_another_number_contradicts_tells_whose_it_is(numbers: tuple[tuple[str, str], ...]) -> None:
    responses.get(LIST, json=listed(SHELL))
    play_parents(SHELL)
    read = entity(key_of("GB", *numbers))
    assert read is not None
    assert (read.lei, read.registered_as) == (SHELL, "04366849")
    assert is_other_entity(read, [CompanyNumber(scheme, "ZZ" if scheme == "lei" else "GB", n) for scheme, n in numbers])


@responses.activate
def test_an_unknown_number_or_none_is_no_failure() -> None:
    responses.get(LIST, json=NO_RECORDS)
    assert entity(key_of("GB", ("coh", "00000001"))) is None
    with pytest.raises(NothingToAskBy):
        entity(key_of("DE", ("vat", "DE811569869"), name="PUMA SE"))
    assert len(responses.calls) == 1


@responses.activate
def test_a_search_by_number_brings_the_parent() -> None:
    responses.get(LIST, json=listed(BLOOMBERG))
    play_parents(BLOOMBERG, direct_parent=recorded("gleif", f"direct-parent-{BLOOMBERG}"))
    (found,) = search(None, Identifier("lei", "ZZ", BLOOMBERG))
    assert found.parent == Identifier("lei", "ZZ", "549300B56MD0ZC402L06")
    assert found.identifiers == (Identifier("lei", "ZZ", BLOOMBERG),)


@responses.activate
def test_a_search_by_name_offers_what_the_records_tell() -> None:
    responses.get(LIST, json=recorded("gleif", "lei-records-list"))
    found = search("amazon", country="GB")
    assert found[0] == Candidate(
        provider="gleif",
        identifiers=(Identifier("lei", "ZZ", "254900LNRYNOQ9YPU758"), Identifier("coh", "GB", "06528297")),
        name="Amazon Digital UK Limited",
        trade_names=(),
        country="GB",
        address="1 Principal Place, Worship Street, EC2A 2FA London",
        legal_form="limited",
        status="active",
    )
    assert len(found) == 4


@responses.activate
@pytest.mark.parametrize(
    ("path", "value", "read"),
    [
        ("attributes.entity.registeredAs", "6528297", ("06528297", "active")),
        ("attributes.entity.registeredAs", "no number", (None, "active")),
        ("attributes.entity.status", "NULL", ("06528297", None)),
    ],
)
def test_a_record_is_offered_with_what_can_be_read_of_it(path: str, value: str, read: Any) -> None:
    document = recorded("gleif", "lei-records-list")
    part, last = document["data"][0]["attributes"]["entity"], path.rpartition(".")[2]
    part[last] = value
    responses.get(LIST, json=document)
    found = search("amazon", country="GB")[0]
    assert (next((each.value for each in found.identifiers if each.scheme == "coh"), None), found.status) == read


@responses.activate
def test_a_misspelled_name_is_completed_first() -> None:
    completions = recorded("gleif", "fuzzycompletions")
    completions["data"].insert(0, {"type": "fuzzycompletions", "attributes": {"value": "FACEBOOK"}})
    responses.get(LIST, json=NO_RECORDS)
    responses.get(f"{BASE}/fuzzycompletions", json=completions)
    responses.get(LIST, json=listed(PUMA))
    assert [each.name for each in search("fasebook")] == ["PUMA SE"]
    assert "335800CZZQAMN5PMNQ89" in str(responses.calls[2].request.url)


@responses.activate
def test_nothing_found_is_an_empty_answer() -> None:
    responses.get(LIST, json=NO_RECORDS)
    responses.get(f"{BASE}/fuzzycompletions", json={"data": []})
    assert search("niemand") == ()
    assert search() == ()


@responses.activate
@pytest.mark.parametrize("status", ["DUPLICATE", "ANNULLED", "CANCELLED"])
def test_a_record_of_nobody_is_not_offered(status: str) -> None:
    responses.get(LIST, json=changed(PUMA, "attributes.registration.status", status))
    responses.get(f"{BASE}/fuzzycompletions", json={"data": []})
    assert search("puma") == ()


@responses.activate
def test_a_sole_proprietor_and_an_ended_entity_are_shown_as_they_are() -> None:
    responses.get(LIST, json=changed(NFA, "attributes.entity.status", "INACTIVE"))
    (found,) = search("nfa")
    assert (found.legal_form, found.status) == ("eenmanszaak", "dissolved")


@responses.activate
@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (429, "", SourceBusy),
        (500, "", SourceDown),
        (404, "<html>", NotUnderstood),
        (200, "<html>maintenance</html>", SourceDown),
        (200, "{}", NotUnderstood),
        (200, '{"data": []}', NotUnderstood),
        (200, '{"errors": [{"status": "400"}]}', NotUnderstood),
        (200, "", SourceError),
    ],
)
def test_each_way_to_fail_has_its_error(status: int, body: str, error: type[SourceError]) -> None:
    responses.get(LIST, status=status, body=body)
    with pytest.raises(error):
        entity(key_of("DE", ("lei", PUMA)))


@responses.activate
def test_what_is_sent_is_in_the_contract_and_asks_for_json_api() -> None:
    responses.get(LIST, json=listed(BLOOMBERG))
    play_parents(BLOOMBERG)
    entity(key_of("US", ("lei", BLOOMBERG)))
    responses.replace("GET", LIST, json=NO_RECORDS)
    responses.get(f"{BASE}/fuzzycompletions", json=recorded("gleif", "fuzzycompletions"))
    search("Smith & Zn. #1?", Identifier("coh", "GB", "SC005336"), country="GB")
    assert len(responses.calls) == 7
    for call in responses.calls:
        assert_allowed(call.request, "gleif.yaml", BASE)
        assert call.request.headers["Accept"] == "application/vnd.api+json"


RAW = {
    "lei-records": listed(BLOOMBERG),
    "direct-parent": recorded("gleif", f"direct-parent-{BLOOMBERG}"),
    "ultimate-parent": recorded("gleif", f"ultimate-parent-{BLOOMBERG}"),
    "direct-parent-reporting-exception": recorded("gleif", f"direct-parent-reporting-exception-{SHELL}"),
}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated([RAW]))
def test_whatever_is_stored_becomes_facts_or_is_not_understood(raw: Any) -> None:
    company = key_of("US", ("lei", BLOOMBERG))
    try:
        read = EntityRegister().facts(raw, about(company))
    except NotUnderstood:
        return
    assert read.lei == BLOOMBERG
    assert read.active in (True, None)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=60), mutated([listed(PUMA), recorded("gleif", "fuzzycompletions")])))
def test_whatever_bytes_a_search_brings_it_is_candidates_or_a_source_error(body: Any) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        answer = {"body": body} if isinstance(body, bytes) else {"json": deepcopy(body)}
        wire.get(LIST, **answer)
        wire.get(f"{BASE}/fuzzycompletions", **answer)
        wire.get(f"{LIST}/{PUMA}/direct-parent-reporting-exception", **answer)
        try:
            found = search("puma", Identifier("lei", "ZZ", PUMA))
        except SourceError:
            return
    assert all(each.name and each.identifiers for each in found)
