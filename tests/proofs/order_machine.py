"""What is compared after every step of the life of orders: states, exposure, room and the first payment."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from hypothesis import strategies
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
)
from sqlalchemy import text

from tests.proofs.order_model import ModelInvoice, ModelOrder
from tests.proofs.order_model_life import Model
from tests.proofs.order_world import World, eur

DEBTORS = ("first", "second")
PLACED = text("SELECT id, state, outcome, is_first, expires_at FROM sales_order ORDER BY id")
euros = strategies.integers(1, 12)


class OrderMachine(RuleBasedStateMachine):
    """Orders of two debtors of one group, real and in the model; the steps are those of the classes below it."""

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

    def some(self, *states: str) -> list[ModelOrder]:
        return [order for order in self.model.orders if order.state in states]

    def unfinished(self) -> list[ModelOrder]:
        orders = self.some("released", "held", "expired")
        return [order for order in orders if max(order.gone, order.billed) < len(order.due)]

    def path(self, order: ModelOrder) -> str:
        return f"orders/{self.world.order_ids[order.number]}"

    def reference(self, order: ModelOrder) -> str:
        return str(self.world.get(self.path(order))["order_reference"])

    def after(self, gave_back: bool) -> None:
        """Let held orders be judged where something may have cured them."""
        self.world.rest()
        if gave_back:
            self.model.settle()

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
