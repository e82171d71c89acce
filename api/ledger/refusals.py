"""The refused lines of an import as a file: to be corrected and sent again with the same mapping."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy.orm import Session

from api.ledger.cells import LOST_LETTER
from api.ledger.mapping import Mapping, read_mapping
from api.records import imports
from api.records.imports import ImportRecord, ImportRefusalRecord

# In front, so that a line with too few or too many columns stays one; a mapping by name does not see them.
ADDED_COLUMNS = ("refused_line", "refused_because")


def refused_file(session: Session, record: ImportRecord) -> tuple[bytes, str]:
    """Give the refused lines as they were, in their order, and their encoding: that of the mapping.

    With a header, each line has its number and why it was refused in front. Without one, columns are known by their
    place: then the lines alone are given. A line that comes back unchanged is refused again.
    """
    mapping = _mapping(record)
    header = (record.report or {}).get("header") or []
    written = [_line([*ADDED_COLUMNS, *header], mapping)] if header else []
    query = imports.refusals(record.id).order_by(ImportRefusalRecord.line, ImportRefusalRecord.fault)
    faults: Iterator[ImportRefusalRecord] = iter(session.scalars(query))
    for line, of_line in groupby(faults, key=lambda fault: fault.line):
        several = list(of_line)
        added = [str(line), "; ".join(_because(fault) for fault in several)]
        in_front = _line(added, mapping) + mapping.delimiter if header else ""
        written.append(in_front + (several[0].text or ""))
    return _encoded("".join(f"{each}\n" for each in written), mapping.encoding), mapping.encoding


def _mapping(record: ImportRecord) -> Mapping:
    """Give the mapping that the lines were read with: in a dry run, perhaps the one that was guessed."""
    document = record.mapping or (record.refused_count and (record.report or {}).get("proposal"))
    return read_mapping(document) if document else Mapping(columns={})


def _line(cells: Sequence[str], mapping: Mapping) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=mapping.delimiter, quotechar=mapping.quote, lineterminator="").writerow(cells)
    return written.getvalue()


def _encoded(text: str, encoding: str) -> bytes:
    """Encode for the way back. A letter that was lost has no code but in UTF-8; elsewhere NUL is refused like it."""
    if encoding != "utf-8":
        text = text.replace(LOST_LETTER, "\0")
    return text.encode(encoding, "replace")


def _because(fault: ImportRefusalRecord) -> str:
    return f"{fault.column_name}: {fault.detail}" if fault.column_name else fault.detail
