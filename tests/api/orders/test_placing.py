"""Orders placed over HTTP: released within the limit, held beyond it, and never twice."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from api.clock import real_now
from api.records import documents, insurance_policies, orders, verdicts  # noqa: F401  # Tables that others refer to.
from api.records.applications import AgreedTermsRecord
from api.records.limits import CreditLimitRecord
from api.records.reports import ReportRecord
from tests.web_checks import assert_documented, assert_problem


@pytest.fixture
def erp(client_of):
    return client_of("integration")


@pytest.fixture
def debtor_id(erp):
    answer = erp.post("/v1/debtors", json={"name": "Bakkerij", "country": "NL", "legal_form": "bv"})
    return UUID(answer.json["id"])


@pytest.fixture
def limited(sessions, seller, clock, debtor_id):
    """Gives the debtor a limit, and terms in writing."""

    def give(amount, risk_class="low", **more):
        today = clock.today(seller)
        with sessions.of(seller.id) as session:
            session.add(
                CreditLimitRecord(
                    **{
                        "debtor_id": debtor_id,
                        "scope": "own",
                        "is_temporary": False,
                        "limit_kind": "amount",
                        "limit_amount": Decimal(amount),
                        "currency": "EUR",
                        "risk_class": risk_class,
                        "valid_from": today,
                        "valid_until": None,
                        "next_review_on": None,
                        "decided_by": "test",
                        "grounds": "test",
                        "decision_id": None,
                        "verdict_id": None,
                        "known_at": real_now(),
                        **more,
                    }
                )
            )
            session.add(
                AgreedTermsRecord(
                    debtor_id=debtor_id,
                    document_sha256="00",
                    terms_version="1",
                    payment_term_days=30,
                    expressly_agreed=False,
                    accepted_by="Jan",
                    accepted_on=today,
                    channel="e-mail",
                    recorded_by="test",
                    known_at=real_now(),
                )
            )

    return give


def order(debtor_id, amount, reference=None, **more):
    money = {"amount": amount, "currency": "EUR"}
    return {"debtor_id": str(debtor_id), "order_reference": reference or str(uuid4()), "amount": money, **more}


def test_an_order_within_the_limit_is_released_and_reserved(app, erp, debtor_id, limited):
    limited("1000.00")
    answer = erp.post("/v1/orders", json=order(debtor_id, "400.00"))
    assert answer.status_code == 201, answer.text
    assert (answer.json["state"], answer.json["outcome"], answer.json["reasons"]) == ("released", "accept", [])
    assert answer.json["reservation"]["amount"] == {"amount": "400.00", "currency": "EUR"}
    assert answer.json["exposure_after"]["amount"] == "400.00"
    assert_documented(app, "POST", "/v1/orders", 201, answer.json)
    shown = erp.get(f"/v1/orders/{answer.json['id']}")
    assert shown.json == answer.json


def test_the_order_beyond_the_limit_is_held_for_the_exact_excess(erp, debtor_id, limited):
    limited("1000.00")
    erp.post("/v1/orders", json=order(debtor_id, "700.00"))
    answer = erp.post("/v1/orders", json=order(debtor_id, "400.00"))
    assert (answer.json["state"], answer.json["outcome"]) == ("held", "accept_prepayment")
    assert answer.json["prepayment_required"]["amount"] == "100.00"
    assert answer.json["reservation"]["amount"]["amount"] == "300.00"
    assert [each["code"] for each in answer.json["reasons"]] == ["limit_exceeded"]


def test_what_a_waiting_order_keeps_never_counts_parts_beyond_the_horizon(erp, seller, clock, debtor_id, limited):
    limited("1000.00")
    near, far = clock.today(seller), clock.today(seller) + timedelta(days=90)
    parts = [
        {"delivery_on": day.isoformat(), "amount": {"amount": "1500.00", "currency": "EUR"}} for day in (near, far)
    ]
    answer = erp.post("/v1/orders", json=order(debtor_id, "3000.00", call_offs=parts))
    assert answer.json["prepayment_required"]["amount"] == "500.00"
    assert answer.json["reservation"]["amount"]["amount"] == "1000.00"


def test_without_a_limit_all_is_prepaid(erp, debtor_id):
    answer = erp.post("/v1/orders", json=order(debtor_id, "400.00"))
    assert (answer.json["state"], answer.json["outcome"]) == ("held", "accept_prepayment")
    assert answer.json["prepayment_required"]["amount"] == "400.00"
    assert answer.json["reservation"] is None
    assert [each["code"] for each in answer.json["reasons"]] == ["limit_missing_or_expired", "terms_not_agreed"]


def test_the_same_reference_is_one_order(app, erp, debtor_id, limited):
    limited("1000.00")
    asked = order(debtor_id, "400.00", "A1")
    first, again = erp.post("/v1/orders", json=asked), erp.post("/v1/orders", json=asked)
    assert (again.status_code, again.json) == (200, first.json)
    other = erp.post("/v1/orders", json=order(debtor_id, "401.00", "A1"))
    assert_problem(app, other, 409, "reference_taken")


def test_a_preview_has_no_effect(app, erp, debtor_id, limited):
    limited("1000.00")
    for _ in range(2):
        answer = erp.post("/v1/orders/preview", json=order(debtor_id, "900.00"))
        assert (answer.status_code, answer.json["state"]) == (200, "released"), answer.text
        assert_documented(app, "POST", "/v1/orders/preview", 200, answer.json)


def test_a_second_order_of_a_new_debtor_waits_for_the_first(erp, debtor_id, limited):
    limited("1000.00", "normal")
    first = erp.post("/v1/orders", json=order(debtor_id, "100.00"))
    second = erp.post("/v1/orders", json=order(debtor_id, "100.00"))
    assert (first.json["state"], first.json["is_first_order"]) == ("released", True)
    assert (second.json["state"], second.json["outcome"]) == ("held", "hold_first_payment")
    assert second.json["reservation"] is None


@pytest.mark.parametrize(("ended_on", "outcome"), [(None, "refer"), ("2020-06-30", "accept")])
def test_a_debtor_whose_grandparent_is_insolvent_waits_for_a_person(
    erp, sessions, seller, clock, debtor_id, limited, ended_on, outcome
):
    limited("1000.00")
    above = [UUID(erp.post("/v1/debtors", json={"name": name, "country": "NL"}).json["id"]) for name in ("A", "B")]
    event = {"code": "bankruptcy", "occurred_on": "2020-01-31", "ended_on": ended_on}
    with sessions.of(seller.id) as session:
        for child, parent in ((debtor_id, above[0]), (above[0], above[1])):
            session.execute(
                text("UPDATE debtor SET parent_id = :parent WHERE id = :id"), {"id": child, "parent": parent}
            )
        session.add(
            ReportRecord(
                debtor_id=above[1],
                kind="credit_bureau",
                provider="creditsafe",
                retrieved_at=clock.now(seller),
                raw={},
                facts={"events": [event]},
                purpose="credit_assessment",
                relation="customer",
            )
        )
    answer = erp.post("/v1/orders", json=order(debtor_id, "100.00"))
    assert answer.json["outcome"] == outcome, answer.text
    assert ("parent_insolvent" in {each["code"] for each in answer.json["reasons"]}) == (outcome == "refer")
