"""Reads XML as a stream of small trees, in bounded memory; what XML can do to its reader is refused."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal
from xml.parsers import expat

from api.ledger.formats.streams import PIECE_BYTES, pieces
from api.ledger.reading import UNPACKED_BYTES_MAX, FileUnreadable

DEPTH_MAX = 100
ELEMENTS_MAX = 250_000  # In one record: a batch entry with some 8,000 transactions.
TEXT_MAX = 100_000
TOKEN_BYTES_MAX = 1_000_000  # A tag, comment or the like that does not end is kept by the parser until it does.
ENCODINGS = re.compile(r"utf-?(?:8|16|16le|16be)|us-ascii|ascii|iso-8859-[0-9]{1,2}|windows-125[0-9]", re.I)
BETWEEN = "\n"  # Between namespace and name; no namespace holds it.


class Element:
    """One element of a wanted namespace: its local name, attributes without a namespace, text and children."""

    __slots__ = ("attributes", "children", "line", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.name = name
        self.attributes = attributes
        self.line = line
        self.text = ""
        self.children: list[Element] = []

    def first(self, *path: str) -> "Element | None":
        """Give the first element along a path of names, or None."""
        if not path:
            return self
        for child in self.children:
            if child.name == path[0] and (found := child.first(*path[1:])) is not None:
                return found
        return None

    def every(self, *path: str) -> Iterator["Element"]:
        """Give all elements along a path of names, in their order."""
        for child in self.children:
            if child.name == path[0]:
                if len(path) == 1:
                    yield child
                else:
                    yield from child.every(*path[1:])

    def value(self, *path: str) -> str | None:
        """Give the text of the first element along a path that has any, or None."""
        if len(path) == 1:
            for child in self.children:
                if child.name == path[0] and child.text:
                    return child.text
            return None
        for child in self.children:
            if child.name == path[0] and (found := child.value(*path[1:])) is not None:
                return found
        return None


@dataclass(frozen=True, slots=True)
class Event:
    """What the reader met: an element above the records that starts or ends, or a whole record."""

    kind: Literal["start", "end", "record"]
    element: Element


@dataclass(frozen=True, slots=True)
class Shape:
    """Which part of a document is read.

    `namespaces` says of a namespace whether its elements are; others are passed over with all that is in them, as are
    elements whose name is in `dropped`. Records are the elements at `depth`, the root being at 0.
    """

    depth: int
    namespaces: Callable[[str], bool]
    dropped: frozenset[str] = frozenset()


def read_events(stream: BinaryIO, shape: Shape, bytes_max: int = UNPACKED_BYTES_MAX) -> Iterator[Event]:
    """Give what a document holds, piece by piece.

    Raises FileUnreadable with code `xml_doctype`, `xml_broken`, `xml_too_deep`, `xml_too_large` or
    `encoding_unsupported`; what was given before stays good.
    """
    reader = _Reader(shape)
    fed = 0
    for piece in pieces(stream):
        fed += len(piece)
        if fed > bytes_max:
            raise FileUnreadable(f"The file holds more than {bytes_max:,} bytes.", code="xml_too_large")
        reader.feed(piece, is_last=False)
        if fed - reader.parser.CurrentByteIndex > TOKEN_BYTES_MAX + PIECE_BYTES:
            raise _too_large(reader.parser.CurrentLineNumber, "a tag, comment or text without an end")
        yield from reader.taken()
    reader.feed(b"", is_last=True)
    yield from reader.taken()


def root_of(start: bytes) -> tuple[str, str] | None:
    """Give namespace and name of the root that the first bytes of a document show, or None. Raises FileUnreadable."""
    found: list[tuple[str, str]] = []

    def on_start(name: str, _: object) -> None:
        if not found:
            namespace, _, local = name.rpartition(BETWEEN)
            found.append((namespace, local))

    parser = _parser()
    parser.StartElementHandler = on_start
    try:
        parser.Parse(start, False)
    except (expat.ExpatError, LookupError, ValueError) as error:
        if not found:  # What comes after the root is for its reader to judge.
            raise _broken(error, parser.CurrentLineNumber) from error
    return found[0] if found else None


def _parser() -> expat.XMLParserType:
    """Make a parser that refuses, at its first sign, a document type and with it every entity."""
    parser = expat.ParserCreate(namespace_separator=BETWEEN)

    def on_doctype(*_: object) -> int:
        detail = "The file has a document type (DOCTYPE); invoices and bank statements have none, so it is not read."
        raise FileUnreadable(detail, code="xml_doctype")

    def on_declaration(_: str, encoding: str | None, __: int) -> None:
        if encoding is not None and not ENCODINGS.fullmatch(encoding):
            raise FileUnreadable(f"The encoding '{encoding[:40]}' is not read.", code="encoding_unsupported")

    parser.XmlDeclHandler = on_declaration
    parser.StartDoctypeDeclHandler = on_doctype
    parser.EntityDeclHandler = on_doctype
    parser.ExternalEntityRefHandler = on_doctype
    parser.buffer_text = True
    return parser


class _Reader:
    """The state of one document that is being read."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.parser = _parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._locals: dict[str, str | None] = {}
        self._open: list[Element] = []
        self._skipped = 0  # How deep we are in something that is passed over.
        self._parts: list[str] = []
        self._parts_length = 0
        self._elements = 0
        self._events: list[Event] = []

    def feed(self, piece: bytes, is_last: bool) -> None:
        try:
            self.parser.Parse(piece, is_last)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise _broken(error, self.parser.CurrentLineNumber) from error

    def taken(self) -> list[Event]:
        """Give the events since the last time."""
        events, self._events = self._events, []
        return events

    def _local(self, name: str) -> str | None:
        """Give the local name of an element that is read, or None; remembered, since a document has few names."""
        namespace, _, local = name.rpartition(BETWEEN)
        wanted = local if self.shape.namespaces(namespace) and local not in self.shape.dropped else None
        if len(self._locals) < 10_000:
            self._locals[name] = wanted
        return wanted

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._skipped:
            self._skipped += 1
            if self._skipped > DEPTH_MAX:
                raise self._too_deep()
            return
        local = self._locals[name] if name in self._locals else self._local(name)
        if local is None:
            self._skipped = 1
            return
        depth = len(self._open)
        if depth > DEPTH_MAX:
            raise self._too_deep()
        element = Element(local, attributes, self.parser.CurrentLineNumber)
        if depth < self.shape.depth:
            self._events.append(Event("start", element))
            self._elements = 0
        elif depth > self.shape.depth:
            self._elements += 1
            if self._elements > ELEMENTS_MAX:
                raise _too_large(self.parser.CurrentLineNumber, f"more than {ELEMENTS_MAX:,} elements in one record")
            self._open[-1].children.append(element)
        else:
            self._elements = 0
        self._open.append(element)
        self._parts.clear()
        self._parts_length = 0

    def _end(self, _: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        element = self._open.pop()
        if self._parts:
            if not element.children:
                element.text = "".join(self._parts).strip()
            self._parts.clear()
            self._parts_length = 0
        depth = len(self._open)
        if depth == self.shape.depth:
            self._events.append(Event("record", element))
        elif depth < self.shape.depth:
            self._events.append(Event("end", element))

    def _text(self, text: str) -> None:
        if self._skipped or (not self._parts and text.isspace()):
            return
        self._parts.append(text)
        self._parts_length += len(text)
        if self._parts_length > TEXT_MAX:
            raise _too_large(self.parser.CurrentLineNumber, f"a text of more than {TEXT_MAX:,} characters")

    def _too_deep(self) -> FileUnreadable:
        detail = f"Line {self.parser.CurrentLineNumber}: more than {DEPTH_MAX} elements within each other."
        return FileUnreadable(detail, code="xml_too_deep")


def _broken(error: Exception, line: int) -> FileUnreadable:
    unknown = expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING]
    if isinstance(error, expat.ExpatError) and error.code != unknown:
        detail = f"Line {error.lineno} is not well-formed XML: {expat.ErrorString(error.code)}."
        return FileUnreadable(detail, code="xml_broken")
    return FileUnreadable(f"Line {line}: the encoding of the file is not known.", code="encoding_unsupported")


def _too_large(line: int, what: str) -> FileUnreadable:
    return FileUnreadable(f"Line {line}: {what}.", code="xml_too_large")
