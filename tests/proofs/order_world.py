"""The real thing that a model of orders is held against: a seller's debtors, orders and days, over HTTP."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from api.administration.sellers import add_seller
from api.app import create_app
from api.clock import Clock, real_now
from api.config import Config
from api.records import keys
from api.records.keys import NewKey
from api.records.sessions import Sessions
from tests.api.orders.conftest import Worker
from tests.proofs.book import Book


@dataclass
class World:
    """The real thing: a seller's debtors, orders and days, as the routes show them."""

    sessions: Sessions
    config: Config
    ahead: timedelta = timedelta()
    debtor_ids: dict[str, UUID] = field(default_factory=dict)
    order_ids: list[str] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.clock = Clock(lambda: real_now() + self.ahead)
        self.seller = add_seller(self.sessions, f"Proof {real_now().isoformat()}", "test")
        self.book = Book(self.sessions, self.seller, self.clock)
        with self.sessions.of(self.seller.id) as session:
            self.key = keys.add(session, self.seller, NewKey("integration", "proof"), real_now())
        self.first_day = self.clock.today(self.seller)
        self.start()

    def start(self) -> None:
        """Start the application, as after a restart: nothing is remembered but what is kept."""
        app = create_app(self.config, sessions=self.sessions, clock=self.clock)
        self.client: FlaskClient = app.test_client()
        self.worker = Worker(app.extensions["creditgate"], self.seller)

    def post(self, path: str, body: Any, *statuses: int) -> Any:
        answer = self.client.post(f"/v1/{path}", json=body, headers={"Authorization": f"Bearer {self.key}"})
        assert answer.status_code in (statuses or (201,)), (path, body, answer.text)
        return answer.json

    def get(self, path: str) -> Any:
        answer = self.client.get(f"/v1/{path}", headers={"Authorization": f"Bearer {self.key}"})
        assert answer.status_code == 200, (path, answer.text)
        return answer.json

    def day(self, number: int) -> str:
        return (self.first_day + timedelta(days=number)).isoformat()

    def rest(self) -> None:
        """Let the worker do all that waits for it."""
        while self.worker.judge():
            pass


def eur(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "EUR"}
