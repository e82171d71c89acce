"""Reads UN/CEFACT Cross Industry Invoices, such as Factur-X, ZUGFeRD 2 and XRechnung."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from api.ledger.formats.documents import InvoiceItem, Party, PartyIdentifier
from api.ledger.formats.drafts import CREDIT_CODES, INVOICE_CODES, NO_CLAIM_CODES, Draft, finished
from api.ledger.formats.parties import party
from api.ledger.formats.terms import Discount, discount_of, later
from api.ledger.formats.values import read_decimal, short
from api.ledger.formats.xml import Element, Shape, read_events
from api.ledger.reading import FileUnreadable

INVOICE = re.compile(r"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:[0-9]+")
NAMESPACE = re.compile(
    r"urn:un:unece:uncefact:data:standard:"
    r"(?:CrossIndustryInvoice|ReusableAggregateBusinessInformationEntity|(?:Unq|Q)ualifiedDataType):[0-9]+"
)
DROPPED = frozenset({"IncludedSupplyChainTradeLineItem", "AttachmentBinaryObject", "AdditionalReferencedDocument"})
DAYS_OF_UNIT = {"DAY": 1, "WEE": 7}
DATE_FORMS = {"102": "YYYYMMDD"}


def read_cii(stream: BinaryIO) -> Iterator[InvoiceItem]:
    """Give the document in a file, or every fault in it. Raises FileUnreadable."""
    shape = Shape(0, lambda namespace: NAMESPACE.fullmatch(namespace) is not None, DROPPED)
    for event in read_events(stream, shape):
        yield from finished(_draft(event.element))
        return
    raise FileUnreadable("The file holds no Cross Industry Invoice.", code="format_unknown")


def _draft(root: Element) -> Draft:
    head = root.first("ExchangedDocument") or root
    trade = root.first("SupplyChainTradeTransaction") or root
    agreement = trade.first("ApplicableHeaderTradeAgreement") or trade
    settlement = trade.first("ApplicableHeaderTradeSettlement") or trade
    draft = Draft(head.line, number=head.value("ID"), type_code=head.value("TypeCode"))
    if draft.type_code is None:
        draft.fault("TypeCode", "missing", "the document does not say what it is")
    elif draft.type_code not in CREDIT_CODES | INVOICE_CODES | set(NO_CLAIM_CODES):
        draft.fault("TypeCode", "type_unknown", f"type {draft.type_code[:10]} is no invoice or credit note of EN 16931")
    draft.is_credit_form = draft.type_code in CREDIT_CODES
    draft.currency = settlement.value("InvoiceCurrencyCode")
    draft.invoiced_on = _day(draft, head.first("IssueDateTime"))
    draft.buyer_reference = short(agreement.value("BuyerReference"))
    draft.order_reference = short(agreement.value("BuyerOrderReferencedDocument", "IssuerAssignedID"))
    draft.sales_order_reference = short(agreement.value("SellerOrderReferencedDocument", "IssuerAssignedID"))
    delivered = ("ApplicableHeaderTradeDelivery", "ActualDeliverySupplyChainEvent", "OccurrenceDateTime")
    draft.delivered_on = _day(draft, trade.first(*delivered))
    preceding = (each.text for each in settlement.every("InvoiceReferencedDocument", "IssuerAssignedID"))
    draft.preceding_numbers = tuple(dict.fromkeys(each for each in preceding if each))
    draft.buyer = _party(agreement.first("BuyerTradeParty"))
    draft.seller = _party(agreement.first("SellerTradeParty"))
    _read_totals(draft, settlement)
    _read_payment(draft, settlement)
    return draft


def _read_totals(draft: Draft, settlement: Element) -> None:
    totals = settlement.first("SpecifiedTradeSettlementHeaderMonetarySummation")
    if totals is None:
        return
    draft.payable = draft.amount(totals.first("DuePayableAmount"))
    draft.total = draft.amount(totals.first("GrandTotalAmount"))
    draft.prepaid = draft.amount(totals.first("TotalPrepaidAmount"))
    draft.rounding = draft.amount(totals.first("RoundingAmount"))
    for vat in totals.every("TaxTotalAmount"):
        # A second total tells the VAT again, in the currency it is declared in.
        if vat.attributes.get("currencyID", draft.currency) == draft.currency:
            draft.vat = draft.amount(vat)
            break


def _read_payment(draft: Draft, settlement: Element) -> None:
    means = settlement.first("SpecifiedTradeSettlementPaymentMeans")
    if means is not None:
        draft.payment_code = means.value("TypeCode")
        account = means.first("PayeePartyCreditorFinancialAccount")
        if account is not None:
            draft.payee_account = short(account.value("IBANID") or account.value("ProprietaryID"))
    draft.remittance_reference = short(settlement.value("PaymentReference"))
    terms = list(settlement.every("SpecifiedTradePaymentTerms"))
    days = [day for each in terms if (day := _day(draft, each.first("DueDateDateTime")))]
    if len(set(days)) > 1:
        draft.note("instalments", f"to be paid in parts from {min(days)} to {max(days)}; the last is the due date")
    draft.due_on = max(days, default=None)
    draft.terms_text = " ".join(text for each in terms if (text := each.value("Description"))) or None
    found = [discount for each in terms if (discount := _discount(draft, each)) is not None]
    draft.discount = max(found, key=lambda each: each.until) if found else None


def _discount(draft: Draft, terms: Element) -> Discount | None:
    """Read the discount of some terms; its days count from the basis date, or from the invoice."""
    stated = terms.first("ApplicableTradePaymentDiscountTerms")
    if stated is None or draft.payable is None or not draft.currency or draft.faults:
        return None
    period = stated.first("BasisPeriodMeasure")
    start: date | None = _day(draft, stated.first("BasisDateTime")) or draft.invoiced_on
    days = read_decimal(period.text) if period is not None else Decimal(0)
    unit = DAYS_OF_UNIT.get(period.attributes.get("unitCode", "DAY")) if period is not None else 1
    if start is None or days is None or unit is None or not 0 <= days <= 1_000 or days != int(days):
        return None
    actual = read_decimal(stated.value("ActualDiscountAmount") or "")
    if actual is not None:
        return Discount(actual, later(start, int(days) * unit))
    percentage = read_decimal(stated.value("CalculationPercent") or "")
    base = read_decimal(stated.value("BasisAmount") or "") or abs(draft.payable)
    if percentage is None or not Decimal(0) < percentage < 100:
        return None
    return discount_of(start, int(days) * unit, percentage, base, draft.currency)


def _day(draft: Draft, element: Element | None) -> date | None:
    """Read a date in the form its format code names; 102 is YYYYMMDD, and the only one EN 16931 has."""
    stated = (element.first("DateTimeString") or element.first("DateTime")) if element is not None else None
    if element is None or stated is None:
        return None
    text = stated.text
    if stated.attributes.get("format", "102") not in DATE_FORMS and stated.name == "DateTimeString":
        draft.fault(
            element.name, "not_a_date", f"date form {stated.attributes['format'][:10]} is not read", stated.line
        )
        return None
    if re.fullmatch(r"[0-9]{8}", text, re.ASCII):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return draft.day(element, text)


def _party(element: Element | None) -> Party:
    if element is None:
        return Party()
    found = []
    for legal in element.every("SpecifiedLegalOrganization", "ID"):
        found.append(PartyIdentifier(legal.attributes.get("schemeID"), legal.text, "legal"))
    for own in (*element.every("GlobalID"), *element.every("ID")):
        found.append(PartyIdentifier(own.attributes.get("schemeID"), own.text, "own"))
    for endpoint in element.every("URIUniversalCommunication", "URIID"):
        found.append(PartyIdentifier(endpoint.attributes.get("schemeID"), endpoint.text, "endpoint"))
    vat_numbers = [
        each.text for each in element.every("SpecifiedTaxRegistration", "ID") if each.attributes.get("schemeID") == "VA"
    ]
    name = element.value("Name") or element.value("SpecifiedLegalOrganization", "TradingBusinessName")
    country = element.value("PostalTradeAddress", "CountryID")
    return party(name, country, next(filter(None, vat_numbers), None), found)
