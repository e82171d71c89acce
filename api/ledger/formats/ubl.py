"""Reads UBL 2.1 invoices and credit notes, such as Peppol BIS Billing 3."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from api.ledger.formats.documents import InvoiceItem, Party, PartyIdentifier
from api.ledger.formats.drafts import Draft, finished
from api.ledger.formats.dutch_rules import note_dutch_rules
from api.ledger.formats.parties import party
from api.ledger.formats.terms import Discount, discount_of
from api.ledger.formats.values import read_decimal, short
from api.ledger.formats.xml import Element, Shape, read_events
from api.ledger.reading import FileUnreadable

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
INVOICE = f"{UBL}Invoice-2"
CREDIT_NOTE = f"{UBL}CreditNote-2"
NAMESPACES = {INVOICE, CREDIT_NOTE, f"{UBL}CommonAggregateComponents-2", f"{UBL}CommonBasicComponents-2"}
# Lines are not ours to judge, and attachments would only fill the memory.
DROPPED = frozenset({"InvoiceLine", "CreditNoteLine", "EmbeddedDocumentBinaryObject", "AdditionalDocumentReference"})


def read_ubl(stream: BinaryIO) -> Iterator[InvoiceItem]:
    """Give the document in a file, or every fault in it. Raises FileUnreadable."""
    shape = Shape(0, NAMESPACES.__contains__, DROPPED)
    for event in read_events(stream, shape):
        yield from finished(_draft(event.element))
        return
    raise FileUnreadable("The file holds no UBL invoice or credit note.", code="format_unknown")


def _draft(root: Element) -> Draft:
    is_credit = root.name == "CreditNote"
    draft = Draft(root.line, number=root.value("ID"), is_credit_form=is_credit)
    draft.type_code = root.value("CreditNoteTypeCode" if is_credit else "InvoiceTypeCode")
    draft.currency = root.value("DocumentCurrencyCode")
    draft.invoiced_on = draft.day(root.first("IssueDate"))
    draft.buyer_reference = short(root.value("BuyerReference"))
    draft.order_reference = short(root.value("OrderReference", "ID"))
    draft.sales_order_reference = short(root.value("OrderReference", "SalesOrderID"))
    draft.delivered_on = draft.day(root.first("Delivery", "ActualDeliveryDate"))
    preceding = (each.text for each in root.every("BillingReference", "InvoiceDocumentReference", "ID"))
    draft.preceding_numbers = tuple(dict.fromkeys(each for each in preceding if each))
    draft.buyer = _party(root.first("AccountingCustomerParty", "Party"))
    draft.seller = _party(root.first("AccountingSupplierParty", "Party"))
    _read_totals(draft, root)
    _read_payment(draft, root)
    note_dutch_rules(draft)
    return draft


def _read_totals(draft: Draft, root: Element) -> None:
    totals = root.first("LegalMonetaryTotal")
    if totals is not None:
        draft.payable = draft.amount(totals.first("PayableAmount"))
        draft.total = draft.amount(totals.first("TaxInclusiveAmount"))
        draft.prepaid = draft.amount(totals.first("PrepaidAmount"))
        draft.rounding = draft.amount(totals.first("PayableRoundingAmount"))
    for vat in root.every("TaxTotal", "TaxAmount"):
        # A second total tells the VAT again, in the currency it is declared in.
        if vat.attributes.get("currencyID", draft.currency) == draft.currency:
            draft.vat = draft.amount(vat)
            break


def _read_payment(draft: Draft, root: Element) -> None:
    means = list(root.every("PaymentMeans"))
    terms = list(root.every("PaymentTerms"))
    dates = [root.first("DueDate"), *(each.first("PaymentDueDate") for each in (*means, *terms))]
    draft.due_on = next((day for day in map(draft.day, dates) if day), None)
    draft.payment_code = root.value("PaymentMeans", "PaymentMeansCode")
    draft.remittance_reference = short(root.value("PaymentMeans", "PaymentID"))
    draft.payee_account = short(root.value("PaymentMeans", "PayeeFinancialAccount", "ID"))
    draft.terms_text = " ".join(note.text for each in terms for note in each.every("Note") if note.text) or None
    draft.discount = next(filter(None, (_discount(draft, each) for each in terms)), None)


def _discount(draft: Draft, terms: Element) -> Discount | None:
    """Read a discount that stands in fields of its own: an amount or percentage, and until when."""
    percentage = read_decimal(terms.value("SettlementDiscountPercent") or "")
    stated = read_decimal(terms.value("SettlementDiscountAmount") or "")
    until: date | None = draft.day(terms.first("SettlementPeriod", "EndDate"))
    if until is None or draft.payable is None or not draft.currency or len(draft.faults):
        return None
    if stated is not None:
        return Discount(stated, until)
    if percentage is None or not Decimal(0) < percentage < 100:
        return None
    return discount_of(until, 0, percentage, abs(draft.payable), draft.currency)


def _party(element: Element | None) -> Party:
    if element is None:
        return Party()
    found = []
    for company in element.every("PartyLegalEntity", "CompanyID"):
        found.append(PartyIdentifier(company.attributes.get("schemeID"), company.text, "legal"))
    for own in element.every("PartyIdentification", "ID"):
        found.append(PartyIdentifier(own.attributes.get("schemeID"), own.text, "own"))
    for endpoint in element.every("EndpointID"):
        found.append(PartyIdentifier(endpoint.attributes.get("schemeID"), endpoint.text, "endpoint"))
    vat_numbers = [
        each.value("CompanyID")
        for each in element.every("PartyTaxScheme")
        if (each.value("TaxScheme", "ID") or "VAT").upper() == "VAT"
    ]
    name = element.value("PartyLegalEntity", "RegistrationName") or element.value("PartyName", "Name")
    country = element.value("PostalAddress", "Country", "IdentificationCode")
    return party(name, country, next(filter(None, vat_numbers), None), found)
