"""A credit check of an insured seller is bounded by what the insurer carries, and costs one statement more."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from api import check_facts
from api.check_facts import NOTHING_ASKED, Judged, gather, gather_many
from api.records import checks
from api.records.sellers import Seller
from api.wiring import House
from scoring.exchange import Rate
from scoring.facts import InsuranceFacts
from tests.api.acceptance.covering import FULL, REFUSED, WITHDRAWN, Covering
from tests.api.acceptance.insurance import BY_HAND, TERMS, add_paper, add_policy


def checked(client: FlaskClient, number: str) -> dict[str, Any]:
    body = {
        "company": {"country": "NL", "kvk_number": number},
        "requested_limit": {"amount": "50000.00", "currency": "EUR"},
        "purpose": "credit_assessment",
        "relation": "customer",
    }
    answer = client.post("/v1/credit-checks", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json or {})


def codes(answer: dict[str, Any]) -> set[str]:
    return {each["code"] for each in answer["reasons"]}


def test_the_insurers_limit_and_our_own_risk_bound_what_is_given(insured: Covering) -> None:
    debtor_id = insured.debtor(FULL, name="Gouden Gans Groothandel B.V.")
    before = checked(insured.client, FULL)
    assert "cover_not_decided" in codes(before)
    own_risk = Decimal(before["credit_limit"]["amount"]["amount"])
    insured.run(insured.ask(debtor_id, "20000.00"))
    after = checked(insured.client, FULL)
    assert after["binding"] == "insurance"
    assert Decimal(after["credit_limit"]["amount"]["amount"]) == own_risk + 20000
    assert "cover_not_decided" not in codes(after)
    replayed = insured.client.post(f"/v1/decisions/{after['id']}/replay").json
    assert replayed["identical"], replayed


def test_a_refusal_and_a_withdrawal_cap_the_grade(insured: Covering) -> None:
    insured.asked(REFUSED)
    assert "cover_withdrawn" in codes(checked(insured.client, REFUSED))
    insured.asked(WITHDRAWN)
    assert "cover_withdrawn" not in codes(checked(insured.client, WITHDRAWN))
    insured.later(46)
    insured.look()
    assert "cover_withdrawn" in codes(checked(insured.client, WITHDRAWN))


def judged(insured: Covering, debtor_id: UUID) -> tuple[InsuranceFacts | None, int]:
    """Give the facts of insurance, and in how many statements all facts were gathered."""
    with insured.house.sessions.of(insured.seller.id) as session:
        start = checks.start(session, debtor_id)
        assert start is not None
        rules = insured.house.policies.active(session)
        about = Judged(start.debtor, NOTHING_ASKED, rules, [])
        today = insured.house.clock.today(insured.seller)
        with counted(insured.house) as seen:
            one = gather(session, about, today)
        many = gather_many(session, [about, about], rules, today)
        assert many == [one, one]
    return one.insurance, len(seen)


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(house.sessions.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(house.sessions.engine, "before_cursor_execute", note)


def test_insurance_costs_one_statement_and_none_without_a_contract(
    insured: Covering, new_seller: Callable[..., Seller], client_of: Callable[..., FlaskClient]
) -> None:
    debtor_id = insured.debtor(FULL)
    facts, with_contract = judged(insured, debtor_id)
    assert facts == InsuranceFacts(True, None, False)
    other = new_seller()
    bare = Covering(insured.house, other, client_of("finance", seller=other), insured.patch)
    facts, without = judged(bare, bare.debtor(FULL))
    assert facts is None
    assert with_contract == without + 1


@pytest.mark.parametrize(
    ("terms", "more", "values", "expected"),
    [
        ({}, {}, {}, InsuranceFacts(True, None, False)),
        ({"blind_cover_max": "2500.00"}, {}, {}, InsuranceFacts(True, Decimal("2500.00"), False)),
        ({"countries": ["BE"]}, {}, {}, None),
        ({"excludes": ["natural_person"]}, {}, {"is_natural_person": True}, None),
        ({"excludes": ["natural_person"]}, {}, {"is_natural_person": None}, InsuranceFacts(True, None, False)),
        ({}, {"valid_until": "2020-12-31"}, {}, None),
    ],
)
def test_a_contract_bears_on_whom_it_can_cover(
    house: House,
    seller: Seller,
    client_of: Callable[..., FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
    terms: dict[str, Any],
    more: dict[str, Any],
    values: dict[str, Any],
    expected: InsuranceFacts | None,
) -> None:
    bare = Covering(house, seller, client_of("finance", subject="ann@example.com"), monkeypatch)
    add_policy(bare.client, {**BY_HAND, "terms": {**TERMS, **terms}, **more})
    assert judged(bare, bare.debtor(FULL, **values))[0] == expected


def test_cover_in_another_currency_counts_at_the_rate_of_the_day(
    house: House, seller: Seller, client_of: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = Covering(house, seller, client_of("finance", subject="ann@example.com"), monkeypatch)
    bare.policy = add_policy(bare.client, {**BY_HAND, "currency": "ISK"})
    debtor_id = bare.debtor(FULL)
    body = {
        "debtor_id": str(debtor_id),
        "insurance_policy_id": bare.policy["id"],
        "state": "granted",
        "amount": {"amount": "1500000", "currency": "ISK"},
        "document_id": add_paper(bare.client),
    }
    assert bare.client.post("/v1/cover-decisions", json=body).status_code == 201
    # Without a rate nothing is known of it in our currency, and nothing is counted on.
    assert judged(bare, debtor_id)[0] == InsuranceFacts(True, None, False)
    rate = Rate("ISK", Decimal(150), house.clock.today(seller), "test")
    monkeypatch.setattr(check_facts, "rates_on", lambda *_: {"ISK": rate})
    with house.sessions.of(seller.id) as session:
        start = checks.start(session, debtor_id)
        assert start is not None
        about = Judged(start.debtor, NOTHING_ASKED, house.policies.active(session), [])
        facts = gather(session, about, house.clock.today(seller))
    assert facts.insurance == InsuranceFacts(True, Decimal("10000.00"), False)
    assert facts.rates == (rate,)
    assert [(each.what, each.currency) for each in facts.converted] == [("insurer_cover", "ISK")]
