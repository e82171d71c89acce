"""What happens to orders in a simple model of them: placed, changed, delivered, billed, paid, taken back, over."""

from dataclasses import dataclass, replace

from tests.proofs.order_model import (
    ACCEPT,
    AFTER_DELIVERY_DAYS,
    DELIVERABLE,
    PREPAY,
    PREPAY_DAYS,
    WITHOUT_DELIVERY_DAYS,
    ModelInvoice,
    ModelOrder,
)
from tests.proofs.order_model_gate import ModelGate


@dataclass
class Model(ModelGate):
    """What happens to orders, invoices and money of debtors of one group, and what their gate makes of it."""

    def place(self, debtor: str, due: list[int | None]) -> ModelOrder:
        """Place an order."""
        order = ModelOrder(len(self.orders), debtor, due, state="new")
        self.in_turn(order)
        self.resolve(order)
        self.orders.append(order)
        return order

    def change(self, order: ModelOrder, amount: int) -> bool:
        """Change the amount of an order without call-offs; says whether it was applied."""
        due, is_less = order.due, amount < len(order.due)
        order.due = [due[0]] * amount
        if order.state == "released" and is_less:
            self.let_go(order)
            days = [day for day in order.due if day is not None]
            last = max([*days, self.today]) + AFTER_DELIVERY_DAYS if days else self.today + WITHOUT_DELIVERY_DAYS
            order.ends_on = None if order.ends_on is None else min(last, order.ends_on)
            self.complete(order)
            if order.gone >= amount:
                order.ends_on = None
            return True
        if order.state == "held":
            self.let_go(order)
            self.in_turn(order)
            self.resolve(order)
            return True
        # What it adds already stays as it is while it is asked whether more fits.
        wanted, order.due = replace(order), due
        own = order.counted(self.today)
        self.in_turn(wanted, own)
        if self.verdict(wanted, own)[0] != ACCEPT:
            return False
        order.due = wanted.due
        self.resolve(order)
        return True

    def deliver(self, order: ModelOrder, amount: int) -> None:
        """Deliver a part; a waiting order delivers first what it keeps."""
        before = order.tokens(self.today)["delivered"]
        is_new_debtor = self.first_payment(order.debtor) == "no_order"
        order.gone += amount
        order.is_first = order.is_first or (is_new_debtor and order.tokens(self.today)["delivered"] > 0)
        if order.state == "held":
            order.kept = max(0, order.kept - (order.tokens(self.today)["delivered"] - before))
        if order.state == "released" and max(order.gone, order.billed) >= len(order.due):
            order.ends_on = None

    def bill(self, order: ModelOrder, amount: int, due: int) -> ModelInvoice:
        """Invoice a part; money that is bound to the order settles it."""
        invoice = ModelInvoice(order.debtor, amount, due, order.number)
        left = amount
        for piece in order.money:
            used = min(left, piece[1])
            if used:
                invoice.paid.append([piece[0], used, self.today])
                piece[1] -= used
                left -= used
        order.money = [piece for piece in order.money if piece[1]]
        order.billed += amount
        self.invoices.append(invoice)
        self.complete(order)
        self.let_go(order)
        self.trim(order)
        return invoice

    def bill_apart(self, debtor: str, amount: int, due: int) -> ModelInvoice:
        """Invoice what no order of ours tells of."""
        self.invoices.append(ModelInvoice(debtor, amount, due))
        return self.invoices[-1]

    def credit(self, debtor: str, amount: int, invoice: ModelInvoice | None) -> None:
        """Give a credit note for an invoice, or for none: what is more than open of it is to be used later."""
        part = 0 if invoice is None else min(amount, invoice.open)
        if invoice is not None:
            invoice.credited.append([0, part, self.today])
        self.notes[debtor] += amount - part

    def trim(self, order: ModelOrder) -> None:
        """A waiting order asks for no more than it is worth, and keeps no more than it will need."""
        if order.state == "held" and order.outcome == PREPAY:
            order.required = min(order.required, order.worth - order.bound)
            rest = len(order.due) - order.billed - order.bound - order.required
            order.kept = max(0, min(order.kept, rest - order.tokens(self.today)["delivered"]))

    def complete(self, order: ModelOrder) -> None:
        """An order of which all is invoiced is over."""
        if order.state in (*DELIVERABLE, "expired") and order.billed >= max(len(order.due), order.gone):
            order.state, order.kept, order.required, order.ends_on = "completed", 0, 0, None

    def pay(self, debtor: str, payment: int, amount: int, invoice: ModelInvoice) -> None:
        """Pay an invoice, or a part of it."""
        self.payments[payment] = (debtor, amount)
        invoice.paid.append([payment, amount, self.today])

    def prepay(self, order: ModelOrder, payment: int, amount: int) -> None:
        """Pay before: bound to the order as far as it is worth that, the rest is free."""
        self.payments[payment] = (order.debtor, amount)
        part = max(0, min(amount, order.worth - order.bound))
        self.free[payment] = amount - part
        if part:
            order.money.append([payment, part])
            order.required = max(0, order.required - part)
            if order.state == "held" and not order.required and order.ends_on is not None:
                order.ends_on = max(order.ends_on, self.today + PREPAY_DAYS)
            self.trim(order)

    def take_back(self, payment: int, amount: int) -> None:
        """The bank takes money back: first what is free, then what covers an order, then what settled last."""
        debtor, whole = self.payments[payment]
        self.payments[payment] = (debtor, whole - amount)
        left = amount - min(amount, self.free[payment])
        self.free[payment] -= amount - left
        for order in self.orders:
            left -= self._uncover(order, payment, left)
        for invoice in reversed(self.invoices):
            for piece in invoice.paid:
                if piece[0] == payment:
                    part = min(left, piece[1])
                    piece[1] -= part
                    left -= part
            invoice.paid = [piece for piece in invoice.paid if piece[1]]

    def _uncover(self, order: ModelOrder, payment: int, most: int) -> int:
        """Take money from an order, which waits again where something undelivered was covered by it; gives how much."""
        before = order.stages(self.today)
        taken = 0
        for piece in order.money:
            if piece[0] == payment:
                part = min(piece[1], most - taken)
                piece[1] -= part
                taken += part
        order.money = [piece for piece in order.money if piece[1]]
        after = order.stages(self.today)
        missing = after["reserved"] + after["scheduled"] - before["reserved"] - before["scheduled"]
        if order.state == "released" and missing > 0:
            order.state, order.outcome, order.kept, order.required = "held", PREPAY, before["reserved"], missing
            order.ends_on = self.today + PREPAY_DAYS
        elif taken and order.state == "held" and order.outcome == PREPAY:
            order.required += taken
        self.trim(order)
        return taken

    def cancel(self, order: ModelOrder) -> None:
        """Cancel what is not delivered."""
        self._end(order, "cancelled")

    def pass_days(self, days: int) -> None:
        """Let days pass: what was reserved until before today ends."""
        self.today += days
        for order in self.orders:
            if order.state in DELIVERABLE and order.ends_on is not None and order.ends_on < self.today:
                self._end(order, "expired")

    def _end(self, order: ModelOrder, state: str) -> None:
        order.state, order.kept, order.required, order.ends_on = state, 0, 0, None
        order.is_first = order.is_first and order.has_begun
        self.let_go(order)

    def let_go(self, order: ModelOrder) -> None:
        """Free money that an order does not need, what was bound last first."""
        excess = order.bound - order.worth
        while excess > 0:
            payment, amount = order.money[-1]
            part = min(excess, amount)
            order.money[-1][1] -= part
            self.free[payment] += part
            excess -= part
            if not order.money[-1][1]:
                order.money.pop()
