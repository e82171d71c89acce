"""What the tests of the orders room share: a clock to move on, a debtor with a limit, and the worker's turn."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from uuid import UUID, uuid4

import orjson
import pytest
from sqlalchemy import select, text

from api.app import create_app
from api.clock import Clock, real_now
from api.events.bodies import bodies_of, judgements_of
from api.orders import ticks
from api.orders.rejudging import judge_held_orders
from api.records import documents, insurance_policies, ledger_drift, orders, verdicts  # noqa: F401  # Tables that others refer to.
from api.records.applications import AgreedTermsRecord
from api.records.events import EventRecord
from api.records.holds import HoldRecord
from api.records.limits import CreditLimitRecord
from api.wiring import answer_bytes
from api.worker import HANDLERS  # noqa: F401  # The worker can be imported beside the app.
from providers.catalog import Catalog
from tests.api.conftest import FREE_FOR_ALL, NOWHERE, Client
from tests.web_checks import assert_documented

TODO = text(
    "SELECT id, args ->> 'debtor_id' AS debtor_id FROM queue.procrastinate_jobs"
    " WHERE task_name = 'creditgate.judge_held_orders' AND status = 'todo' AND args ->> 'seller_id' = :seller_id"
    " ORDER BY id"
)


class Time:
    """The time of the app under test, which can be moved on."""

    def __init__(self):
        self.ahead = timedelta()

    def __call__(self):
        return real_now() + self.ahead

    def pass_by(self, **more):
        self.ahead += timedelta(**more)


@pytest.fixture(scope="session")
def the_time():
    return Time()


@pytest.fixture(scope="session")
def app(config, sessions, sandbox, the_time):
    catalog = Catalog(sandbox_address=sandbox.address, addresses=dict.fromkeys(FREE_FOR_ALL, NOWHERE))
    app = create_app(config, sessions=sessions, clock=Clock(the_time), catalog=catalog)
    app.test_client_class = Client
    return app


@pytest.fixture(scope="session")
def house(app):
    """The house of this app: what others made before, with a clock of their own, would be taken without it."""
    return app.extensions["creditgate"]


@pytest.fixture
def time(the_time):
    the_time.ahead = timedelta()
    yield the_time
    the_time.ahead = timedelta()


@pytest.fixture
def clock(the_time):
    return Clock(the_time)


@pytest.fixture
def today(clock, seller):
    return lambda: clock.today(seller)


@pytest.fixture
def erp(client_of, time):
    return client_of("integration")


@pytest.fixture
def new_debtor(erp):
    def make(**more):
        answer = erp.post("/v1/debtors", json={"name": "Bakkerij", "country": "NL", "legal_form": "bv", **more})
        assert answer.status_code == 201, answer.text
        return UUID(answer.json["id"])

    return make


@pytest.fixture
def debtor_id(new_debtor):
    return new_debtor()


@pytest.fixture
def limited(sessions, seller, clock, debtor_id):
    """Gives a debtor a limit, and terms in writing."""

    def give(amount, risk_class="low", whom=None, **more):
        whom, today = whom or debtor_id, clock.today(seller)
        limit = {
            "debtor_id": whom,
            "scope": "own",
            "is_temporary": False,
            "limit_kind": "amount",
            "limit_amount": None if amount is None else Decimal(amount),
            "currency": "EUR",
            "risk_class": risk_class,
            "valid_from": today,
            "valid_until": None,
            "next_review_on": None,
            "decided_by": "test",
            "grounds": "test",
            "decision_id": None,
            "verdict_id": None,
            "known_at": real_now(),
            **more,
        }
        terms = {
            "debtor_id": whom,
            "document_sha256": "00",
            "terms_version": "1",
            "payment_term_days": 30,
            "expressly_agreed": False,
            "accepted_by": "Jan",
            "accepted_on": today,
            "channel": "e-mail",
            "recorded_by": "test",
            "known_at": real_now(),
        }
        with sessions.of(seller.id) as session:
            session.add(CreditLimitRecord(**limit))
            session.add(AgreedTermsRecord(**terms))

    return give


@pytest.fixture
def held(sessions, seller, clock, debtor_id):
    """Puts a debtor on hold; gives what ends it."""

    def place(kind="account_on_hold", whom=None, **more):
        hold_id = uuid4()
        values = {"debtor_id": whom or debtor_id, "kind": kind, "scope": "own", "grounds": "test", "placed_by": "test"}
        with sessions.of(seller.id) as session:
            session.add(HoldRecord(id=hold_id, placed_at=clock.now(seller), **{**values, **more}))

        def end():
            with sessions.of(seller.id) as session:
                session.get(HoldRecord, (seller.id, hold_id)).ended_at = clock.now(seller)

        return end

    return place


@pytest.fixture
def order(debtor_id):
    """Writes an order as it is sent."""

    def write(amount, reference=None, whom=None, currency="EUR", **more):
        asked = {"debtor_id": str(whom or debtor_id), "order_reference": reference or str(uuid4()), **more}
        return {**asked, "amount": {"amount": amount, "currency": currency}}

    return write


@pytest.fixture
def placed(erp, order):
    """Places an order and gives the answer."""

    def place(amount, **more):
        answer = erp.post("/v1/orders", json=order(amount, **more))
        assert answer.status_code == 201, answer.text
        return answer.json

    return place


@pytest.fixture
def shown(erp):
    """Shows an order as it is now."""
    return lambda given: erp.get(f"/v1/orders/{given['id']}").json


@pytest.fixture
def told(erp, sessions, seller):
    """Gives the types of all that was told of an order, in their order; what was told last is how it is shown now."""

    def of(given):
        query = select(EventRecord).where(EventRecord.data["order_id"].astext == given["id"])
        with sessions.of(seller.id) as session:
            events = session.scalars(query.order_by(EventRecord.sequence)).all()
            judgements = judgements_of(session, events)
        last = [each for each in events if each.snapshot and "order" in each.snapshot][-1]
        body, shown = bodies_of(last, seller, judgements)["order"], erp.get(f"/v1/orders/{given['id']}")
        # That it was judged again with the same answer, or marked to be checked, is told by nothing.
        if all(str(body[name]) == str(shown.json[name]) for name in ("version", "check_due")):
            assert orjson.loads(answer_bytes(body)) | {"judged_at": shown.json["judged_at"]} == shown.json
        return [each.type for each in events]

    return of


@pytest.fixture
def exposure(erp, debtor_id):
    """Gives what counts as exposure of a debtor, by stage."""

    def of(whom=None):
        answer = erp.get(f"/v1/debtors/{whom or debtor_id}/exposure").json
        return {each["stage"]: each["amount"]["amount"] for each in answer["stages"]}

    return of


class Worker:
    """The worker's part of this seller, done at once instead of by another process."""

    def __init__(self, house, seller):
        self.house, self.seller = house, seller

    def judge(self):
        """Do the jobs that judge held orders again; gives how many there were."""
        with self.house.sessions.of(self.seller.id) as session:
            jobs = session.execute(TODO, {"seller_id": str(self.seller.id)}).all()
            ids = [each.id for each in jobs]
            session.execute(text("DELETE FROM queue.procrastinate_jobs WHERE id = ANY(:ids)"), {"ids": ids})
        for each in jobs:
            judge_held_orders(self.house, self.seller, UUID(each.debtor_id))
        return len(jobs)

    def tick(self):
        """Do what a minute brings, and what follows from it."""
        ticks.let_time_pass_of(self.house, self.seller)
        ticks.judge_held_of_new_day(self.house, self.seller)
        while self.judge():
            pass


@pytest.fixture
def worker(house, seller):
    return Worker(house, seller)


# --- The ledger ------------------------------------------------------------------------------------------------------


def eur(amount):
    return {"amount": amount, "currency": "EUR"}


@pytest.fixture
def finance(client_of, time):
    return client_of("finance", subject="finance@example.com")


@pytest.fixture
def bill(app, erp, debtor_id, today):
    def send(amount, reference=None, currency="EUR", **more):
        day = today().isoformat()
        sent = {
            "invoice_number": str(uuid4()),
            "invoiced_on": day,
            "due_on": day,
            "amount": {"amount": amount, "currency": currency},
            **more,
        }
        if "debtor_id" not in sent:
            sent["debtor_id"] = str(debtor_id)
        answer = erp.post("/v1/invoices", json=sent | ({"order_reference": reference} if reference else {}))
        assert answer.status_code in (200, 201), answer.text
        assert_documented(app, "POST", "/v1/invoices", answer.status_code, answer.json)
        return answer.json

    return send


@pytest.fixture
def pay(app, erp, debtor_id, today):
    def send(amount, reference=None, currency="EUR", **more):
        sent = {
            "payment_reference": str(uuid4()),
            "paid_on": today().isoformat(),
            "amount": {"amount": amount, "currency": currency},
            **more,
        }
        named = {"order_reference": reference} if reference else {}
        answer = erp.post("/v1/payments", json={"debtor_id": str(debtor_id), **named, **sent})
        assert answer.status_code in (200, 201), answer.text
        assert_documented(app, "POST", "/v1/payments", answer.status_code, answer.json)
        return answer.json

    return send


@pytest.fixture
def sound(sessions, seller):
    """Nothing derived may differ from what it is derived from."""
    yield
    with sessions.of(seller.id) as session:
        assert ledger_drift.every(session) == []


# --- At once ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_once():
    """Does things at the same moment, each in a thread of its own; gives what each gave."""

    def do(*things):
        ready = Barrier(len(things))

        def one(thing):
            ready.wait()
            return thing()

        with ThreadPoolExecutor(len(things)) as threads:
            return list(threads.map(one, things))

    return do


@pytest.fixture
def sums(sessions, seller):
    """What orders say that they add to exposure, beside what the ledger of exposure says."""

    def read():
        with sessions.of(seller.id) as session:
            orders = session.scalar(text("SELECT sum(reserved_amount + to_invoice_amount) FROM sales_order"))
            balance = session.scalar(text("SELECT sum(amount) FROM exposure_balance WHERE stage <> 'scheduled'"))
            entries = session.scalar(text("SELECT sum(amount) FROM exposure_entry WHERE stage <> 'scheduled'"))
        assert orders == balance == entries
        return orders

    return read


@pytest.fixture
def post(client_of):
    """A POST by a client of its own, to be done later."""

    def later(path, body):
        client = client_of("integration")
        return lambda: client.post(path, json=body)

    return later
