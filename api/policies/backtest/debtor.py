"""Walks one debtor's ledger forward in time: what was known of it at the close of each day that is asked for."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from api.policies.backtest.book import Book
from api.policies.backtest.items import Stood, stood
from api.policies.backtest.windows import Ahead, Balance, SortedDays, SumsAfter
from api.records.ledger_walk import Bill, DebtorLedger, Part
from scoring.facts import BehaviourFacts, LateCounts, LatenessFacts
from scoring.policy.grading import LATE_DAYS_KEPT, EvidencePolicy
from scoring.ratios import rounded_ratio


@dataclass(frozen=True, slots=True)
class Windows:
    """How far back a policy looks; two policies of the same windows see the same facts."""

    window_days: int
    recent_days: int
    late_days: int
    lateness_days: int | None
    lateness_recent_days: int | None

    @classmethod
    def of(cls, evidence: EvidencePolicy) -> "Windows":
        """Give the windows of a policy."""
        lateness = evidence.lateness
        return cls(
            evidence.behaviour_window_days,
            evidence.behaviour_recent_days,
            evidence.late_days,
            None if lateness is None else lateness.window_days,
            None if lateness is None else lateness.recent_days,
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """What a debtor's ledger told at the close of a day: behaviour in one currency, and exposure in each."""

    behaviour: BehaviourFacts
    exposure: dict[str, Decimal]


class _Lateness:
    """Counts of what was settled, by how late it was, in a window of days."""

    def __init__(self) -> None:
        self._sums = SumsAfter(1 + len(LATE_DAYS_KEPT))

    def add(self, settled: int, late_days: int, sign: int) -> None:
        """Count an item that was settled on a day, or count it no more."""
        self._sums.add(settled, (1, *(late_days > days for days in LATE_DAYS_KEPT)), sign)

    def after(self, boundary: int) -> LateCounts:
        """Give the counts of what was settled after a day."""
        self._sums.move(boundary)
        return LateCounts(*self._sums.after)


class DebtorWalk:
    """One debtor's ledger in one currency, as it stood at the close of days that only go forward.

    It tells what `ledger_history.behaviour` tells of each such day, and keeps sums, so that a day costs what happened
    since the one before, and not the whole ledger again.
    """

    def __init__(self, ledger: DebtorLedger, currency: str, windows: Windows) -> None:
        self._currency = currency
        self._windows = windows
        mine = [bill for bill in ledger.bills if bill.currency == currency]
        self._bills = {bill.id: bill for bill in mine}
        self._counting = Ahead(mine, [bill.counts_on for bill in mine])
        disputed = sorted((bill.disputed_on, bill.id) for bill in mine if bill.disputed_on is not None)
        self._disputing = Ahead([bill_id for _, bill_id in disputed], [day for day, _ in disputed])
        self._allocating = Ahead(ledger.parts, [part.counts_on for part in ledger.parts])
        self._moving = Ahead(ledger.changes, [change.counts_on for change in ledger.changes])
        self._parts: dict[UUID, list[Part]] = defaultdict(list)
        self._disputed: set[UUID] = set()
        self._standing: dict[UUID, tuple[Stood, bool]] = {}
        self._balances: dict[str, Balance] = defaultdict(Balance)
        self._open_amount = Decimal(0)
        self._open_due = SortedDays()
        self._undisputed_due = SortedDays()
        self._undisputed = SumsAfter(1)
        self._settled_days = SortedDays()
        self._settled = SumsAfter(4)  # Items, amount, amount x days late, amount late.
        self._settled_recently = SumsAfter(2)  # Amount, amount x days late.
        self._late, self._late_recently = _Lateness(), _Lateness()

    def at(self, as_of: date, book: Book | None = None) -> Seen:
        """Give what was known at the close of a day, which is not before the one that was asked for last.

        `book` counts the lateness of all debtors; without it, lateness has none.
        """
        self._take(as_of)
        exposure = {currency: balance.amount for currency, balance in self._balances.items()}
        return Seen(self._behaviour(as_of, book), exposure)

    def _take(self, as_of: date) -> None:
        """Let everything count that counts by the close of a day."""
        touched = {bill.id for bill in self._counting.until(as_of)}
        for bill_id in self._disputing.until(as_of):
            self._disputed.add(bill_id)
            touched.add(bill_id)
        for part in self._allocating.until(as_of):
            if part.invoice_id in self._bills:
                self._parts[part.invoice_id].append(part)
                touched.add(part.invoice_id)
        for change in self._moving.until(as_of):
            self._balances[change.currency].add(change.happened_on.toordinal(), change.amount)
        for bill_id in touched:
            bill = self._bills[bill_id]
            if bill.counts_on <= as_of:
                self._restate(bill)

    def _restate(self, bill: Bill) -> None:
        """Take an invoice out of the sums as it stood, and put it in as it stands now."""
        before = self._standing.get(bill.id)
        if before is not None:
            self._count(bill, *before, -1)
        now = stood(bill.amount, self._parts.get(bill.id, [])), bill.id in self._disputed
        self._standing[bill.id] = now
        self._count(bill, *now, 1)

    def _count(self, bill: Bill, item: Stood, disputed: bool, sign: int) -> None:
        due = bill.due_on.toordinal()
        if item.open_amount:
            self._open_amount += sign * item.open_amount
            self._open_due.add(due, sign)
            if not disputed:
                self._undisputed_due.add(due, sign)
                self._undisputed.add(due, (item.open_amount,), sign)
        if item.settled_on is None or not item.paid_amount > 0:
            return
        settled, paid = item.settled_on.toordinal(), item.paid_amount
        late_days = settled - due
        if self._windows.lateness_days is not None:
            self._late.add(settled, late_days, sign)
            self._late_recently.add(settled, late_days, sign)
        if disputed:
            return
        late_amount = paid if late_days > self._windows.late_days else 0
        self._settled_days.add(settled, sign)
        self._settled.add(settled, (1, paid, paid * late_days, late_amount), sign)
        self._settled_recently.add(settled, (paid, paid * late_days), sign)

    def _behaviour(self, as_of: date, book: Book | None) -> BehaviourFacts:
        today, windows = as_of.toordinal(), self._windows
        self._settled.move(today - windows.window_days)
        self._settled_recently.move(today - windows.recent_days)
        self._undisputed.move(today - 1)
        count, amount, days_amount, late_amount = self._settled.after
        recent_amount, recent_days_amount = self._settled_recently.after
        first, oldest = self._settled_days.first, self._undisputed_due.first
        balance = self._balances.get(self._currency)
        return BehaviourFacts(
            window_days=windows.window_days,
            settled_count=count,
            settled_amount=Decimal(amount),
            dbt_days=rounded_ratio(days_amount, amount, 4),
            dbt_days_recent=rounded_ratio(recent_days_amount, recent_amount, 4),
            dbt_days_prior=rounded_ratio(days_amount - recent_days_amount, amount - recent_amount, 4),
            late_amount_share=rounded_ratio(late_amount, amount, 6),
            first_settled_on=None if first is None else date.fromordinal(first),
            peak_exposure=None if balance is None else balance.peak(today - windows.window_days),
            open_amount=self._open_amount,
            overdue_amount=Decimal(self._undisputed.total[0] - self._undisputed.after[0]),
            oldest_overdue_days=0 if oldest is None else max(today - oldest, 0),
            lateness=self._lateness(as_of, book),
        )

    def _lateness(self, as_of: date, book: Book | None) -> LatenessFacts | None:
        windows, today = self._windows, as_of.toordinal()
        if windows.lateness_days is None or windows.lateness_recent_days is None:
            return None
        return LatenessFacts(
            window_days=windows.lateness_days,
            recent_days=windows.lateness_recent_days,
            whole=self._late.after(today - windows.lateness_days),
            recent=self._late_recently.after(today - windows.lateness_recent_days),
            past_due=LateCounts(
                self._open_due.before(today), *(self._open_due.before(today - days) for days in LATE_DAYS_KEPT)
            ),
            book=None if book is None else book.at(as_of),
            book_counted_on=None if book is None else as_of,
        )
