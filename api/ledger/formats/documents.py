"""What invoice and bank files tell, in our own words, whatever format they came in."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

DocumentKind = Literal["invoice", "credit_note"]
StatementKind = Literal["statement", "intraday_report", "notification"]
ReferenceKind = Literal["rf", "nl_betalingskenmerk", "other"]


@dataclass(frozen=True, slots=True)
class Refused:
    """Something in a file that cannot be taken.

    `line` counts from 1, `entry` from 1 in a bank file and 0 where none is meant, `field` is the file's own name for
    what is wrong or None, `text` a short piece that a person recognises.
    """

    line: int
    code: str
    detail: str
    text: str = ""
    field: str | None = None
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a document that its reader should know and that does not keep it out."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class PartyIdentifier:
    """One number that a document gives of a party; `scheme` is the code of its list (0106 is KvK), or None.

    `role` says where it stood: `legal` (registration), `own` (what the seller calls him) or `endpoint` (where
    electronic documents are sent).
    """

    scheme: str | None
    value: str
    role: Literal["legal", "own", "endpoint"]


@dataclass(frozen=True, slots=True)
class Party:
    """Buyer or seller as a document names him; `country` is as it stands in the document."""

    name: str | None = None
    country: str | None = None
    kvk_number: str | None = None
    vat_number: str | None = None
    lei: str | None = None
    identifiers: tuple[PartyIdentifier, ...] = ()


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """An invoice or credit note. `amount` is what is to be paid, VAT included and always above zero.

    `due_on` is None for credit notes; `due_on_derived` says that the document gave no due date. `turned` says why a
    document is not what it calls itself: `negative_invoice` or `negative_credit_note`. `remittance_reference` is the
    reference the seller expects to see on the payment. `order_reference` is the number of the order as the buyer has
    it, `sales_order_reference` as the seller has it. `prepaid_amount` was paid before and is no part of `amount`.
    """

    line: int
    kind: DocumentKind
    number: str
    invoiced_on: date
    due_on: date | None
    due_on_derived: bool
    currency: str
    amount: Decimal
    vat_amount: Decimal | None
    buyer: Party
    seller: Party
    type_code: str | None = None
    order_reference: str | None = None
    sales_order_reference: str | None = None
    prepaid_amount: Decimal | None = None
    buyer_reference: str | None = None
    delivered_on: date | None = None
    remittance_reference: str | None = None
    payee_account: str | None = None
    preceding_numbers: tuple[str, ...] = ()
    discount_amount: Decimal | None = None
    discount_until: date | None = None
    turned: str | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """What stood on an account on a day; below zero when overdrawn."""

    amount: Decimal
    currency: str
    on: date | None


@dataclass(frozen=True, slots=True)
class StatementHead:
    """The start of a statement. Only kind `statement` holds final bookings; what the others tell of may change."""

    line: int
    kind: StatementKind
    account: str
    reference: str | None
    currency: str | None = None
    sequence_number: str | None = None
    from_on: date | None = None
    to_on: date | None = None
    opening_balance: Balance | None = None


@dataclass(frozen=True, slots=True)
class StatementEnd:
    """The end of a statement: how much it held, and whether it adds up.

    `difference` is the closing balance less the opening balance and all bookings, None where one is not known or
    something was refused. `pending_count` and `information_count` are entries that are not booked.
    """

    line: int
    closing_balance: Balance | None = None
    entries_count: int = 0
    refused_count: int = 0
    pending_count: int = 0
    information_count: int = 0
    difference: Decimal | None = None


@dataclass(frozen=True, slots=True)
class StructuredReference:
    """A payment reference that stands apart from the text; `rf` and `nl_betalingskenmerk` have passed their check."""

    kind: ReferenceKind
    value: str


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One booking, or one transaction of a booking that holds several. Credit is above zero.

    `identity` is the same whenever the same statement is read again. A batch without usable details is one entry with
    `is_batch`, and `transactions_count` where the bank tells how many it holds. `is_reversal` undoes an earlier one.
    """

    line: int
    identity: str
    booked_on: date
    value_on: date | None
    amount: Decimal
    currency: str
    counterparty_name: str | None = None
    counterparty_account: str | None = None
    end_to_end_id: str | None = None
    instruction_id: str | None = None
    mandate_reference: str | None = None
    structured_reference: StructuredReference | None = None
    remittance_text: str | None = None
    referred_numbers: tuple[str, ...] = ()
    return_reason: str | None = None
    is_reversal: bool = False
    is_charge: bool = False
    transaction_code: str | None = None
    entry_reference: str | None = None
    is_batch: bool = False
    transactions_count: int | None = None


BankItem = StatementHead | BankEntry | StatementEnd | Refused
InvoiceItem = InvoiceDocument | Refused
