"""Ledger lines on their way in: what one may say, and what became of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

LineKind = Literal["invoice", "credit_note", "payment"]
LineState = Literal["taken", "known", "refused"]


@dataclass(slots=True)  # Not frozen: an import makes millions, and freezing would double what each costs.
class LedgerLine:
    """One thing a ledger tells of a known debtor. Amounts are in `currency`, above zero, VAT included.

    `line` is the caller's name for it, unique in a batch. `dated_on` is the day of the invoice, credit note or payment.
    `paid_amount` says how much of an invoice was paid in all until `paid_on`. `settles` names the invoices by their
    identities, with the amount of each, that a payment or credit note settles, and `rule` why, where its sender did
    not say so. `order_references` may each name the order that an invoice bills or a payment prepays, the surest first;
    `prepaid_amount` was taken off an invoice because it was prepaid. What payments of an invoice are known by, and the
    discount for paying early, are as on InvoiceRecord.
    `id` is what its row is to be called, where that matters.
    Raises ValueError for amounts that are none of these.
    """

    line: int
    kind: LineKind
    debtor_id: UUID
    identity: str
    number: str | None
    dated_on: date
    amount: Decimal
    currency: str
    due_on: date | None = None
    due_on_derived: bool = False
    vat_amount: Decimal | None = None
    disputed: bool = False
    paid_on: date | None = None
    paid_amount: Decimal | None = None
    settles: tuple[tuple[str, Decimal], ...] = ()
    extra: dict[str, str] | None = None
    remittance_reference: str | None = None
    collection_reference: str | None = None
    discount_amount: Decimal | None = None
    discount_until: date | None = None
    credit_kind: str = "credit_note"
    rule: str | None = None
    id: UUID | None = None
    bank_entry_id: UUID | None = None
    returnable_until: date | None = None
    order_references: tuple[str, ...] = ()
    prepaid_amount: Decimal | None = None

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError(f"line {self.line}: amount {self.amount} must be above zero")
        if self.paid_on is None and self.paid_amount is None:
            return
        if self.paid_on is None or self.paid_amount is None or not 0 < self.paid_amount <= self.amount:
            raise ValueError(f"line {self.line}: paid_on and paid_amount, above zero and within amount, go together")


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of one line: the row it made or met, or why it was refused; and the order it was linked to."""

    line: int
    state: LineState
    id: UUID | None = None
    code: str | None = None
    detail: str | None = None
    order_id: UUID | None = None


def numbered(number: str) -> str:
    """Give the identity of an invoice, credit note or payment that has a number of its own."""
    return f"number:{number}"
