"""Imports ledger files: read, checked and taken in small batches, each a transaction; safe to run again."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from api.clock import Clock
from api.ledger.bank_run import BatchCounts, run_bank
from api.ledger.batches import Batch, faults_of, refusal_rows
from api.ledger.cells import LineFault
from api.ledger.formats.documents import Refused
from api.ledger.guessing import propose
from api.ledger.invoice_lines import SYSTEM
from api.ledger.mapping import Mapping
from api.ledger.preparing import Prepared, Preparing
from api.ledger.reading import UNPACKED_BYTES_MAX, FileUnreadable
from api.ledger.rehearsal import Rehearsal
from api.ledger.report import ImportReport
from api.ledger.retrying import retried
from api.ledger.sources import Source, csv_batches, document_batches, named, numbered_on, sources
from api.policy_shelf import PolicyShelf
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
Result = TypeVar("Result")


class _RolledBack(Exception):
    """Ends a transaction of a dry run."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """How something is to be imported.

    With `import_id` counts and refusals are kept in that import, and a run that was killed goes on where it was. A dry
    run keeps nothing of the ledger. Only delimited files need a `mapping`; without one a dry run guesses it for its
    report, and tries the lines with it when nothing is missing in it.
    """

    mapping: Mapping | None = None
    format: str = "auto"  # One of `sources.FORMATS`.
    import_id: UUID | None = None
    dry_run: bool = False
    unpacked_bytes_max: int = UNPACKED_BYTES_MAX


def run_import(
    sessions: Sessions,
    seller: Seller,
    clock: Clock,
    stream: BinaryIO,
    ordered: Ordered,
    on_progress: Progress = lambda done: None,
) -> ImportReport:
    """Import a file, gzip, or zip of files; `on_progress` is told how many lines are done."""
    run = _Run(sessions, seller, clock, ordered)
    try:
        for source in sources(stream, ordered.format, ordered.unpacked_bytes_max):
            run.read(source, on_progress)
    except BadInput as problem:
        run.report.fail(problem)
    return run.close()


class _Run:
    """One run of one import."""

    def __init__(self, sessions: Sessions, seller: Seller, clock: Clock, ordered: Ordered) -> None:
        self.sessions = sessions
        self.seller = seller
        self.clock = clock
        self.ordered = ordered
        self.import_id = ordered.import_id
        self.report = ImportReport(dry_run=ordered.dry_run)
        self.rehearsal = Rehearsal() if ordered.dry_run else None
        self.preparing = Preparing()
        self.done_before = 0
        self.read_count = 0
        self.last_line = 0
        self.writers: ThreadPoolExecutor
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

    def read(self, source: Source, on_progress: Progress) -> None:
        """Take everything in one file."""
        self.report.formats.add(source.format)
        if source.is_bank:
            self._read_bank(source, on_progress)
            return
        batches = self._batches(source)
        # The next batch is read, checked and written down while the database is at this one.
        sys.setswitchinterval(SWITCH_SECONDS)
        with ThreadPoolExecutor(1) as ahead, ThreadPoolExecutor(2) as self.writers:
            coming = ahead.submit(self._next, batches)
            while (prepared := coming.result()) is not None:
                coming = ahead.submit(self._next, batches)
                self._take(prepared)
                on_progress(self.report.lines_count)

    def _batches(self, source: Source) -> Iterator[Batch]:
        """Give a file in batches, its lines numbered on from those of the files before it."""
        today = self.clock.today(self.seller)
        if source.format == "csv":
            mapping = self.ordered.mapping or self._guessed(source.stream)
            if mapping is None:
                return
            header, batches = csv_batches(source.stream, mapping, today)
            self.report.header = self.report.header or header
        else:
            given = self.ordered.mapping.constants if self.ordered.mapping else {}
            batches = document_batches(source, today, given.get("debtor_system", SYSTEM))
        before = self.last_line
        for batch in batches:
            found = numbered_on(batch, before)
            lines = [*(each.line for each in found.checked), *(each.line for each in found.faults)]
            self.last_line = max([self.last_line, *lines])
            yield found

    def _read_bank(self, source: Source, on_progress: Progress) -> None:
        """Book what a bank's file tells; its entries are counted as lines are."""
        report, bank = self.report, self.report.bank
        others_count = report.lines_count - bank.lines_count
        before = (bank.taken_count, bank.known_count, bank.refused_count)
        with self.sessions.of(self.seller.id) as session:
            policy = PolicyShelf().active(session).policy

        def in_batch(session: Session, counts: BatchCounts) -> None:
            faults = [self._bank_fault(source, refused) for refused in counts.refused]
            report.refuse(faults)
            self._keep_counts(session, counts.lines, counts.taken, counts.known, faults)

        try:
            run_bank(
                self.sessions,
                self.seller,
                self.clock,
                source.bank_items(),
                policy,
                import_id=self.import_id,
                report=bank,
                done_before=self.done_before - others_count,
                dry_run=report.dry_run,
                in_batch=in_batch,
                on_progress=lambda done: on_progress(others_count + done),
            )
        finally:
            report.lines_count = others_count + bank.lines_count
            report.taken_count += bank.taken_count - before[0]
            report.known_count += bank.known_count - before[1]
            report.refused_count += bank.refused_count - before[2]

    def _bank_fault(self, source: Source, refused: Refused) -> LineFault:
        """Make the fault of an entry; its number is a line's, or the next one where several stand on one line."""
        self.last_line = max(self.last_line + 1, refused.line)
        where = f"entry {refused.entry}: {refused.text}" if refused.entry else refused.text
        return LineFault(self.last_line, refused.field, refused.code, refused.detail, named(source, where))

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

    def _guessed(self, plain: BinaryIO) -> Mapping | None:
        """Put a guessed mapping in the report of a dry run; give it when lines can be tried with it."""
        if not self.report.dry_run:
            raise FileUnreadable("A delimited file needs a mapping: a dry run proposes one.", code="mapping_missing")
        proposal = propose(plain)
        self.report.proposal = proposal.text
        self.report.warnings.extend(proposal.notes)
        if proposal.mapping is None:
            self.report.warn("lines_not_tried", "the proposed mapping lacks what it needs, so that no line was tried")
        return proposal.mapping

    def _take(self, prepared: Prepared) -> None:
        batch = prepared.batch
        self.report.lines_count += batch.records_count
        self._remember_days(batch)
        if self.report.lines_count <= self.done_before:
            return
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

        A large batch is taken by two writers at once, each half a transaction of its own. Should it be killed between
        them, the import goes on with this batch, and finds one half known.
        """
        if self.report.dry_run:
            return self._rehearse(batch)
        ready = prepared or self._prepared(batch)
        if len(ready.written) == 1:
            with self.sessions.of(self.seller.id) as session:
                taken = [self._take_written(session, ready.written[0])]
                return self._counted(session, ready, taken)
        taken = list(self.writers.map(self._take_half, ready.written))
        with self.sessions.of(self.seller.id) as session:
            return self._counted(session, ready, taken)

    def _take_half(self, written: Written) -> Taken:
        with self.sessions.of(self.seller.id) as session:
            return self._take_written(session, written)

    def _take_written(self, session: Session, written: Written) -> Taken:
        return take_written(session, written, self.clock.now(self.seller), self.import_id)

    def _counted(self, session: Session, ready: Prepared, parts: list[Taken]) -> tuple[int, int, list[LineFault]]:
        batch = ready.batch
        refused = [*ready.refused, *(each for part in parts for each in part.refused)]
        faults = [*batch.faults, *faults_of(refused, {each.line: each for each in batch.checked} if refused else {})]
        taken, known = sum(part.taken_count for part in parts), sum(part.known_count for part in parts)
        self._keep_counts(session, batch.records_count, taken, known, faults)
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
            self._keep_counts(session, batch.records_count, states["taken"], states["known"], faults)
        return states["taken"], states["known"], faults

    def _keep_counts(self, session: Session, lines: int, taken: int, known: int, faults: list[LineFault]) -> None:
        """Count some lines in the transaction that takes them, and keep the faults of those that it does not."""
        if self.import_id is None:
            return
        refused = lines - taken - known
        imports.count(session, self.import_id, lines=lines, taken=taken, known=known, refused=refused)
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
