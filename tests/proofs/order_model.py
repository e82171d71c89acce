"""A simple model of orders, to hold the real ones against: every euro of an order is a token that stands somewhere.

Written from what orders promise, not from how the stages are computed. Amounts are whole euros, days are numbers.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

HORIZON_DAYS, PREPAY_DAYS, AFTER_DELIVERY_DAYS, WITHOUT_DELIVERY_DAYS = 60, 7, 14, 30
DELIVERABLE = ("released", "held")


@dataclass(repr=False)
class ModelOrder:
    """`due` has the delivery day of each euro, the earliest first; the first `gone` are delivered, `billed` invoiced.

    `money` is what is bound to it: payment and amount, the first bound first. While it waits it keeps `kept` of room.
    """

    number: int
    debtor: str
    due: list[int | None]
    state: str = "held"
    gone: int = 0
    billed: int = 0
    money: list[list[int]] = field(default_factory=list)
    kept: int = 0
    ends_on: int | None = None

    def __repr__(self) -> str:
        """Tell it in a line, in the stories that Hypothesis tells."""
        done = f"{len(self.due)}, {self.gone} delivered, {self.billed} invoiced"
        return f"<{self.number} {self.state}: {done}, money {self.money}, keeps {self.kept}>"

    @property
    def bound(self) -> int:
        return sum(amount for _, amount in self.money)

    @property
    def worth(self) -> int:
        """What its invoices may still ask for."""
        whole = max(len(self.due), self.gone) if self.state in DELIVERABLE else self.gone
        return max(0, whole - self.billed)

    def tokens(self, today: int) -> Counter[str]:
        """Count the euros that are not invoiced by where they stand; money that is bound covers the first ones."""
        found: Counter[str] = Counter()
        covered = self.bound
        for place in range(self.billed, max(len(self.due), self.gone)):
            if covered:
                covered -= 1
                found["covered"] += 1
            elif place < self.gone:
                found["delivered"] += 1
            elif (day := self.due[place]) is not None and day > today + HORIZON_DAYS:
                found["scheduled"] += 1
            else:
                found["reserved"] += 1
        return found

    def stages(self, today: int) -> Counter[str]:
        """Give what it adds to exposure."""
        tokens = self.tokens(today)
        found = Counter({"delivered": tokens["delivered"]})
        if self.state == "released":
            found.update(reserved=tokens["reserved"], scheduled=tokens["scheduled"])
        elif self.state == "held":
            found.update(reserved=self.kept)
        return +found

    def counted(self, today: int) -> int:
        stages = self.stages(today)
        return stages["reserved"] + stages["delivered"]


@dataclass
class ModelInvoice:
    """An invoice of an order; `paid` is which payment settles how much of it."""

    debtor: str
    amount: int
    paid: list[list[int]] = field(default_factory=list)

    @property
    def open(self) -> int:
        return self.amount - sum(amount for _, amount in self.paid)


@dataclass
class Model:
    """Debtors with limits of their own and the limit of their group, and all that they ordered, owe and paid."""

    debtors: tuple[str, ...]
    limits: dict[str, int]
    today: int = 0
    orders: list[ModelOrder] = field(default_factory=list)
    invoices: list[ModelInvoice] = field(default_factory=list)
    payments: dict[int, tuple[str, int]] = field(default_factory=dict)
    free: Counter[int] = field(default_factory=Counter)

    def stages(self, debtor: str) -> dict[str, int]:
        """Give a debtor's exposure by stage, zeros left out."""
        found: Counter[str] = Counter()
        for order in self.orders:
            if order.debtor == debtor:
                found.update(order.stages(self.today))
        found["invoiced"] += sum(each.open for each in self.invoices if each.debtor == debtor)
        found["unallocated"] -= sum(amount for each, amount in self.free.items() if self.payments[each][0] == debtor)
        return {stage: amount for stage, amount in found.items() if amount}

    def exposure(self, debtor: str) -> int:
        """Give what of a debtor counts."""
        return sum(amount for stage, amount in self.stages(debtor).items() if stage != "scheduled")

    def room(self, debtor: str) -> int:
        """Give the least room of a debtor and its group."""
        of_group = self.limits["group"] - sum(map(self.exposure, self.debtors))
        return min(self.limits[debtor] - self.exposure(debtor), of_group)

    # What the gate does --------------------------------------------------------------------------------------------

    def verdict(self, order: ModelOrder, own: int | None = None) -> tuple[str, int]:
        """Say whether an order goes out, and what it keeps where it does not; `own` is what it adds already."""
        own = order.counted(self.today) if own is None else own
        tokens, room = order.tokens(self.today), self.room(order.debtor) + own
        adds = tokens["delivered"] + tokens["reserved"]
        is_prepaid = 0 < max(0, len(order.due) - order.billed) <= order.bound
        if is_prepaid or adds <= room:
            return "released", 0
        return "held", max(0, room - tokens["delivered"])

    def resolve(self, order: ModelOrder) -> None:
        """Do what the gate says of an order."""
        was = order.state
        order.state, order.kept = self.verdict(order)
        if order.state == "released":
            days = [day for day in order.due if day is not None]
            last = max([*days, self.today]) + AFTER_DELIVERY_DAYS
            order.ends_on = last if days else self.today + WITHOUT_DELIVERY_DAYS
        elif was != "held" or order.ends_on is None:
            order.ends_on = self.today + PREPAY_DAYS

    def takes_more(self, order: ModelOrder, own: int | None = None) -> bool:
        """Whether the gate would let it have more than it has."""
        state, kept = self.verdict(order, own)
        tokens = order.tokens(self.today)
        would = tokens["delivered"] + (tokens["reserved"] if state == "released" else kept)
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

    # What happens to orders ----------------------------------------------------------------------------------------

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
        if self.verdict(wanted, own)[0] == "held":
            return False
        order.due = wanted.due
        self.resolve(order)
        return True

    def deliver(self, order: ModelOrder, amount: int) -> None:
        """Deliver a part; a waiting order delivers first what it keeps."""
        before = order.tokens(self.today)["delivered"]
        order.gone += amount
        if order.state == "held":
            order.kept = max(0, order.kept - (order.tokens(self.today)["delivered"] - before))
        if order.state == "released" and max(order.gone, order.billed) >= len(order.due):
            order.ends_on = None

    def bill(self, order: ModelOrder, amount: int) -> ModelInvoice:
        """Invoice a part; money that is bound to the order settles it."""
        invoice = ModelInvoice(order.debtor, amount)
        left = amount
        for piece in order.money:
            used = min(left, piece[1])
            if used:
                invoice.paid.append([piece[0], used])
                piece[1] -= used
                left -= used
        order.money = [piece for piece in order.money if piece[1]]
        order.billed += amount
        self.invoices.append(invoice)
        self.complete(order)
        self.let_go(order)
        return invoice

    def complete(self, order: ModelOrder) -> None:
        """An order of which all is invoiced is over."""
        if order.state in (*DELIVERABLE, "expired") and order.billed >= max(len(order.due), order.gone):
            order.state, order.kept, order.ends_on = "completed", 0, None

    def pay(self, debtor: str, payment: int, amount: int, invoice: ModelInvoice) -> None:
        """Pay an invoice, or a part of it."""
        self.payments[payment] = (debtor, amount)
        invoice.paid.append([payment, amount])

    def prepay(self, order: ModelOrder, payment: int, amount: int) -> None:
        """Pay before: bound to the order as far as it is worth that, the rest is free."""
        self.payments[payment] = (order.debtor, amount)
        part = min(amount, order.worth - order.bound)
        if part > 0:
            order.money.append([payment, part])
        self.free[payment] = amount - max(0, part)

    def take_back(self, payment: int) -> None:
        """The bank takes a whole payment back: what it covered is not covered, what it settled is open again."""
        for order in self.orders:
            reserved = order.stages(self.today)["reserved"]
            before = order.stages(self.today)["reserved"] + order.stages(self.today)["scheduled"]
            order.money = [piece for piece in order.money if piece[0] != payment]
            after = order.stages(self.today)
            if order.state == "released" and after["reserved"] + after["scheduled"] > before:
                order.state, order.kept, order.ends_on = "held", reserved, self.today + PREPAY_DAYS
        for invoice in self.invoices:
            invoice.paid = [piece for piece in invoice.paid if piece[0] != payment]
        self.free[payment] = 0

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
        order.state, order.kept, order.ends_on = state, 0, None
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
