"""What the tests of watching share: a sandbox and a clock of their own, debtors that are followed, and the worker."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from api.app import create_app
from api.clock import Clock, real_now
from api.config import Config
from api.records import jobs
from api.records.applications import AgreedTermsRecord
from api.records.limits import CreditLimitRecord
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.wiring import House
from api.worker import run_job
from providers.catalog import Catalog
from tests.api.conftest import FREE_FOR_ALL, NOWHERE, Client
from tests.api.monitoring.conftest import do_a_minute
from tests.sandbox_control import SandboxControl, serving


class Time:
    """The time of the app under test, which can be moved on."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> Any:
        return real_now() + self.ahead

    def pass_by(self, **more: float) -> None:
        self.ahead += timedelta(**more)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def vendors() -> Iterator[SandboxControl]:
    """A sandbox of the test's own, since whom its sellers have watched is remembered."""
    with serving() as control:
        yield control


@pytest.fixture
def app(config: Config, sessions: Sessions, vendors: SandboxControl, time: Time) -> Flask:
    catalog = Catalog(sandbox_address=vendors.address, addresses=dict.fromkeys(FREE_FOR_ALL, NOWHERE))
    app = create_app(config, sessions=sessions, clock=Clock(time), catalog=catalog)
    app.test_client_class = Client
    return app


@pytest.fixture
def house(app: Flask) -> House:
    house: House = app.extensions["creditgate"]
    return house


@pytest.fixture
def clock(time: Time) -> Clock:
    return Clock(time)


@pytest.fixture
def erp(client_of: Callable[..., FlaskClient]) -> FlaskClient:
    return client_of("integration")


@pytest.fixture
def followed(erp: FlaskClient, sessions: Sessions, seller: Seller, clock: Clock) -> Callable[..., UUID]:
    """Makes a debtor that was accepted: of a KVK number, with a limit and terms."""

    def make(kvk_number: str, phase: str = "monitoring", risk_class: str = "low", **more: Any) -> UUID:
        told = {"name": f"Company {kvk_number}", "country": "NL", "legal_form": "bv", "is_natural_person": False}
        told |= {"kvk_number": kvk_number, **more}
        answer = erp.post("/v1/debtors", json=told)
        assert answer.status_code == 201, answer.text
        debtor_id, today = UUID(answer.json["id"]), clock.today(seller)
        common = {"debtor_id": debtor_id, "known_at": real_now()}
        with sessions.of(seller.id) as session:
            session.execute(text("UPDATE debtor SET phase = :phase WHERE id = :id"), {"phase": phase, "id": debtor_id})
            limit = {"scope": "own", "is_temporary": False, "limit_kind": "amount", "limit_amount": Decimal(50_000)}
            limit |= {"currency": "EUR", "risk_class": risk_class, "valid_from": today, "valid_until": None}
            limit |= {"next_review_on": None, "decided_by": "test", "grounds": "test"}
            session.add(CreditLimitRecord(**limit, decision_id=None, verdict_id=None, **common))
            terms = {"document_sha256": "00", "terms_version": "1", "payment_term_days": 30, "channel": "e-mail"}
            terms |= {"expressly_agreed": False, "accepted_by": "Jan", "accepted_on": today, "recorded_by": "test"}
            session.add(AgreedTermsRecord(**terms, **common))
        return debtor_id

    return make


@pytest.fixture
def run(erp: FlaskClient, house: House, seller: Seller) -> Callable[[], dict[str, Any]]:
    """Asks for a run over HTTP, has the worker do it, and gives its result."""

    def work() -> dict[str, Any]:
        begun = erp.post("/v1/monitoring-runs")
        assert begun.status_code == 202, begun.text
        job_id = begun.json["job_id"]
        run_job(house, seller.id, UUID(job_id), is_last=True)
        job = erp.get(f"/v1/jobs/{job_id}").json
        assert (job["state"], job["errors"]) == ("succeeded", [])
        result: dict[str, Any] = job["result"]
        return result

    return work


@pytest.fixture
def minute(house: House, seller: Seller) -> Callable[[], None]:
    """Does what a worker does in a minute beside a run."""
    return lambda: do_a_minute(house, seller)


@pytest.fixture
def open_alerts(erp: FlaskClient) -> Callable[[], list[tuple[str, str]]]:
    """Gives kind and subject of what is open, in the order in which it was opened."""

    def read() -> list[tuple[str, str]]:
        items = erp.get("/v1/alerts?open=true").json["items"]
        return [(each["kind"], each["subject"]) for each in reversed(items)]

    return read


@pytest.fixture
def job_of(house: House, seller: Seller, clock: Clock) -> Callable[..., UUID]:
    """Puts a job in the queue of nobody, to be run by the test itself."""

    def make(kind: str, **arguments: Any) -> UUID:
        with house.sessions.of(seller.id) as session:
            return jobs.enqueue(session, kind, arguments, clock.now(seller)).id

    return make
