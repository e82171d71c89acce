"""Imports a ledger file: read, checked and taken in small batches, each a transaction; safe to run again."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, BinaryIO
from uuid import UUID

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.clock import Clock
from api.ledger.batches import Batch, checked_batch, faults_of, refusal_rows
from api.ledger.cells import FileShape, LineFault
from api.ledger.checking import CheckedLine
from api.ledger.guessing import propose
from api.ledger.mapping import Mapping
from api.ledger.reading import UNPACKED_BYTES_MAX, FileUnreadable, opened, records
from api.ledger.rehearsal import Rehearsal
from api.ledger.report import ImportReport
from api.problems import BadInput, Conflict
from api.records import imports
from api.records.ledger_batch import take
from api.records.ledger_debtors import find_or_add
from api.records.ledger_lines import LedgerLine, LineResult
from api.records.sellers import Seller
from api.records.sessions import Sessions

BATCH_LINES = 2_000  # So small that no order waits a second for a debtor.
ATTEMPTS = 5
REFUSED_LINES_MAX = 10_000  # So many are a wrong mapping, and nobody corrects them one by one.
# Two writers met: the loser of a deadlock, or of a race for a name that both wanted to add, starts its batch again.
MET = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure, psycopg.errors.UniqueViolation)

Progress = Callable[[int], None]


class _RolledBack(Exception):
    """Ends a transaction of a dry run."""


def run_import(  # noqa: PLR0913 - What is imported and where to, then how; each is given by name.
    sessions: Sessions,
    seller: Seller,
    clock: Clock,
    stream: BinaryIO,
    mapping: Mapping | None,
    *,
    import_id: UUID | None = None,
    dry_run: bool = False,
    unpacked_bytes_max: int = UNPACKED_BYTES_MAX,
    on_progress: Progress = lambda done: None,
) -> ImportReport:
    """Import a delimited file, plain or packed with gzip; `on_progress` is told how many lines are done.

    With `import_id` the counts and refusals are kept in that import, and a run that was killed goes on where it was.
    A dry run keeps nothing of the ledger. Without a mapping it guesses one for its report, and tries the lines with it
    when nothing is missing in it.
    """
    run = _Run(sessions, seller, clock, mapping, import_id, dry_run)
    try:
        run.read(opened(stream, unpacked_bytes_max), on_progress)
    except BadInput as problem:
        run.report.fail(problem)
    return run.close()


class _Run:
    """One run of one import."""

    def __init__(
        self,
        sessions: Sessions,
        seller: Seller,
        clock: Clock,
        mapping: Mapping | None,
        import_id: UUID | None,
        dry_run: bool,
    ) -> None:
        self.sessions = sessions
        self.seller = seller
        self.clock = clock
        self.mapping = mapping
        self.import_id = import_id
        self.report = ImportReport(dry_run=dry_run)
        self.rehearsal = Rehearsal() if dry_run else None
        self.done_before = 0
        self._resume()

    def _resume(self) -> None:
        if self.import_id is None:
            return
        with self.sessions.of(self.seller.id) as session:
            record = imports.get(session, self.import_id)
            assert record is not None, "an import is started before it runs"
            self.done_before = record.lines_count
            self.report.taken_count, self.report.known_count = record.taken_count, record.known_count
            self.report.refused_count = record.refused_count
            self.report.faults.update(imports.codes(session, self.import_id))

    def read(self, plain: BinaryIO, on_progress: Progress) -> None:
        mapping = self.mapping or self._guessed(plain)
        if mapping is None:
            return
        batches = self._batches(plain, mapping)
        # The next batch is read and checked while the database is at this one.
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(next, batches, None)
            while (batch := coming.result()) is not None:
                coming = ahead.submit(next, batches, None)
                self._take(batch)
                on_progress(self.report.lines_count)

    def _guessed(self, plain: BinaryIO) -> Mapping | None:
        """Put a guessed mapping in the report of a dry run; give it when lines can be tried with it."""
        assert self.report.dry_run, "only a dry run may do without a mapping"
        proposal = propose(plain)
        self.report.proposal = proposal.text
        self.report.warnings.extend(proposal.notes)
        if proposal.mapping is None:
            self.report.warn("lines_not_tried", "the proposed mapping lacks what it needs, so that no line was tried")
        return proposal.mapping

    def _batches(self, plain: BinaryIO, mapping: Mapping) -> Iterator[Batch]:
        found = records(plain, mapping)
        first = next(found, None)
        while first is not None and first.cells == []:
            first = next(found, None)
        if first is None or first.cells is None:
            raise FileUnreadable("The file is empty, or its first line cannot be read.", code="file_empty")
        shape = FileShape(mapping, first.cells, self.clock.today(self.seller))
        self.report.header = list(first.cells) if mapping.header else []
        lines = (each for each in found if each.cells != [])
        if not mapping.header:
            lines = (each for part in ([first], lines) for each in part)
        while some := list(islice(lines, BATCH_LINES)):
            yield checked_batch(shape, some)

    def _take(self, batch: Batch) -> None:
        self.report.lines_count += batch.records_count
        for line in batch.checked:
            self._remember_days(line.values)
        if self.report.lines_count <= self.done_before:
            return
        for attempt in range(1, ATTEMPTS + 1):
            try:
                results, faults = self._write(batch)
                break
            except DBAPIError as error:
                if attempt == ATTEMPTS or not isinstance(error.orig, MET):
                    raise
            except Conflict:  # A debtor was merged meanwhile: found again, it is the other one.
                if attempt == ATTEMPTS:
                    raise
        taken = sum(result.state == "taken" for result in results)
        known = sum(result.state == "known" for result in results)
        self.report.taken_count += taken
        self.report.known_count += known
        self.report.refused_count += batch.records_count - taken - known
        self.report.refuse(sorted(faults, key=lambda fault: fault.line))
        if self.report.refused_count >= REFUSED_LINES_MAX:
            detail = f"The import stops after {REFUSED_LINES_MAX:,} refused lines; what was taken before stays."
            raise BadInput(detail, code="too_many_refusals")

    def _remember_days(self, values: dict[str, Any]) -> None:
        report = self.report
        dated_on, settled_on = values["dated_on"], values.get("paid_on")
        if values["kind"] == "payment":
            settled_on = dated_on
        elif report.newest_invoiced_on is None or dated_on > report.newest_invoiced_on:
            report.newest_invoiced_on = dated_on
        if settled_on and (report.newest_settled_on is None or settled_on > report.newest_settled_on):
            report.newest_settled_on = settled_on

    def _write(self, batch: Batch) -> tuple[list[LineResult], list[LineFault]]:
        results: list[LineResult] = []
        faults = list(batch.faults)
        try:
            with self.sessions.of(self.seller.id) as session:
                results, more = self._write_lines(session, batch.checked)
                faults += more
                if self.report.dry_run:
                    raise _RolledBack
                self._count(session, batch, results, faults)
        except _RolledBack:
            assert self.rehearsal is not None
            results, faults = self.rehearsal.after(batch.checked, results, batch.faults)
            with self.sessions.of(self.seller.id) as session:
                self._count(session, batch, results, faults)
        return results, faults

    def _write_lines(
        self, session: Session, checked: Iterable[CheckedLine]
    ) -> tuple[list[LineResult], list[LineFault]]:
        now = self.clock.now(self.seller)
        by_line = {each.line: each for each in checked}
        found = find_or_add(session, (each.debtor for each in by_line.values()), now)
        lines, results = [], []
        for each in by_line.values():
            debtor = found[each.debtor]
            if debtor.debtor_id is None:
                results.append(LineResult(each.line, "refused", None, debtor.code, debtor.detail))
            else:
                lines.append(LedgerLine(line=each.line, debtor_id=debtor.debtor_id, **each.values))
        if lines:
            results += take(session, lines, now, None if self.report.dry_run else self.import_id)
        return results, faults_of(results, by_line)

    def _count(self, session: Session, batch: Batch, results: list[LineResult], faults: list[LineFault]) -> None:
        if self.import_id is None:
            return
        taken = sum(result.state == "taken" for result in results)
        known = sum(result.state == "known" for result in results)
        refused = batch.records_count - taken - known
        imports.count(session, self.import_id, lines=batch.records_count, taken=taken, known=known, refused=refused)
        lines_left = max(0, REFUSED_LINES_MAX - self.report.refused_count)
        imports.refuse(session, self.import_id, refusal_rows(faults, lines_left))

    def close(self) -> ImportReport:
        report = self.report
        report.warn_of_age(self.clock.today(self.seller))
        if not report.lines_count and report.failure is None and report.header:
            report.warn("no_lines", "the file has a header and nothing below it")
        if self.import_id is not None:
            state = "failed" if report.failure else "finished"
            with self.sessions.of(self.seller.id) as session:
                imports.finish(session, self.import_id, state, report.document(), self.clock.now(self.seller))
        return report
