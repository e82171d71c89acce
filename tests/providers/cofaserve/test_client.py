"""CofaServe is switched off: it signs in, and refuses all else before anything is sent."""

import json
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest
import responses
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.cofaserve.client import SETTINGS, TOKENS, CofaServe, sign_in
from providers.errors import SourceDown, SourceError, SourceRefused
from providers.insurers import CoverKey, CoverRequest, InsurancePolicyKey
from providers.ports import CompanyKey, Identifier
from tests.providers.mutations import mutated
from tests.providers.wires import NOW, line_to

POLICY = InsurancePolicyKey({"policy_number": "111222"}, "EUR")
BUYER = Identifier("coface-easy", "NL", "1")
REQUEST = CoverRequest(BUYER, Decimal(5000), "EUR", "ours-1", date(2026, 8, 20))
TOKEN = {"idToken": "identity", "accessToken": "access", "expiresIn": 3600, "tokenType": "Bearer"}


def line():  # type: ignore[no-untyped-def]
    return line_to(SETTINGS, api_key="secret-key", username="ann", password="secret-word")


@responses.activate
def test_every_call_is_refused_before_anything_is_sent() -> None:
    insurer, key = CofaServe(), CoverKey("1", BUYER)
    for act in (
        lambda: insurer.find_buyers(CompanyKey("X", "NL", ()), POLICY, line()),
        lambda: insurer.request_cover(REQUEST, POLICY, line()),
        lambda: insurer.find_request(REQUEST, POLICY, line()),
        lambda: insurer.read_cover(key, POLICY, line()),
        lambda: insurer.change_cover(key, REQUEST, POLICY, line()),
        lambda: insurer.withdraw_cover(key, POLICY, line()),
    ):
        with pytest.raises(SourceRefused, match="needs the contract's paths"):
            act()
    assert not responses.calls


@responses.activate
def test_the_sign_in_names_the_insurance_policy() -> None:
    responses.post(SETTINGS.address + TOKENS, json=TOKEN)
    token = sign_in(line(), POLICY)
    assert (token.text, token.ends_at) == ("identity", NOW + timedelta(hours=1))
    sent = responses.calls[0].request
    assert (sent.headers["x-api-key"], sent.headers["x-cof-policy-number"]) == ("secret-key", "111222")
    assert json.loads(sent.body)["grant_type"] == "password"


def test_an_insurance_policy_without_its_number_is_refused() -> None:
    with pytest.raises(SourceRefused, match="policy_number"):
        sign_in(line(), InsurancePolicyKey({}, "EUR"))


@pytest.mark.parametrize(("status", "error"), [(401, SourceRefused), (403, SourceRefused), (503, SourceDown)])
@responses.activate
def test_a_sign_in_that_fails_is_tried_once_and_tells_no_secret(status: int, error: type[SourceError]) -> None:
    responses.post(SETTINGS.address + TOKENS, status=status, json={})
    with pytest.raises(error) as raised:
        sign_in(line(), POLICY)
    assert "secret" not in str(raised.value)
    assert len(responses.calls) == 1


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=60) | mutated([TOKEN]).map(lambda document: json.dumps(document).encode()))
def test_whatever_arrives_is_a_token_or_an_error_of_ours(body: bytes) -> None:
    with responses.RequestsMock() as mock:
        mock.post(SETTINGS.address + TOKENS, body=body)
        with suppress(SourceError):
            assert sign_in(line(), POLICY).text
