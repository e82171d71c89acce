"""Turns what an invoice format says into a document: shared checks, every fault of a document at once."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from api.ledger.formats.documents import DocumentKind, InvoiceDocument, InvoiceItem, Note, Party, Refused
from api.ledger.formats.terms import Discount, derived_due_on, discount_in
from api.ledger.formats.values import decimals_of, read_day, read_decimal
from api.ledger.formats.xml import Element
from api.ledger.values import AMOUNT_MAX
from api.web.money import EXPONENTS

NUMBER_LENGTH_MAX = 100
# UNTDID 1001 as EN 16931 uses it.
CREDIT_CODES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})
INVOICE_CODES = frozenset(
    {"71", "80", "82", "84", "102", "211", "218", "219", "326", "331", "380", "382", "383", "384", "385", "386", "387"}
    | {"388", "389", "390", "393", "394", "395", "456", "457", "527", "553", "575", "623", "633", "695", "780", "817"}
    | {"870", "875", "876", "877", "935"}
)
NO_CLAIM_CODES = {"325": "a pro forma invoice", "751": "information for the accounts"}


@dataclass(slots=True)
class Draft:
    """A document while it is being read, and the faults found so far."""

    line: int
    number: str | None = None
    is_credit_form: bool = False
    type_code: str | None = None
    invoiced_on: date | None = None
    due_on: date | None = None
    terms_text: str | None = None
    currency: str | None = None
    payable: Decimal | None = None
    total: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    vat: Decimal | None = None
    buyer: Party = field(default_factory=Party)
    seller: Party = field(default_factory=Party)
    order_reference: str | None = None
    sales_order_reference: str | None = None
    buyer_reference: str | None = None
    delivered_on: date | None = None
    remittance_reference: str | None = None
    payee_account: str | None = None
    payment_code: str | None = None
    preceding_numbers: tuple[str, ...] = ()
    discount: Discount | None = None
    faults: list[Refused] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def fault(self, name: str | None, code: str, detail: str, line: int | None = None) -> None:
        """Note what keeps the document out; `name` is the field's name in the format."""
        text = f"document {self.number[:NUMBER_LENGTH_MAX]}" if self.number else "document without a number"
        self.faults.append(Refused(line or self.line, code, detail, text, name))

    def note(self, code: str, detail: str) -> None:
        """Note what the reader should know."""
        self.notes.append(Note(code, detail))

    def amount(self, element: Element | None, currency_attribute: str = "currencyID") -> Decimal | None:
        """Read an amount, which may be below zero; None when it is not there or has a fault, which is noted.

        An amount in another currency than the document's is a fault.
        """
        if element is None:
            return None
        amount = read_decimal(element.text)
        stated = element.attributes.get(currency_attribute)
        if stated and self.currency and stated != self.currency:
            wrong = ("currency_differs", f"is in {stated[:10]}, the document in {self.currency[:10]}")
        elif amount is None:
            wrong = ("not_an_amount", f"'{element.text[:40]}' is not an amount")
        elif abs(amount) >= AMOUNT_MAX:
            wrong = ("amount_too_large", f"must be below {AMOUNT_MAX:,}")
        elif self.currency in EXPONENTS and decimals_of(amount) > EXPONENTS[self.currency]:
            wrong = ("too_many_decimals", f"{self.currency} has {EXPONENTS[self.currency]} decimals")
        else:
            return amount
        self.fault(element.name, *wrong, element.line)
        return None

    def day(self, element: Element | None, text: str | None = None) -> date | None:
        """Read a date; None when it is not there or has a fault, which is noted. `text` stands in for the element's."""
        if element is None:
            return None
        text = element.text if text is None else text
        found = read_day(text)
        if found is None:
            self.fault(element.name, "not_a_date", f"'{text[:40]}' is not a date", element.line)
        return found


def finished(draft: Draft) -> list[InvoiceItem]:
    """Give the document, or every fault in it."""
    number = draft.number
    if not number:
        draft.fault("ID", "missing", "the document has no number")
    elif len(number) > NUMBER_LENGTH_MAX:
        draft.fault("ID", "too_long", f"longer than {NUMBER_LENGTH_MAX} characters")
    if draft.invoiced_on is None and not _has(draft, "not_a_date"):
        draft.fault("IssueDate", "missing", "the document has no date")
    if not draft.currency:
        draft.fault("DocumentCurrencyCode", "missing", "the document names no currency")
    elif draft.currency not in EXPONENTS:
        detail = f"'{draft.currency[:40]}' is not a currency of ISO 4217 in use"
        draft.fault("DocumentCurrencyCode", "not_a_currency", detail)
    kind, turned = _kind(draft)
    _check_totals(draft)
    due_on, is_derived = _due(draft, kind)
    if draft.faults:
        return list(draft.faults)
    assert number is not None, "its absence is a fault"
    assert draft.invoiced_on is not None, "its absence is a fault"
    assert draft.currency is not None, "its absence is a fault"
    assert draft.payable is not None, "its absence is a fault"
    amount = abs(draft.payable)
    discount = draft.discount or discount_in(draft.terms_text, draft.invoiced_on, amount, draft.currency)
    if discount is not None and (
        not 0 < discount.amount < amount or decimals_of(discount.amount) > EXPONENTS[draft.currency]
    ):
        discount = None
    is_claim = kind == "invoice"
    document = InvoiceDocument(
        line=draft.line,
        kind=kind,
        number=number,
        invoiced_on=draft.invoiced_on,
        due_on=due_on,
        due_on_derived=is_derived,
        currency=draft.currency,
        amount=amount,
        vat_amount=_vat(draft, amount),
        buyer=draft.buyer,
        seller=draft.seller,
        type_code=draft.type_code,
        order_reference=draft.order_reference,
        sales_order_reference=draft.sales_order_reference,
        prepaid_amount=draft.prepaid if is_claim and not turned and draft.prepaid and draft.prepaid > 0 else None,
        buyer_reference=draft.buyer_reference,
        delivered_on=draft.delivered_on,
        remittance_reference=draft.remittance_reference,
        payee_account=draft.payee_account,
        preceding_numbers=draft.preceding_numbers,
        discount_amount=discount.amount if discount and is_claim else None,
        discount_until=discount.until if discount and is_claim else None,
        turned=turned,
        notes=tuple(draft.notes),
    )
    return [document]


def _has(draft: Draft, code: str) -> bool:
    return any(fault.code == code and fault.field in ("IssueDate", "IssueDateTime") for fault in draft.faults)


def _kind(draft: Draft) -> tuple[DocumentKind, str | None]:
    """Say what a document is by its form, its type code and the sign of what is to be paid."""
    code = draft.type_code
    if code in NO_CLAIM_CODES:
        draft.fault("TypeCode", "not_an_invoice", f"type {code} is {NO_CLAIM_CODES[code]}, which claims nothing")
    elif code is not None and code not in CREDIT_CODES | INVOICE_CODES:
        draft.note("type_unknown", f"type {code[:10]} is not one of EN 16931; read by its form")
    if code == "393":
        draft.note("factored", "a factored invoice: the claim may belong to the factor")
    if code == "384":
        draft.note("corrected", "a corrected invoice: the one it corrects stays open until it is credited")
    is_credit = draft.is_credit_form or code in CREDIT_CODES
    if draft.payable is None or draft.payable >= 0:
        return ("credit_note" if is_credit else "invoice"), None
    if is_credit:
        return "invoice", "negative_credit_note"
    return "credit_note", "negative_invoice"


def _check_totals(draft: Draft) -> None:
    if draft.payable is None:
        if not any(fault.field in ("PayableAmount", "DuePayableAmount") for fault in draft.faults):
            draft.fault("PayableAmount", "missing", "the document does not say what is to be paid")
        return
    if draft.total is not None:
        expected = draft.total - (draft.prepaid or 0) + (draft.rounding or 0)
        if expected != draft.payable:
            detail = f"{draft.payable} is to be paid, but total less prepaid plus rounding is {expected}"
            draft.fault("PayableAmount", "totals_differ", detail)
    if draft.payable == 0:
        draft.fault("PayableAmount", "nothing_payable", "nothing is to be paid, so nothing is owed")


def _due(draft: Draft, kind: DocumentKind) -> tuple[date | None, bool]:
    if kind == "credit_note" or draft.invoiced_on is None:
        return None, False
    if draft.due_on is None:
        return derived_due_on(draft.invoiced_on, draft.terms_text), True
    if draft.due_on < draft.invoiced_on:
        detail = f"due {draft.due_on}, invoiced {draft.invoiced_on}"
        draft.fault("DueDate", "due_before_invoiced", detail)
    return draft.due_on, False


def _vat(draft: Draft, amount: Decimal) -> Decimal | None:
    """Give the VAT within the amount; None where a prepayment leaves less to pay than the VAT of the whole."""
    if draft.vat is None or abs(draft.vat) > amount:
        return None
    return abs(draft.vat)
