"""Imports what bank files tell: each batch a transaction, each entry once, however often a file comes."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.clock import Clock
from api.ledger.bank_files import BATCH_ENTRIES, BankBatch, bank_batches
from api.ledger.bank_meaning import stored
from api.ledger.banking import Banking, Booked
from api.ledger.formats.documents import BankItem, Refused
from api.ledger.retrying import retried
from api.ledger.statements import check_continuity, store_statement
from api.ledger.values import EARLIEST
from api.records import bank, bank_entries
from api.records.sellers import Seller
from api.records.sessions import Sessions
from scoring.policy.document import Policy

PASSES_MAX = 10
NO_ID = UUID(int=0)


@dataclass(slots=True)
class BatchCounts:
    """What became of one batch: how many entries were taken, known and refused, and the faults of these."""

    lines: int = 0
    taken: int = 0
    known: int = 0
    refused: Sequence[Refused] = ()


@dataclass(slots=True)
class BankReport:
    """What a run took and booked. `states` counts what became of entries, those of earlier runs included.

    `intraday` are entries of reports that may still change: nothing is kept of them.
    """

    lines_count: int = 0
    taken_count: int = 0
    known_count: int = 0
    refused_count: int = 0
    intraday_count: int = 0
    statements_count: int = 0
    states: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    notes: dict[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Give the report as it is kept and shown."""
        states = ("booked", "proposed", "passed_over", "returned", "announced", "explained")
        return {
            "statements_count": self.statements_count,
            "intraday_count": self.intraday_count,
            **{f"{state}_count": self.states[state] for state in states},
            "notes": [{"code": code, "detail": detail} for code, detail in self.notes.items()],
        }


InBatch = Callable[[Session, BatchCounts], None]


def run_bank(  # noqa: PLR0913 - What is imported and where to, then how; each is given by name.
    sessions: Sessions,
    seller: Seller,
    clock: Clock,
    entries: Iterable[BankItem],
    policy: Policy,
    *,
    import_id: UUID | None = None,
    report: BankReport | None = None,
    done_before: int = 0,
    dry_run: bool = False,
    in_batch: InBatch = lambda session, counts: None,
    on_progress: Callable[[int], None] = lambda done: None,
) -> BankReport:
    """Take what a bank file tells. Safe to run again, in part or whole, and beside another run of the same file.

    `in_batch` is called in the transaction of each batch. The first `done_before` lines were done by an earlier run of
    this import and are passed over, batch by batch. What a reader raises comes through; what stood before is taken. A
    dry run rolls each batch back, so that none sees what an earlier one would have settled.
    """
    report = BankReport() if report is None else report
    run = _Run(sessions, seller, clock, Banking(policy.matching, import_id), report, in_batch, dry_run)
    try:
        for batch in bank_batches(entries):
            run.take(batch, done_before)
            on_progress(report.lines_count)
    finally:
        run.close()
    return report


class _RolledBack(Exception):
    """Ends a transaction of a dry run."""


class _Run:
    """One run over one file."""

    def __init__(
        self,
        sessions: Sessions,
        seller: Seller,
        clock: Clock,
        banking: Banking,
        report: BankReport,
        in_batch: InBatch,
        dry_run: bool,
    ) -> None:
        self.sessions = sessions
        self.seller = seller
        self.clock = clock
        self.banking = banking
        self.report = report
        self.in_batch = in_batch
        self.dry_run = dry_run
        self.accounts: set[str] = set()
        self.reopened: set[UUID] = set()

    def take(self, batch: BankBatch, done_before: int) -> None:
        """Take a batch, unless it was taken before."""
        report = self.report
        self._refuse_absurd_days(batch)
        report.lines_count += batch.items_count
        report.intraday_count += batch.intraday_count
        report.notes.update(batch.notes)
        self.accounts.update(each.account for each in batch.statements)
        if not batch.items_count and not batch.statements:
            return
        if batch.items_count and report.lines_count <= done_before:
            return
        counts, booked, statements_count = retried(lambda: self._write(batch))
        report.taken_count += counts.taken
        report.known_count += counts.known
        report.refused_count += len(batch.refused)
        report.faults.update(each.code for each in batch.refused)
        report.statements_count += statements_count
        report.states.update(booked.states())
        self.reopened |= booked.reopened

    def _refuse_absurd_days(self, batch: BankBatch) -> None:
        """Refuse bookings of days that have not come, or that no living ledger has, as those of a ledger are."""
        today = self.clock.today(self.seller)
        kept = []
        for entry, head, place in batch.entries:
            day, text = entry.booked_on, f"{entry.amount} {entry.currency} {entry.counterparty_name or ''}".strip()
            if day > today:
                refused = Refused(entry.line, "date_ahead", f"booked on {day}, after today, {today}", text)
            elif day < EARLIEST:
                refused = Refused(entry.line, "date_absurd", f"booked on {day}, before {EARLIEST}", text)
            else:
                kept.append((entry, head, place))
                continue
            batch.refused.append(refused)
        batch.entries = kept

    def _write(self, batch: BankBatch) -> tuple[BatchCounts, Booked, int]:
        with self._transaction() as session:
            now = self.clock.now(self.seller)
            bank.one_at_a_time(session)
            import_id = self.banking.import_id
            told = [store_statement(session, each, now=now, import_id=import_id) for each in batch.statements]
            entries = [
                stored(entry, head.account, head.kind, told[place][0].id if place is not None else None)
                for entry, head, place in batch.entries
                if entry.amount
            ]
            new = bank_entries.add(session, entries, now, import_id) if entries else []
            booked = self.banking.book(session, new, now)
            counts = BatchCounts(batch.items_count, len(new), len(batch.entries) - len(new), batch.refused)
            if not self.dry_run:
                self.in_batch(session, counts)
        if self.dry_run:
            with self.sessions.of(self.seller.id) as session:
                self.in_batch(session, counts)
        return counts, booked, sum(1 for _, state in told if state != "known")

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        """Open a transaction; a dry run rolls it back."""
        with suppress(_RolledBack), self.sessions.of(self.seller.id) as session:
            yield session
            if self.dry_run:
                raise _RolledBack

    def close(self) -> None:
        """Look once more at what could not be booked, until nothing more can be; then whether a statement is missing.

        What comes later may tell whose an earlier payment was, and a return may come before its payment.
        """
        if self.dry_run:
            return
        for _ in range(PASSES_MAX if self.report.taken_count else 0):
            if not self._again():
                break
        with self.sessions.of(self.seller.id) as session:
            for account in sorted(self.accounts):
                check_continuity(session, account, now=self.clock.now(self.seller))

    def _again(self) -> int:
        """Look once at everything that was left; gives how much changed."""
        reopened, self.reopened = self.reopened, set()
        changes_count = retried(lambda: self._book_again(None, reopened))[0] if reopened else 0
        after = NO_ID
        while True:
            changed, last = retried(partial(self._book_again, after, set()))
            changes_count += changed
            if last is None:
                return changes_count
            after = last

    def _book_again(self, after: UUID | None, reopened: set[UUID]) -> tuple[int, UUID | None]:
        with self.sessions.of(self.seller.id) as session:
            bank.one_at_a_time(session)
            if after is None:
                entries = bank_entries.unused(session, reopened)
            else:
                entries = bank_entries.still_proposed(session, after, BATCH_ENTRIES)
            if not entries:
                return 0, None
            booked = self.banking.book_again(session, entries, self.clock.now(self.seller))
        before = Counter(each.state for each in entries if each.id in booked.outcomes)
        self.report.states.update(booked.states())
        self.report.states.subtract(before)
        self.reopened |= booked.reopened
        return booked.changes_count, entries[-1].id
