"""How an invoice stood: what of it was open, what was paid, and when it was settled, from the parts that settle it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from api.records.ledger_walk import Bill, DebtorLedger, Part
from scoring.validation.outcomes import Item

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Stood:
    """An invoice as it stood; the same as the relation `items` of `ledger_history` says."""

    open_amount: Decimal
    paid_amount: Decimal
    settled_on: date | None


def stood(amount: Decimal, parts: Sequence[Part]) -> Stood:
    """Say how an invoice of an amount stood by the parts that counted: more than it could take settled nothing."""
    rest = amount - sum((part.amount for part in parts), ZERO)
    paid = sum((part.amount for part in parts if part.is_payment), ZERO)
    return Stood(max(rest, ZERO), min(paid, amount), _settled_on(parts) if rest <= 0 else None)


def _settled_on(parts: Sequence[Part]) -> date | None:
    """Give the day of the last payment, without any that of the last credit note.

    Where something was taken back, only what is left of a payment or note settles; one taken back in whole did not.
    """
    if any(part.amount < 0 for part in parts):
        left: dict[UUID, Decimal] = defaultdict(Decimal)
        for part in parts:
            left[part.origin_id] += part.amount
        parts = [part for part in parts if part.amount > 0 and left[part.origin_id] > 0]
    paid = [part.happened_on for part in parts if part.is_payment]
    return max(paid or [part.happened_on for part in parts], default=None)


def parts_by_bill(parts: Iterable[Part]) -> dict[UUID, list[Part]]:
    """Give the parts of each invoice, in their order."""
    found: dict[UUID, list[Part]] = defaultdict(list)
    for part in parts:
        found[part.invoice_id].append(part)
    return found


def items_of(ledger: DebtorLedger, currency: str, ends_on: date) -> dict[UUID, Item]:
    """Give how each invoice in a currency stood at the close of a day."""
    parts = parts_by_bill(part for part in ledger.parts if part.happened_on <= ends_on)
    found = {}
    for bill in ledger.bills:
        if bill.currency == currency:
            item = stood(bill.amount, parts.get(bill.id, []))
            found[bill.id] = Item(bill.invoiced_on, bill.due_on, item.open_amount, item.paid_amount, item.settled_on)
    return found


@dataclass(frozen=True, slots=True)
class Settled:
    """From `counts_on` an invoice stood as settled on a day (`sign` 1), or did so no longer (-1)."""

    counts_on: date
    settled_on: date
    late_days: int
    sign: int


def settlements(ledger: DebtorLedger, currency: str) -> Iterator[Settled]:
    """Tell each time an invoice in a currency came to stand as settled by payment, or to do so no more."""
    parts = parts_by_bill(ledger.parts)
    for bill in ledger.bills:
        if bill.currency == currency:
            yield from _of_bill(bill, parts.get(bill.id, []))


def _of_bill(bill: Bill, parts: Sequence[Part]) -> Iterator[Settled]:
    before: date | None = None
    counted: list[Part] = []
    for day, of_day in groupby(parts, key=attrgetter("counts_on")):
        counted += of_day
        now = stood(bill.amount, counted)
        settled_on = now.settled_on if now.paid_amount > 0 else None
        if settled_on == before:
            continue
        # What was there before its invoice settles it once the invoice counts.
        counts_on = max(day, bill.counts_on)
        for settled, sign in ((before, -1), (settled_on, 1)):
            if settled is not None:
                yield Settled(counts_on, settled, (settled - bill.due_on).days, sign)
        before = settled_on
