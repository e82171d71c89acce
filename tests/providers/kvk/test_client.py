"""KVK asked over the wire: what is sent, every way it answers, and that no outage passes for a clean register."""

from copy import deepcopy
from typing import Any

import pytest
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.errors import NothingToAskBy, NotUnderstood, SourceBusy, SourceDown, SourceError, SourceRefused
from providers.kvk.client import OPEN_DATA, SETTINGS, CompanyRegister, Search
from providers.ports import Candidate, CompanyKey, CompanyQuery, Identifier, Raw
from scoring.facts import NegativeEvent, RegisterFacts
from tests.providers.mutations import mutated
from tests.providers.register_contracts import assert_allowed
from tests.providers.register_lines import KEY, TODAY, about, key_of, line_to, recorded
from tests.providers.reports import registration

BASE, OPEN = SETTINGS.address, OPEN_DATA.address
SOLE_TRADER = key_of("NL", ("kvk", "69599084"), name="Test EMZ Dagobert")
BV = key_of("NL", ("kvk", "90000050"), name="Fabelachtig Fruit B.V.")
BV_PROFILE = registration()["basisprofiel"]
SURS = recorded("kvk", "opendata-basisbedrijfsgegevens.assembled")
CLEAN = {**SURS, "insolventieCode": None}
UNKNOWN = recorded("kvk", "basisprofiel-unknown.404")
NOTHING_FOUND = recorded("kvk", "zoeken-v2-none.404")
OPEN_DATA_UNKNOWN = {"fout": [{"code": "IPD0015", "omschrijving": "Niet leverbaar."}]}


def profile_of(number: str) -> str:
    return f"{BASE}/v1/basisprofielen/{number}"


def open_data_of(number: str) -> str:
    return f"{OPEN}/v1/hvds/basisbedrijfsgegevens/kvknummer/{number}"


def ask(company: CompanyKey) -> Raw | None:
    return CompanyRegister().ask(company, line_to("kvk"))


def facts(raw: Raw | None, company: CompanyKey) -> RegisterFacts:
    assert raw is not None
    return CompanyRegister().facts(raw, about(company))


def search(text: str | None = None, *numbers: tuple[str, str], place: str | None = None) -> tuple[Candidate, ...]:
    identifiers = tuple(Identifier(scheme, "NL", value) for scheme, value in numbers)
    return Search().search(CompanyQuery(text, "NL", identifiers, place), line_to("kvk"))


@responses.activate
@pytest.mark.parametrize("shape", ["basisprofiel-69599084", "basisprofiel-69599084-older-shape"])
def test_a_sole_trader_is_read_in_both_shapes_and_the_open_data_are_not_bothered(shape: str) -> None:
    responses.get(profile_of("69599084"), json=recorded("kvk", shape))
    raw = ask(SOLE_TRADER)
    assert raw == {"basisprofiel": recorded("kvk", shape), "basisbedrijfsgegevens": None}
    read = facts(raw, SOLE_TRADER)
    assert (read.status, read.legal_form, read.name) == ("active", "eenmanszaak", "Test EMZ Dagobert")
    assert (str(read.incorporated_on), read.events, read.identity_mismatch) == ("2017-01-08", (), ())


@responses.activate
def test_an_association_of_owners_is_a_legal_person_without_establishments() -> None:
    responses.get(profile_of("90000749"), json=recorded("kvk", "basisprofiel-90000749-owners-association"))
    key = key_of("NL", ("kvk", "90000749"))
    read = facts(ask(key), key)
    assert (read.legal_form, read.name, str(read.incorporated_on)) == ("vereniging", "Global Conron", "1999-11-03")


@responses.activate
@pytest.mark.parametrize(("code", "event"), [("SURS", "moratorium_provisional"), ("FAIL", "bankruptcy"), (None, None)])
def test_the_open_data_tell_of_insolvency(code: str | None, event: str | None) -> None:
    responses.get(profile_of("90000050"), json=BV_PROFILE)
    responses.get(open_data_of("90000050"), json={**SURS, "insolventieCode": code})
    expected = () if event is None else (NegativeEvent(event, TODAY, undated=True),)
    assert facts(ask(BV), BV).events == expected


@responses.activate
@pytest.mark.parametrize("legal_form", ["Besloten Vennootschap", "Een vorm die wij niet kennen"])
@pytest.mark.parametrize("status", [429, 500, 503])
def test_without_the_open_data_a_company_that_may_be_in_them_is_no_clean_company(legal_form: str, status: int) -> None:
    responses.get(profile_of("90000050"), json=registration(legal_form)["basisprofiel"])
    responses.get(open_data_of("90000050"), status=status)
    with pytest.raises(SourceBusy if status == 429 else SourceDown) as failed:
        ask(BV)
    assert failed.value.provider == "kvk_open_data"


def test_a_profile_of_a_bv_alone_is_not_read_as_solvent() -> None:
    with pytest.raises(NotUnderstood, match="insolvency is not known"):
        facts({"basisprofiel": BV_PROFILE}, BV)


@responses.activate
def test_a_bv_that_the_open_data_do_not_know_is_no_clean_company() -> None:
    responses.get(profile_of("90000050"), json=BV_PROFILE)
    responses.get(open_data_of("90000050"), status=404, json=OPEN_DATA_UNKNOWN)
    raw = ask(BV)
    assert raw is not None
    assert raw["basisbedrijfsgegevens"] is None
    with pytest.raises(NotUnderstood, match="insolvency is not known"):
        facts(raw, BV)


@responses.activate
def test_a_profile_of_another_company_than_was_asked_for_is_not_understood() -> None:
    responses.get(f"{BASE}/v2/zoeken", json={"totaal": 1, "resultaten": [{"kvkNummer": "90000050", "naam": "Fruit"}]})
    responses.get(profile_of("90000050"), json={**BV_PROFILE, "kvkNummer": "90000051"})
    with pytest.raises(NotUnderstood, match="another company"):
        ask(key_of("NL", ("rsin", "899000009")))


@responses.activate
def test_the_open_data_are_sent_no_key() -> None:
    responses.get(profile_of("90000050"), json=BV_PROFILE)
    responses.get(open_data_of("90000050"), json=CLEAN)
    ask(BV)
    register, open_data = responses.calls
    assert register.request.headers["apikey"] == KEY
    assert KEY not in str(open_data.request.headers)


@responses.activate
def test_a_company_without_kvk_number_is_found_by_its_rsin_or_its_vat_number() -> None:
    found = {"totaal": 1, "resultaten": [{"kvkNummer": "90000050", "naam": "Fabelachtig Fruit B.V."}]}
    responses.get(f"{BASE}/v2/zoeken", json=found)
    responses.get(profile_of("90000050"), json=BV_PROFILE)
    responses.get(open_data_of("90000050"), json=CLEAN)
    for number in (("rsin", "899000009"), ("vat", "NL899000009B01")):
        responses.calls.reset()
        key = key_of("NL", number)
        assert facts(ask(key), key).name == "Fabelachtig Fruit B.V."
        assert "rsin=899000009" in str(responses.calls[0].request.url)


@responses.activate
@pytest.mark.parametrize("number", [("vat", "NL000099998B57"), ("lei", "21380068P1DRHMJ8KU70")])
def test_without_a_number_of_the_register_nothing_is_asked(number: tuple[str, str]) -> None:
    with pytest.raises(NothingToAskBy):  # The VAT number of a sole trader holds no RSIN.
        ask(key_of("NL", number, name="Shell"))
    assert not responses.calls


@responses.activate
def test_an_rsin_of_several_companies_is_not_understood() -> None:
    rows = [{"kvkNummer": number, "naam": "Fruit"} for number in ("90000050", "90000051")]
    responses.get(f"{BASE}/v2/zoeken", json={"resultaten": rows})
    with pytest.raises(NotUnderstood, match="several"):
        ask(key_of("NL", ("rsin", "899000009")))


@responses.activate
def test_an_establishment_leads_to_its_company_and_its_profile_is_kept() -> None:
    establishment = recorded("kvk", "vestigingsprofiel")
    responses.get(f"{BASE}/v1/vestigingsprofielen/000038509504", json=establishment)
    responses.get(profile_of("69599084"), json=recorded("kvk", "basisprofiel-69599084"))
    key = key_of("NL", ("kvk_vestiging", "000038509504"))
    raw = ask(key)
    assert raw is not None
    assert raw["vestigingsprofiel"] == establishment
    assert facts(raw, key).name == "Test EMZ Dagobert"


@responses.activate
def test_an_establishment_number_that_kvk_calls_invalid_is_unknown() -> None:
    invalid = recorded("kvk", "vestigingsprofiel-invalid.400")
    responses.get(f"{BASE}/v1/vestigingsprofielen/000000000000", status=400, json=invalid)
    assert ask(key_of("NL", ("kvk_vestiging", "000000000000"))) is None


@responses.activate
def test_a_number_that_kvk_does_not_know_is_no_failure() -> None:
    responses.get(profile_of("69599084"), status=404, json=UNKNOWN)
    assert ask(SOLE_TRADER) is None


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"fault": "no key"}, SourceRefused),
        (403, {}, SourceRefused),
        (429, {}, SourceBusy),
        (500, {"fout": [{"code": "IPD9999"}]}, SourceDown),
        (503, "<html>maintenance</html>", SourceDown),
        (404, {"fout": [{"code": "IPD1002"}]}, SourceDown),
        (200, {"fout": [{"code": "IPD1003"}]}, SourceDown),
        (400, {"fout": [{"code": "IPD9999"}]}, SourceDown),
        (400, {"fout": [{"code": "IPD1998"}]}, NotUnderstood),
        (404, {"fout": [{"code": "NEW"}]}, NotUnderstood),
        (404, {"message": "no Route matched"}, NotUnderstood),
        (404, "", NotUnderstood),
        (404, "<html>not here</html>", NotUnderstood),
        (200, "<html>maintenance</html>", SourceDown),
        (200, {"message": "maintenance"}, NotUnderstood),
        (200, "", NotUnderstood),
        (200, [], NotUnderstood),
    ],
)
@responses.activate
def test_each_way_to_fail_has_its_error(status: int, body: Any, error: type[SourceError]) -> None:
    sent = {"body": body} if isinstance(body, str) else {"json": body}
    responses.get(profile_of("90000050"), status=status, **sent)
    responses.get(open_data_of("90000050"), json=CLEAN)
    with pytest.raises(SourceError) as failed:
        facts(ask(BV), BV)
    assert type(failed.value) is error
    assert KEY not in str(failed.value)


@responses.activate
def test_a_search_offers_a_company_once_by_its_main_establishment() -> None:
    responses.get(f"{BASE}/v2/zoeken", json=recorded("kvk", "zoeken-v2-69599084"))
    assert search(None, ("kvk", "69599084")) == (
        Candidate(
            provider="kvk",
            identifiers=(Identifier("kvk", "NL", "69599084"),),
            name="Test EMZ Dagobert",
            trade_names=("Test EMZ Nevenvestiging Govert",),
            country="NL",
            address="Abebe Bikilalaan, Amsterdam",
            legal_form=None,
            status="active",
        ),
    )


@responses.activate
def test_nothing_found_is_an_empty_answer_although_its_status_is_404() -> None:
    responses.get(f"{BASE}/v2/zoeken", status=404, json=NOTHING_FOUND)
    assert search("Wat niet bestaat", ("kvk", "12345678"), place="Nergens") == ()
    asked = [str(call.request.url).split("?")[1].split("&")[0] for call in responses.calls]
    assert asked == ["kvkNummer=12345678", "naam=Wat+niet+bestaat", "naam=Wat+niet+bestaat"]


@responses.activate
@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([{"type": "rechtspersoon", "actief": "Nee"}], "dissolved"),
        ([{"type": "hoofdvestiging", "actief": "Nee"}], "deregistered"),
        ([{"type": "hoofdvestiging", "actief": "Nee", "rsin": "899000009"}], "dissolved"),
        ([{"type": "rechtspersoon", "actief": "Ja"}, {"type": "nevenvestiging", "actief": "Nee"}], "active"),
        ([{"type": "nevenvestiging", "actief": "Ja"}, {"type": "rechtspersoon", "actief": "Nee"}], "dissolved"),
        ([{"type": "hoofdvestiging"}], "active"),
    ],
)
def test_a_company_has_ended_when_it_has_itself(rows: list[dict[str, Any]], status: str) -> None:
    named = [{"kvkNummer": "90000050", "naam": "Fruit", **row} for row in rows]
    responses.get(f"{BASE}/v2/zoeken", json={"totaal": 1, "resultaten": named})
    assert [each.status for each in search("Fruit")] == [status]


@responses.activate
@pytest.mark.parametrize(
    ("address", "line"),
    [
        (
            {"binnenlandsAdres": {"straatnaam": "Fabellaan", "huisnummer": 5, "postcode": "9950ZZ"}},
            "Fabellaan 5, 9950ZZ",
        ),
        ({"binnenlandsAdres": {"postbusnummer": 12, "plaats": "Verzinstad"}}, "Postbus 12, Verzinstad"),
        (
            {
                "buitenlandsAdres": {
                    "straatHuisnummer": "Hauptstr. 1",
                    "postcodeWoonplaats": "10115 Berlin",
                    "land": "D",
                }
            },
            "Hauptstr. 1, 10115 Berlin, D",
        ),
        ({}, None),
        (None, None),
    ],
)
def test_an_address_is_one_line_wherever_it_is(address: Any, line: str | None) -> None:
    row = {"kvkNummer": "90000050", "naam": "Fruit", "type": "hoofdvestiging", "adres": address}
    responses.get(f"{BASE}/v2/zoeken", json={"resultaten": [row]})
    assert [each.address for each in search("Fruit")] == [line]


@responses.activate
@pytest.mark.parametrize("body", [{}, {"message": "maintenance"}, {"resultaten": [{}]}, {"resultaten": "none"}, []])
def test_an_answer_without_results_is_not_an_empty_search(body: Any) -> None:
    responses.get(f"{BASE}/v2/zoeken", json=body)
    with pytest.raises(NotUnderstood):
        search("Fruit")


@responses.activate
def test_what_is_sent_is_in_the_contract() -> None:
    responses.get(f"{BASE}/v2/zoeken", status=404, json=NOTHING_FOUND)
    responses.get(profile_of("90000050"), json=BV_PROFILE)
    responses.get(open_data_of("90000050"), json=CLEAN)
    establishment = {**recorded("kvk", "vestigingsprofiel"), "kvkNummer": "90000050"}
    responses.get(f"{BASE}/v1/vestigingsprofielen/000038509504", json=establishment)
    ask(BV)
    ask(key_of("NL", ("kvk_vestiging", "000038509504")))
    numbers = [("kvk", "69599084"), ("kvk_vestiging", "000038509504"), ("rsin", "899000009")]
    search("Fruit & Zn. #1?", *numbers, place="'s-Gravenhage")
    assert len(responses.calls) == 10
    for call in responses.calls:
        address = OPEN if str(call.request.url).startswith(OPEN) else BASE
        assert_allowed(call.request, "kvk.yaml", address)


RAWS = [
    {"basisprofiel": BV_PROFILE, "basisbedrijfsgegevens": SURS},
    {"basisprofiel": BV_PROFILE, "basisbedrijfsgegevens": CLEAN},
    {"basisprofiel": recorded("kvk", "basisprofiel-69599084"), "basisbedrijfsgegevens": None},
    {"basisprofiel": recorded("kvk", "basisprofiel-90000749-owners-association"), "basisbedrijfsgegevens": None},
]
SEARCHES = [recorded("kvk", "zoeken-v2-69599084"), NOTHING_FOUND]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated(RAWS))
def test_whatever_is_stored_becomes_facts_or_is_not_understood(raw: Any) -> None:
    try:
        read = CompanyRegister().facts(raw, about(BV))
    except NotUnderstood:
        return
    assert read.status in ("active", "dissolved", "deregistered")
    told = (raw["basisprofiel"].get("materieleRegistratie") or {}).get("datumEinde")
    assert read.status != "active" or told in (None, "", "00000000") or not str(told).strip()
    assert (
        raw.get("basisbedrijfsgegevens") is None
        or not raw["basisbedrijfsgegevens"].get("insolventieCode")
        or read.events
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=60), mutated(SEARCHES)), st.sampled_from([200, 400, 404]))
def test_whatever_bytes_a_search_brings_it_is_candidates_or_a_source_error(body: Any, status: int) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        answer = {"body": body} if isinstance(body, bytes) else {"json": body}
        wire.get(f"{BASE}/v2/zoeken", status=status, **deepcopy(answer))
        try:
            found = search("Dagobert")
        except SourceError:
            return
    assert all(each.name and each.identifiers for each in found)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), st.binary(max_size=60), st.sampled_from([200, 400, 404]))
def test_whatever_bytes_the_register_sends_it_is_raw_or_a_source_error(one: bytes, other: bytes, status: int) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.get(profile_of("90000050"), status=status, body=one)
        wire.get(open_data_of("90000050"), body=other)
        try:
            raw = ask(BV)
        except SourceError:
            return
    assert raw is not None
