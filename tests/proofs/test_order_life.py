"""The life of orders over HTTP beside a simple model: after every step exposure, room and states are the same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, ClassVar
from uuid import UUID

import pytest
from cryptography.fernet import Fernet
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from api.administration.sellers import add_seller
from api.app import create_app
from api.clock import Clock, real_now
from api.config import Config
from api.records import debtor_locks, keys, payment_returns
from api.records.keys import NewKey
from api.records.payment_returns import Return
from api.records.sessions import Sessions
from tests.api.orders.conftest import Worker
from tests.proofs.book import Book
from tests.proofs.effort import is_long, rounds
from tests.proofs.order_model import Model, ModelInvoice, ModelOrder

DEBTORS = ("first", "second")
PLACED = text("SELECT id, state, outcome, is_first, expires_at FROM sales_order ORDER BY id")
PAYMENT = text("SELECT id FROM payment WHERE payment_reference = :number")
euros = strategies.integers(1, 12)
due_days = strategies.sampled_from([0, 8, 400])


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


class OrderLife(RuleBasedStateMachine):
    """Orders of two debtors of one group, each step done to the real ones and to the model."""

    make_world: ClassVar[Callable[[], World]]

    @initialize(
        own=strategies.tuples(*[strategies.integers(5, 40)] * 2),
        group=strategies.integers(10, 60),
        classes=strategies.tuples(*[strategies.sampled_from(["low", "normal"])] * 2),
    )
    def begin(self, own: tuple[int, int], group: int, classes: tuple[str, str]) -> None:
        self.world = self.make_world()
        book = self.world.book
        top = book.new_debtor()
        self.world.debtor_ids = {name: book.new_debtor(top) for name in DEBTORS} | {"group": top}
        limits = dict(zip(DEBTORS, own, strict=True)) | {"group": group}
        self.model = Model(DEBTORS, limits, dict(zip(DEBTORS, classes, strict=True)))
        for name in limits:
            self.decide(name)
        for name in DEBTORS:
            book.terms(self.world.debtor_ids[name])
        self.invoices: list[tuple[ModelInvoice, dict[str, Any]]] = []

    def decide(self, name: str) -> None:
        """Write a limit as the model has it."""
        scope, risk_class = ("group", "low") if name == "group" else ("own", self.model.classes[name])
        self.world.book.limit(self.world.debtor_ids[name], self.model.limits[name], scope, risk_class)

    # What is chosen from ---------------------------------------------------------------------------------------------

    def some(self, *states: str) -> list[ModelOrder]:
        return [order for order in self.model.orders if order.state in states]

    def unfinished(self) -> list[ModelOrder]:
        orders = self.some("released", "held", "expired")
        return [order for order in orders if max(order.gone, order.billed) < len(order.due)]

    def path(self, order: ModelOrder) -> str:
        return f"orders/{self.world.order_ids[order.number]}"

    # Steps -----------------------------------------------------------------------------------------------------------

    @rule(
        debtor=strategies.sampled_from(DEBTORS),
        amount=euros,
        later=euros,
        days=strategies.sampled_from([None, 0, 5, 70]),
    )
    def place(self, debtor: str, amount: int, later: int, days: int | None) -> None:
        """Place an order: without a day, on a day, or with 5 in two parts of which one is beyond the horizon."""
        world, today = self.world, self.model.today
        body: dict[str, Any] = {
            "debtor_id": str(world.debtor_ids[debtor]),
            "order_reference": f"O{next(world.numbers)}",
        }
        if days == 5:
            due: list[int | None] = [today + 5] * amount + [today + 80] * later
            parts = [(today + 5, amount), (today + 80, later)]
            body["call_offs"] = [{"delivery_on": world.day(day), "amount": eur(part)} for day, part in parts]
        else:
            due = [None if days is None else today + days] * amount
            body["delivery_on"] = None if days is None else world.day(today + days)
        answer = world.post("orders", body | {"amount": eur(len(due))})
        world.order_ids.append(answer["id"])
        self.model.place(debtor, due)

    @rule(debtor=strategies.sampled_from(DEBTORS), amount=euros)
    def place_at_once(self, debtor: str, amount: int) -> None:
        """Place two orders at the same moment: of two first ones only one is the first."""
        world = self.world
        asked = {"debtor_id": str(world.debtor_ids[debtor]), "amount": eur(amount)}
        bodies = [asked | {"order_reference": f"O{next(world.numbers)}"} for _ in range(2)]
        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(lambda body: world.post("orders", body), bodies))
        world.order_ids.extend(sorted(each["id"] for each in answers))
        for _ in answers:
            self.model.place(debtor, [None] * amount)

    @precondition(lambda self: self.some("released", "held"))
    @rule(data=strategies.data(), amount=euros)
    def change(self, data: strategies.DataObject, amount: int) -> None:
        """Change the amount of an order that has one day at most."""
        orders = [each for each in self.some("released", "held") if len(set(each.due)) == 1]
        orders = [each for each in orders if amount != len(each.due) and amount >= max(each.gone, each.billed, 1)]
        if orders:
            order = data.draw(strategies.sampled_from(orders))
            answer = self.world.post(f"{self.path(order)}/changes", {"amount": eur(amount)})
            gave_back = amount < len(order.due)
            assert answer["applied"] == self.model.change(order, amount)
            self.after(gave_back)

    @precondition(lambda self: self.some("released", "held", "expired"))
    @rule(data=strategies.data(), amount=euros)
    def deliver(self, data: strategies.DataObject, amount: int) -> None:
        """Deliver a part, whatever the gate says of it."""
        orders = self.unfinished()
        if orders:
            order = data.draw(strategies.sampled_from(orders))
            amount = min(amount, len(order.due) - order.gone)
            world = self.world
            body = {"delivered_on": world.day(self.model.today), "amount": eur(amount)}
            world.post(f"{self.path(order)}/deliveries", body | {"delivery_reference": f"D{next(world.numbers)}"})
            self.model.deliver(order, amount)

    @precondition(lambda self: self.model.orders)
    @rule(data=strategies.data(), amount=euros, days=due_days)
    def bill(self, data: strategies.DataObject, amount: int, days: int) -> None:
        """Invoice a part of an order: what was delivered, or of a released one before it is."""

        def most(order: ModelOrder) -> int:
            return (len(order.due) if order.state == "released" else order.gone) - order.billed

        orders = [each for each in self.model.orders if most(each) > 0]
        if orders:
            order = data.draw(strategies.sampled_from(orders))
            amount = min(amount, most(order))
            due = self.model.today + days
            body = self.invoiced(order.debtor, amount, due, order_reference=self.reference(order))
            self.invoices.append((self.model.bill(order, amount, due), body))
            self.after(gave_back=True)

    @rule(debtor=strategies.sampled_from(DEBTORS), amount=euros, days=due_days)
    def bill_apart(self, debtor: str, amount: int, days: int) -> None:
        """Invoice something of which the gate knows no order."""
        due = self.model.today + days
        body = self.invoiced(debtor, amount, due)
        self.invoices.append((self.model.bill_apart(debtor, amount, due), body))
        self.after(gave_back=True)

    def invoiced(self, debtor: str, amount: int, due: int, **more: Any) -> dict[str, Any]:
        body = {
            "debtor_id": str(self.world.debtor_ids[debtor]),
            "invoice_number": f"F{next(self.world.numbers)}",
            "invoiced_on": self.world.day(self.model.today),
            "due_on": self.world.day(due),
            "amount": eur(amount),
            **more,
        }
        self.world.post("invoices", body)
        return body

    @precondition(lambda self: any(not invoice.is_disputed for invoice, _ in self.invoices))
    @rule(data=strategies.data())
    def dispute(self, data: strategies.DataObject) -> None:
        """Tell an invoice again, disputed: it counts as exposure, and is not late any more."""
        mine = [each for each in self.invoices if not each[0].is_disputed]
        invoice, body = data.draw(strategies.sampled_from(mine))
        self.world.post("invoices", body | {"disputed": True})
        invoice.is_disputed = True
        self.after(gave_back=True)

    @rule(data=strategies.data(), debtor=strategies.sampled_from(DEBTORS), amount=euros)
    def credit(self, data: strategies.DataObject, debtor: str, amount: int) -> None:
        """Give a credit note: for an invoice that is open, of which a part may be more than is open, or for none."""
        mine = [each for each in self.invoices if each[0].debtor == debtor and each[0].open]
        chosen = data.draw(strategies.sampled_from([None, *mine]))
        named = {} if chosen is None else {"invoice_number": chosen[1]["invoice_number"]}
        body = {
            "debtor_id": str(self.world.debtor_ids[debtor]),
            "credit_note_number": f"C{next(self.world.numbers)}",
            "credited_on": self.world.day(self.model.today),
            "amount": eur(amount),
        }
        self.world.post("credit-notes", body | named)
        self.model.credit(debtor, amount, None if chosen is None else chosen[0])
        self.after(gave_back=True)

    def reference(self, order: ModelOrder) -> str:
        return str(self.world.get(self.path(order))["order_reference"])

    @precondition(lambda self: any(invoice.open for invoice, _ in self.invoices))
    @rule(data=strategies.data(), amount=euros)
    def pay(self, data: strategies.DataObject, amount: int) -> None:
        """Pay an invoice, or a part of it."""
        open_ones = [each for each in self.invoices if each[0].open]
        invoice, body = data.draw(strategies.sampled_from(open_ones))
        amount = min(amount, invoice.open)
        payment = next(self.world.numbers)
        allocation = {"invoice_number": body["invoice_number"], "amount": eur(amount)}
        self.paid(invoice.debtor, payment, amount, allocations=[allocation])
        self.model.pay(invoice.debtor, payment, amount, invoice)
        self.after(gave_back=True)

    @precondition(lambda self: self.some("released", "held"))
    @rule(data=strategies.data(), amount=euros)
    def prepay(self, data: strategies.DataObject, amount: int) -> None:
        """Pay before, too much of it as well."""
        order = data.draw(strategies.sampled_from(self.some("released", "held")))
        payment = next(self.world.numbers)
        self.paid(order.debtor, payment, amount, order_reference=self.reference(order))
        self.model.prepay(order, payment, amount)
        self.after(gave_back=True)

    def paid(self, debtor: str, payment: int, amount: int, **more: Any) -> None:
        body = {
            "debtor_id": str(self.world.debtor_ids[debtor]),
            "payment_reference": f"P{payment}",
            "paid_on": self.world.day(self.model.today),
            "amount": eur(amount),
        }
        self.world.post("payments", body | more, 200, 201)

    @precondition(lambda self: self.model.payments)
    @rule(data=strategies.data(), part=strategies.integers(1, 30))
    def take_back(self, data: strategies.DataObject, part: int) -> None:
        """The bank takes a payment back, or a part of it."""
        payment = data.draw(strategies.sampled_from(sorted(self.model.payments)))
        debtor, whole = self.model.payments[payment]
        amount, world = min(whole, part), self.world
        with world.sessions.of(world.seller.id) as session:
            payment_id = session.execute(PAYMENT, {"number": f"P{payment}"}).scalar_one()
            debtor_locks.lock(session, [world.debtor_ids[debtor]])
            day = world.clock.today(world.seller)
            told = Return(payment_id, f"R{next(world.numbers)}", Decimal(amount), day)
            assert payment_returns.take_back(session, told, world.clock.now(world.seller))
        self.model.take_back(payment, amount)
        if amount == whole:
            del self.model.payments[payment]
            self.model.free.pop(payment, None)
        self.after(gave_back=True)

    @precondition(lambda self: self.some("released", "held", "expired"))
    @rule(data=strategies.data())
    def cancel(self, data: strategies.DataObject) -> None:
        """Cancel what is left of an order."""
        orders = self.unfinished()
        if orders:
            order = data.draw(strategies.sampled_from(orders))
            self.world.post(f"{self.path(order)}/cancellations", {})
            self.model.cancel(order)
            self.after(gave_back=True)

    @rule(name=strategies.sampled_from((*DEBTORS, "group")), amount=strategies.integers(0, 60))
    def limit(self, name: str, amount: int) -> None:
        """Decide another limit."""
        self.model.limits[name] = amount
        self.decide(name)
        self.after(gave_back=True)

    @rule(days=strategies.integers(1, 20))
    def pass_days(self, days: int) -> None:
        """Let days pass, and the worker do what a minute brings."""
        self.world.ahead += timedelta(days=days)
        self.world.worker.tick()
        self.model.pass_days(days)
        self.model.settle()

    @rule()
    def restart(self) -> None:
        """Start the process anew."""
        self.world.start()

    def after(self, gave_back: bool) -> None:
        """Let held orders be judged where something may have cured them."""
        self.world.rest()
        if gave_back:
            self.model.settle()

    # What must hold --------------------------------------------------------------------------------------------------

    @invariant()
    def states_are_those_of_the_model(self) -> None:
        world = self.world
        with world.sessions.of(world.seller.id) as session:
            rows = session.execute(PLACED).all()
        assert [str(row.id) for row in rows] == world.order_ids
        assert [row.state for row in rows] == [order.state for order in self.model.orders]
        assert [row.is_first for row in rows] == [order.is_first for order in self.model.orders]
        waiting = [row.outcome for row in rows if row.state == "held"]
        assert waiting == [order.outcome for order in self.model.held()]
        ends = [None if order.ends_on is None else world.day(order.ends_on + 1) for order in self.model.orders]
        assert [self.over_on(row.expires_at) for row in rows] == ends

    def over_on(self, moment: datetime | None) -> str | None:
        """Give the day of the seller that begins when a reservation ends."""
        if moment is None:
            return None
        ahead: date = (moment + timedelta(hours=3)).date()
        return ahead.isoformat()

    @invariant()
    def exposure_is_that_of_the_model(self) -> None:
        for name in DEBTORS:
            assert self.world.book.stages(self.world.debtor_ids[name]) == self.model.stages(name), name

    @invariant()
    def the_room_that_is_told_is_that_of_the_model(self) -> None:
        name = DEBTORS[len(self.model.orders) % 2]
        asked = {"debtor_id": str(self.world.debtor_ids[name]), "order_reference": "never", "amount": eur(1)}
        answer = self.world.post("orders/preview", asked, 200)
        assert Decimal(answer["headroom"]["amount"]) == self.model.room(name), name

    @invariant()
    def the_first_payment_is_that_of_the_model(self) -> None:
        for name in DEBTORS:
            told = self.world.get(f"debtors/{self.world.debtor_ids[name]}")["first_payment"]
            assert (None if told is None else told["state"]) == self.model.first_payment(name), name

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.book.require_sound()


@pytest.fixture
def machine(sessions: Sessions, variables: dict[str, str]) -> type[OrderLife]:
    """Gives the machine, with a world of its own for each story."""
    config = Config(
        database_url=variables["CREDITGATE_DATABASE_URL"],
        secret_keys=(Fernet.generate_key().decode(),),
        requests_per_minute=1_000_000,
    )
    OrderLife.make_world = staticmethod(lambda: World(sessions, config))
    return OrderLife


@pytest.mark.slow
def test_the_life_of_orders_is_that_of_the_model(machine: type[OrderLife]) -> None:
    bounds = {"deadline": None, "stateful_step_count": 30, "suppress_health_check": list(HealthCheck)}
    for _ in rounds():
        if is_long():
            run_state_machine_as_test(machine, settings=settings(max_examples=60, **bounds))
        else:
            run_state_machine_as_test(machine, settings=settings(max_examples=6, **bounds))
