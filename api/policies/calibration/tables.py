"""Reads cases from a table: a CSV file, plain or gzip, with a header and a column that says how each case ended."""

import csv
import gzip
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from api.policies.calibration.cases import Cases

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
NUMBERS_SHARE_MIN = 0.5  # A column of which fewer values are numbers is one of words, and not of misprints.
REPEATS_SHARE_MAX = 0.05  # Where more rows look alike, the figures are coarse and the rows no copies.
MISSING = {"", "?", "na", "n/a", "nan", "null", "none"}
YES_OR_NO = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
GZIP_MAGIC = b"\x1f\x8b"


class TableInvalid(ValueError):
    """A table that cannot be read; `faults` names everything that is wrong with it, by line and column."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Keep the faults, and name them all in the message."""
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class TableColumns:
    """What the columns of a table are: `bad` is what stands in `outcome` when a case went bad."""

    outcome: str
    bad: str
    excluded: tuple[str, ...] = ()
    period: str | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: tuple[str, ...]


def read_table(path: Path, columns: TableColumns, delimiter: str = ",") -> Cases:
    """The cases of a table. Raises TableInvalid, naming every fault, and OSError when there is no such file."""
    header, rows, faults = _rows_of(path, delimiter)
    faults += _header_faults(header, columns)
    if faults:
        raise TableInvalid(faults)
    rows, notes = _without_repeats(rows)
    bad, faults = _outcomes(rows, header.index(columns.outcome), columns)
    periods = _periods(rows, header, columns.period, faults)
    figures, values = [], []
    for place, name in enumerate(header):
        if name in {columns.outcome, columns.period, *columns.excluded}:
            continue
        numbers = _column(rows, place, name, faults)
        if numbers is None:
            notes.append(f"{name} is left out: its values are words, neither numbers nor yes and no")
        else:
            figures.append(name)
            values.append(numbers)
    if not figures:
        faults.append("no column of numbers is left to fit to")
    if faults:
        raise TableInvalid(faults)
    table = np.array(values, dtype=np.float64).T
    return Cases(tuple(figures), table, np.array(bad, dtype=np.bool_), periods=periods, notes=tuple(notes))


def _rows_of(path: Path, delimiter: str) -> tuple[tuple[str, ...], list[_Row], list[str]]:
    """The header, the rows that are as long as it, and what is wrong with the others."""
    header: tuple[str, ...] = ()
    rows: list[_Row] = []
    faults: list[str] = []
    try:
        for line, cells in _lines(path, delimiter):
            if not header:
                header = cells
            elif len(cells) != len(header):
                faults.append(f"line {line}: has {len(cells)} cells, the header has {len(header)}")
            else:
                rows.append(_Row(line, cells))
    except UnicodeDecodeError as error:
        raise TableInvalid(["the file is not UTF-8 text"]) from error
    except (csv.Error, gzip.BadGzipFile, EOFError) as error:
        raise TableInvalid([f"the file cannot be read: {error}"]) from error
    if not header:
        faults.append("the file is empty")
    elif not rows and not faults:
        faults.append("there are no rows below the header")
    return header, rows, faults


def _lines(path: Path, delimiter: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The cells of every line that is not blank, with its number."""
    with path.open("rb") as peeked:
        packed = peeked.read(2) == GZIP_MAGIC
    opened = gzip.open if packed else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as text:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        for cells in reader:
            if cells:
                yield reader.line_num, tuple(cell.strip() for cell in cells)


def _without_repeats(rows: list[_Row]) -> tuple[list[_Row], list[str]]:
    """The rows without copies of others, which would stand on both sides of a fold; and what there is to tell of it."""
    first: dict[tuple[str, ...], _Row] = {}
    for row in rows:
        first.setdefault(row.cells, row)
    count = len(rows) - len(first)
    if count > REPEATS_SHARE_MAX * len(rows):
        return rows, [f"{count} rows look exactly like another one: they are taken as cases of their own"]
    return list(first.values()), [f"{count} rows that repeat another one exactly are left out"] if count else []


def _header_faults(header: Sequence[str], columns: TableColumns) -> list[str]:
    if not header:
        return []
    faults = [f"line 1: two columns are named {name!r}" for name in sorted({*header}) if header.count(name) > 1]
    asked = [columns.outcome, *columns.excluded, *([columns.period] if columns.period else [])]
    unknown = [name for name in asked if name not in header]
    return faults + [f"line 1: there is no column {name!r}; there are {', '.join(header)}" for name in unknown]


def _outcomes(rows: Sequence[_Row], place: int, columns: TableColumns) -> tuple[list[bool], list[str]]:
    """Whether each case went bad; and what is wrong with the column that says so."""
    found = sorted({row.cells[place] for row in rows} - {""})
    faults = [f"line {row.line}, column {columns.outcome}: is empty" for row in rows if not row.cells[place]]
    if columns.bad not in found:
        faults.append(f"column {columns.outcome}: no row says {columns.bad!r}; there are {', '.join(found[:10])}")
    elif len(found) == 1:
        faults.append(f"column {columns.outcome}: every row says {columns.bad!r}")
    return [row.cells[place] == columns.bad for row in rows], faults


def _periods(
    rows: Sequence[_Row], header: Sequence[str], name: str | None, faults: list[str]
) -> tuple[str, ...] | None:
    if name is None:
        return None
    place = header.index(name)
    faults.extend(f"line {row.line}, column {name}: is empty" for row in rows if not row.cells[place])
    return tuple(row.cells[place] for row in rows)


def _column(rows: Sequence[_Row], place: int, name: str, faults: list[str]) -> list[float] | None:
    """The numbers of a column, yes as 1 and no as 0; None when it is one of words. What is no number is a fault."""
    known = [cell for row in rows if (cell := row.cells[place]).lower() not in MISSING]
    answers = all(cell.lower() in YES_OR_NO for cell in known)
    if not answers and sum(NUMBER.fullmatch(cell) is not None for cell in known) < NUMBERS_SHARE_MIN * len(known):
        return None
    numbers = []
    for row in rows:
        cell = row.cells[place]
        number = np.nan if cell.lower() in MISSING else _number(cell, answers=answers)
        if number is None:
            faults.append(f"line {row.line}, column {name}: {cell!r} is not a number")
        numbers.append(np.nan if number is None else number)
    return numbers


def _number(cell: str, *, answers: bool) -> float | None:
    if answers:
        return YES_OR_NO[cell.lower()]
    number = float(cell) if NUMBER.fullmatch(cell) else None
    return None if number is None or not np.isfinite(number) else number
