"""Sums and peaks over a window of days that only moves forward: each day enters and leaves once.

In sums, days are ordinals (`date.toordinal`), which compare and subtract faster than dates.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from heapq import heappop, heappush
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")


class SumsAfter:
    """Sums of figures by day: of all days, and of the days after a boundary that moves forward."""

    def __init__(self, width: int) -> None:
        self.total: list[Any] = [0] * width
        self.after: list[Any] = [0] * width
        self._days: dict[int, list[Any]] = {}
        self._ahead: list[int] = []  # Days after the boundary, the nearest first.
        self._boundary = 0

    def add(self, day: int, figures: Sequence[Any], sign: int) -> None:
        """Add figures to a day, or with the sign -1 take them back."""
        kept = self._days.get(day)
        if kept is None:
            kept = self._days[day] = [0] * len(figures)
            if day > self._boundary:
                heappush(self._ahead, day)
        is_after = day > self._boundary
        for place, figure in enumerate(figures):
            change = figure if sign > 0 else -figure
            kept[place] += change
            self.total[place] += change
            if is_after:
                self.after[place] += change

    def move(self, boundary: int) -> None:
        """Leave out of `after` what lies at the boundary or before."""
        self._boundary = boundary
        while self._ahead and self._ahead[0] <= boundary:
            for place, figure in enumerate(self._days[heappop(self._ahead)]):
                self.after[place] -= figure


class SortedDays:
    """Days in order, each as often as it was added."""

    def __init__(self) -> None:
        self._days: list[int] = []

    def add(self, day: int, sign: int) -> None:
        """Add a day, or with the sign -1 take it back once."""
        if sign > 0:
            insort(self._days, day)
        else:
            del self._days[bisect_left(self._days, day)]

    def before(self, day: int) -> int:
        """Count those before a day."""
        return bisect_left(self._days, day)

    @property
    def first(self) -> int | None:
        """The first day there is."""
        return self._days[0] if self._days else None


class Balance:
    """A balance that changes by days, and its peak since a day that moves forward."""

    def __init__(self) -> None:
        self.amount = Decimal(0)
        self._changes: dict[int, Decimal] = {}
        self._last_day = 0
        self._in_order = True
        # Balances, each until the day of the next one; none that a later one of the same height or above hides.
        self._steps: deque[tuple[Decimal, int]] = deque()
        self._newest = Decimal(0)

    def add(self, day: int, amount: Decimal) -> None:
        """Change the balance from a day on; a day that is not after the last one makes the steps anew when asked."""
        self.amount += amount
        self._changes[day] = self._changes.get(day, Decimal(0)) + amount
        if day <= self._last_day:
            self._in_order = False
        elif self._in_order:
            self._step(day, amount)
        self._last_day = max(day, self._last_day)

    def _step(self, day: int, amount: Decimal) -> None:
        """End the newest balance on a day, and begin the next."""
        while self._steps and self._steps[-1][0] <= self._newest:
            self._steps.pop()
        self._steps.append((self._newest, day))
        self._newest += amount

    def peak(self, since: int) -> Decimal:
        """Give the highest of what stood at the end of the day `since` and of each day after it."""
        if not self._in_order:
            self._steps.clear()
            self._newest, self._in_order = Decimal(0), True
            for day in sorted(self._changes):
                self._step(day, self._changes[day])
        while self._steps and self._steps[0][1] <= since:
            self._steps.popleft()
        return max(self._steps[0][0], self._newest) if self._steps else self._newest


class Ahead(Generic[Row]):
    """Rows in the order of their days, of which those until a day are given once."""

    def __init__(self, rows: list[Row], days: list[date]) -> None:
        self._rows = rows
        self._days = days
        self._place = 0

    def until(self, day: date) -> Iterator[Row]:
        """Give the rows of a day and before that were not given yet."""
        while self._place < len(self._rows) and self._days[self._place] <= day:
            self._place += 1
            yield self._rows[self._place - 1]
