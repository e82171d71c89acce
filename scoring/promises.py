"""Promises to pay: whether one may be made, and what became of it (domain 7.5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, get_args

from scoring.money import Money

PromiseState = Literal["open", "kept", "broken", "withdrawn"]
PROMISE_STATES: tuple[PromiseState, ...] = get_args(PromiseState)
PROMISES_MAX = 2  # Of one invoice; whoever broke two gets no third.
AHEAD_DAYS_MAX = 365  # A day that is farther away is a typing error, and would keep every other promise out till then.


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise that nobody withdrew, with what the ledger tells of its items.

    `last_on` is the promised day with the grace. `booked_amount` is what its items were paid more than when it was made
    and `left_amount` what is open of them, both by the money and the credit notes of days up to `last_on`, whenever we
    heard of them. `rest_amount` is what of the promise was not paid to this day. It `waits` while something of an item
    is open for which nobody promised anew.
    """

    id: str
    amount: Money
    promised_on: date
    last_on: date
    made_by: str
    booked_amount: Decimal
    left_amount: Decimal
    rest_amount: Decimal
    waits: bool
    state_before: PromiseState = "open"


def state_of(promise: Promise, as_of: date) -> PromiseState:
    """Say how a promise stands on a day.

    It is kept once all of it is booked in time, or nothing of its items is left to be paid: what a credit note took off
    need not be. Money that goes back until its last day was not paid; what goes back later is another matter.
    """
    if promise.booked_amount >= promise.amount.amount or promise.left_amount <= 0:
        return "kept"
    return "broken" if as_of > promise.last_on else "open"


@dataclass(frozen=True, slots=True)
class PromisedItem:
    """An invoice that somebody promises to pay; `promises_count` of it were made before and not withdrawn.

    `pointer` says where the request names it. `is_promised`: one of those is open.
    """

    pointer: str
    open_amount: Money
    disputed: bool
    promises_count: int
    is_promised: bool


@dataclass(frozen=True, slots=True)
class NewPromise:
    """A promise as somebody tells of it. `covered_until` is the last day of cover, None where none can stop."""

    amount: Money
    promised_on: date
    items: Sequence[PromisedItem]
    covered_until: date | None
    has_consent: bool


@dataclass(frozen=True, slots=True)
class PromiseFault:
    """One thing that stands against a promise: where in the request (JSON pointer), what (code), and in words."""

    pointer: str
    code: str
    detail: str


def faults_of_promise(new: NewPromise, as_of: date) -> Iterator[PromiseFault]:
    """Give all that stands against a promise on a day; nothing where it may be made."""
    if new.amount.amount <= 0:
        yield PromiseFault("/amount/amount", "not_positive", "Nothing is promised.")
    if new.promised_on < as_of:
        yield PromiseFault("/promised_on", "in_the_past", "The day is past.")
    if new.promised_on > as_of + timedelta(days=AHEAD_DAYS_MAX):
        detail = f"The day is more than {AHEAD_DAYS_MAX} days away."
        yield PromiseFault("/promised_on", "too_far_ahead", detail)
    if new.covered_until is not None and new.promised_on > new.covered_until and not new.has_consent:
        detail = f"Cover stops after {new.covered_until}: say in insurer_consent how the insurer agreed to a later day."
        yield PromiseFault("/promised_on", "beyond_cover", detail)
    for item in new.items:
        yield from _faults_of_item(item, new.amount.currency)
    same = [item.open_amount.amount for item in new.items if item.open_amount.currency == new.amount.currency]
    if same and new.amount.amount > sum(same):
        yield PromiseFault("/amount/amount", "more_than_open", "It is more than is open of these invoices.")


def _faults_of_item(item: PromisedItem, currency: str) -> Iterator[PromiseFault]:
    """What stands against one of the invoices."""
    if item.open_amount.amount <= 0:
        yield PromiseFault(item.pointer, "settled", "Nothing of this invoice is open.")
    if item.open_amount.currency != currency:
        yield PromiseFault(item.pointer, "other_currency", f"This invoice is in {item.open_amount.currency}.")
    if item.disputed:
        yield PromiseFault(item.pointer, "disputed", "This invoice is disputed: settle that first.")
    if item.is_promised:
        yield PromiseFault(
            item.pointer, "promised_already", "A promise for this invoice is open: withdraw that one first."
        )
    if item.promises_count >= PROMISES_MAX:
        yield PromiseFault(
            item.pointer, "promised_too_often", f"There were {PROMISES_MAX} promises for this invoice already."
        )
