"""Imports a ledger file: read, checked and taken in small batches, each a transaction; safe to run again."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import islice
from typing import BinaryIO, TypeVar
from uuid import UUID

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.clock import Clock
from api.ledger.batches import Batch, checked_batch, faults_of, refusal_rows
from api.ledger.cells import FileShape, LineFault
from api.ledger.guessing import propose
from api.ledger.mapping import Mapping
from api.ledger.preparing import Prepared, Preparing
from api.ledger.reading import UNPACKED_BYTES_MAX, FileUnreadable, opened, records
from api.ledger.rehearsal import Rehearsal
from api.ledger.report import ImportReport
from api.problems import BadInput, Conflict
from api.records import imports
from api.records.ledger_batch import take, take_written
from api.records.ledger_lines import LineResult
from api.records.sellers import Seller
from api.records.sessions import Sessions

BATCH_LINES = 2_000  # So small that no order waits a second for a debtor.
ATTEMPTS = 5
REFUSED_LINES_MAX = 10_000  # So many are a wrong mapping, and nobody corrects them one by one.
# Two writers met: the loser of a deadlock, or of a race for a name that both wanted to add, starts its batch again.
MET = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure, psycopg.errors.UniqueViolation)

# How long one thread may keep the other from the database's answer.
SWITCH_SECONDS = 0.0005

Progress = Callable[[int], None]
Result = TypeVar("Result")


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
        self.preparing = Preparing()
        self.done_before = 0
        self.read_count = 0
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
        # The next batch is read, checked and written down while the database is at this one.
        sys.setswitchinterval(SWITCH_SECONDS)
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(self._next, batches)
            while (prepared := coming.result()) is not None:
                coming = ahead.submit(self._next, batches)
                self._take(prepared)
                on_progress(self.report.lines_count)

    def _next(self, batches: Iterator[Batch]) -> Prepared | None:
        """Give the next batch with its debtors found, and added where need be; a dry run adds them with its lines."""
        batch = next(batches, None)
        if batch is None:
            return None
        self.read_count += batch.records_count
        if self.report.dry_run or self.read_count <= self.done_before:
            return Prepared(batch)
        return self._retried(lambda: self._prepared(batch))

    def _prepared(self, batch: Batch) -> Prepared:
        with self.sessions.of(self.seller.id) as session:
            return self.preparing.prepare(session, batch, self.clock.now(self.seller))

    def _retried(self, work: Callable[[], Result]) -> Result:
        """Do something again when it met another writer."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return work()
            except DBAPIError as error:
                if attempt == ATTEMPTS or not isinstance(error.orig, MET):
                    raise
            except Conflict:  # A debtor was merged meanwhile: found again, it is the other one.
                if attempt == ATTEMPTS:
                    raise
            self.preparing.forget()
        raise AssertionError("the last attempt gives or raises")

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

    def _take(self, prepared: Prepared) -> None:
        batch = prepared.batch
        self.report.lines_count += batch.records_count
        self._remember_days(batch)
        if self.report.lines_count <= self.done_before:
            return
        tries = iter([prepared])
        taken_count, known_count, faults = self._retried(lambda: self._write(batch, next(tries, None)))
        self.report.taken_count += taken_count
        self.report.known_count += known_count
        self.report.refused_count += batch.records_count - taken_count - known_count
        self.report.refuse(sorted(faults, key=lambda fault: fault.line))
        if self.report.refused_count >= REFUSED_LINES_MAX:
            detail = f"The import stops after {REFUSED_LINES_MAX:,} refused lines; what was taken before stays."
            raise BadInput(detail, code="too_many_refusals")

    def _remember_days(self, batch: Batch) -> None:
        report = self.report
        paid = [line.values["dated_on"] for line in batch.checked if line.values["kind"] == "payment"]
        invoiced = [line.values["dated_on"] for line in batch.checked if line.values["kind"] != "payment"]
        settled = [day for line in batch.checked if (day := line.values.get("paid_on"))]
        report.newest_invoiced_on = _newest(report.newest_invoiced_on, invoiced)
        report.newest_settled_on = _newest(report.newest_settled_on, paid + settled)

    def _write(self, batch: Batch, prepared: Prepared | None) -> tuple[int, int, list[LineFault]]:
        """Take a batch in one transaction; what was prepared may serve once. Gives how many were taken, and known."""
        if self.report.dry_run:
            return self._rehearse(batch)
        with self.sessions.of(self.seller.id) as session:
            now = self.clock.now(self.seller)
            ready = prepared or self.preparing.prepare(session, batch, now)
            taken = take_written(session, ready.written, now, self.import_id)
            by_line = {each.line: each for each in batch.checked} if ready.refused or taken.refused else {}
            faults = [*batch.faults, *faults_of([*ready.refused, *taken.refused], by_line)]
            self._count(session, batch, taken.taken_count, taken.known_count, faults)
        return taken.taken_count, taken.known_count, faults

    def _rehearse(self, batch: Batch) -> tuple[int, int, list[LineFault]]:
        assert self.rehearsal is not None
        results: list[LineResult] = []
        try:
            with self.sessions.of(self.seller.id) as session:
                now = self.clock.now(self.seller)
                lines, results = self.preparing.resolve(session, batch, now)
                results += take(session, lines, now)
                raise _RolledBack
        except _RolledBack:
            self.preparing.forget()  # Debtors that were added are gone again.
        results, faults = self.rehearsal.after(batch.checked, results, batch.faults)
        states = Counter(result.state for result in results)
        with self.sessions.of(self.seller.id) as session:
            self._count(session, batch, states["taken"], states["known"], faults)
        return states["taken"], states["known"], faults

    def _count(self, session: Session, batch: Batch, taken: int, known: int, faults: list[LineFault]) -> None:
        if self.import_id is None:
            return
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


def _newest(known: date | None, days: list[date]) -> date | None:
    return max(days if known is None else [known, *days], default=None)
