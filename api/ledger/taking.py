"""Takes batches of an import into the ledger: prepared ahead, written by two at once, counted in the import's row."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from api.clock import Clock
from api.ledger.batches import Batch, faults_of, refusal_rows
from api.ledger.cells import LineFault
from api.ledger.preparing import Prepared, Preparing
from api.ledger.rehearsal import Rehearsal
from api.ledger.report import ImportReport
from api.ledger.retrying import retried
from api.problems import BadInput
from api.records import imports
from api.records.ledger_batch import Taken, take, take_written
from api.records.ledger_lines import LineResult
from api.records.ledger_staging import Written
from api.records.sellers import Seller
from api.records.sessions import Sessions

REFUSED_LINES_MAX = 10_000  # So many are a wrong mapping, and nobody corrects them one by one.
# How long one thread may keep the other from the database's answer.
SWITCH_SECONDS = 0.0005

Progress = Callable[[int], None]


class _RolledBack(Exception):
    """Ends a transaction of a dry run."""


class Taking:
    """Takes the batches of one import, and tells its report. `done_before` lines were taken before it was killed."""

    def __init__(
        self, sessions: Sessions, seller: Seller, clock: Clock, import_id: UUID | None, report: ImportReport
    ) -> None:
        self.sessions = sessions
        self.seller = seller
        self.clock = clock
        self.import_id = import_id
        self.report = report
        self.rehearsal = Rehearsal() if report.dry_run else None
        self.preparing = Preparing()
        self.done_before = 0
        self.read_count = 0
        self.batch_count = 0
        self.was_killed = False
        self.writers: ThreadPoolExecutor
        self._resume()

    def _resume(self) -> None:
        if self.import_id is None:
            return
        with self.sessions.of(self.seller.id) as session:
            record = imports.get(session, self.import_id)
            assert record is not None, "an import is started before it runs"
            self.done_before, self.was_killed = record.lines_count, record.state == "running"
            record.state = "running"
            self.report.taken_count, self.report.known_count = record.taken_count, record.known_count
            self.report.refused_count = record.refused_count
            self.report.faults.update(imports.codes(session, self.import_id))

    def run(self, batches: Iterator[Batch], on_progress: Progress) -> None:
        """Take batches: the next one is read, checked and written down while the database is at this one."""
        sys.setswitchinterval(SWITCH_SECONDS)
        self.read_count = self.report.lines_count  # Of the files before this one, statements too.
        with ThreadPoolExecutor(1) as ahead, ThreadPoolExecutor(2) as self.writers:
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
        return retried(lambda: self._prepared(batch), self.preparing.forget)

    def _prepared(self, batch: Batch) -> Prepared:
        with self.sessions.of(self.seller.id) as session:
            return self.preparing.prepare(session, batch, self.clock.now(self.seller))

    def _take(self, prepared: Prepared) -> None:
        batch = prepared.batch
        self.report.lines_count += batch.records_count
        self._remember_days(batch)
        if self.report.lines_count <= self.done_before:
            return
        self.batch_count = batch.records_count
        tries = iter([prepared])
        taken_count, known_count, faults = retried(lambda: self._write(batch, next(tries, None)), self.preparing.forget)
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
        """Take a batch; what was prepared may serve once. Gives how many lines were taken, and known.

        A large batch is taken by two writers at once, each part a transaction of its own. Should it be killed between
        them, or should one of them meet another writer, this batch is taken again, and finds what was taken of it.
        """
        if self.report.dry_run:
            return self._rehearse(batch)
        ready = prepared or self._prepared(batch)
        if len(ready.written) == 1:
            with self.sessions.of(self.seller.id) as session:
                taken = [self._take_written(session, ready.written[0])]
                return self._counted(session, ready, taken)
        is_again = prepared is None
        taken = list(self.writers.map(lambda written: self._take_part(written, is_again), ready.written))
        with self.sessions.of(self.seller.id) as session:
            return self._counted(session, ready, taken)

    def _take_part(self, written: Written, is_again: bool) -> Taken:
        with self.sessions.of(self.seller.id) as session:
            return self._take_written(session, written, is_again)

    def _take_written(self, session: Session, written: Written, is_again: bool = False) -> Taken:
        # Only the first batch behind what was done can have been killed between its parts.
        is_first = self.was_killed and self.report.lines_count - self.batch_count <= self.done_before
        goes_on = is_again or is_first
        return take_written(session, written, self.clock.now(self.seller), self.import_id, goes_on=goes_on)

    def _counted(self, session: Session, ready: Prepared, parts: list[Taken]) -> tuple[int, int, list[LineFault]]:
        batch = ready.batch
        refused = [*ready.refused, *(each for part in parts for each in part.refused)]
        faults = [*batch.faults, *faults_of(refused, {each.line: each for each in batch.checked} if refused else {})]
        taken, known = sum(part.taken_count for part in parts), sum(part.known_count for part in parts)
        self.keep_counts(session, batch.records_count, taken, known, faults)
        return taken, known, faults

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
            self.keep_counts(session, batch.records_count, states["taken"], states["known"], faults)
        return states["taken"], states["known"], faults

    def keep_counts(self, session: Session, lines: int, taken: int, known: int, faults: list[LineFault]) -> None:
        """Count some lines in the transaction that takes them, and keep the faults of those that it does not."""
        if self.import_id is None:
            return
        refused = lines - taken - known
        imports.count(session, self.import_id, lines=lines, taken=taken, known=known, refused=refused)
        lines_left = max(0, REFUSED_LINES_MAX - self.report.refused_count)
        imports.refuse(session, self.import_id, refusal_rows(faults, lines_left))


def _newest(known: date | None, days: list[date]) -> date | None:
    return max(days if known is None else [known, *days], default=None)
