"""Readings of a payment: which items it may be meant for, and what each would get. Amounts are exact, never rounded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from scoring.matching.facts import (
    Allocation,
    Booking,
    MatchableItem,
    MatchableOrder,
    MoneyIn,
    Proposal,
    Rule,
    WhyProposed,
)

ZERO = Decimal(0)
Group = tuple[MatchableItem, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to settle items of one debtor: allocations and rest are the payment, `gap` is how far it was off."""

    rule: Rule
    debtor_id: UUID
    allocations: tuple[Allocation, ...]
    rest_amount: Decimal
    discounts: tuple[Allocation, ...] = ()
    differences: tuple[Allocation, ...] = ()
    gap: Decimal = ZERO
    prepayments: tuple[Allocation, ...] = ()

    def booking(self) -> Booking:
        """This reading as what is booked."""
        return Booking(
            self.rule,
            self.debtor_id,
            self.allocations,
            self.rest_amount,
            self.discounts,
            self.differences,
            self.prepayments,
        )

    def proposal(self, why: WhyProposed, *, by_name: bool = False) -> Proposal:
        """This reading as something to choose, and why."""
        return Proposal(
            "name" if by_name else self.rule,
            why,
            self.debtor_id,
            self.allocations,
            self.rest_amount,
            self.discounts,
            self.differences,
            self.prepayments,
        )


def in_order(items: Iterable[MatchableItem]) -> Group:
    """The items that have something open, each once, oldest due date first: the same whatever order they came in."""
    found = {item.id: item for item in items if item.open_amount}
    return tuple(sorted(found.values(), key=lambda item: (item.due_on, item.invoiced_on, item.id)))


def of_each_debtor(items: Iterable[MatchableItem]) -> tuple[Group, ...]:
    """The items by debtor, the debtor of the oldest item first."""
    groups: dict[UUID, list[MatchableItem]] = {}
    for item in in_order(items):
        groups.setdefault(item.debtor_id, []).append(item)
    return tuple(tuple(group) for group in groups.values())


def singles_and_totals(items: Iterable[MatchableItem]) -> tuple[Group, ...]:
    """Each item alone, and for each debtor with more than one all of them together."""
    groups = of_each_debtor(items)
    return (*((item,) for group in groups for item in group), *(group for group in groups if len(group) > 1))


def settle_whole(
    rule: Rule, items: Group, money: MoneyIn, tolerance_amount: Decimal, *, discounted: bool = False
) -> Reading | None:
    """All items settled by the payment, credit notes among them used; None when it is further off than the tolerance.

    With `discounted` every discount that is still allowed is taken, and there must be one. Too little within the
    tolerance is written off on the largest item; too much is left as rest.
    """
    discounts = _discounts(items, money.booked_on) if discounted else {}
    owed = {item.id: item.open_amount - discounts.get(item.id, ZERO) for item in items}
    gap = sum(owed.values(), ZERO) - money.amount
    largest = max(items, key=lambda item: owed[item.id]).id
    # Strictly less than the largest item, so that none is written off without any money for it.
    short = max(gap, ZERO)
    if abs(gap) > tolerance_amount or short >= owed[largest] or (discounted and not discounts):
        return None
    owed[largest] -= short
    return Reading(
        "discount" if discounted else rule,
        items[0].debtor_id,
        tuple(Allocation(item.id, owed[item.id]) for item in items),
        rest_amount=max(-gap, ZERO),
        discounts=tuple(Allocation(item_id, amount) for item_id, amount in discounts.items()),
        differences=(Allocation(largest, short),) if short else (),
        gap=abs(gap),
    )


def settle_oldest(rule: Rule, items: Group, money: MoneyIn) -> Reading | None:
    """Invoices settled in order until the payment is used up; None without an invoice among the items."""
    left, allocations = money.amount, []
    for item in items:
        amount = min(left, item.open_amount)
        if amount > 0:
            allocations.append(Allocation(item.id, amount))
            left -= amount
    return Reading(rule, items[0].debtor_id, tuple(allocations), rest_amount=left) if allocations else None


def settle_all_and_more(rule: Rule, items: Group, money: MoneyIn) -> Reading | None:
    """All items settled, credit notes used, and a rest; None when they come to nothing, or to more than was paid."""
    owed_amount = sum((item.open_amount for item in items), ZERO)
    rest = money.amount - owed_amount
    if owed_amount <= 0 or rest <= 0:
        return None
    allocations = tuple(Allocation(item.id, item.open_amount) for item in items)
    return Reading(rule, items[0].debtor_id, allocations, rest_amount=rest)


def prepay(order: MatchableOrder, money: MoneyIn) -> Reading:
    """The payment as a prepayment of an order: as much as it is worth, and the rest stays unallocated."""
    amount = min(money.amount, order.worth_amount)
    prepayments = (Allocation(order.id, amount),)
    return Reading("prepayment", order.debtor_id, (), rest_amount=money.amount - amount, prepayments=prepayments)


def nearest(readings: Iterable[Reading | None]) -> tuple[Reading, ...]:
    """The readings that fit to the cent; when none does, those within the tolerance."""
    fitting = tuple(reading for reading in readings if reading is not None)
    return tuple(reading for reading in fitting if not reading.gap) or fitting


def _discounts(items: Group, booked_on: date) -> dict[UUID, Decimal]:
    """What each item may be lowered by when paid that day; a discount of the whole item or more is none."""
    return {
        item.id: item.discount_amount
        for item in items
        if item.discount_amount is not None
        and item.discount_until is not None
        and booked_on <= item.discount_until
        and ZERO < item.discount_amount < item.open_amount
    }
