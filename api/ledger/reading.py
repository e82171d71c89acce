"""Reads a delimited file as records, in bounded memory; a broken line costs that line and no other."""

import csv
import gzip
import io
import zlib
from collections import deque
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from api.ledger.mapping import Mapping
from api.problems import BadInput

LINE_BYTES_MAX = 100_000
BUFFER_BYTES = 128_000
UNPACKED_BYTES_MAX = 5_000_000_000
RECORD_LINES_MAX = 50  # How many lines a quoted text may run over before its quote counts as never closed.
BOM = b"\xef\xbb\xbf"
WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
GZIP = b"\x1f\x8b"


class Record(NamedTuple):
    """One record as it stands in the file; `line` counts from 1. `cells` is None when it could not be taken apart."""

    line: int
    text: str
    cells: list[str] | None
    code: str | None = None
    detail: str | None = None


class FileUnreadable(BadInput):
    """The file as a whole cannot be read."""

    code = "file_unreadable"


class _Unpacked(io.RawIOBase):
    """What is in a gzip file, up to a number of bytes: a small file can hold endless zeros."""

    def __init__(self, packed: BinaryIO, bytes_max: int) -> None:
        self._plain = gzip.GzipFile(fileobj=packed)
        self._bytes_max = bytes_max
        self._bytes_left = bytes_max

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._plain.read1(len(buffer))
        self._bytes_left -= len(content)
        if self._bytes_left < 0:
            raise FileUnreadable(f"The file unpacks to more than {self._bytes_max:,} bytes.", code="unpacked_too_large")
        buffer[: len(content)] = content
        return len(content)


def opened(stream: BinaryIO, unpacked_bytes_max: int = UNPACKED_BYTES_MAX, *, takes_wide: bool = False) -> BinaryIO:
    """Give the plain bytes of a file that may be packed with gzip, then bounded: FileUnreadable is raised behind that.

    Raises FileUnreadable for 16-bit text, unless the reader `takes_wide`.
    """
    buffered = io.BufferedReader(stream, BUFFER_BYTES)  # type: ignore[type-var]
    start = buffered.peek(2)[:2]
    if start == GZIP:
        return io.BufferedReader(_Unpacked(buffered, unpacked_bytes_max), BUFFER_BYTES)
    if start in WIDE_BOMS and not takes_wide:
        raise FileUnreadable("The file is UTF-16; save it as UTF-8.", code="encoding_unsupported")
    return buffered


def records(stream: BinaryIO, mapping: Mapping) -> Iterator[Record]:
    """Give the records of plain bytes, the header too, one at a time. Raises FileUnreadable when a pack ends early."""
    lines = _lines(stream, mapping.encoding)
    behind: deque[Record] = deque()  # Lines that were read ahead in search of a closing quote, in vain.
    width = None
    while (line := behind.popleft() if behind else next(lines, None)) is not None:
        record = _taken_apart(line, mapping)
        if record.code == "quote_unclosed":
            record = _over_lines(line, lines, behind, mapping, width)
        if width is None and record.cells:
            width = len(record.cells)
        yield record


def _lines(stream: BinaryIO, encoding: str) -> Iterator[Record]:
    number = 0
    try:
        while raw := stream.readline(LINE_BYTES_MAX):
            number += 1
            if number == 1 and raw.startswith(BOM):
                raw = raw[3:]
            if len(raw) == LINE_BYTES_MAX and not raw.endswith(b"\n"):
                _skip_line(stream)
                yield Record(
                    number, raw[:200].decode(encoding, "replace"), None, "line_too_long", "the line is too long"
                )
                continue
            try:
                yield Record(number, raw.decode(encoding).rstrip("\r\n"), None)
            except UnicodeDecodeError as error:
                shown = raw.decode(encoding, "replace").rstrip("\r\n")
                yield Record(number, shown, None, "encoding_broken", f"byte {error.start + 1} is not {encoding}")
    except (EOFError, zlib.error, OSError) as error:
        raise FileUnreadable(f"The file breaks off after line {number}.", code="file_broken_off") from error


def _skip_line(stream: BinaryIO) -> None:
    while (rest := stream.readline(LINE_BYTES_MAX)) and not rest.endswith(b"\n"):
        pass


def _over_lines(
    first: Record, lines: Iterator[Record], behind: deque[Record], mapping: Mapping, width: int | None
) -> Record:
    """Join lines until the quote of the first one closes. When it never does, only that line is lost."""
    joined = [first]
    while len(joined) < RECORD_LINES_MAX:
        more = behind.popleft() if behind else next(lines, None)
        if more is None:
            break
        joined.append(more)
        if more.code:
            break
        if mapping.quote in more.text:
            text = "\n".join(line.text for line in joined)
            record = _taken_apart(Record(first.line, text, None), mapping)
            if record.cells and width in (None, len(record.cells)):
                return record
    behind.extendleft(reversed(joined[1:]))
    return Record(first.line, first.text, None, "quote_unclosed", "a quote is opened and never closed")


def _taken_apart(record: Record, mapping: Mapping) -> Record:
    if record.code:
        return record
    if not (mapping.quote in record.text or "\r" in record.text or "\0" in record.text or not record.text):
        return Record(record.line, record.text, record.text.split(mapping.delimiter))  # Most lines, and quicker.
    reader = csv.reader((record.text,), delimiter=mapping.delimiter, quotechar=mapping.quote, strict=True)
    try:
        return Record(record.line, record.text, next(reader, []))
    except csv.Error as error:
        code = "quote_unclosed" if "end of data" in str(error) else "quote_misplaced"
        return Record(record.line, record.text, None, code, str(error))
