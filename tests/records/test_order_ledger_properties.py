"""Whatever happens to orders in whatever order, a debtor owes what a simple book beside the ledger says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.examples import examples
from tests.records.order_ledger import OrderLedger

ZERO = Decimal(0)
some = settings(max_examples=examples(15, 40))


@dataclass
class BookedOrder:
    """An order in the simple book; `required` is what it waits for since money of it went back."""

    amount: Decimal
    row: Any
    delivered: Decimal = ZERO
    invoiced: Decimal = ZERO
    required: Decimal = ZERO
    bound: dict[int, Decimal] = field(default_factory=dict)

    @property
    def prepaid(self) -> Decimal:
        return sum(self.bound.values(), ZERO)

    @property
    def still_to_invoice(self) -> Decimal:
        return max(ZERO, max(self.amount, self.delivered) - self.invoiced)

    @property
    def gone(self) -> Decimal:
        """What was delivered, is not invoiced and not covered."""
        return max(ZERO, self.delivered - self.invoiced - self.prepaid)

    @property
    def owes(self) -> Decimal:
        return max(self.gone, self.still_to_invoice - self.prepaid - self.required)

    @property
    def is_over(self) -> bool:
        return self.invoiced > 0 and not self.still_to_invoice


@dataclass
class Book:
    """The same steps, reckoned with by hand: what is open, what is free of the money, and what orders add."""

    ledger: OrderLedger
    orders: list[BookedOrder] = field(default_factory=list)
    open: list[Decimal] = field(default_factory=list)  # Of invoices.
    free: dict[int, Decimal] = field(default_factory=dict)  # Of payments.
    allocated: dict[int, list[list[Any]]] = field(default_factory=dict)
    payment_ids: dict[int, Any] = field(default_factory=dict)

    @property
    def exposure(self) -> Decimal:
        of_orders = sum((each.owes for each in self.orders), ZERO)
        return of_orders + sum(self.open, ZERO) - sum(self.free.values(), ZERO)

    def place(self, amount: Decimal) -> None:
        reference = f"{self.ledger.debtor_id}-{len(self.orders)}"
        self.orders.append(BookedOrder(amount, self.ledger.order(str(amount), reference)))

    def deliver(self, place: int, amount: Decimal) -> None:
        order = self.orders[place % len(self.orders)]
        if not order.required:  # What waits is not delivered here.
            self.ledger.deliver(order.row, str(amount))
            order.delivered += amount

    def bill(self, place: int, amount: Decimal) -> None:
        order = self.orders[place % len(self.orders)]
        self.ledger.bill(str(amount), order.row.order_reference)
        order.invoiced += amount
        left = amount
        for key in list(order.bound):
            part = min(order.bound[key], left)
            left -= part
            self._lose(order, key, part)
            if part:
                self.allocated[key].append([len(self.open), part])
        self.open.append(left)
        excess = order.prepaid - order.still_to_invoice
        for key in reversed(list(order.bound)):
            part = min(order.bound[key], max(excess, ZERO))
            excess -= part
            self._lose(order, key, part)
            self.free[key] += part
        order.required = min(order.required, max(ZERO, order.still_to_invoice - order.prepaid))

    def pay(self, place: int, amount: Decimal, named: bool) -> None:
        order, key = self.orders[place % len(self.orders)], len(self.payment_ids)
        told = self.ledger.pay(str(amount), order.row.order_reference if named else None)
        self.payment_ids[key], self.allocated[key] = told.id, []
        part = min(amount, max(ZERO, order.still_to_invoice - order.prepaid)) if named and not order.is_over else ZERO
        self.free[key] = amount - part
        if part:
            order.bound[key] = part
            order.required = max(ZERO, order.required - part)

    def give_back(self, place: int, amount: Decimal) -> None:
        if not self.payment_ids:
            return
        key = place % len(self.payment_ids)
        bound = sum((each.bound.get(key, ZERO) for each in self.orders), ZERO)
        left = self.free[key] + bound + sum((part for _, part in self.allocated[key]), ZERO)
        amount = min(amount, left)
        if not amount:
            return
        self.ledger.take_back(self.payment_ids[key], str(amount))
        part = min(self.free[key], amount)
        self.free[key] -= part
        amount -= part
        for order in self.orders:
            part = min(order.bound.get(key, ZERO), amount)
            amount -= part
            self._take(order, key, part)
        for each in reversed(self.allocated[key]):
            part = min(each[1], amount)
            amount -= part
            each[1] -= part
            self.open[each[0]] += part

    def _take(self, order: BookedOrder, key: int, amount: Decimal) -> None:
        if not amount:
            return
        before, gone = order.still_to_invoice - order.prepaid, order.gone
        self._lose(order, key, amount)
        missing = max(ZERO, order.still_to_invoice - order.prepaid) - max(ZERO, before) - (order.gone - gone)
        if order.required:
            order.required = min(order.required + amount, max(ZERO, order.still_to_invoice - order.prepaid))
        elif not order.is_over:
            order.required = missing

    @staticmethod
    def _lose(order: BookedOrder, key: int, amount: Decimal) -> None:
        order.bound[key] -= amount
        if not order.bound[key]:
            del order.bound[key]


Step = Callable[[Book], None]
amounts = st.integers(1, 2_000).map(lambda cents: Decimal(cents).scaleb(-1).quantize(Decimal("0.01")))
places = st.integers(0, 5)


def _step(name: str, *given: Any) -> Step:
    return lambda book: getattr(book, name)(*given)


# Money that prepays and goes back again is what is easily counted twice, so it comes often.
steps = st.one_of(
    st.builds(lambda amount: _step("place", amount), amounts),
    st.builds(lambda place, amount: _step("deliver", place, amount), places, amounts),
    st.builds(lambda place, amount: _step("bill", place, amount), places, amounts),
    st.builds(lambda place, amount: _step("pay", place, amount, True), places, amounts),
    st.builds(lambda place, amount, named: _step("pay", place, amount, named), places, amounts, st.booleans()),
    st.builds(lambda place, amount: _step("give_back", place, amount), places, amounts),
    st.builds(lambda place, amount: _step("give_back", place, amount), places, amounts),
)


@pytest.fixture(scope="module")
def make_book(sessions: Sessions, new_seller: Callable[..., Seller]) -> Callable[[], Book]:
    """Makes a book of a debtor of its own, of whom nothing is known."""
    seller, numbers = new_seller(), count(1)
    return lambda: Book(OrderLedger(sessions, seller, numbers=numbers))


@some
@given(first=amounts, told=st.lists(steps, min_size=6, max_size=14))
def test_a_debtor_owes_what_a_simple_book_says(make_book, first, told):
    book = make_book()
    book.place(first)
    for step in told:
        step(book)
        assert book.ledger.exposure == book.exposure
    assert sorted(book.ledger.open().values()) == sorted(book.open)
    assert book.ledger.stages().get("unallocated", ZERO) == -sum(book.free.values(), ZERO)
    book.ledger.sound()


@some
@given(
    amount=amounts,
    delivered=st.decimals(0, 1, places=2),
    prepaid=st.decimals(0, 1, places=2),
    shares=st.lists(st.decimals("0.01", 1, places=2), min_size=1, max_size=3),
)
def test_an_invoice_of_a_released_order_leaves_exposure_as_it_was_to_the_cent(
    make_book, amount, delivered, prepaid, shares
):
    ledger = make_book().ledger
    reference = str(ledger.debtor_id)
    order = ledger.order(str(amount), reference)
    left = amount
    for what, share in ((ledger.deliver, delivered), (ledger.pay, prepaid)):
        if part := (amount * share).quantize(Decimal("0.01")):
            what(*((order, str(part)) if what == ledger.deliver else (str(part), reference)))
    for share in shares:
        part = (left * share).quantize(Decimal("0.01"))
        if not part:
            break
        before = ledger.exposure
        ledger.bill(str(part), reference)
        assert ledger.exposure == before
        left -= part
    ledger.sound()
