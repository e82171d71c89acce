"""The euro reference rates as the European Central Bank publishes them: CSV and XML read into rates, and nothing else.

One day, ninety days and the whole history have the same layout (https://www.ecb.europa.eu, euro foreign exchange
reference rates): how many units of each currency one euro is worth.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from xml.parsers import expat

from scoring.exchange import Rate

SOURCE = "European Central Bank, euro foreign exchange reference rates"
_CUBE = "http://www.ecb.int/vocabulary/2002-08-01/eurofxref Cube"
_ENVELOPE = "http://www.gesmes.org/xml/2002-08-01 Envelope"
_ABSENT = frozenset({"", "N/A"})
_CURRENCY = re.compile(r"[A-Z]{3}")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WRITTEN_DATE = re.compile(rf"([0-9]{{1,2}}) ({'|'.join(_MONTHS)}) ([0-9]{{4}})")


class ReferenceRatesInvalid(ValueError):
    """A file that is not what the bank publishes; the message says where."""


def rates_of_csv(text: str) -> Iterator[Rate]:
    """The rates of a CSV file, in its order; a currency without a rate on a day (empty, N/A) gives none that day.

    Dates are `2026-07-23`, or `23 July 2026` as in the file of one day. Raises ReferenceRatesInvalid.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), skipinitialspace=True)
    try:
        header = [cell.strip() for cell in next(rows, [])]
        currencies = header[1:-1] if header and not header[-1] else header[1:]
        if header[:1] != ["Date"] or not currencies or not all(map(_CURRENCY.fullmatch, currencies)):
            raise ReferenceRatesInvalid("line 1 is not Date and currencies")
        for row in rows:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield from _rates_of_line(cells, currencies, f"line {rows.line_num}")
    except csv.Error as error:
        raise ReferenceRatesInvalid(f"line {rows.line_num}: {error}") from error


def rates_of_xml(content: bytes) -> tuple[Rate, ...]:
    """The rates of an XML file, in its order. Raises ReferenceRatesInvalid, also for any document type or entity."""
    reader = _XmlReader()
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ReferenceRatesInvalid(str(error)) from error
    if not reader.rates:
        raise ReferenceRatesInvalid("there is no rate in it")
    return tuple(reader.rates)


class _XmlReader:
    """Takes rates from the cubes of an envelope while it is parsed; nothing else of it is kept."""

    def __init__(self) -> None:
        self.rates: list[Rate] = []
        self.rate_on: date | None = None
        self.depth = 0
        self.parser: Any = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        # Without a document type there are no entities, so none that swell or reach outside.
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.depth and name != _ENVELOPE:
            raise ReferenceRatesInvalid("it does not begin with an envelope")
        self.depth += 1
        if name != _CUBE:
            return
        where = f"line {self.parser.CurrentLineNumber}"
        if "time" in attributes:
            self.rate_on = _date(attributes["time"], where)
        elif "currency" in attributes:
            if self.rate_on is None:
                raise ReferenceRatesInvalid(f"{where}: a rate without a day")
            rate = _rate(attributes["currency"], attributes.get("rate", ""), self.rate_on, where)
            self.rates += [rate] if rate else []

    def _end(self, _: str) -> None:
        self.depth -= 1

    def _refuse(self, *_: object) -> None:
        raise ReferenceRatesInvalid("a document type or entity has no place in it")


def _rates_of_line(cells: list[str], currencies: list[str], where: str) -> Iterator[Rate]:
    rate_on = _date(cells[0], where)
    values = cells[1:]
    if len(values) < len(currencies) or any(values[len(currencies) :]):
        raise ReferenceRatesInvalid(f"{where} has not one cell for each currency")
    for currency, value in zip(currencies, values, strict=False):
        rate = _rate(currency, value, rate_on, where)
        if rate is not None:
            yield rate


def _rate(currency: str, value: str, rate_on: date, where: str) -> Rate | None:
    if value.strip() in _ABSENT:
        return None
    try:
        if not _CURRENCY.fullmatch(currency) or not _NUMBER.fullmatch(value):
            raise ValueError("neither a currency nor a number")
        return Rate(currency, Decimal(value), rate_on, SOURCE)
    except ValueError as error:
        raise ReferenceRatesInvalid(f"{where}: {currency} {value!r} is not a rate") from error


def _date(value: str, where: str) -> date:
    written = _WRITTEN_DATE.fullmatch(value)
    try:
        if written:
            return date(int(written[3]), _MONTHS.index(written[2]) + 1, int(written[1]))
        if not _DATE.fullmatch(value):
            raise ValueError("neither way of writing a date")
        return date.fromisoformat(value)
    except ValueError as error:
        raise ReferenceRatesInvalid(f"{where}: {value!r} is not a date") from error
