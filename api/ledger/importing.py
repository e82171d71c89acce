"""Imports ledger files: read, checked and taken in small batches, each a transaction; safe to run again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session

from api.clock import Clock
from api.ledger.bank_run import BatchCounts, run_bank
from api.ledger.batches import Batch
from api.ledger.book_counting import count_book
from api.ledger.cells import LineFault
from api.ledger.formats.documents import Refused
from api.ledger.guessing import propose
from api.ledger.invoice_lines import SYSTEM
from api.ledger.mapping import Mapping
from api.ledger.reading import UNPACKED_BYTES_MAX, FileUnreadable
from api.ledger.report import ImportReport
from api.ledger.sources import Source, Unreadable, csv_batches, document_batches, named, numbered_on, sources
from api.ledger.taking import Progress, Taking
from api.policy_shelf import PolicyShelf
from api.problems import BadInput
from api.records import imports
from api.records.sellers import Seller
from api.records.sessions import Sessions


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
            if isinstance(source, Unreadable):
                run.refuse_file(source)
                continue
            try:
                run.read(source, on_progress)
            except FileUnreadable as error:
                if source.name is None:
                    raise
                run.refuse_file(Unreadable(source.name, error))
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
        self.report = ImportReport(dry_run=ordered.dry_run)
        self.taking = Taking(sessions, seller, clock, ordered.import_id, self.report)
        self.last_line = 0

    def read(self, source: Source, on_progress: Progress) -> None:
        """Take everything in one file."""
        self.report.formats.add(source.format)
        if source.is_bank:
            self._read_bank(source, on_progress)
            return
        self.taking.run(self._batches(source), on_progress)

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

    def refuse_file(self, unreadable: Unreadable) -> None:
        """Refuse a file of an archive, as a line that cannot be taken; the others are read all the same."""
        report, error = self.report, unreadable.error
        self.last_line += 1
        report.lines_count += 1
        if report.lines_count <= self.taking.done_before:
            return
        detail = " ".join([f"{unreadable.name}: {error.detail}", *(each.detail for each in error.faults)])
        fault = LineFault(self.last_line, None, error.code, detail, unreadable.name)
        report.refused_count += 1
        report.refuse([fault])
        with self.sessions.of(self.seller.id) as session:
            self.taking.keep_counts(session, 1, 0, 0, [fault])

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
            self.taking.keep_counts(session, counts.lines, counts.taken, counts.known, faults)

        try:
            run_bank(
                self.sessions,
                self.seller,
                self.clock,
                source.bank_items(),
                policy,
                import_id=self.ordered.import_id,
                report=bank,
                done_before=self.taking.done_before - others_count,
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

    def close(self) -> ImportReport:
        report = self.report
        report.warn_of_age(self.clock.today(self.seller))
        if not report.lines_count and report.failure is None and report.header:
            report.warn("no_lines", "the file has a header and nothing below it")
        if report.taken_count and not report.dry_run:
            with self.sessions.of(self.seller.id) as session:
                count_book(session, PolicyShelf(), self.clock.today(self.seller))
        if self.ordered.import_id is not None:
            state = "failed" if report.failure else "finished"
            with self.sessions.of(self.seller.id) as session:
                imports.finish(session, self.ordered.import_id, state, report.document(), self.clock.now(self.seller))
        return report
