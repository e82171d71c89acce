"""Reads invoices, credit notes and payments as JSON, one object a line; a broken line costs that line and no other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

import orjson
from marshmallow import ValidationError, fields, validates_schema

from api.ledger.cells import LineFault
from api.ledger.checking import DATES, NUMBERS, CheckedLine
from api.ledger.formats.streams import lines
from api.ledger.reading import BOM, LINE_BYTES_MAX, FileUnreadable
from api.ledger.schemas import (
    NewCreditNoteSchema,
    NewInvoiceSchema,
    NewPaymentSchema,
    OfDebtorSchema,
    order_references,
    paying_values,
)
from api.records.debtors import normal_legal_form
from api.records.identities import OfficialNumber, Reference
from api.records.ledger_debtors import LedgerDebtor
from api.records.ledger_lines import LineKind, numbered
from api.web.faults import faults_of, invalid
from api.web.fields import Line
from api.web.schemas import Schema
from scoring.countries import country_fault
from scoring.identifiers import compact, is_kvk_number, vat_scheme_of

TEXT_KEPT = 1_000
COUNTRY_OF_PREFIX = {"EL": "GR"}


class DebtorSchema(Schema):
    """A debtor as an invoice tells of him, so that one who is not known yet can be added."""

    name = Line(200)
    country = fields.String()
    legal_form = Line(50)
    kvk_number = fields.String()
    vat_number = fields.String()

    @validates_schema
    def check_country(self, data: dict[str, Any], **_: Any) -> None:
        """A country of ISO 3166-1."""
        if "country" in data and (fault := country_fault(data["country"])):
            raise invalid("not_a_country", fault, "country")

    @validates_schema
    def check_kvk_number(self, data: dict[str, Any], **_: Any) -> None:
        """Eight digits."""
        if "kvk_number" in data and not is_kvk_number(data["kvk_number"]):
            raise invalid("kvk_number_invalid", "Must be eight digits.", "kvk_number")

    @validates_schema
    def check_vat_number(self, data: dict[str, Any], **_: Any) -> None:
        """With its country in front; a Dutch one with right check digits."""
        if "vat_number" not in data:
            return
        number = compact(data["vat_number"])
        country = COUNTRY_OF_PREFIX.get(number[:2], number[:2])
        if country_fault(country) or len(number) > 20 or (country == "NL" and vat_scheme_of(number) is None):
            raise invalid("vat_number_invalid", "Is not a VAT number with its country in front.", "vat_number")


class _OfLine(OfDebtorSchema):
    """What the lines of all kinds share: a debtor by reference, by official number, or by both."""

    class Meta(Schema.Meta):
        exclude = ("debtor_id",)

    debtor = fields.Nested(DebtorSchema)

    @validates_schema
    def check_debtor_and_amount(self, data: dict[str, Any], **_: Any) -> None:
        """Some name for the debtor, and an amount above zero."""
        debtor = data.get("debtor", {})
        if "debtor_reference" not in data and not {"kvk_number", "vat_number"} & set(debtor):
            raise invalid("required", "Give debtor_reference, or a number in debtor.", "debtor_reference")
        if "amount" in data and data["amount"].amount <= 0:
            raise invalid("amount_not_positive", "Must be above zero.", "amount")


class _InvoiceLine(_OfLine, NewInvoiceSchema):
    """An invoice in a line."""


class _CreditNoteLine(_OfLine, NewCreditNoteSchema):
    """A credit note in a line."""


class _PaymentLine(_OfLine, NewPaymentSchema):
    """A payment in a line."""


SCHEMAS: dict[LineKind, Schema] = {
    "invoice": _InvoiceLine(),
    "credit_note": _CreditNoteLine(),
    "payment": _PaymentLine(),
}


@dataclass(frozen=True, slots=True)
class _Read:
    """One line as it stands in the file."""

    number: int
    text: str

    def fault(self, pointer: str | None, code: str, detail: str) -> LineFault:
        return LineFault(self.number, pointer, code, detail, self.text)


def read_json_lines(stream: BinaryIO, today: date) -> Iterator[CheckedLine | list[LineFault]]:
    """Give each line that is not empty as one that can be taken, or every fault in it; `column` is a JSON pointer.

    `today` is the seller's: nothing can have happened after it. Raises FileUnreadable, with code `json_not_lines` for
    a file that is one JSON array.
    """
    for number, bare, is_cut in lines(stream, LINE_BYTES_MAX):
        raw = (bare.removeprefix(BOM) if number == 1 else bare).strip()
        if number == 1 and raw.startswith(b"["):
            raise FileUnreadable("The file is one JSON array; put one object on each line.", code="json_not_lines")
        read = _Read(number, raw[:TEXT_KEPT].decode("utf-8", "replace"))
        if is_cut:
            yield [read.fault(None, "line_too_long", f"the line has more than {LINE_BYTES_MAX:,} bytes")]
        elif raw:
            yield _checked(read, raw, today)


def _checked(read: _Read, raw: bytes, today: date) -> CheckedLine | list[LineFault]:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return [read.fault(None, "not_json", f"the line is not JSON: {error.msg} (character {error.colno})")]
    if not isinstance(found, dict):
        return [read.fault(None, "not_an_object", "the line is not a JSON object")]
    word = found.pop("kind", None)
    kind = next((each for each in SCHEMAS if each == word), None)
    if kind is None:
        return [read.fault("/kind", "kind_unknown", f"kind must be one of: {', '.join(SCHEMAS)}")]
    try:
        data = SCHEMAS[kind].load(found)
    except ValidationError as error:
        return [read.fault(each.pointer or None, each.code, each.detail) for each in faults_of(error.messages)]
    day = data[DATES[kind]]
    if day > today:
        return [read.fault(f"/{DATES[kind]}", "date_ahead", f"{day} is after today, {today}")]
    return CheckedLine(read.number, read.text, _debtor(data), _values(kind, data))


def _debtor(data: dict[str, Any]) -> LedgerDebtor:
    debtor = data.get("debtor", {})
    numbers = []
    if "kvk_number" in debtor:
        numbers.append(OfficialNumber("kvk", "NL", debtor["kvk_number"]))
    if "vat_number" in debtor:
        number = compact(debtor["vat_number"])
        numbers.append(OfficialNumber("vat", COUNTRY_OF_PREFIX.get(number[:2], number[:2]), number))
    reference = Reference(**data["debtor_reference"]) if "debtor_reference" in data else None
    legal_form = normal_legal_form(debtor.get("legal_form", "")) or None
    return LedgerDebtor(reference, debtor.get("name"), debtor.get("country"), legal_form, tuple(numbers))


def _values(kind: LineKind, data: dict[str, Any]) -> dict[str, Any]:
    number, money = data[NUMBERS[kind]], data["amount"]
    values: dict[str, Any] = {
        "kind": kind,
        "number": number,
        "identity": numbered(number),
        "dated_on": data[DATES[kind]],
        "amount": money.amount,
        "currency": money.currency,
    }
    if kind != "payment":
        values["vat_amount"] = data["vat_amount"].amount if "vat_amount" in data else None
    if kind == "invoice":
        values |= {"due_on": data["due_on"], "due_on_derived": False, "disputed": data["disputed"]}
        values |= paying_values(data)
        values["order_references"] = order_references(data)
    elif kind == "payment":
        values["settles"] = tuple(
            (numbered(each["invoice_number"]), each["amount"].amount) for each in data["allocations"]
        )
        values["order_references"] = order_references(data)
    elif "invoice_number" in data:
        values["settles"] = ((numbered(data["invoice_number"]), money.amount),)
    return values
