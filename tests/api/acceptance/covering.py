"""Covers in tests: a seller with a contract at the sandbox's insurer, debtors of known fate, and a clock that moves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from api.acceptance.cover_jobs import look_at_covers_of
from api.clock import Clock
from api.records import debtors
from api.records.identities import OfficialNumber
from api.records.sellers import Seller
from api.wiring import House
from api.worker import run_job
from tests.api.acceptance.insurance import CONNECTED, add_policy

FULL, PART, REFUSED = "90000001", "90000002", "90000003"
PENDING, REDUCED, WITHDRAWN = "90000025", "90000026", "90000027"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Covering:
    """A seller and its insurer, through the API and the worker."""

    house: House
    seller: Seller
    client: FlaskClient
    patch: pytest.MonkeyPatch
    policy: dict[str, Any] = field(default_factory=dict)

    def debtor(self, kvk_number: str | None, name: str = "Buyer B.V.", **values: Any) -> UUID:
        """Add a debtor that is known by a number, or by none."""
        names = [OfficialNumber("kvk", "NL", kvk_number)] if kvk_number else []
        with self.house.sessions.of(self.seller.id) as session:
            told = {"name": name, "country": "NL", **values}
            return debtors.add(session, told, phase="acceptance", names=names, now=NOW).id

    def ask(self, debtor_id: UUID, amount: str = "10000.00", **more: Any) -> dict[str, Any]:
        """Ask for cover, which a job is to do."""
        made = self.client.post("/v1/cover-requests", json=self.request(debtor_id, amount, **more))
        assert made.status_code in (201, 202), made.text
        return dict(made.json or {})

    def request(self, debtor_id: UUID, amount: str = "10000.00", **more: Any) -> dict[str, Any]:
        """Give the body of a request for cover."""
        money = {"amount": amount, "currency": "EUR"}
        return {"debtor_id": str(debtor_id), "insurance_policy_id": self.policy["id"], "amount": money, **more}

    def run(self, request: dict[str, Any], *, is_last: bool = True) -> dict[str, Any]:
        """Run the job of a request; gives the request as it is then."""
        run_job(self.house, self.seller.id, UUID(request["job_id"]), is_last=is_last)
        return self.shown(request)

    def asked(self, kvk_number: str, amount: str = "10000.00") -> tuple[UUID, dict[str, Any]]:
        """Ask for cover of a new debtor and let the job do so."""
        debtor_id = self.debtor(kvk_number)
        return debtor_id, self.run(self.ask(debtor_id, amount))

    def shown(self, request: dict[str, Any]) -> dict[str, Any]:
        """Read a request."""
        return dict(self.client.get(f"/v1/cover-requests/{request['id']}").json or {})

    def covers(self, debtor_id: UUID, as_of: str | None = None) -> dict[str, Any]:
        """Read how a debtor is covered under the contract."""
        query = {"as_of": as_of} if as_of else {}
        answer = self.client.get(f"/v1/debtors/{debtor_id}/covers", query_string=query)
        assert answer.status_code == 200, answer.text
        items = (answer.json or {})["items"]
        return next(dict(each) for each in items if each["insurance_policy_id"] == self.policy["id"])

    def later(self, days: float) -> str:
        """Move the seller's clock to so many days after now; gives the day."""
        real, moved = Clock().now(self.seller) if not hasattr(self, "_real") else self._real, timedelta(days=days)
        self._real = real
        self.patch.setattr(Clock, "now", lambda clock, seller: real + moved)
        return str(self.house.clock.today(self.seller))

    def look(self) -> int:
        """Let the tick look at what is due."""
        return look_at_covers_of(self.house, self.seller)

    def rows(self, sql: str) -> list[Any]:
        """Give the rows of a query in the seller's tables."""
        with self.house.sessions.of(self.seller.id) as session:
            return [tuple(each) for each in session.execute(text(sql))]

    def do(self, sql: str) -> None:
        """Change the seller's tables."""
        with self.house.sessions.of(self.seller.id) as session:
            session.execute(text(sql))

    def alerts(self) -> list[str]:
        """Give the kinds of the open alerts."""
        return [kind for (kind,) in self.rows("SELECT kind FROM alert WHERE ended_at IS NULL ORDER BY kind")]


def covering(
    house: House, seller: Seller, client_of: Callable[..., FlaskClient], patch: pytest.MonkeyPatch
) -> Covering:
    """Give a seller with a contract that no other test has a cover under."""
    made = Covering(house, seller, client_of("finance", subject="ann@example.com"), patch)
    numbers = {"customer_id": "55", "policy_id": str(uuid4().int % 10**9)}
    made.policy = add_policy(made.client, CONNECTED, numbers=numbers)
    return made
