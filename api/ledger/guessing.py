"""Guesses how a file is written, for a dry run: a mapping to begin with, and what only a person can decide."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import yaml

from api.ledger.mapping import DELIMITERS, Mapping, read_mapping
from api.ledger.reading import BOM
from api.ledger.values import ValueRefused, amount_reader, read_date
from api.problems import BadInput

SAMPLE_BYTES = 64_000
DATE_FORMATS = (
    *("YYYY-MM-DD", "DD-MM-YYYY", "D-M-YYYY", "D/M/YYYY", "M/D/YYYY", "DD.MM.YYYY", "D.M.YYYY"),
    *("DD-Mon-YY", "DD-Mon-YYYY", "YYYYMMDD", "D/M/YY", "M/D/YY"),
)
MARKS = (("point", ".", ""), ("comma", ",", ""), ("point", ".", ","), ("comma", ",", "."))
# Words that columns are called by, without spaces and signs; the first of our fields that fits takes the column.
WORDS: dict[str, tuple[str, ...]] = {
    "invoice_number": (
        "invoicenumber",
        "invoiceno",
        "invoiceid",
        "factuurnummer",
        "factuurnr",
        "documentnumber",
        "docno",
    ),
    "debtor_reference": (
        "customerid",
        "customerno",
        "customernumber",
        "debtorreference",
        "debtornumber",
        "debiteurnummer",
    ),
    "debtor_name": ("customername", "debtorname", "vendorname", "klantnaam", "debiteurnaam", "name", "naam"),
    "invoiced_on": ("invoicedate", "invoicedon", "factuurdatum", "documentdate"),
    "due_on": ("duedate", "dueon", "vervaldatum", "vervaldag"),
    "paid_on": ("settleddate", "paymentdate", "paidon", "paiddate", "betaaldatum", "betaaldop"),
    "paid_amount": ("settled", "paidamount", "amountpaid", "betaaldbedrag", "voldaan"),
    "amount": ("invoiceamount", "amount", "totalamount", "bedrag", "factuurbedrag", "total"),
    "currency": ("currency", "valuta", "munt"),
    "country": ("country", "land"),
    "disputed": ("disputed", "betwist", "dispuut"),
    "kvk_number": ("kvknumber", "kvk", "kvknummer"),
    "vat_number": ("vatnumber", "btwnummer", "vatid"),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping as YAML text; `mapping` is None while it lacks what only a person knows. `notes` say what is unsure."""

    text: str
    mapping: Mapping | None
    notes: list[dict[str, str]] = field(default_factory=list)


def propose(plain: BinaryIO) -> Proposal:
    """Guess a mapping from the start of a file, which stays unread."""
    peek = getattr(plain, "peek", None)
    sample = peek(SAMPLE_BYTES)[:SAMPLE_BYTES] if peek else b""
    encoding, text = _decoded(sample)
    delimiter = max(DELIMITERS, key=text.split("\n", 1)[0].count)
    rows = list(csv.reader(io.StringIO(text[: text.rfind("\n") + 1] or text), delimiter=delimiter))
    header, below = (
        ([name.strip() for name in rows[0]], [row for row in rows[1:] if len(row) == len(rows[0])])
        if rows
        else ([], [])
    )
    notes: list[dict[str, str]] = []
    columns = _columns(header)
    document: dict[str, Any] = {"delimiter": delimiter, "encoding": encoding}
    values = {name: [row[header.index(column)].strip() for row in below] for name, column in columns.items()}
    document |= _marks([value for name in ("amount", "paid_amount") for value in values.get(name, ())])
    document["date_formats"] = _formats(values, notes)
    document["columns"] = columns
    document["constants"] = {"debtor_system": "erp"}
    for name in ("currency", "country"):
        if name not in columns:
            _note(notes, f"{name}_unknown", f"no column looks like {name}: add a column or a constant")
    if "invoice_number" not in columns and header:
        document["identity"] = header
        _note(notes, "number_unknown", "no column looks like an invoice number: all columns together are the identity")
    try:
        mapping = read_mapping(document)
    except BadInput:
        mapping = None
    return Proposal(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), mapping, notes)


def _note(notes: list[dict[str, str]], code: str, detail: str) -> None:
    notes.append({"code": code, "detail": detail})


def _decoded(sample: bytes) -> tuple[str, str]:
    sample = sample.removeprefix(BOM)
    whole = sample[: sample.rfind(b"\n") + 1] or sample  # The sample may end in the middle of a letter.
    try:
        return "utf-8", whole.decode()
    except UnicodeDecodeError:
        return "windows-1252", whole.decode("windows-1252", "replace")


def _columns(header: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, words in WORDS.items():
        for column in header:
            plain = "".join(letter for letter in column.casefold() if letter.isalnum())
            if plain in words and column not in found.values() and name not in found:
                found[name] = column
    if "debtor_reference" not in found and "debtor_name" in found:
        found["debtor_reference"] = found["debtor_name"]
    return found


def _marks(amounts: Sequence[str]) -> dict[str, str]:
    for name, mark, thousands in MARKS:
        read = amount_reader(mark, thousands)
        try:
            for amount in amounts:
                if amount:
                    read(amount, "EUR")
        except ValueRefused:
            continue
        return {"decimal": name, "thousands": thousands}
    return {}


def _formats(values: dict[str, list[str]], notes: list[dict[str, str]]) -> dict[str, list[str]]:
    formats: dict[str, list[str]] = {}
    for name in ("invoiced_on", "due_on", "paid_on"):
        given = [value for value in values.get(name, ()) if value]
        fitting = [each for each in DATE_FORMATS if given and all(read_date(value, (each,)) for value in given)]
        different = {tuple(read_date(value, (each,)) for value in given) for each in fitting}
        if len(different) > 1:
            _note(notes, "date_format_ambiguous", f"{name} can be read as {' or as '.join(fitting)}: choose one")
        if fitting:
            formats[name] = [fitting[0]]
        elif given:
            _note(notes, "date_format_unknown", f"{name}: no known format fits every value, such as '{given[0][:40]}'")
    return formats
