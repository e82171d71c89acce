"""The refused lines of an import as a file: to be corrected and sent again with the same mapping."""

import csv
import io
from collections.abc import Iterator
from itertools import groupby

from sqlalchemy.orm import Session

from api.ledger.mapping import Mapping, read_mapping
from api.records import imports
from api.records.imports import ImportRecord, ImportRefusalRecord

ADDED_COLUMNS = ["refused_line", "refused_because"]  # Behind the file's own: a mapping by name does not see them.


def refused_file(session: Session, record: ImportRecord) -> str:
    """Give the refused lines with the file's header, delimiter and quote, and why each was refused in two columns."""
    mapping = read_mapping(record.mapping) if record.mapping else Mapping(columns={})
    header = (record.report or {}).get("header") or []
    written = io.StringIO()
    writer = csv.writer(written, delimiter=mapping.delimiter, quotechar=mapping.quote, lineterminator="\n")
    if header:
        writer.writerow([*header, *ADDED_COLUMNS])
    query = imports.refusals(record.id).order_by(ImportRefusalRecord.line, ImportRefusalRecord.fault)
    faults: Iterator[ImportRefusalRecord] = iter(session.scalars(query))
    for line, of_line in groupby(faults, key=lambda fault: fault.line):
        several = list(of_line)
        cells = _cells(several[0].text or "", mapping)
        missing = [""] * (len(header) - len(cells))
        writer.writerow([*cells, *missing, line, "; ".join(_because(fault) for fault in several)])
    return written.getvalue()


def _cells(text: str, mapping: Mapping) -> list[str]:
    try:
        reader = csv.reader((text,), delimiter=mapping.delimiter, quotechar=mapping.quote, strict=True)
        return next(reader, [])
    except csv.Error:
        return text.split(mapping.delimiter)


def _because(fault: ImportRefusalRecord) -> str:
    return f"{fault.column_name}: {fault.detail}" if fault.column_name else fault.detail
