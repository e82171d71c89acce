"""What the ledger does in the life of orders: invoices, disputes, credit notes, payments, and money that goes back."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies
from hypothesis.stateful import (
    precondition,
    rule,
)
from sqlalchemy import text

from api.records import debtor_locks, payment_returns
from api.records.payment_returns import Return
from tests.proofs.order_machine import DEBTORS, OrderMachine, euros
from tests.proofs.order_model import ModelOrder
from tests.proofs.order_world import eur

PAYMENT = text("SELECT id FROM payment WHERE payment_reference = :number")
due_days = strategies.sampled_from([0, 8, 400])


class LedgerSteps(OrderMachine):
    """Invoices and money, each step done to the real ones and to the model."""

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
