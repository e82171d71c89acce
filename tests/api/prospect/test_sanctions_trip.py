"""From a check that finds a likeness to one that a person has cleared: HTTP, the real clients, and the sandbox."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

CHECK = {
    "company": {"country": "NL", "kvk_number": "90000010"},
    "order_amount": {"amount": "500.00", "currency": "EUR"},
    "purpose": "credit_assessment",
    "relation": "customer",
}


def checked(client: FlaskClient) -> tuple[Any, set[str]]:
    answer = client.post("/v1/credit-checks", json=CHECK)
    assert answer.status_code == 201, answer.text
    return answer.json, {each["code"] for each in answer.json["reasons"]}


def test_a_likeness_waits_for_a_person_and_is_no_hit_once_he_cleared_it(client_of: Callable[..., FlaskClient]) -> None:
    client = client_of("finance", subject="ann@example.com")
    first, codes = checked(client)
    assert first["outcome"] == "refer"
    assert "sanctions_possible" in codes
    debtor = f"/v1/debtors/{first['debtor_id']}"
    (match,) = client.get(f"{debtor}/sanctions-matches").json["items"]
    move = {"entity_id": match["entity_id"], "reason": "Another country, and other owners."}
    assert client.post(f"{debtor}/sanctions-clearances", json=move).json["hit"] == "none"
    second, codes = checked(client)
    assert second["outcome"] == "accept"
    assert "sanctions_possible" not in codes
    assert "sanctions_cleared" in codes
    told = client.get(f"/v1/decisions/{second['id']}/explanation").json
    assert any("not the debtor" in each["text"] for each in told["reasons"])
    assert client.post(f"{debtor}/sanctions-clearances/withdrawals", json=move).json["hit"] == "possible"
    third, codes = checked(client)
    assert third["outcome"] == "refer"
    assert "sanctions_possible" in codes
    replayed = client.post(f"/v1/decisions/{second['id']}/replay").json
    assert replayed["identical"], replayed
