"""The life of orders over HTTP beside a simple model: after every step exposure, room and states are the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import (
    precondition,
    rule,
    run_state_machine_as_test,
)

from api.config import Config
from api.records.sessions import Sessions
from tests.proofs.effort import is_long, rounds
from tests.proofs.order_ledger_steps import LedgerSteps
from tests.proofs.order_machine import DEBTORS, euros
from tests.proofs.order_world import World, eur


class OrderLife(LedgerSteps):
    """Orders, limits and days, each step done to the real ones and to the model."""

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
