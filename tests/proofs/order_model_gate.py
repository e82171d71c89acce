"""The gate beside a simple model of orders: what room there is, who goes out, who waits for what and in which turn."""

from collections import Counter
from dataclasses import dataclass, field

from tests.proofs.order_model import (
    ACCEPT,
    AFTER_DELIVERY_DAYS,
    FIRST,
    GRACE_DAYS,
    HOLDING,
    OLDEST_DAYS,
    PREPAY,
    PREPAY_DAYS,
    REFER,
    WITHOUT_DELIVERY_DAYS,
    ModelInvoice,
    ModelOrder,
)


@dataclass
class ModelGate:
    """Debtors with limits of their own and the limit of their group, and all that they ordered, owe and paid."""

    debtors: tuple[str, ...]
    limits: dict[str, int]
    classes: dict[str, str]
    today: int = 0
    orders: list[ModelOrder] = field(default_factory=list)
    invoices: list[ModelInvoice] = field(default_factory=list)
    payments: dict[int, tuple[str, int]] = field(default_factory=dict)
    free: Counter[int] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)  # What of credit notes is not used, by debtor.

    def stages(self, debtor: str) -> dict[str, int]:
        """Give a debtor's exposure by stage, zeros left out."""
        found: Counter[str] = Counter()
        for order in self.orders:
            if order.debtor == debtor:
                found.update(order.stages(self.today))
        found["invoiced"] += sum(each.open for each in self.invoices if each.debtor == debtor)
        found["unallocated"] -= sum(amount for each, amount in self.free.items() if self.payments[each][0] == debtor)
        found["unallocated"] -= self.notes[debtor]
        return {stage: amount for stage, amount in found.items() if amount}

    def exposure(self, debtor: str) -> int:
        """Give what of a debtor counts."""
        return sum(amount for stage, amount in self.stages(debtor).items() if stage != "scheduled")

    def room(self, debtor: str) -> int:
        """Give the least room of a debtor and its group."""
        of_group = self.limits["group"] - sum(map(self.exposure, self.debtors))
        return min(self.limits[debtor] - self.exposure(debtor), of_group)

    # What the gate does --------------------------------------------------------------------------------------------

    def verdict(self, order: ModelOrder, own: int | None = None) -> tuple[str, int, int]:
        """Say what the gate does with an order, what that keeps while it waits, and how much more must be prepaid.

        `own` is what it adds already.
        """
        own = order.counted(self.today) if own is None else own
        tokens, room = order.tokens(self.today), self.room(order.debtor) + own
        adds = tokens["delivered"] + tokens["reserved"]
        worth = max(0, len(order.due) - order.billed)
        if 0 < worth <= order.bound:
            return ACCEPT, 0, 0
        if self.is_late(order.debtor):
            return REFER, 0, 0
        if not order.is_first and self.first_payment(order.debtor) in HOLDING:
            return FIRST, 0, 0
        if adds > room:
            required = adds - room if room >= 0 else worth - order.bound
            return PREPAY, max(0, room - tokens["delivered"]), required
        return ACCEPT, 0, 0

    def is_late(self, debtor: str) -> bool:
        """Whether what is open and not disputed is too old, or too much of it overdue."""
        items = [each for each in self.invoices if each.debtor == debtor and each.open and not each.is_disputed]
        overdue = sum(each.open for each in items if each.due < self.today)
        oldest = max((self.today - each.due for each in items), default=0)
        return oldest > OLDEST_DAYS[self.classes[debtor]] or 10 * overdue > 3 * sum(each.open for each in items)

    def first_payment(self, debtor: str) -> str | None:
        """Say how far the first order on account is, or what was invoiced without one; None: nothing waits for it."""
        if self.classes[debtor] == "low":
            return None
        invoices = [each for each in self.invoices if each.debtor == debtor]
        orders = [each for each in self.orders if each.debtor == debtor]
        first = next((each.number for each in orders if each.is_first), None)
        if first is not None:
            invoices = [each for each in invoices if each.order == first]
        elif any(each.paid and not each.open and not each.is_disputed for each in invoices):
            return None
        else:
            invoices = [each for each in invoices if each.open]
        if not invoices:
            # What left and is covered no more is on account, however it was meant.
            is_out = any(each.stages(self.today)["delivered"] for each in orders)
            return "first_order_open" if first is not None or is_out else "no_order"
        unpaid = [each.due for each in invoices if each.open]
        if unpaid:
            return "first_invoice_overdue" if self.today > min(unpaid) + GRACE_DAYS else "first_invoice_open"
        late = any((each.settled_on or 0) > each.due + GRACE_DAYS for each in invoices)
        return "first_paid_late" if late else "first_paid_on_time"

    def resolve(self, order: ModelOrder) -> None:
        """Do what the gate says of an order."""
        was = order.outcome if order.state == "held" else None
        is_new_debtor = self.first_payment(order.debtor) == "no_order"
        order.outcome, order.kept, order.required = self.verdict(order)
        if order.outcome == ACCEPT:
            order.state = "released"
            order.is_first = order.is_first or (is_new_debtor and bool(order.stages(self.today)))
            days = [day for day in order.due if day is not None]
            last = max([*days, self.today]) + AFTER_DELIVERY_DAYS
            order.ends_on = last if days else self.today + WITHOUT_DELIVERY_DAYS
            return
        order.state = "held"
        if order.outcome != PREPAY:
            order.ends_on, order.is_first = None, order.is_first and order.has_begun
        elif was != PREPAY or order.ends_on is None:
            order.ends_on = self.today + PREPAY_DAYS

    def takes_more(self, order: ModelOrder, own: int | None = None) -> bool:
        """Whether the gate would let it have more than it has."""
        outcome, kept, _ = self.verdict(order, own)
        tokens = order.tokens(self.today)
        would = tokens["delivered"] + (tokens["reserved"] if outcome == ACCEPT else kept)
        return would > (order.counted(self.today) if own is None else own)

    def in_turn(self, order: ModelOrder, own: int | None = None) -> None:
        """Before an order takes room, the older ones of its debtor that wait may; one that does not wait asks last."""
        if not self.takes_more(order, own):
            return
        for older in self.held():
            is_before = order.state != "held" or older.number < order.number
            if older.debtor == order.debtor and is_before and self.takes_more(older):
                self.resolve(older)

    def held(self) -> list[ModelOrder]:
        return [order for order in self.orders if order.state == "held"]

    def settle(self) -> None:
        """Judge all that waits again, oldest first, until nothing gives room back any more."""
        again = True
        while again:
            again = False
            for order in self.held():
                before = order.counted(self.today)
                self.in_turn(order)
                self.resolve(order)
                again = again or order.counted(self.today) < before
