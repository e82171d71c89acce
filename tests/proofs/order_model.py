"""A simple model of orders, to hold the real ones against: every euro of an order is a token that stands somewhere.

Written from what orders promise, not from how the stages are computed. Amounts are whole euros, days are numbers.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

HORIZON_DAYS, PREPAY_DAYS, AFTER_DELIVERY_DAYS, WITHOUT_DELIVERY_DAYS = 60, 7, 14, 30
OLDEST_DAYS = {"low": 30, "normal": 14}  # How late an open invoice may be before a person decides.
DELIVERABLE = ("released", "held")
GRACE_DAYS = 5
ACCEPT, FIRST, PREPAY, REFER = "accept", "hold_first_payment", "accept_prepayment", "refer"
HOLDING = ("first_order_open", "first_invoice_open", "first_invoice_overdue")  # The next order waits.


@dataclass(repr=False)
class ModelOrder:
    """`due` has the delivery day of each euro, the earliest first; the first `gone` are delivered, `billed` invoiced.

    `money` is what is bound to it: payment and amount, the first bound first. While it waits it keeps `kept` of room,
    and asks for `required` more. `is_first`: it is its debtor's first on account, by which the next ones wait.
    """

    number: int
    debtor: str
    due: list[int | None]
    state: str = "held"
    gone: int = 0
    billed: int = 0
    money: list[list[int]] = field(default_factory=list)
    kept: int = 0
    required: int = 0
    outcome: str = ACCEPT
    is_first: bool = False
    ends_on: int | None = None

    def __repr__(self) -> str:
        """Tell it in a line, in the stories that Hypothesis tells."""
        done = f"{len(self.due)}, {self.gone} delivered, {self.billed} invoiced"
        first = ", first" if self.is_first else ""
        return f"<{self.number} {self.state}, {self.outcome}{first}: {done}, money {self.money}, keeps {self.kept}>"

    @property
    def bound(self) -> int:
        return sum(amount for _, amount in self.money)

    @property
    def worth(self) -> int:
        """What its invoices may still ask for."""
        whole = max(len(self.due), self.gone) if self.state in DELIVERABLE else self.gone
        return max(0, whole - self.billed)

    @property
    def has_begun(self) -> bool:
        """Whether anything of it went out, or was invoiced."""
        return max(self.gone, self.billed) > 0

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
    """An invoice of an order, or of none; `paid` and `credited` are what settles it: by what, how much, and when."""

    debtor: str
    amount: int
    due: int
    order: int | None = None
    is_disputed: bool = False
    paid: list[list[int]] = field(default_factory=list)
    credited: list[list[int]] = field(default_factory=list)

    @property
    def open(self) -> int:
        return self.amount - sum(each[1] for each in (*self.paid, *self.credited))

    @property
    def settled_on(self) -> int | None:
        """The day of the last payment of it, or where nothing was paid of the last credit note; None: it is open."""
        return None if self.open else max(each[2] for each in self.paid or self.credited)


@dataclass
class Model:
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
        if adds > room:
            required = adds - room if room >= 0 else worth - order.bound
            return PREPAY, max(0, room - tokens["delivered"]), required
        holds = not order.is_first and self.first_payment(order.debtor) in HOLDING
        return FIRST if holds else ACCEPT, 0, 0

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
