"""Guesses how a file is written, for a dry run: a mapping to begin with, and what only a person can decide."""

import codecs
import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO, TypeVar

import yaml

from api.ledger import mapping as mappings
from api.ledger.column_words import NEEDED, columns_of
from api.ledger.mapping import DELIMITERS
from api.ledger.reading import BOM, FileUnreadable
from api.ledger.values import ValueRefused, amount_reader, read_date
from api.problems import BadInput

SAMPLE_BYTES = 64_000
MISFITS_SHOWN = 3
MISFIT_SHARE_MAX = 0.05  # A way to read a column may miss this share of its values, and always one.
DATE_FORMATS = (
    *("YYYY-MM-DD", "DD-MM-YYYY", "D-M-YYYY", "D/M/YYYY", "M/D/YYYY", "DD.MM.YYYY", "D.M.YYYY"),
    *("DD-Mon-YY", "DD-Mon-YYYY", "YYYYMMDD", "D/M/YY", "M/D/YY"),
)
MARKS = {("point", ""): ".", ("comma", ""): ",", ("point", ","): ".", ("comma", "."): ","}
EXAMPLES = {"currency": "EUR", "country": "NL"}  # What may be a constant where no column says it.

Way = TypeVar("Way")
Values = Sequence[tuple[int, str]]  # The values of a column that are not empty, each with its line in the file.


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping as YAML text; `mapping` is None while it lacks what only a person knows. `notes` say what is unsure."""

    text: str
    mapping: mappings.Mapping | None
    notes: list[dict[str, str]] = field(default_factory=list)


def propose(plain: BinaryIO) -> Proposal:
    """Guess a mapping from the start of a file, which stays unread. Raises FileUnreadable for an empty one."""
    peek = getattr(plain, "peek", None)
    sample = peek(SAMPLE_BYTES)[:SAMPLE_BYTES] if peek else b""
    encoding, text = _decoded(sample)
    delimiter = max(DELIMITERS, key=text.split("\n", 1)[0].count)
    rows = _rows(text, delimiter)
    if not rows:
        raise FileUnreadable("The file is empty.", code="file_empty")
    header = [name.strip() for name in rows[0][1]]
    below = [(line, cells) for line, cells in rows[1:] if len(cells) == len(header)]
    notes: list[dict[str, str]] = []
    columns = columns_of(header, partial(_note, notes))
    values = {
        name: [(line, cell) for line, cells in below if (cell := cells[header.index(column)].strip())]
        for name, column in columns.items()
    }
    document: dict[str, Any] = {"delimiter": delimiter, "encoding": encoding}
    document |= _marks([each for name in ("amount", "paid_amount") for each in values.get(name, ())], notes)
    document["date_formats"] = _formats(values, notes)
    document["columns"] = columns
    if "invoice_number" not in columns:
        document["identity"] = [name for name in header if name and header.count(name) == 1]
        _note(notes, "number_unknown", "no column looks like an invoice number: all columns together are the identity")
    document["constants"] = {"debtor_system": "erp"}  # Last, so that what is missing can stand below it.
    for name in NEEDED:
        if name not in columns:
            source = "a column or a constant" if name in EXAMPLES else "its column"
            _note(notes, f"{name}_unknown", f"no column looks like {name}: add {source}")
    try:
        mapping = mappings.read_mapping(document)
    except BadInput:
        mapping = None
    return Proposal(_written(document, notes), mapping, notes)


def _note(notes: list[dict[str, str]], code: str, detail: str) -> None:
    notes.append({"code": code, "detail": detail})


def _decoded(sample: bytes) -> tuple[str, str]:
    """Give the encoding, and the whole lines of a sample that may end in the middle of a letter."""
    sample = sample.removeprefix(BOM)
    encoding = "utf-8"
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        encoding = "windows-1252"
        text = sample.decode(encoding, "replace")
    is_cut = len(sample) >= SAMPLE_BYTES - len(BOM)
    return encoding, text[: text.rfind("\n") + 1] or text if is_cut else text


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Take the sample apart: each row with the line it begins on, empty ones left out."""
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    rows, line = [], 1
    for cells in reader:
        if cells:
            rows.append((line, cells))
        line = reader.line_num + 1
    return rows


def _marks(amounts: Values, notes: list[dict[str, str]]) -> dict[str, str]:
    """Choose the marks with which nearly all amounts can be read."""

    def reads(mark: str, thousands: str, value: str) -> bool:
        try:
            amount_reader(mark, thousands)(value, "EUR")
        except ValueRefused:
            return False
        return True

    ways = {key: partial(reads, mark, key[1]) for key, mark in MARKS.items()}
    best = _best(amounts, ways, "amounts", "amount_marks_unknown", notes)
    return {"decimal": best[0][0], "thousands": best[0][1]} if best else {}


def _formats(values: Mapping[str, Values], notes: list[dict[str, str]]) -> dict[str, list[str]]:
    """Choose for each date the format in which nearly all of its values can be read."""
    formats: dict[str, list[str]] = {}
    for name in ("invoiced_on", "due_on", "paid_on"):
        given = values.get(name, ())
        ways = {each: partial(_is_date, each) for each in DATE_FORMATS}
        best = _best(given, ways, name, "date_format_unknown", notes)
        different = {tuple(read_date(value, (each,)) for _, value in given) for each in best}
        if len(different) > 1:
            _note(notes, "date_format_ambiguous", f"{name} can be read as {' or as '.join(best)}: choose one")
        if best:
            formats[name] = [best[0]]
    return formats


def _is_date(date_format: str, value: str) -> bool:
    return read_date(value, (date_format,)) is not None


def _best(
    values: Values, ways: Mapping[Way, Callable[[str], bool]], what: str, code: str, notes: list[dict[str, str]]
) -> list[Way]:
    """Give the ways that read the most values, none when that is not nearly all; notes the values that do not fit."""
    if not values:
        return []
    misfits = {way: [each for each in values if not reads(each[1])] for way, reads in ways.items()}
    fewest = min(map(len, misfits.values()))
    best = [way for way, missed in misfits.items() if len(missed) == fewest]
    shown = ", ".join(f"'{value[:40]}' in line {line}" for line, value in misfits[best[0]][:MISFITS_SHOWN])
    if fewest > max(1, MISFIT_SHARE_MAX * len(values)) or fewest == len(values):
        _note(notes, code, f"{what}: no known way of writing fits nearly all values, such as {shown}")
        return []
    if fewest:
        _note(notes, "value_does_not_fit", f"{what}: {fewest} of {len(values)} values do not fit the rest: {shown}")
    return best


def _written(document: dict[str, Any], notes: Sequence[Mapping[str, str]]) -> str:
    """Write a mapping as YAML, with what a person must still decide as comments."""
    todo = [f"# TODO {_plain(note['detail'])}" for note in notes]
    missing = {note["code"].removesuffix("_unknown") for note in notes}
    constants = [f"  # {name}: {example}  # TODO" for name, example in EXAMPLES.items() if name in missing]
    body = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=1000)
    return "\n".join([*todo, body.rstrip("\n"), *constants]) + "\n"


def _plain(text: str) -> str:
    """Keep a value of the file within its line of comment."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
