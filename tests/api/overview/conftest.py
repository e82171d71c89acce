"""Debtors with limits, terms and orders, as the tests of the overview need them."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from api.clock import real_now
from api.records import documents, insurance_policies, verdicts  # noqa: F401  # Tables that others refer to.
from api.records.applications import AgreedTermsRecord
from api.records.limits import CreditLimitRecord


@pytest.fixture
def erp(client_of):
    return client_of("integration")


@pytest.fixture
def finance(client_of):
    return client_of("finance")


@pytest.fixture
def new_debtor(erp):
    """Makes a debtor: `new_debtor(parent_id=...)` gives its id."""

    def make(**values):
        answer = erp.post("/v1/debtors", json={"name": "Bakkerij", "country": "NL", "legal_form": "bv", **values})
        assert answer.status_code == 201, answer.text
        return UUID(answer.json["id"])

    return make


@pytest.fixture
def grant(sessions, seller, clock):
    """Writes a version of a limit: `grant(debtor_id, "1000.00", scope="group")`."""

    def give(debtor_id, amount, risk_class="low", **more):
        today = clock.today(seller)
        values = {
            "debtor_id": debtor_id,
            "scope": "own",
            "is_temporary": False,
            "limit_kind": "amount" if amount is not None else "none",
            "limit_amount": None if amount is None else Decimal(amount),
            "currency": "EUR",
            "risk_class": risk_class,
            "valid_from": today,
            "valid_until": None,
            "next_review_on": None,
            "decided_by": "fin@example.com",
            "grounds": "Good years.",
            "decision_id": None,
            "verdict_id": None,
            "known_at": real_now(),
            **more,
        }
        with sessions.of(seller.id) as session:
            session.add(CreditLimitRecord(**values))

    return give


@pytest.fixture
def agree(sessions, seller, clock):
    """Writes down that a debtor accepted terms."""

    def give(debtor_id):
        with sessions.of(seller.id) as session:
            session.add(
                AgreedTermsRecord(
                    debtor_id=debtor_id,
                    document_sha256="00",
                    terms_version="2026-1",
                    payment_term_days=30,
                    expressly_agreed=False,
                    accepted_by="Jan",
                    accepted_on=clock.today(seller),
                    channel="e-mail",
                    recorded_by="sales@example.com",
                    known_at=real_now(),
                )
            )

    return give


def order(debtor_id, amount, currency="EUR", **more):
    """An order as it is sent."""
    money = {"amount": amount, "currency": currency}
    return {"debtor_id": str(debtor_id), "order_reference": str(uuid4()), "amount": money, **more}
