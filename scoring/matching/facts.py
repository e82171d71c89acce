"""What matching is given and what it answers: money that came in, open items, a booking or proposals."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

# "none" books nothing: the debtor is certain and has nothing open.
Rule = Literal["prepayment", "reference", "collection", "number", "numbers", "account", "discount", "none"]
WhyProposed = Literal[
    "several_fit",  # Two or more readings of the payment are as good as each other.
    "reference_shared",  # The structured reference stands on more than one open item.
    "collection_differs",  # The items of our collection do not add up to what came in.
    "number_amount_differs",  # An invoice is named, but the amount is another.
    "amount_fits",  # The amount fits, but something else about the payment points elsewhere.
    "oldest_first",  # Nothing points to an item; the debtor's oldest come first.
    "name_alike",  # Only the name points to the debtor.
    "order_amount_differs",  # An order is named, but it is worth less.
]


@dataclass(frozen=True, slots=True)
class MoneyIn:
    """One payment on our account; texts are as the bank gives them, None where it gives none."""

    amount: Decimal
    currency: str
    booked_on: date
    structured_reference: str | None = None
    end_to_end_id: str | None = None
    remittance_text: str = ""
    counterparty_account: str | None = None
    counterparty_name: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is no money in."""
        if self.amount <= 0:
            raise ValueError(f"{self.amount} is no money that came in")


@dataclass(frozen=True, slots=True)
class MatchableItem:
    """An open invoice, or a credit note when `open_amount` is negative; amounts in the payment's currency.

    `discount_amount` is what may be taken off by whoever pays on `discount_until` at the latest.
    """

    id: UUID
    debtor_id: UUID
    number: str | None
    remittance_reference: str | None
    collection_reference: str | None
    invoiced_on: date
    due_on: date
    open_amount: Decimal
    discount_amount: Decimal | None = None
    discount_until: date | None = None


@dataclass(frozen=True, slots=True)
class MatchableOrder:
    """An order that money may prepay, up to `worth_amount`: what is neither prepaid nor invoiced of it.

    `required_amount` is what it waits for, None where it waits for no money. Amounts are in the payment's currency.
    """

    id: UUID
    debtor_id: UUID
    order_reference: str
    prepayment_reference: str | None
    worth_amount: Decimal
    required_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NameCandidate:
    """A debtor whose name is like the payer's, from 0 to 1, and its open items."""

    debtor_id: UUID
    similarity: Decimal
    items: tuple[MatchableItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidates:
    """Open items in the payment's currency, by what points to them. The order within each means nothing.

    `by_account` holds all open items of `account_debtor_ids`, the debtors known to pay from the counterparty's account.
    `by_order` are orders by what a prepayment of them quotes.
    """

    by_reference: tuple[MatchableItem, ...] = ()
    by_collection: tuple[MatchableItem, ...] = ()
    by_number: tuple[MatchableItem, ...] = ()
    by_account: tuple[MatchableItem, ...] = ()
    account_debtor_ids: frozenset[UUID] = frozenset()
    by_name: tuple[NameCandidate, ...] = ()
    by_order: tuple[MatchableOrder, ...] = ()


@dataclass(frozen=True, slots=True)
class Allocation:
    """How much of something goes to an item; below zero where a credit note is used."""

    item_id: UUID
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Booking:
    """What to book: allocations and `rest_amount`, which stays unallocated, together are the payment.

    `discounts` are granted and `differences` written off on top of that: both lower what is open without money. With
    `prepayments` the money is bound to orders instead.
    """

    rule: Rule
    debtor_id: UUID
    allocations: tuple[Allocation, ...]
    rest_amount: Decimal
    discounts: tuple[Allocation, ...] = ()
    differences: tuple[Allocation, ...] = ()
    prepayments: tuple[Allocation, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way to book a payment that a person may choose, by what pointed to it, and why it was not simply booked."""

    rule: Rule | Literal["name"]
    why: WhyProposed
    debtor_id: UUID
    allocations: tuple[Allocation, ...]
    rest_amount: Decimal
    discounts: tuple[Allocation, ...] = ()
    differences: tuple[Allocation, ...] = ()
    prepayments: tuple[Allocation, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposals:
    """Nothing is sure enough to allocate: ways to choose from, best first, perhaps none.

    With `debtor_id` the debtor is certain all the same: the money is booked with it, unallocated.
    """

    proposals: tuple[Proposal, ...]
    debtor_id: UUID | None = None
