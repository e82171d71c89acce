"""Makes a line for the ledger of an electronic invoice or credit note: its debtor, and what `LedgerLine` holds."""

import re
from datetime import date
from typing import Any

from api.ledger.cells import CONTROL, LineFault
from api.ledger.checking import CheckedLine
from api.ledger.formats.documents import InvoiceDocument, Party
from api.ledger.values import EARLIEST, YEARS_AHEAD_MAX
from api.records.identities import OfficialNumber, Reference
from api.records.ledger_debtors import LedgerDebtor
from api.records.ledger_lines import numbered
from providers.ports import LEI_COUNTRY
from scoring.countries import COUNTRIES, country_fault
from scoring.identifiers import compact, vat_scheme_of

SYSTEM = "erp"
VAT_FORM = re.compile(r"[A-Z]{2}[0-9A-Z]{2,14}", re.ASCII)
COUNTRY_OF_PREFIX = {"EL": "GR", "XI": "GB"}


def line_of(
    document: InvoiceDocument, line: int, text: str, today: date, system: str = SYSTEM
) -> CheckedLine | list[LineFault]:
    """Make the line of a document, or give every fault that keeps it out.

    `line` is the caller's name for it, `text` what a person recognises it by, `today` the seller's today. `system`
    names whose references the buyer's own identification is.
    """
    found: list[tuple[str, str, str]] = [*_day_faults(document, today), *_text_faults(document)]
    debtor, faults = _debtor(document.buyer, system)
    found += faults
    if found or debtor is None:
        return [LineFault(line, field, code, detail, text) for field, code, detail in found]
    return CheckedLine(line, text, debtor, {**_values(document), **payment_values(document)})


def payment_values(document: InvoiceDocument) -> dict[str, Any]:
    """Give what a document tells of how it will be paid: the reference to expect, and the discount for paying early."""
    return {
        "remittance_reference": document.remittance_reference,
        "discount_amount": document.discount_amount,
        "discount_until": document.discount_until,
    }


def _values(document: InvoiceDocument) -> dict[str, Any]:
    values: dict[str, Any] = {
        "kind": document.kind,
        "number": document.number,
        "identity": numbered(document.number),
        "dated_on": document.invoiced_on,
        "amount": document.amount,
        "currency": document.currency,
        "vat_amount": document.vat_amount,
    }
    if document.kind == "invoice":
        values |= {"due_on": document.due_on, "due_on_derived": document.due_on_derived}
        # What the buyer calls the order may be any number of his own: the seller's own number comes first.
        told = (document.sales_order_reference, document.order_reference)
        if references := tuple(dict.fromkeys(each for each in told if each)):
            values |= {"order_references": references, "prepaid_amount": document.prepaid_amount}
    elif len(document.preceding_numbers) == 1:
        # Of several invoices nobody says how much goes to which: it waits unused.
        values["settles"] = ((numbered(document.preceding_numbers[0]), document.amount),)
    return values


def _day_faults(document: InvoiceDocument, today: date) -> list[tuple[str, str, str]]:
    faults = []
    latest = date(today.year + YEARS_AHEAD_MAX, 12, 31)
    if document.invoiced_on > today:
        faults.append(("IssueDate", "date_ahead", f"{document.invoiced_on} is after today, {today}"))
    elif document.invoiced_on < EARLIEST:
        faults.append(("IssueDate", "date_absurd", f"{document.invoiced_on} is before {EARLIEST}"))
    if document.due_on is not None and document.due_on > latest:
        faults.append(("DueDate", "date_absurd", f"{document.due_on} is after {latest}"))
    return faults


def _text_faults(document: InvoiceDocument) -> list[tuple[str, str, str]]:
    texts = (document.number, *document.preceding_numbers, document.buyer.name or "")
    if any(CONTROL.search(text) for text in texts):
        return [("ID", "control_character", "a number or name holds a control character")]
    return []


def _debtor(buyer: Party, system: str) -> tuple[LedgerDebtor | None, list[tuple[str, str, str]]]:
    faults = []
    country = COUNTRY_OF_PREFIX.get(buyer.country or "", buyer.country) or None
    if country is not None and (fault := country_fault(country)):
        faults.append(("Country", "not_a_country", fault))
    numbers = []
    if buyer.kvk_number:
        numbers.append(OfficialNumber("kvk", "NL", buyer.kvk_number))
    if buyer.vat_number:
        if buyer.vat_number.startswith("NL") and vat_scheme_of(buyer.vat_number) is None:
            faults.append(("CompanyID", "vat_number_invalid", f"{buyer.vat_number} is not a Dutch VAT number"))
        elif (number := _vat(buyer.vat_number)) is not None:
            numbers.append(number)
    if buyer.lei:
        numbers.append(OfficialNumber("lei", LEI_COUNTRY, buyer.lei))
    if not numbers:
        numbers = _national(buyer, country)
    own = [each.value for each in buyer.identifiers if each.role == "own" and each.scheme is None]
    reference = Reference(system, own[0]) if own else None
    if not numbers and reference is None and not faults:
        detail = "the buyer has no KvK number, VAT number, LEI or other number that tells him from others"
        faults.append(("AccountingCustomerParty", "debtor_unnamed", detail))
    if faults:
        return None, faults
    return LedgerDebtor(reference, buyer.name, country, None, tuple(dict.fromkeys(numbers))), []


def _vat(number: str) -> OfficialNumber | None:
    """Give a VAT number with its country; one without a country's prefix is no number we could compare."""
    text = compact(number).replace(".", "")
    country = COUNTRY_OF_PREFIX.get(text[:2], text[:2])
    if not VAT_FORM.fullmatch(text) or country not in COUNTRIES:
        return None
    return OfficialNumber("vat", country, text)


def _national(buyer: Party, country: str | None) -> list[OfficialNumber]:
    """Give the registration of a buyer abroad, by the code of its list (ISO 6523); his endpoint where there is none."""
    if country is None:
        return []
    with_list = [each for each in buyer.identifiers if each.scheme]
    found = [each for each in with_list if each.role != "endpoint"] or with_list
    return [OfficialNumber(f"icd_{each.scheme}"[:30], country, compact(each.value)[:50]) for each in found]
