"""The insurer over its wire: a cover from request to withdrawal, lost answers, and whatever else it may send."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from providers.atradius.client import BUYERS, COVERS, SETTINGS, TOKENS, Atradius
from providers.atradius.mapping import BUYER_SCHEME
from providers.errors import SourceDown, SourceError, SourceRefused
from providers.http import Line
from providers.insurers import (
    STANDING,
    CoverAnswer,
    CoverKey,
    CoverNotFound,
    CoverNotTaken,
    CoverRequest,
    InsurancePolicyKey,
)
from providers.ports import CompanyKey, Identifier
from tests.providers.atradius.fake import FakeAtradius
from tests.providers.mutations import mutated
from tests.providers.wires import line_to, payload

POLICY = InsurancePolicyKey({"customer_id": "55", "policy_id": "111222"}, "EUR")
BUYER = Identifier(BUYER_SCHEME, "NL", "38000001")
REQUEST = CoverRequest(BUYER, Decimal("49500.00"), "EUR", "ours-1", date(2026, 8, 20))
COMPANY = CompanyKey("Voorbeeld Handel BV", "NL", (Identifier("lei", "ZZ", "x"), Identifier("kvk", "NL", "00000018")))
INSURER = Atradius()


def line() -> Line:
    return line_to(SETTINGS, client_id="ann", client_secret="secret-word", app_key="app-key")


@pytest.fixture
def fake(mock: responses.RequestsMock) -> FakeAtradius:
    fake = FakeAtradius()
    fake.serve(mock)
    return fake


def test_a_buyer_is_found_by_the_number_they_know(fake: FakeAtradius) -> None:
    (buyer,) = INSURER.find_buyers(COMPANY, POLICY, line())
    assert (buyer.number, buyer.name) == (BUYER, "VOORBEELD HANDEL B.V.")


@pytest.mark.parametrize(
    ("told", "is_taken"),
    [
        ([{"uid": "00000018", "uidType": "NRN"}], True),
        ([{"uid": "18", "uidType": "NRN"}, {"uid": "9", "uidType": "SN"}], True),
        ([{"uid": "9", "uidType": "SN"}], True),
        ([], True),
        ([{"uid": "00000026", "uidType": "NRN"}], False),
    ],
)
def test_a_buyer_that_tells_another_number_is_not_the_one(
    mock: responses.RequestsMock, fake: FakeAtradius, told: list[dict[str, str]], is_taken: bool
) -> None:
    (buyer,) = payload("atradius/buyers.assembled.json")["data"]
    mock.upsert(responses.GET, SETTINGS.address + BUYERS, json={"data": [{**buyer, "uniqueIdentifiers": told}]})
    assert bool(INSURER.find_buyers(COMPANY, POLICY, line())) is is_taken


def test_a_cover_of_another_buyer_is_not_the_one_asked_for(mock: responses.RequestsMock, fake: FakeAtradius) -> None:
    fake.tells_reference = False
    INSURER.request_cover(REQUEST, POLICY, line())
    for path in (COVERS, f"{COVERS}/applications"):
        mock.upsert(responses.GET, SETTINGS.address + path, json={"data": list(fake.covers.values())})
    assert INSURER.find_request(REQUEST, POLICY, line()) is not None
    other = replace(REQUEST, buyer=replace(BUYER, value="38000002"))
    assert INSURER.find_request(other, POLICY, line()) is None


def test_a_company_they_do_not_know_has_no_buyer(fake: FakeAtradius) -> None:
    other = replace(COMPANY, identifiers=(Identifier("kvk", "NL", "00000026"), Identifier("lei", "ZZ", "x")))
    assert INSURER.find_buyers(other, POLICY, line()) == ()


def test_cover_is_asked_in_whole_thousands_upwards(fake: FakeAtradius) -> None:
    answer = INSURER.request_cover(REQUEST, POLICY, line())
    assert (answer.state, answer.amount, answer.requested_amount) == ("pending", None, Decimal(50000))
    assert fake.seen[0]["creditLimitAmount"] == 50000
    assert fake.seen[0]["customerRefNumber"] == "ours-1"


def test_what_they_do_not_take_is_told_in_their_words_and_not_in_the_message(fake: FakeAtradius) -> None:
    INSURER.request_cover(REQUEST, POLICY, line())
    with pytest.raises(CoverNotTaken) as raised:
        INSURER.request_cover(REQUEST, POLICY, line())
    assert raised.value.faults == (("buyerId", "Credit limit/credit check already exists for this buyer."),)
    assert "already" not in str(raised.value)


@pytest.mark.parametrize("tells_reference", [True, False])
def test_after_a_lost_answer_the_request_is_found_and_not_asked_twice(
    mock: responses.RequestsMock, tells_reference: bool
) -> None:
    fake = FakeAtradius(tells_reference=tells_reference)
    fake.serve(mock)
    assert INSURER.find_request(REQUEST, POLICY, line()) is None
    fake.lose_next = True
    with pytest.raises(SourceDown):
        INSURER.request_cover(REQUEST, POLICY, line())
    found = INSURER.find_request(REQUEST, POLICY, line())
    assert found is not None
    assert found.state == "pending"
    assert len(fake.seen) == 1
    assert INSURER.find_request(replace(REQUEST, our_reference="x", amount=Decimal(9)), POLICY, line()) is None


def test_an_order_that_was_taken_is_pending_when_it_cannot_be_read_back(mock: responses.RequestsMock) -> None:
    mock.post(SETTINGS.address + TOKENS, json=payload("atradius/token.assembled.json"))
    mock.post(SETTINGS.address + COVERS, json=payload("atradius/cover-created.201.assembled.json"), status=201)
    mock.get(SETTINGS.address + COVERS, status=503)
    answer = INSURER.request_cover(REQUEST, POLICY, line())
    assert (answer.state, answer.key) == ("pending", CoverKey("1234567", BUYER))


def test_an_insurance_policy_without_its_numbers_is_refused() -> None:
    with pytest.raises(SourceRefused, match="customer_id and policy_id"):
        INSURER.read_cover(CoverKey("1", BUYER), InsurancePolicyKey({}, "EUR"), line())


def test_a_cover_nobody_has_is_not_found(fake: FakeAtradius) -> None:
    with pytest.raises(CoverNotFound):
        INSURER.read_cover(CoverKey("1", BUYER), POLICY, line())


@pytest.mark.parametrize(("status", "error"), [(401, SourceRefused), (403, SourceRefused), (503, SourceDown)])
def test_a_sign_in_that_fails_tells_no_secret(
    mock: responses.RequestsMock, status: int, error: type[SourceError]
) -> None:
    mock.post(SETTINGS.address + TOKENS, status=status, json={"fault": {"faultstring": "no"}})
    with pytest.raises(error) as raised:
        INSURER.read_cover(CoverKey("1", BUYER), POLICY, line())
    assert "secret-word" not in str(raised.value)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=60)
    | mutated([payload("atradius/covers.assembled.json")]).map(lambda document: json.dumps(document).encode()),
    st.sampled_from([200, 201, 400, 422, 500]),
)
def test_whatever_arrives_is_a_cover_or_an_error_of_ours(body: bytes, status: int) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(SETTINGS.address + TOKENS, json=payload("atradius/token.assembled.json"))
        for path in (COVERS, f"{COVERS}/applications", f"{COVERS}/historic"):
            mock.get(SETTINGS.address + path, body=body)
        mock.post(SETTINGS.address + COVERS, body=body, status=status)
        with suppress(SourceError):
            assert isinstance(INSURER.read_cover(CoverKey("1234567", BUYER), POLICY, line()), CoverAnswer)
        with suppress(SourceError):
            assert isinstance(INSURER.request_cover(REQUEST, POLICY, line()), CoverAnswer)


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=60) | mutated([payload("atradius/token.assembled.json")]).map(lambda d: json.dumps(d).encode())
)
def test_whatever_the_sign_in_gives_is_a_token_or_an_error_of_ours(body: bytes) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(SETTINGS.address + TOKENS, body=body)
        mock.get(SETTINGS.address + COVERS, json=payload("atradius/covers.assembled.json"))
        with suppress(SourceError):
            INSURER.read_cover(CoverKey("1234567", BUYER), POLICY, line())


class CoverLife(RuleBasedStateMachine):
    """A cover's life in any order: what is read is what the underwriter did last, and never more than he covers."""

    def __init__(self) -> None:
        super().__init__()
        self.mock = responses.RequestsMock(assert_all_requests_are_fired=False)
        self.mock.start()
        self.fake = FakeAtradius()
        self.fake.serve(self.mock)
        self.key: CoverKey | None = None
        self.state, self.amount = "none", Decimal(0)

    def teardown(self) -> None:
        self.mock.stop()
        self.mock.reset()

    @precondition(lambda self: self.state in ("none", "cancelled", "ended"))
    @rule(thousands=st.integers(1, 500))
    def request(self, thousands: int) -> None:
        asked = replace(REQUEST, amount=Decimal(thousands * 1000), our_reference=f"ours-{len(self.fake.covers)}")
        self.key = INSURER.request_cover(asked, POLICY, line()).key
        self.state, self.amount = "pending", Decimal(0)

    @precondition(lambda self: self.state == "pending")
    @rule(code=st.sampled_from(["DC01", "DC03", "DC04"]), share=st.integers(1, 3))
    def decide(self, code: str, share: int) -> None:
        number = self.number
        asked = self.fake.covers[number]["creditLimitApplicationAmountInPolicyCurrency"]
        given = {"DC01": asked, "DC03": 0, "DC04": asked // (share + 1)}[code]
        self.fake.decide(number, code, given)
        self.state = {"DC01": "granted", "DC03": "refused", "DC04": "granted_in_part"}[code]
        self.amount = Decimal(given)

    @precondition(lambda self: self.state in STANDING)
    @rule()
    def be_reduced(self) -> None:
        self.fake.decide(self.number, "DC09", int(self.amount) // 2)
        self.state, self.amount = "reduced", Decimal(int(self.amount) // 2)

    @precondition(lambda self: self.state in STANDING)
    @rule()
    def be_withdrawn(self) -> None:
        self.fake.decide(self.number, "DC08", 0)
        self.state, self.amount = "withdrawn", Decimal(0)

    @precondition(lambda self: self.state in STANDING and self.amount >= 2000)
    @rule()
    def ask_for_less(self) -> None:
        assert self.key is not None
        INSURER.change_cover(self.key, replace(REQUEST, amount=Decimal(1000)), POLICY, line())
        self.state, self.amount = "reduced", Decimal(1000)

    @precondition(lambda self: self.state in STANDING)
    @rule()
    def ask_for_more(self) -> None:
        assert self.key is not None
        INSURER.change_cover(self.key, replace(REQUEST, amount=self.amount + 1000), POLICY, line())
        self.state = "pending"

    @precondition(lambda self: self.state in STANDING)
    @rule()
    def give_back(self) -> None:
        assert self.key is not None
        assert INSURER.withdraw_cover(self.key, POLICY, line()).state == "cancelled"
        self.state, self.amount = "cancelled", Decimal(0)

    @precondition(lambda self: self.state in ("refused", "withdrawn"))
    @rule()
    def go_into_the_past(self) -> None:
        self.fake.covers[self.number]["historicCode"] = "ARCH"
        self.state = "ended"

    @property
    def number(self) -> int:
        assert self.key is not None
        return int(self.key.reference)

    @invariant()
    def what_is_read_is_what_was_decided(self) -> None:
        if self.key is None:
            return
        found = INSURER.read_cover(self.key, POLICY, line())
        assert found.state == self.state
        assert found.amount == (None if self.state == "pending" else self.amount)


CoverLife.TestCase.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
TestCoverLife = CoverLife.TestCase
