"""A batch of an import: some records of the file, checked, and the faults of those that are refused."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any

from api.ledger.cells import LOST_LETTER, FileShape, LineFault
from api.ledger.checking import CheckedLine, check
from api.ledger.reading import Record
from api.records.ledger_lines import LineResult

TEXT_KEPT = 10_000


@dataclass(slots=True)
class Batch:
    """Some lines of the file: those without a fault, and the faults of the others."""

    records_count: int = 0
    checked: list[CheckedLine] = field(default_factory=list)
    faults: list[LineFault] = field(default_factory=list)


def checked_batch(shape: FileShape, some: list[Record]) -> Batch:
    """Check some records, in their order."""
    batch = Batch(records_count=len(some))
    for record in some:
        if record.cells is None:
            fault = LineFault(record.line, None, record.code or "unreadable", record.detail or "", record.text)
            batch.faults.append(fault)
            continue
        found = check(shape, record.line, record.text, record.cells)
        if isinstance(found, CheckedLine):
            batch.checked.append(found)
        else:
            batch.faults.extend(found)
    return batch


def faults_of(results: Iterable[LineResult], by_line: dict[int, CheckedLine]) -> list[LineFault]:
    """Give the faults of lines that were refused when they met what is stored."""
    return [
        LineFault(result.line, None, result.code or "refused", result.detail or "", by_line[result.line].text)
        for result in results
        if result.state == "refused"
    ]


def refusal_rows(faults: list[LineFault], lines_max: int) -> Iterator[dict[str, Any]]:
    """Give faults as they are kept, those of the first `lines_max` lines; the line itself stands beside its first."""
    ordered = sorted(faults, key=lambda fault: fault.line)
    for line, of_line in islice(groupby(ordered, key=lambda fault: fault.line), lines_max):
        for number, fault in enumerate(of_line):
            yield {
                "line": line,
                "fault": number,
                "column_name": fault.column,
                "code": fault.code,
                "detail": fault.detail.replace("\0", LOST_LETTER),
                "text": fault.text.replace("\0", LOST_LETTER)[:TEXT_KEPT] if number == 0 else None,
            }
