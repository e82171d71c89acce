"""One file's shape and one record's cells: finding, reading and noting what is wrong, field by field."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from api.ledger.mapping import DATE_FIELDS, DEBTOR_FIELDS, MARKS, Mapping
from api.ledger.values import ValueRefused, amount_reader, date_reader
from api.problems import BadInput, Fault
from api.records.ledger_debtors import LedgerDebtor
from api.web.money import EXPONENTS

TEXT_LENGTH_MAX = 200
EXTRA_LENGTH_MAX = 1000
DEBTORS_KEPT_MAX = 100_000
LOST_LETTER = "\ufffd"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class LineFault:
    """One fault in one line; `column` as in the file, or None for the line as a whole."""

    line: int
    column: str | None
    code: str
    detail: str
    text: str


class FileShape:
    """What is known of one file before its lines are checked, and the ordinals of its equal lines.

    Debtors are remembered as the file writes them, some 50 MB at the most. A file without invoice numbers costs memory
    for each different line, some 150 bytes.
    """

    def __init__(self, mapping: Mapping, header: Sequence[str], today: date) -> None:
        self.mapping = mapping
        self.today = today
        self.width = len(header)
        self._places = self._find(header)
        self._date_readers = {name: date_reader(mapping.formats_of(name), today) for name in DATE_FIELDS}
        self._amount = amount_reader(MARKS[mapping.decimal], mapping.thousands)
        self._ordinals: dict[bytes, int] = {}
        self.debtor_places = tuple(
            self._places[mapping.columns[name]] for name in DEBTOR_FIELDS if name in mapping.columns
        )
        self.debtors: dict[tuple[str | None, ...], LedgerDebtor] = {}

    def _find(self, header: Sequence[str]) -> dict[str, int]:
        """Give the place of each column that is used. Raises BadInput naming those that are not there, or twice."""
        names = [name.strip() for name in header] if self.mapping.header else [str(n + 1) for n in range(len(header))]
        faults = []
        for name in sorted(self.mapping.columns_used()):
            if names.count(name) != 1:
                code = "column_missing" if name not in names else "column_repeated"
                detail = f"The file has {'no' if name not in names else 'more than one'} column '{name}'."
                faults.append(Fault("/columns", code, detail))
        if faults:
            raise BadInput("The file does not have the columns of the mapping.", code="columns_differ", faults=faults)
        return {name: names.index(name) for name in self.mapping.columns_used()}

    def ordinal(self, content: bytes) -> int:
        """Say the how-manieth line of this content it is in the file, from 1."""
        seen = self._ordinals.get(content, 0) + 1
        self._ordinals[content] = seen
        return seen

    def place(self, column: str) -> int:
        """Give a column's place."""
        return self._places[column]

    def read_date(self, name: str, text: str) -> date:
        """Read a date of one of our fields. Raises ValueRefused."""
        return self._date_readers[name](text)

    def read_amount(self, text: str, currency: str) -> Decimal:
        """Read an amount. Raises ValueRefused."""
        return self._amount(text, currency)


class Cells:
    """The cells of one record while it is being checked, and the faults found so far."""

    def __init__(self, shape: FileShape, line: int, text: str, cells: Sequence[str]) -> None:
        self.shape = shape
        self.mapping = shape.mapping
        self.line = line
        self.text = text
        self.cells = cells
        self.faults: list[LineFault] = []

    def fault(self, field: str | None, code: str, detail: str) -> None:
        """Note what is wrong: with one of our fields, one of the file's columns, or (None) the line as a whole."""
        column = None if field is None else self.mapping.columns.get(field, field)
        self.faults.append(LineFault(self.line, column, code, detail, self.text))

    def cell(self, field: str) -> str:
        """Give what stands for one of our fields, or an empty text."""
        column = self.mapping.columns.get(field)
        if column is None:
            return self.mapping.constants.get(field, "")
        return self.cells[self.shape.place(column)].strip()

    def needed(self, field: str) -> str:
        """Give what stands for a field that must not be empty; its absence is noted."""
        value = self.cell(field)
        if not value:
            self.fault(field, "missing", f"{field} is empty")
        return value

    def read(self, field: str, reader: Callable[[str], Any], text: str | None = None) -> Any:
        """Read a value that may be empty: None when it is, or when it has a fault, which is noted."""
        text = self.cell(field) if text is None else text
        if not text:
            return None
        try:
            return reader(text)
        except ValueRefused as refused:
            self.fault(field, refused.code, refused.detail)
            return None

    def check_text(self) -> None:
        """Note control characters, letters that were lost on the way, and text that is too long."""
        if CONTROL.search(self.text):
            self.fault(None, "control_character", "the line holds a control character")
        if LOST_LETTER in self.text:
            self.fault(
                None, "encoding_broken", f"the line holds '{LOST_LETTER}', which stands for a letter that was lost"
            )
        if len(self.text) <= TEXT_LENGTH_MAX:
            return
        for field, column in self.mapping.columns.items():
            if len(self.cells[self.shape.place(column)]) > TEXT_LENGTH_MAX:
                self.fault(field, "too_long", f"longer than {TEXT_LENGTH_MAX} characters")
        for column in (*self.mapping.extra, *self.mapping.identity):
            if len(self.cells[self.shape.place(column)]) > EXTRA_LENGTH_MAX:
                self.fault(column, "too_long", f"longer than {EXTRA_LENGTH_MAX} characters")

    def amount(self, field: str, currency: str) -> Decimal | None:
        """Read an amount; None without a known currency, when it is empty or when it has a fault."""
        if currency not in EXPONENTS:
            return None
        amount: Decimal | None = self.read(field, lambda text: self.shape.read_amount(text, currency))
        if field == "amount" and amount is not None and amount <= 0:
            self.fault(field, "amount_not_positive", "must be above zero; what lowers the debt is a credit note")
        elif amount is not None and amount < 0:
            self.fault(field, "amount_negative", "must not be below zero")
        return amount

    def day(self, field: str) -> date | None:
        """Read a date; None when it is empty or has a fault."""
        found: date | None = self.read(field, lambda text: self.shape.read_date(field, text))
        return found

    def past_day(self, field: str) -> date | None:
        """Read a date that may not be after the seller's today."""
        found = self.day(field)
        if found and found > self.shape.today:
            self.fault(field, "date_ahead", f"{found} is after today, {self.shape.today}")
        return found
