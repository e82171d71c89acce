"""A simple model of orders, to hold the real ones against: every euro of an order is a token that stands somewhere.

Written from what orders promise, not from how the stages are computed. Amounts are whole euros, days are numbers.
"""

from collections import Counter
from dataclasses import dataclass, field

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
