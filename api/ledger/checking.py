"""Checks one record of a file against the mapping: a line that can be taken, or every fault in it."""

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from api.ledger.cells import DEBTORS_KEPT_MAX, Cells, FileShape, LineFault
from api.ledger.values import read_days
from api.records.debtors import normal_legal_form
from api.records.identities import OfficialNumber, Reference
from api.records.ledger_debtors import LedgerDebtor
from api.records.ledger_lines import LineKind, numbered
from api.web.money import EXPONENTS
from scoring.countries import country_fault
from scoring.identifiers import compact, is_kvk_number, vat_scheme_of

NUMBERS: dict[LineKind, str] = {
    "invoice": "invoice_number",
    "credit_note": "credit_note_number",
    "payment": "payment_reference",
}
DATES: dict[LineKind, str] = {"invoice": "invoiced_on", "credit_note": "credited_on", "payment": "paid_on"}


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line without a fault: its debtor, and what `LedgerLine` holds besides."""

    line: int
    text: str
    debtor: LedgerDebtor
    values: dict[str, Any]


def check(shape: FileShape, line: int, text: str, cells: Sequence[str]) -> CheckedLine | list[LineFault]:
    """Check one record; lines must come in their order. Gives what can be taken, or every fault that was found."""
    return _Line(shape, line, text, cells).check()


class _Line(Cells):
    """One record while it is being checked."""

    def check(self) -> CheckedLine | list[LineFault]:
        if len(self.cells) != self.shape.width:
            self.fault(None, "columns_count", f"{len(self.cells)} columns, not {self.shape.width}")
            return self.faults
        self.check_text()
        kind = self._kind()
        debtor = self._debtor(kind)
        values = self._values(kind) if kind else None
        if self.faults or debtor is None or values is None or kind is None:
            return self.faults
        values["kind"] = kind
        self._identify(kind, debtor, values)
        return self.faults or CheckedLine(self.line, self.text, debtor, values)

    def _kind(self) -> LineKind | None:
        column = self.mapping.kind_column
        if column is None:
            return self.mapping.kind
        word = self.cells[self.shape.place(column)].strip()
        kind = self.mapping.kind_words.get(word.casefold())
        if kind is None:
            self.fault(column, "kind_unknown", f"'{word[:40]}' is no kind of line in the mapping")
        return kind

    # --- The debtor --------------------------------------------------------------------------------------------------

    def _debtor(self, kind: LineKind | None) -> LedgerDebtor | None:
        """Read the debtor, but once for all lines that name him in the same words, without a fault."""
        key = (kind, *(self.cells[place] for place in self.shape.debtor_places))
        known = self.shape.debtors.get(key)
        if known is None:
            faults_before = len(self.faults)
            known = self._read_debtor(kind)
            if len(self.faults) == faults_before and len(self.shape.debtors) < DEBTORS_KEPT_MAX:
                self.shape.debtors[key] = known
        return known

    def _read_debtor(self, kind: LineKind | None) -> LedgerDebtor:
        reference = Reference(self.needed("debtor_system"), self.needed("debtor_reference"))
        country = self.cell("country") or None
        if country and (fault := country_fault(country)):
            self.fault("country", "not_a_country", fault)
        elif kind == "invoice" and not country:
            self.fault("country", "missing", "country is empty")
        numbers = []
        if kvk_number := self.cell("kvk_number"):
            numbers.append(OfficialNumber("kvk", "NL", kvk_number))
            if not is_kvk_number(kvk_number):
                self.fault("kvk_number", "kvk_number_invalid", "must be eight digits")
        if vat_number := compact(self.cell("vat_number")):
            numbers.append(OfficialNumber("vat", {"EL": "GR"}.get(vat_number[:2], vat_number[:2]), vat_number))
            if vat_number.startswith("NL") and vat_scheme_of(vat_number) is None:
                self.fault("vat_number", "vat_number_invalid", "is not a Dutch VAT number")
        legal_form = normal_legal_form(self.cell("legal_form")) or None
        return LedgerDebtor(reference, self.cell("debtor_name") or None, country, legal_form, tuple(numbers))

    # --- The line ----------------------------------------------------------------------------------------------------

    def _values(self, kind: LineKind) -> dict[str, Any] | None:
        currency = self.needed("currency")
        if currency and currency not in EXPONENTS:
            self.fault("currency", "not_a_currency", f"'{currency[:40]}' is not a currency of ISO 4217 in use")
        amount = self.amount("amount", currency) if self.needed("amount") else None
        dated_on = self.past_day(DATES[kind]) if self.needed(DATES[kind]) else None
        number = self.needed(NUMBERS[kind]) if NUMBERS[kind] in self.mapping.columns else None
        values: dict[str, Any] = {"number": number, "dated_on": dated_on, "amount": amount, "currency": currency}
        if kind != "payment":
            values["vat_amount"] = self.amount("vat_amount", currency)
        if kind == "invoice":
            values |= self._invoice(dated_on, amount, currency)
        elif settled := self.cell("settles"):
            values["settles"] = ((numbered(self._filled(settled)), amount),)
        if (
            kind != "credit_note"
            and "order_reference" in self.mapping.columns
            and (order := self.cell("order_reference"))
        ):
            values["order_references"] = (order,)
        if self.mapping.extra:
            extra = {name: self.cells[self.shape.place(name)].strip() for name in self.mapping.extra}
            values["extra"] = {name: value for name, value in extra.items() if value} or None
        return values

    def _invoice(self, invoiced_on: date | None, amount: Decimal | None, currency: str) -> dict[str, Any]:
        due_on = self.day("due_on") or self._derived("due_on", {"invoiced_on": invoiced_on})
        if due_on is None and not self.faults:
            self.fault("due_on", "missing", "due_on is empty")
        if due_on and invoiced_on and due_on < invoiced_on:
            self.fault("due_on", "due_before_invoiced", f"due {due_on}, invoiced {invoiced_on}")
        values = {"due_on": due_on, "due_on_derived": "due_on" in self.mapping.derived}
        if self.mapping.kind_column is None:
            values |= self._settlement({"invoiced_on": invoiced_on, "due_on": due_on}, amount, currency)
        if disputed := self.cell("disputed"):
            values["disputed"] = disputed.casefold() in self.mapping.disputed_words
        if self.mapping.tells_of_paying:
            values |= self._paying(amount, currency)
        return values

    def _paying(self, amount: Decimal | None, currency: str) -> dict[str, Any]:
        """Read what its payment will be known by, and what may be kept of it by who pays early."""
        discount, until = self.amount("discount_amount", currency), self.day("discount_until")
        if bool(self.cell("discount_amount")) != bool(self.cell("discount_until")):
            self.fault("discount_until", "discount_incomplete", "a discount has an amount and a last day, or neither")
        elif discount and amount is not None and discount >= amount:
            self.fault("discount_amount", "discount_too_large", f"{discount} of {amount}")
        return {
            "remittance_reference": self.cell("remittance_reference") or None,
            "collection_reference": self.cell("collection_reference") or None,
            "discount_amount": discount or None,
            "discount_until": until,
        }

    def _derived(self, field: str, bases: AnyMapping[str, date | None]) -> date | None:
        rule = self.mapping.derived.get(field)
        base = bases.get(rule.base) if rule else None
        if rule is None or base is None:
            return None
        days = rule.plus_days
        if rule.plus_days_column is not None:
            text = self.cells[self.shape.place(rule.plus_days_column)].strip()
            span = self.read(rule.plus_days_column, read_days, text)
            days = span.days if span is not None else None
        if days is None:
            return None
        return date.fromordinal(max(1, base.toordinal() + days))

    def _settlement(self, dates: AnyMapping[str, date | None], amount: Decimal | None, currency: str) -> dict[str, Any]:
        """Read what was paid of an invoice: all of it on `paid_on`, or `paid_amount` where the file has that."""
        paid_on = self.past_day("paid_on") if "paid_on" in self.mapping.columns else self._derived("paid_on", dates)
        paid_amount = self.amount("paid_amount", currency) if "paid_amount" in self.mapping.columns else amount
        if "paid_amount" in self.mapping.columns and not paid_amount:
            return {}
        if paid_on is None:
            if "paid_amount" in self.mapping.columns:
                self.fault("paid_on", "paid_on_missing", "an amount was paid, on a day that is not given")
            return {}
        if paid_on > self.shape.today and "paid_on" in self.mapping.derived:
            self.fault("paid_on", "date_ahead", f"{paid_on} is after today, {self.shape.today}")
        invoiced_on = dates["invoiced_on"]
        if invoiced_on and paid_on < invoiced_on:
            self.fault("paid_on", "paid_before_invoiced", f"paid {paid_on}, invoiced {invoiced_on}")
        if amount is not None and paid_amount is not None and paid_amount > amount:
            self.fault("paid_amount", "paid_more_than_amount", f"paid {paid_amount} of {amount}")
        return {"paid_on": paid_on, "paid_amount": paid_amount}

    # --- Identity ----------------------------------------------------------------------------------------------------

    def _filled(self, number: str) -> str:
        return number.zfill(self.mapping.number_width)

    def _identify(self, kind: LineKind, debtor: LedgerDebtor, values: dict[str, Any]) -> None:
        """Name the line by its number, else by its content and which of its equals in the file it is."""
        if values["number"]:
            values["number"] = self._filled(values["number"])
            values["identity"] = numbered(values["number"])
            return
        columns = self.mapping.identity
        told = (
            [self.cells[self.shape.place(name)] for name in columns]
            if columns
            else [str(values[name]) for name in ("dated_on", "amount", "currency")] + [self.cell("settles")]
        )
        reference = debtor.reference
        assert reference is not None, "a line of a delimited file names its debtor by a reference"
        content = "\x1f".join((kind, reference.system, reference.value, *told)).encode()
        digest = blake2b(content, digest_size=16)
        ordinal = self.shape.ordinal(digest.digest())
        if ordinal > 1 and self.mapping.duplicates == "refuse":
            self.fault(None, "duplicate_line", f"line {ordinal} of the same content in this file")
        values["identity"] = f"content:{digest.hexdigest()}:{ordinal}"
