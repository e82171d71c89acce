"""A customer goes bankrupt, over the real command, its worker and its sandbox: the run finds it, and orders stop."""

import os
import time
from typing import Any

import pytest
import requests

from tests.trips.running import Running, command, running

pytestmark = pytest.mark.skipif(
    "CREDITGATE_DATABASE_URL" in os.environ, reason="the command's own database is what is tried here"
)
PATIENCE_SECONDS = 60


def ask(first: Running, role: str, method: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {first.keys[role]}"}
    answer = requests.request(method, f"{first.address}/v1{path}", json=body, headers=headers, timeout=30)
    assert answer.status_code < 300, answer.text
    return answer.json()


def monitored(first: Running) -> dict[str, Any]:
    """Begins a run, and gives its result once the worker has done it."""
    job_id = ask(first, "finance", "POST", "/monitoring-runs")["job_id"]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        job = ask(first, "finance", "GET", f"/jobs/{job_id}")
        if job["state"] in ("succeeded", "failed"):
            assert job["state"] == "succeeded", job
            return dict(job["result"])
        time.sleep(0.2)
    pytest.fail(f"the run did not end: {job}")


def order(first: Running, debtor_id: str, reference: str) -> dict[str, Any]:
    asked = {"debtor_id": debtor_id, "order_reference": reference, "amount": {"amount": "500.00", "currency": "EUR"}}
    return dict(ask(first, "integration", "POST", "/orders", asked))


def test_a_watched_customer_that_goes_bankrupt_is_found_and_its_orders_stop(environment: dict[str, str]) -> None:
    with running(environment) as first:
        asked = {
            "company": {"country": "NL", "kvk_number": "90000029"},
            "requested_limit": {"amount": "5000.00", "currency": "EUR"},
            "purpose": "credit_assessment",
            "relation": "customer",
        }
        applied = ask(first, "sales", "POST", "/applications", asked)
        assert applied["state"] == "approved", applied
        debtor_id = applied["debtor_id"]
        assert monitored(first)["watching"]["begun_count"] >= 1
        watches = ask(first, "finance", "GET", f"/watches?debtor_id={debtor_id}")["items"]
        assert {(each["provider"], each["state"]) for each in watches} == {
            ("creditsafe", "watched"),
            ("kvk", "watched"),
        }
        assert "stop_supply" not in [each["code"] for each in order(first, debtor_id, "before")["reasons"]]
        moved = command(environment, "seller", "clock", "--seller", "demo", "--forward", "21")
        assert moved.returncode == 0, moved.stderr
        told: list[dict[str, Any]] = []
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not told and time.monotonic() < deadline:  # A process may know the clock as it was for some seconds.
            monitored(first)
            told = ask(first, "finance", "GET", f"/alerts?kind=insolvency_event&debtor_id={debtor_id}")["items"]
        assert {(each["severity"], each["ended_at"]) for each in told} == {("urgent", None)}
        after = order(first, debtor_id, "after")
        assert after["state"] == "held"
        assert "stop_supply" in [each["code"] for each in after["reasons"]]
