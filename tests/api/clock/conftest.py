"""What the tests of moved clocks share: a seller somewhere in the world, its customers, and what is told when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from api.administration.sellers import add_seller, find_seller
from api.records.applications import AgreedTermsRecord
from api.records.debtors import DebtorRecord
from api.records.holds import HoldRecord
from api.records.limits import CreditLimitRecord
from api.records.sellers import Seller
from api.wiring import House
from api.worker import run_job
from tests.api.acceptance.insurance import add_paper, add_policy
from tests.web_checks import assert_documented

ANN, FAY = "ann@example.com", "fay@example.com"
TOLD = text("SELECT type, data ->> 'kind' AS kind, happened_at FROM event WHERE type LIKE 'alert.%' ORDER BY id")

Happened = tuple[date, str, str]


def euro(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


@dataclass
class Shop:
    """A test seller, its clients, and what it does."""

    app: Flask
    house: House
    seller_name: str
    client_of: Callable[..., FlaskClient]
    _clients: dict[str, FlaskClient] = field(default_factory=dict)

    @property
    def seller(self) -> Seller:
        """The seller as it is now."""
        return find_seller(self.house.sessions, self.seller_name)

    @property
    def today(self) -> date:
        return self.house.clock.today(self.seller)

    def client(self, role: str) -> FlaskClient:
        """A client of a role, that knows the clock as it is now."""
        self.app.extensions["creditgate_edge"].authenticator.forget()
        if role not in self._clients:
            subject = FAY if role == "finance" else None
            self._clients[role] = self.client_of(role, seller=self.seller, subject=subject)
        return self._clients[role]

    def post(self, path: str, body: dict[str, Any], role: str = "integration") -> Any:
        answer = self.client(role).post(f"/v1{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json

    # --- The clock

    def asked(self, role: str = "integration", **wish: Any) -> Any:
        """Ask for a move; gives the job."""
        answer = self.client(role).post("/v1/sandbox/clock", json=wish)
        assert answer.status_code == 202, answer.text
        assert_documented(self.app, "POST", "/v1/sandbox/clock", 202, answer.json)
        return answer.json

    def move(self, **wish: Any) -> dict[str, Any]:
        """Ask for a move, and have a worker do it."""
        job_id = self.asked(**wish)["job_id"]
        run_job(self.house, self.seller.id, UUID(job_id), is_last=True)
        job = self.client("integration").get(f"/v1/jobs/{job_id}").json
        assert (job["state"], job["result"]["failures"]) == ("succeeded", [])
        assert job["progress"]["done"] == job["progress"]["total"]
        return dict(job)

    # --- What is done

    def customer(self, numbers: Mapping[str, Any] | None = None, **limit_days: Any) -> str:
        """A debtor with owners, a limit and terms in writing; one whose numbers are told is watched."""
        named = {"name": f"Bakker {uuid4()}", "country": "NL", "legal_form": "bv", "is_natural_person": False}
        owners = {"account_owner": ANN, "credit_owner": FAY}
        debtor_id = self.post("/debtors", {**named, **owners, **(numbers or {})})["id"]
        common = {"debtor_id": UUID(debtor_id), "known_at": self.house.clock.now(self.seller)}
        given = {"scope": "own", "is_temporary": False, "limit_kind": "amount", "limit_amount": Decimal(10_000)}
        given |= {"currency": "EUR", "risk_class": "low", "valid_from": self.today, "valid_until": None}
        given |= {"next_review_on": None, "decided_by": "test", "grounds": "test", "decision_id": None}
        terms = {"document_sha256": "00", "terms_version": "1", "payment_term_days": 30, "channel": "e-mail"}
        terms |= {"expressly_agreed": False, "accepted_by": "Jan", "accepted_on": self.today, "recorded_by": "test"}
        with self.house.sessions.of(self.seller.id) as session:
            if numbers is not None:
                session.get_one(DebtorRecord, (self.seller.id, UUID(debtor_id))).phase = "monitoring"
            session.add(CreditLimitRecord(**{**given, "verdict_id": None, **limit_days}, **common))
            session.add(AgreedTermsRecord(**terms, **common))
        return str(debtor_id)

    def insured(self, debtor_id: str, extension_days: int) -> None:
        """Cover whose extension period is so long."""
        finance, began = self.client("finance"), str(self.today - timedelta(400))
        stated = {"cover_percentage": "0.9", "max_extension_days": extension_days}
        contract = add_policy(finance, valid_from=began, terms=stated)
        told = {"state": "granted", "amount": euro("50000.00"), "valid_from": began, "decided_on": began}
        named = {"debtor_id": debtor_id, "insurance_policy_id": contract["id"], "document_id": add_paper(finance)}
        self.post("/cover-decisions", {**named, **told}, role="finance")

    def bill(self, debtor_id: str, due_on: date, amount: str = "1000.00", number: str = "I1") -> None:
        days = {"invoiced_on": str(min(self.today, due_on)), "due_on": str(due_on)}
        self.post("/invoices", {"debtor_id": debtor_id, "invoice_number": number, **days, "amount": euro(amount)})

    def pay(self, debtor_id: str, amount: str = "1000.00", number: str = "I1") -> None:
        booked = {"payment_reference": str(uuid4()), "paid_on": str(self.today), "amount": euro(amount)}
        allocations = [{"invoice_number": number, "amount": euro(amount)}]
        self.post("/payments", {"debtor_id": debtor_id, **booked, "allocations": allocations})

    def hold(self, debtor_id: str, ends_on: date) -> None:
        values = {"kind": "account_on_hold", "scope": "own", "grounds": "test", "placed_by": "test"}
        now = self.house.clock.now(self.seller)
        with self.house.sessions.of(self.seller.id) as session:
            session.add(HoldRecord(debtor_id=UUID(debtor_id), placed_at=now, ends_on=ends_on, **values))

    # --- What is told

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.seller.time_zone)).date()

    def told(self, *changes: str) -> list[Happened]:
        """What was told of alerts: on which day of the seller, of which kind, and what happened to it."""
        with self.house.sessions.of(self.seller.id) as session:
            rows = session.execute(TOLD).all()
        found = [(self.day_of(each.happened_at), each.kind, each.type.split(".")[1]) for each in rows]
        return [each for each in found if not changes or each[2] in changes]


@pytest.fixture
def shop(app: Flask, house: House, client_of: Callable[..., FlaskClient]) -> Callable[..., Shop]:
    """Opens a shop: a test seller that begins on a day, somewhere."""

    def make(starts_on: date = date(2026, 1, 5), time_zone: str = "Europe/Amsterdam", mode: str = "test") -> Shop:
        begins = starts_on if mode == "test" else None
        seller = add_seller(house.sessions, f"Shop {uuid4()}", mode, time_zone=time_zone, starts_on=begins)
        return Shop(app, house, seller.name, client_of)

    return make
