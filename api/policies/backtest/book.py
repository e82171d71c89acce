"""How late all debtors together paid, as of any day: sums by day from one pass over the whole ledger."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from itertools import accumulate

from api.policies.backtest.items import settlements
from api.records.ledger_walk import DebtorLedger
from scoring.facts import LateCounts
from scoring.policy.grading import LATE_DAYS_KEPT

Counts = tuple[int, ...]
_NOTHING: Counts = (0,) * (1 + len(LATE_DAYS_KEPT))


class Book:
    """Counts of what all debtors settled in the `window_days` until a day, as it stood at the close of that day."""

    def __init__(self, window_days: int) -> None:
        self._window_days = window_days
        self._changes: dict[int, Counts] = {}
        self._days: list[int] = []
        self._counts: list[Counts] = []

    def add(self, ledger: DebtorLedger, currency: str) -> None:
        """Count a debtor's settlements. A settlement counts from when it did until its day has left the window."""
        for each in settlements(ledger, currency):
            figures = (each.sign, *(each.sign * (each.late_days > days) for days in LATE_DAYS_KEPT))
            begin, end = each.counts_on.toordinal(), each.settled_on.toordinal() + self._window_days
            if begin < end:
                self._change(begin, figures)
                self._change(end, tuple(-figure for figure in figures))

    def _change(self, day: int, figures: Counts) -> None:
        self._changes[day] = _plus(self._changes.get(day, _NOTHING), figures)

    def close(self) -> "Book":
        """Add up the days, once every debtor was counted."""
        self._days = sorted(self._changes)
        self._counts = list(accumulate((self._changes[day] for day in self._days), _plus))
        return self

    def at(self, as_of: date) -> LateCounts:
        """Give the counts as of a day."""
        place = bisect_right(self._days, as_of.toordinal())
        return LateCounts(*(self._counts[place - 1] if place else _NOTHING))


def _plus(one: Counts, other: Counts) -> Counts:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def book_of(ledgers: Iterable[DebtorLedger], currency: str, window_days: int) -> Book:
    """Give the book of a whole ledger in one currency."""
    book = Book(window_days)
    for ledger in ledgers:
        book.add(ledger, currency)
    return book.close()
