"""What the tests of cover send: contracts with insurers, debtors of the sandbox, and papers."""

from typing import Any

from flask.testing import FlaskClient

TERMS: dict[str, Any] = {
    "cover_percentage": "0.9",
    "max_extension_days": 60,
    "max_credit_term_days": 120,
    "notify_after_days": 30,
    "discretionary_limit_max": "15000.00",
    "discretionary_report_months": 12,
    "discretionary_experience_months": 12,
    "discretionary_paid_count": 3,
    "discretionary_paid_days": 30,
}
BY_HAND: dict[str, Any] = {
    "insurer_name": "Example Insurance",
    "policy_number": "P-1",
    "currency": "EUR",
    "valid_from": "2020-01-01",
    "source": "policy schedule, article 4",
    "terms": TERMS,
}
CONNECTED = {
    **BY_HAND,
    "insurer_name": "Atradius",
    "policy_number": "A-1",
    "provider": "atradius",
    "numbers": {"customer_id": "55", "policy_id": "111222"},
}


def add_policy(client: FlaskClient, policy: dict[str, Any] = BY_HAND, **more: Any) -> dict[str, Any]:
    """Add a contract; gives it as it is shown."""
    made = client.post("/v1/insurance-policies", json={**policy, **more})
    assert made.status_code == 201, made.text
    return dict(made.json or {})


def add_paper(client: FlaskClient, text: str = "a paper", type: str = "cover_decision", **told: str) -> str:
    """Send a paper; gives its id."""
    query = {"type": type, "source": "the insurer", "dated_on": "2026-01-05", "file_name": "letter.pdf", **told}
    made = client.post("/v1/documents", query_string=query, data=b"%PDF-1.7 " + text.encode())
    assert made.status_code in (200, 201), made.text
    return str((made.json or {})["id"])
