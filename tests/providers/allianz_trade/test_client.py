"""The insurer whose answers are jobs: asked, waited for, found again, and never understood for more than was said."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from providers.allianz_trade.client import COVERS, JOBS, MATCHING, REQUESTS, SETTINGS, TOKENS, AllianzTrade
from providers.allianz_trade.mapping import BUYER_SCHEME, cover
from providers.errors import NotUnderstood, SourceDown, SourceError, SourceRefused
from providers.http import Line
from providers.insurers import CoverAnswer, CoverKey, CoverNotFound, CoverNotTaken, CoverRequest, InsurancePolicyKey
from providers.ports import CompanyKey, Identifier
from tests.providers.allianz_trade.fake import FakeAllianz
from tests.providers.mutations import mutated
from tests.providers.wires import line_to, payload

POLICY = InsurancePolicyKey({"business_unit_code": "EHNL", "policy_id": "111222"}, "EUR")
BUYER = Identifier(BUYER_SCHEME, "NL", "99999999")
REQUEST = CoverRequest(BUYER, Decimal("50000.00"), "EUR", "ours-1", date(2026, 8, 20))
COMPANY = CompanyKey("Voorbeeld Handel BV", "NL", (Identifier("kvk", "NL", "00000018"),))
INSURER = AllianzTrade()
TODAY = date(2026, 8, 20)
STORED = payload("allianz_trade/cover.assembled.json")
KEY = CoverKey("123456", BUYER)


def line() -> Line:
    return line_to(SETTINGS, api_key="secret-word")


@pytest.fixture
def fake(mock: responses.RequestsMock) -> FakeAllianz:
    fake = FakeAllianz()
    fake.serve(mock)
    return fake


def test_companies_are_matched_by_name_with_the_address_to_compare(fake: FakeAllianz) -> None:
    (buyer,) = INSURER.find_buyers(COMPANY, POLICY, line())
    assert (buyer.number, buyer.address) == (BUYER, "Voorbeeldstraat 1, 1011AA AMSTERDAM")
    assert INSURER.find_buyers(replace(COMPANY, name="Nobody"), POLICY, line()) == ()
    assert INSURER.find_buyers(replace(COMPANY, name=None), POLICY, line()) == ()


@pytest.mark.parametrize("bare", [True, False])
def test_cover_is_pending_until_its_job_is_done(mock: responses.RequestsMock, bare: bool) -> None:
    fake = FakeAllianz(bare=bare)
    fake.serve(mock)
    asked = INSURER.request_cover(REQUEST, POLICY, line())
    assert (asked.state, asked.amount, asked.key.reference) == ("pending", None, "job/job-1")
    assert fake.asked[0] == {
        "requestTypeCode": "Primary",
        "policy": {"businessUnitCode": "EHNL", "policyId": "111222"},
        "creditLimitDetails": {"requestedAmount": 50000, "currencyCode": "EUR"},
        "companyId": "99999999",
        "isRequestUrgent": False,
    }
    fake.decide(1, 50000)
    found = INSURER.read_cover(asked.key, POLICY, line())
    assert (found.state, found.amount, found.key.reference) == ("granted", Decimal(50000), "cover-1")
    assert INSURER.read_cover(found.key, POLICY, line()).amount == Decimal(50000)


def test_after_a_lost_answer_the_request_is_found_among_those_in_progress(fake: FakeAllianz) -> None:
    other = replace(REQUEST, buyer=Identifier(BUYER_SCHEME, "NL", "88888888"))
    INSURER.request_cover(other, POLICY, line())
    assert INSURER.find_request(REQUEST, POLICY, line()) is None
    fake.lose_next = True
    with pytest.raises(SourceDown):
        INSURER.request_cover(REQUEST, POLICY, line())
    found = INSURER.find_request(REQUEST, POLICY, line())
    assert found is not None
    assert (found.state, found.key.reference) == ("pending", "cover-2")
    assert len(fake.asked) == 2


def test_what_they_do_not_take_is_told(fake: FakeAllianz) -> None:
    with pytest.raises(CoverNotTaken) as raised:
        INSURER.request_cover(replace(REQUEST, amount=Decimal(0)), POLICY, line())
    assert raised.value.faults == (("message", "requestedAmount must be positive"),)


def test_cover_is_asked_only_in_the_currency_of_the_insurance_policy(fake: FakeAllianz, mock: Any) -> None:
    """Their limits come without a currency, and would be taken for so many of another."""
    with pytest.raises(SourceRefused, match="currency"):
        INSURER.request_cover(replace(REQUEST, currency="USD"), POLICY, line())
    assert not mock.calls


def test_what_is_not_known_of_them_is_refused_before_anything_is_sent(fake: FakeAllianz, mock: Any) -> None:
    for act in (
        lambda: INSURER.change_cover(KEY, REQUEST, POLICY, line()),
        lambda: INSURER.withdraw_cover(KEY, POLICY, line()),
        lambda: INSURER.request_cover(REQUEST, InsurancePolicyKey({}, "EUR"), line()),
    ):
        with pytest.raises(SourceRefused):
            act()
    assert not mock.calls


@pytest.mark.parametrize(
    ("limits", "state", "amount"),
    [
        ([{"technicalDecisionStatusCode": "AlreadyAgreed", "amount": 50000}], "granted", "50000"),
        ([{"technicalDecisionStatusCode": "AlreadyAgreed", "amount": 20000.5}], "granted_in_part", "20000.5"),
        ([{"technicalDecisionStatusCode": "AlreadyAgreed", "amount": 1, "startDate": "2026-09-01"}], "pending", None),
        ([], "pending", None),
    ],
)
def test_a_cover_is_what_its_one_limit_says(limits: list[Any], state: str, amount: str | None) -> None:
    raw = {**STORED, "creditLimitsAggregation": {"creditLimits": limits}}
    found = cover(raw, KEY, "EUR", Decimal(50000), TODAY)
    assert (found.state, found.amount) == (state, None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    "limits",
    [
        [{"technicalDecisionStatusCode": "SomethingElse", "amount": 50000}],
        [{"technicalDecisionStatusCode": "AlreadyAgreed"}],
        [{"technicalDecisionStatusCode": "AlreadyAgreed", "amount": -1}],
        [{"technicalDecisionStatusCode": "AlreadyAgreed", "amount": 1}] * 2,
    ],
)
def test_what_is_not_known_is_not_guessed(limits: list[Any]) -> None:
    with pytest.raises(NotUnderstood):
        cover({**STORED, "creditLimitsAggregation": {"creditLimits": limits}}, KEY, "EUR", None, TODAY)


def test_a_cover_nobody_has_is_not_found(fake: FakeAllianz) -> None:
    with pytest.raises(CoverNotFound):
        INSURER.read_cover(CoverKey("cover-9", BUYER), POLICY, line())


def test_the_cover_of_another_company_is_not_taken_for_this_one() -> None:
    with pytest.raises(NotUnderstood):
        cover({**STORED, "companyId": "1"}, KEY, "EUR", None, TODAY)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=60)
    | mutated(
        [
            STORED,
            payload("allianz_trade/cover-job.assembled.json"),
            payload("allianz_trade/companies-matching.assembled.json"),
        ]
    ).map(lambda document: json.dumps(document).encode()),
    st.sampled_from([200, 202, 400]),
)
def test_whatever_arrives_is_an_answer_or_an_error_of_ours(body: bytes, status: int) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(SETTINGS.address + TOKENS, json=payload("allianz_trade/token.assembled.json"))
        for path in (COVERS, MATCHING, REQUESTS):
            mock.post(SETTINGS.address + path, body=body, status=status)
        for path in (f"{COVERS}/123456", f"{JOBS}/1"):
            mock.get(SETTINGS.address + path, body=body)
        for reference in ("123456", "job/1"):
            with suppress(SourceError):
                assert isinstance(INSURER.read_cover(CoverKey(reference, BUYER), POLICY, line()), CoverAnswer)
        with suppress(SourceError):
            assert isinstance(INSURER.request_cover(REQUEST, POLICY, line()), CoverAnswer)
        with suppress(SourceError):
            INSURER.find_buyers(COMPANY, POLICY, line())
        with suppress(SourceError):
            INSURER.find_request(REQUEST, POLICY, line())


class JobLife(RuleBasedStateMachine):
    """Requests in any order: each is pending until its own job is done, and covers what was decided of it then."""

    def __init__(self) -> None:
        super().__init__()
        self.mock = responses.RequestsMock(assert_all_requests_are_fired=False)
        self.mock.start()
        self.fake = FakeAllianz()
        self.fake.serve(self.mock)
        self.keys: list[CoverKey] = []
        self.decided: dict[int, int] = {}

    def teardown(self) -> None:
        self.mock.stop()
        self.mock.reset()

    @rule(amount=st.integers(1, 100_000))
    def request(self, amount: int) -> None:
        buyer = Identifier(BUYER_SCHEME, "NL", str(len(self.keys) + 1))
        asked = replace(REQUEST, buyer=buyer, amount=Decimal(amount))
        self.keys.append(INSURER.request_cover(asked, POLICY, line()).key)

    @precondition(lambda self: self.keys)
    @rule(data=st.data(), amount=st.integers(0, 100_000))
    def decide(self, data: st.DataObject, amount: int) -> None:
        number = data.draw(st.integers(1, len(self.keys)))
        self.fake.decide(number, amount)
        self.decided[number] = amount

    @invariant()
    def each_is_as_it_was_decided(self) -> None:
        for number, key in enumerate(self.keys, 1):
            found = INSURER.read_cover(key, POLICY, line())
            told = self.decided.get(number)
            assert found.amount == (None if told is None else Decimal(told))
            assert found.state == ("pending" if told is None else "granted")


JobLife.TestCase.settings = settings(max_examples=20, stateful_step_count=8, deadline=None)
TestJobLife = JobLife.TestCase
