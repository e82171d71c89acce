"""Splits an MT940 file into statements and their fields, as a stream."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from api.ledger.formats.streams import lines
from api.ledger.reading import BOM, FileUnreadable

LINE_BYTES_MAX = 2_000
FIELD_LENGTH_MAX = 10_000
FIELDS_MAX = 200_000  # In one statement.
TAG = re.compile(r":(13D?|20|21|25P?|28C?|34F|60[FM]?|61|62[FM]?|64|65|86|90[CD]|NS):")
END = re.compile(r"-(\}|XXX|$)")
BLOCK_OF_TEXT = "{4:"


@dataclass(slots=True)
class TaggedField:
    """One field: its tag without colons, the line it begins on, and its text with the line breaks."""

    tag: str
    line: int
    text: str


@dataclass(slots=True)
class TaggedStatement:
    """The fields of one statement, in their order."""

    line: int
    fields: list[TaggedField] = field(default_factory=list)

    def first(self, tag: str) -> TaggedField | None:
        """Give the first field whose tag begins with two digits, or None."""
        return next((each for each in self.fields if each.tag[:2] == tag), None)


def statements(stream: BinaryIO) -> Iterator[TaggedStatement]:
    """Give the statements of a file: each ends at a line `-` or `-}`, at the next :20:, or at the next SWIFT block.

    Raises FileUnreadable, with code `line_too_long` or `statement_too_large` for what no bank sends.
    """
    current: TaggedStatement | None = None
    for number, raw, is_cut in lines(stream, LINE_BYTES_MAX):
        if is_cut:
            raise FileUnreadable(f"Line {number} is too long for MT940.", code="line_too_long")
        text = _decoded(raw.removeprefix(BOM) if number == 1 else raw)
        is_block = text.startswith("{")
        if is_block:  # The first field may stand behind its head.
            text = text.partition(BLOCK_OF_TEXT)[2]
        match = TAG.match(text)
        starts_anew = is_block or (match is not None and match[1] == "20")
        if current is not None and (starts_anew or END.match(text.strip())):
            yield current
            current = None
        if match is not None:
            current = current or TaggedStatement(number)
            _add(current, TaggedField(match[1], number, text[match.end() :]))
        elif current is not None and len(current.fields[-1].text) < FIELD_LENGTH_MAX:
            current.fields[-1].text += "\n" + text
    if current is not None:
        yield current


def _add(statement: TaggedStatement, found: TaggedField) -> None:
    statement.fields.append(found)
    if len(statement.fields) > FIELDS_MAX:
        raise FileUnreadable(f"Line {found.line}: the statement does not end.", code="statement_too_large")


def _decoded(raw: bytes) -> str:
    raw = raw.rstrip(b"\r\n")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("windows-1252", "replace")
