"""What the tests of acceptance share: persons with keys, an application to decide on, an insured seller."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.records.sellers import Seller
from api.wiring import House
from tests.api.acceptance.covering import Covering, covering

GOOD, WEAK, BANKRUPT, LISTED, UNKNOWN = "90000001", "90000003", "90000007", "90000009", "90000099"
WHY = {"purpose": "credit_assessment", "relation": "customer"}


def euro(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


@dataclass(frozen=True)
class Office:
    """The persons of one seller: each a client with a key of his own."""

    sales: FlaskClient
    finance: FlaskClient
    other_finance: FlaskClient
    manager: FlaskClient
    other_manager: FlaskClient
    machine: FlaskClient

    def apply(self, kvk_number: str = GOOD, amount: str = "5000.00", **asked: Any) -> Any:
        """Let sales apply for a limit; gives the application."""
        answer = self.ask(self.sales, kvk_number, amount, **asked)
        assert answer.status_code == 201, answer.text
        return answer.json

    def ask(self, client: FlaskClient, kvk_number: str = GOOD, amount: str = "5000.00", **asked: Any) -> TestResponse:
        """Apply for a limit."""
        company = {"company": {"country": "NL", "kvk_number": kvk_number}}
        return client.post("/v1/applications", json={**company, "requested_limit": euro(amount), **WHY, **asked})

    def decide(self, client: FlaskClient, application_id: str, amount: str | None = None, **said: Any) -> TestResponse:
        """Give a verdict: acceptance with a limit, unless something else is said."""
        limit = {} if amount is None else {"limit": euro(amount)}
        body = {"verdict": "accept", **limit, "grounds": "Known to us for years.", **said}
        return client.post(f"/v1/applications/{application_id}/verdicts", json=body)

    def second(
        self, client: FlaskClient, application_id: str, verdict_id: str, *, approved: bool = True
    ) -> TestResponse:
        """Say something of a verdict that waits."""
        path = f"/v1/applications/{application_id}/verdicts/{verdict_id}/approvals"
        return client.post(path, json={"approved": approved, "grounds": "I see it as she does."})

    def agree(self, application_id: str, client: FlaskClient | None = None, **said: Any) -> TestResponse:
        """Record terms of 30 days, accepted on a portal."""
        body = {
            "document_sha256": "a" * 64,
            "terms_version": "2026-1",
            "accepted_by": "J. de Boer, director",
            "accepted_on": "2026-01-15",
            "channel": "portal",
            "payment_term_days": 30,
            **said,
        }
        return (client or self.sales).post(f"/v1/applications/{application_id}/agreed-terms", json=body)

    def shown(self, application_id: str, client: FlaskClient | None = None) -> Any:
        """Give an application as it is shown."""
        return (client or self.finance).get(f"/v1/applications/{application_id}").json

    def limits(self, debtor_id: str, query: str = "") -> Any:
        """Give a debtor's limits."""
        return self.finance.get(f"/v1/debtors/{debtor_id}/limits{query}").json


@pytest.fixture
def office(client_of: Callable[..., FlaskClient]) -> Office:
    return Office(
        sales=client_of("sales", subject="sam@example.com"),
        finance=client_of("finance", subject="fleur@example.com"),
        other_finance=client_of("finance", subject="frank@example.com"),
        manager=client_of("credit_manager", subject="mia@example.com"),
        other_manager=client_of("credit_manager", subject="max@example.com"),
        machine=client_of("integration"),
    )


@pytest.fixture
def insured(
    house: House, seller: Seller, client_of: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> Covering:
    """A test seller with a contract at the sandbox's insurer."""
    return covering(house, seller, client_of, monkeypatch)
