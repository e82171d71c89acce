"""VIES asked over the wire: errors that come with 200, prefixes that are no countries, and numbers that prove it."""

from typing import Any

import pytest
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.errors import NothingToAskBy, NotUnderstood, SourceBusy, SourceDown, SourceError, SourceRefused
from providers.ports import CompanyKey, Identifier
from providers.vies.client import SETTINGS, VatRegister, available_states
from scoring.facts import VatFacts
from tests.providers.mutations import mutated
from tests.providers.register_contracts import assert_allowed
from tests.providers.register_lines import TODAY, about, key_of, line_to, recorded

CHECK = f"{SETTINGS.address}/check-vat-number"
COMPANY = key_of("NL", ("vat", "NL100"))
VALID = recorded("vies", "check-vat-test-100-valid.assembled")
INVALID = recorded("vies", "check-vat-test-200-invalid.assembled")


def check(company: CompanyKey = COMPANY, requester: str | None = None) -> VatFacts | None:
    credentials = {} if requester is None else {"requester_vat_number": requester}
    register = VatRegister()
    raw = register.ask(company, line_to("vies", credentials))
    return None if raw is None else register.facts(raw, about(company))


@responses.activate
def test_a_valid_number_is_read_with_name_and_address() -> None:
    responses.post(CHECK, json=VALID)
    assert check() == VatFacts("vies", TODAY, "NL100", True, "John Doe", "123 Main St, Anytown, UK", None)


@responses.activate
def test_an_invalid_number_has_no_name() -> None:
    responses.post(CHECK, json=INVALID)
    assert check(key_of("NL", ("vat", "NL200"))) == VatFacts("vies", TODAY, "NL200", False)


@responses.activate
@pytest.mark.parametrize("dashes", ["---", "----", "", "   ", None])
def test_dashes_are_no_name(dashes: str | None) -> None:
    responses.post(CHECK, json={**VALID, "name": dashes, "address": dashes})
    read = check()
    assert read is not None
    assert (read.valid, read.name, read.address) == (True, None, None)


@responses.activate
def test_the_lines_of_an_address_become_one() -> None:
    responses.post(CHECK, json={**VALID, "address": "\nFABELLAAN 00050\n9950ZZ VERZINSTAD\n"})
    read = check()
    assert read is not None
    assert read.address == "FABELLAAN 00050 9950ZZ VERZINSTAD"


ERRORS = [
    ("SERVICE_UNAVAILABLE", SourceDown),
    ("TIMEOUT", SourceDown),
    ("MS_UNAVAILABLE", SourceDown),
    ("VOW-ERR-1", SourceDown),
    ("MS_MAX_CONCURRENT_REQ", SourceBusy),
    ("MS_MAX_CONCURRENT_REQ_TIME", SourceBusy),
    ("GLOBAL_MAX_CONCURRENT_REQ", SourceBusy),
    ("GLOBAL_MAX_CONCURRENT_REQ_TIME", SourceBusy),
    ("VAT_BLOCKED", SourceRefused),
    ("IP_BLOCKED", SourceRefused),
    ("INVALID_REQUESTER_INFO", SourceRefused),
    ("INVALID_INPUT", NotUnderstood),
    ("VOW-ERR-11", NotUnderstood),
    ("A_CODE_THAT_IS_NEW", NotUnderstood),
]


@responses.activate
@pytest.mark.parametrize(("code", "error"), ERRORS)
@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("beside", [{}, {"valid": False}, {"valid": True}])
def test_an_error_is_never_an_invalid_number(
    code: str, error: type[SourceError], status: int, beside: dict[str, Any]
) -> None:
    answer = {"actionSucceed": False, "errorWrappers": [{"error": code, "message": "secret"}], **beside}
    responses.post(CHECK, status=status, json=answer)
    with pytest.raises(SourceError) as failed:
        check()
    assert type(failed.value) is error
    assert "secret" not in str(failed.value)


@responses.activate
@pytest.mark.parametrize(
    ("name", "status", "error"),
    [
        ("error-GLOBAL_MAX_CONCURRENT_REQ.assembled", 200, SourceBusy),
        ("error-INVALID_INPUT.assembled", 200, NotUnderstood),
        ("error-MS_MAX_CONCURRENT_REQ.assembled", 200, SourceBusy),
        ("error-MS_UNAVAILABLE.assembled", 200, SourceDown),
        ("error-SERVICE_UNAVAILABLE.assembled", 200, SourceDown),
        ("error-TIMEOUT.assembled", 200, SourceDown),
        ("error-missing-field.400.assembled", 400, NotUnderstood),
        ("error-SERVICE_UNAVAILABLE.assembled", 500, SourceDown),
    ],
)
def test_stored_errors_are_told_apart(name: str, status: int, error: type[SourceError]) -> None:
    responses.post(CHECK, status=status, json=recorded("vies", name))
    with pytest.raises(SourceError) as failed:
        check()
    assert type(failed.value) is error


@responses.activate
@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"actionSucceed": false}',
        '{"actionSucceed": true}',
        '{"valid": "false"}',
        '{"valid": null}',
        '{"valid": false, "userError": "MS_UNAVAILABLE"}',
    ],
)
def test_what_says_nothing_is_not_an_invalid_number(body: str) -> None:
    responses.post(CHECK, body=body)
    with pytest.raises(SourceError):
        check()


@responses.activate
def test_the_answer_about_another_number_is_not_taken() -> None:
    responses.post(CHECK, json={**VALID, "vatNumber": "101"})
    with pytest.raises(NotUnderstood, match="not the number"):
        check()


@responses.activate
@pytest.mark.parametrize(
    ("country", "number", "prefix", "rest"),
    [
        ("GR", "EL094259216", "EL", "094259216"),
        ("GR", "GR094259216", "EL", "094259216"),
        ("GB", "XI123456789", "XI", "123456789"),
        ("XI", "XI123456789", "XI", "123456789"),
        ("NL", "NL899000009B01", "NL", "899000009B01"),
    ],
)
def test_a_number_is_asked_by_the_prefix_that_vies_knows(country: str, number: str, prefix: str, rest: str) -> None:
    wanted = {"countryCode": prefix, "vatNumber": rest}
    responses.post(CHECK, json={**VALID, **wanted}, match=[responses.matchers.json_params_matcher(wanted)])
    read = check(CompanyKey(None, country, (Identifier("vat", country, number),)))
    assert read is not None
    assert (read.number, read.valid) == (prefix + rest, True)


@responses.activate
@pytest.mark.parametrize(
    "company", [key_of("GB", ("vat", "GB980780684")), key_of("NL", ("kvk", "90000001")), key_of("NL", name="Gans")]
)
def test_a_company_without_a_number_of_the_union_is_not_asked_about(company: CompanyKey) -> None:
    with pytest.raises(NothingToAskBy):
        check(company)
    assert not responses.calls


@responses.activate
def test_who_hands_in_a_number_of_his_own_gets_a_consultation_number() -> None:
    responses.post(CHECK, json={**VALID, "requestIdentifier": "WAPIAAAAYeR1F0M9"})
    read = check(requester="NL899000009B01")
    assert read is not None
    assert read.consultation == "WAPIAAAAYeR1F0M9"
    assert_allowed(responses.calls[0].request, "vies.yaml", SETTINGS.address)
    assert b'"requesterMemberStateCode": "NL"' in (responses.calls[0].request.body or b"")


@responses.activate
def test_a_number_of_his_own_that_is_none_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(SourceRefused) as failed:
        check(requester="12345")
    assert "12345" not in str(failed.value)
    assert not responses.calls


@responses.activate
def test_without_one_no_requester_is_sent() -> None:
    responses.post(CHECK, json=VALID)
    check()
    assert b"requester" not in (responses.calls[0].request.body or b"")
    assert_allowed(responses.calls[0].request, "vies.yaml", SETTINGS.address)


@responses.activate
def test_the_states_that_answer_are_told_by_prefix() -> None:
    status = recorded("vies", "check-status.assembled")
    responses.get(f"{SETTINGS.address}/check-status", json=status)
    assert available_states(line_to("vies")) == {"NL": True, "DE": False, "EL": None}
    assert_allowed(responses.calls[0].request, "vies.yaml", SETTINGS.address)
    responses.replace("GET", f"{SETTINGS.address}/check-status", json={**status, "vow": {"available": False}})
    assert available_states(line_to("vies")) == {"NL": False, "DE": False, "EL": False}


@responses.activate
@pytest.mark.parametrize("body", [{}, {"vow": {}}, {"vow": {"available": True}, "countries": [{"countryCode": "NL"}]}])
def test_a_status_without_its_parts_is_not_understood(body: Any) -> None:
    responses.get(f"{SETTINGS.address}/check-status", json=body)
    with pytest.raises(NotUnderstood):
        available_states(line_to("vies"))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=60), mutated([VALID, INVALID])), st.sampled_from([200, 400]))
def test_whatever_bytes_come_it_is_facts_or_a_source_error(body: Any, status: int) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        answer = {"body": body} if isinstance(body, bytes) else {"json": body}
        wire.post(CHECK, status=status, **answer)
        try:
            read = check()
        except SourceError:
            return
    assert read is not None
    assert read.valid is body["valid"]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated([{"check-vat-number": VALID}]))
def test_whatever_is_stored_becomes_facts_or_is_not_understood(raw: Any) -> None:
    try:
        read = VatRegister().facts(raw, about(COMPANY))
    except NotUnderstood:
        return
    assert (read.number, read.valid) == ("NL100", raw["check-vat-number"]["valid"])
