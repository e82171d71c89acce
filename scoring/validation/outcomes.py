"""What came of an order: paid late or not, never paid, or not known yet when the ledger ends."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Literal

LATE_DAYS = (0, 5, 15, 30, 90)  # The same for every policy, so that results can be laid side by side.
WINDOW_DAYS = 90
UNPAID_DAYS = 90  # What is open longer than this past its due date stays unpaid.

Came = Literal["late", "in_time", "undecided", "credited"]
Level = Literal["invoice", "debtor"]


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be foretold: of an invoice, that it is paid more than `late_days` days after it was due; of a debtor
    on a day, that any invoice of that day and the next ones, `window_days` in all, is.
    """

    level: Level
    late_days: int

    @property
    def window_days(self) -> int | None:
        """How many days of invoices a debtor answers for; None for an invoice."""
        return WINDOW_DAYS if self.level == "debtor" else None

    @property
    def name(self) -> str:
        """The name by which every figure says what it is of."""
        if self.level == "invoice":
            return f"invoice_over_{self.late_days}_days_late"
        return f"debtor_any_over_{self.late_days}_days_late_in_{WINDOW_DAYS}_days"


TARGETS = tuple(Target(level, days) for level in ("invoice", "debtor") for days in LATE_DAYS)


@dataclass(frozen=True, slots=True)
class Item:
    """An invoice as it stood when the ledger ended; amounts are in one currency."""

    invoiced_on: date
    due_on: date
    open_amount: Decimal
    paid_amount: Decimal
    settled_on: date | None


def came_of(item: Item, late_days: int, ends_on: date) -> Came:
    """Whether an invoice was paid more than so many days late, or is open longer, at the end of the ledger.

    One that is still open and not yet so late is undecided; one that was credited in whole was never to be paid.
    """
    if item.settled_on is not None:
        if item.paid_amount <= 0:
            return "credited"
        return "late" if (item.settled_on - item.due_on).days > late_days else "in_time"
    return "late" if (ends_on - item.due_on).days > late_days else "undecided"


def unpaid_amount(item: Item, ends_on: date) -> Decimal | None:
    """What was never paid: what is open long past its due date; None while it may still be paid."""
    if not item.open_amount:
        return Decimal(0)
    return item.open_amount if (ends_on - item.due_on).days > UNPAID_DAYS else None


def outstanding_days(item: Item, ends_on: date) -> int:
    """How many days an invoice was owed, until the ledger ends while it is open."""
    return max(((item.settled_on or ends_on) - item.invoiced_on).days, 0)


class DebtorOutcomes:
    """What came of all invoices of one debtor, for any day on which it is asked."""

    def __init__(self, items: Sequence[Item], late_days: int, ends_on: date) -> None:
        """Take the debtor's invoices in the order of their days."""
        self._ends_on = ends_on
        self._days = [item.invoiced_on.toordinal() for item in items]
        came = [came_of(item, late_days, ends_on) for item in items]
        self._late = _counted(came, "late")
        self._undecided = _counted(came, "undecided")
        self._in_time = _counted(came, "in_time")

    def of(self, day: date) -> Came:
        """Whether any invoice of the window that begins with a day was late; undecided while the window is not over."""
        begin = day.toordinal()
        if begin + WINDOW_DAYS - 1 > self._ends_on.toordinal():
            return "undecided"
        first, end = bisect_left(self._days, begin), bisect_left(self._days, begin + WINDOW_DAYS)
        if self._late[end] > self._late[first]:
            return "late"
        if self._undecided[end] > self._undecided[first]:
            return "undecided"
        return "in_time" if self._in_time[end] > self._in_time[first] else "credited"


def _counted(came: Sequence[Came], kind: Came) -> list[int]:
    """How many of a kind there are before each place, and in all."""
    return list(accumulate((each == kind for each in came), initial=0))
