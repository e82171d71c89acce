"""Covers of the insurer become states of ours: every code, every gap, and no amount that was not decided."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from providers.atradius.mapping import BUYER_SCHEME, DECISIONS, HISTORIC, buyers, cover, faults
from providers.edifact import REASON_CODES, RESPONSE_CODES
from providers.errors import NotUnderstood
from providers.insurers import OVER, CoverAnswer
from providers.payload import Payload
from providers.ports import Identifier
from tests.providers.mutations import mutated
from tests.providers.wires import payload

BUYER = Identifier(BUYER_SCHEME, "NL", "38000001")
TODAY = date(2026, 8, 20)
STORED = payload("atradius/covers.assembled.json")["data"][0]


def read(**parts: Any) -> CoverAnswer:
    return cover(Payload("atradius", {**STORED, **parts}), BUYER, "EUR", TODAY)


def decided(amount: object) -> dict[str, Any]:
    return {"decisionAmtInPolicyCurrency": amount, "decisionConditions": []}


def test_a_cover_granted_in_part_is_read_whole() -> None:
    found = read()
    assert (found.state, found.amount, found.requested_amount) == ("granted_in_part", Decimal(30000), Decimal(50000))
    assert (found.key.reference, found.currency, found.response_code) == ("1234567", "EUR", "5")
    assert (found.starts_on, found.ends_on) == (date(2026, 8, 20), None)


@pytest.mark.parametrize("code", ["DC01", "DC04", "DC09"])
def test_a_cover_that_begins_later_covers_nothing_yet(code: str) -> None:
    later = read(decisionCode=code, totalDecision=decided("50000"), effectFromDate="2026-08-21")
    assert (later.state, later.amount, later.starts_on) == ("pending", None, date(2026, 8, 21))


@pytest.mark.parametrize(
    ("code", "state", "amount"),
    [
        ("DC01", "granted", "50000"),
        ("DC02", "granted", "50000"),
        ("DC03", "refused", "0"),
        ("DC04", "granted_in_part", "50000"),
        ("DC05", "granted", "50000"),
        ("DC06", "pending", None),
        ("DC07", "pending", None),
        ("DC08", "withdrawn", "0"),
        ("DC09", "reduced", "50000"),
        ("DC10", "granted", "50000"),
        ("DC11", "granted", "50000"),
        ("DC21", "granted", "50000"),
        ("DC22", "reduced", "50000"),
    ],
)
def test_every_decision_has_its_state(code: str, state: str, amount: str | None) -> None:
    found = read(decisionCode=code, totalDecision=decided("50000"))
    assert (found.state, found.amount) == (state, None if amount is None else Decimal(amount))


def test_all_codes_are_in_the_public_lists() -> None:
    assert len(DECISIONS) == 13
    assert {code for _, code, _ in DECISIONS.values()} <= set(RESPONSE_CODES)
    assert {code for *_, code in DECISIONS.values() if code} <= set(REASON_CODES)


@pytest.mark.parametrize("code", HISTORIC)
def test_what_is_in_the_past_covers_nothing(code: str) -> None:
    found = read(historicCode=code)
    assert found.state in OVER
    assert found.amount == 0


@pytest.mark.parametrize(
    "parts",
    [
        {"decisionCode": "DC99"},
        {"historicCode": "XXXX"},
        {"coverStatus": "OTHER"},
        {"totalDecision": None},
        {"totalDecision": decided("-1")},
        {"totalDecision": decided("much")},
        {"coverId": None},
    ],
)
def test_what_is_not_known_is_not_guessed(parts: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstood):
        read(**parts)


def test_a_referred_request_has_no_amount_which_is_not_zero() -> None:
    found = read(coverStatus="REFERRED", decisionCode=None, totalDecision=None)
    assert (found.state, found.amount, found.response_code) == ("pending", None, "6")


@pytest.mark.parametrize(
    ("ends", "state"), [("2026-08-20", "granted_in_part"), ("2026-08-19", "ended"), ("2026-09-30", "granted_in_part")]
)
def test_a_cover_ends_after_its_last_day(ends: str, state: str) -> None:
    assert read(withdrawalDate=ends, effectiveToDate="2027-01-01").state == state


def test_a_time_in_utc_is_of_the_british_day() -> None:
    assert read(effectFromDate="2026-08-19T23:00:00Z").starts_on == date(2026, 8, 20)
    assert read(effectFromDate="2026-01-19T23:00:00Z").starts_on == date(2026, 1, 19)


def test_conditions_are_told_in_their_words() -> None:
    conditions = [{"conditionCode": "C1", "conditionDescription": "Guarantee of the parent"}, {"conditionCode": "C2"}]
    part = {**decided("30000"), "decisionConditions": conditions}
    assert read(totalDecision=part, firstAmtDecision=part).conditions == ("Guarantee of the parent", "C2")


def test_buyers_and_faults_are_read() -> None:
    (buyer,) = buyers(payload("atradius/buyers.assembled.json"), "NL", ("NRN", "00000018"))
    assert (buyer.number, buyer.rating) == (BUYER, Decimal(42))
    ((field, words),) = faults(payload("atradius/error.400.assembled.json"))
    assert field == "creditLimitAmount"
    assert "multiple of 1000" in words


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated([STORED, {**STORED, "decisionCode": "DC01"}, {**STORED, "historicCode": "WCLD"}]))
def test_whatever_arrives_is_a_cover_or_not_understood(raw: object) -> None:
    try:
        found = cover(Payload("atradius", raw), BUYER, "EUR", TODAY)
    except NotUnderstood:
        return
    assert (found.amount is None) == (found.state == "pending")
