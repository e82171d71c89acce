"""What an import reads: each file in what was sent, as batches of checked lines or as entries of a bank."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import BinaryIO, TypeVar

from api.ledger.batches import Batch, checked_batch
from api.ledger.cells import FileShape, LineFault
from api.ledger.checking import CheckedLine
from api.ledger.formats.detecting import BANK_READERS, INVOICE_READERS, Format, detect
from api.ledger.formats.documents import BankItem, InvoiceItem, Refused
from api.ledger.formats.json_lines import read_json_lines
from api.ledger.formats.unpacking import Member, unpacked
from api.ledger.invoice_lines import SYSTEM, line_of
from api.ledger.mapping import Mapping
from api.ledger.reading import FileUnreadable, records
from api.problems import BadInput

BATCH_LINES = 6_000  # Taken in parts, each so small that no order waits a second for a debtor.
# What users call the formats; a bank's files say themselves which version they are.
FORMATS: dict[str, Format | None] = {
    "auto": None,
    "csv": "csv",
    "jsonl": "json_lines",
    "ubl": "ubl",
    "cii": "cii",
    "camt053": "camt",
    "mt940": "mt940",
}

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Source:
    """One file in what was sent, and what it is; `name` is None for a file that came alone."""

    name: str | None
    format: Format
    stream: BinaryIO

    @property
    def is_bank(self) -> bool:
        """Whether it holds statements."""
        return self.format in BANK_READERS

    def bank_items(self) -> Iterator[BankItem]:
        """Give the statements of a bank's file, with their entries."""
        return BANK_READERS[self.format](self.stream)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file of an archive that cannot be read, and why."""

    name: str
    error: BadInput


def sources(stream: BinaryIO, format: str, unpacked_bytes_max: int) -> Iterator[Source | Unreadable]:
    """Give the files in what was sent, each to be read before the next is asked for.

    `format` is one of FORMATS; other than `auto` it is what every file must be. A file of an archive that is none of
    ours stops no other one. Raises FileUnreadable for a file that came alone, and for an archive that is damaged.
    """
    for member in unpacked(stream, unpacked_bytes_max):
        try:
            yield _source(member, format)
        except FileUnreadable as error:
            if member.name is None:
                raise
            yield Unreadable(member.name, error)


def _source(member: Member, format: str) -> Source:
    wanted = FORMATS[format]
    if wanted == "csv":
        return Source(member.name, "csv", member.stream)
    found = detect(member.stream)
    if wanted is not None and found.format != wanted:
        raise FileUnreadable(f"The file is not {format}: it looks like {found.format}.", code="format_differs")
    return Source(member.name, found.format, found.stream)


def csv_batches(stream: BinaryIO, mapping: Mapping, today: date) -> tuple[list[str], Iterator[Batch]]:
    """Give the header of a delimited file, empty where it has none, and its lines in batches."""
    found = records(stream, mapping)
    first = next(found, None)
    while first is not None and first.cells == []:
        first = next(found, None)
    if first is None or first.cells is None:
        raise FileUnreadable("The file is empty, or its first line cannot be read.", code="file_empty")
    shape = FileShape(mapping, first.cells, today)
    lines = (each for each in found if each.cells != [])
    if not mapping.header:
        lines = (each for part in ([first], lines) for each in part)

    return (list(first.cells) if mapping.header else []), (checked_batch(shape, some) for some in _portions(lines))


def document_batches(source: Source, today: date, system: str = SYSTEM) -> Iterator[Batch]:
    """Give what is in a file of electronic invoices, numbered from 1, or of JSON lines, in batches.

    `system` is whose references a buyer's own identification is.
    """
    if source.format == "json_lines":
        checked: Iterator[CheckedLine | list[LineFault]] = read_json_lines(source.stream, today)
    else:
        items = INVOICE_READERS[source.format](source.stream)
        checked = _documents(source, items, today, system)
    for some in _portions(checked):
        batch = Batch(records_count=len(some))
        for each in some:
            if isinstance(each, CheckedLine):
                batch.checked.append(each)
            else:
                batch.faults.extend(each)
        yield batch


def _portions(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Give some at a time; what was read before a file breaks off is given before that is said."""
    some: list[Item] = []
    try:
        for item in items:
            some.append(item)
            if len(some) == BATCH_LINES:
                yield some
                some = []
    except FileUnreadable:
        if some:
            yield some
        raise
    if some:
        yield some


def _documents(
    source: Source, items: Iterator[InvoiceItem], today: date, system: str
) -> Iterator[CheckedLine | list[LineFault]]:
    """Check documents; the faults of one that was refused while it was read come one after the other."""
    faults: list[LineFault] = []
    line = 1
    for item in items:
        if isinstance(item, Refused):
            faults.append(LineFault(line, item.field, item.code, item.detail, named(source, item.text)))
            continue
        yield line_of(item, line, named(source, f"{item.kind} {item.number}"), today, system)
        line += 1
    if faults:
        yield faults


def named(source: Source, text: str) -> str:
    """Put the name of the file before a text that a person is to recognise."""
    return text if source.name is None else f"{source.name}: {text}"


def numbered_on(batch: Batch, line: int) -> Batch:
    """Number the lines of a batch on behind `line`: each file of an archive begins at 1, and an import counts on."""
    if not line:
        return batch
    checked = [replace(each, line=each.line + line) for each in batch.checked]
    return replace(batch, checked=checked, faults=[replace(each, line=each.line + line) for each in batch.faults])
