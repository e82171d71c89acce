"""The insurer's extension period bears on orders: past it nothing more is covered, so a person decides."""

from datetime import timedelta
from hashlib import sha256

import pytest

from tests.api.acceptance.insurance import add_paper, add_policy


@pytest.fixture
def insured(client_of, debtor_id, today):
    """Gives the debtor cover under a contract with an extension period."""

    def give(extension_days):
        finance = client_of("finance", subject="fin@example.com")
        began = (today() - timedelta(days=400)).isoformat()
        terms = {"cover_percentage": "0.9", "max_extension_days": extension_days}
        contract = add_policy(finance, valid_from=began, terms=terms)
        decided = finance.post(
            "/v1/cover-decisions",
            json={
                "debtor_id": str(debtor_id),
                "insurance_policy_id": contract["id"],
                "state": "granted",
                "amount": {"amount": "50000.00", "currency": "EUR"},
                "valid_from": began,
                "decided_on": began,
                "document_id": add_paper(finance),
            },
        )
        assert decided.status_code == 201, decided.text

    return give


@pytest.mark.parametrize(("overdue_days", "stops"), [(60, False), (61, True)])
def test_an_order_waits_for_a_person_once_cover_has_stopped(
    erp, debtor_id, limited, insured, placed, today, overdue_days, stops
):
    insured(60)
    limited("50000.00")
    due_on = today() - timedelta(days=overdue_days)
    invoice = {
        "debtor_id": str(debtor_id),
        "invoice_number": sha256(due_on.isoformat().encode()).hexdigest()[:10],
        "invoiced_on": (due_on - timedelta(days=30)).isoformat(),
        "due_on": due_on.isoformat(),
        "amount": {"amount": "100.00", "currency": "EUR"},
    }
    assert erp.post("/v1/invoices", json=invoice).status_code == 201
    answer = placed("10.00")
    assert ("cover_stopped" in [each["code"] for each in answer["reasons"]]) == stops
    assert answer["state"] == "held"
