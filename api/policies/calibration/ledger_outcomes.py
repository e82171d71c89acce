"""What came of a debtor's invoices by the end of what may be looked at, and by when that was bound to be known."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from api.policies.backtest.items import items_of
from api.records.ledger_walk import Bill, DebtorLedger
from scoring.validation.outcomes import WINDOW_DAYS, Came, DebtorOutcomes, came_of

TargetName = Literal["invoice", "any_90_days"]


@dataclass(frozen=True, slots=True)
class Event:
    """What is bad: an invoice that is paid more than `late_days` days late, or a debtor to whom any of the invoices of
    a day and the 89 after it is.
    """

    target: TargetName
    late_days: int

    @property
    def words(self) -> str:
        """The event and its horizon, for people."""
        late = f"paid more than {self.late_days} days late"
        return f"invoice {late}" if self.target == "invoice" else f"any invoice within {WINDOW_DAYS} days {late}"


class Outcomes:
    """What came of one debtor's invoices in a currency until the close of `ends_on`; of later days nothing is seen."""

    def __init__(self, ledger: DebtorLedger, currency: str, event: Event, ends_on: date) -> None:
        """Take the ledger as it stood at the close of that day."""
        self._event, self._ends_on = event, ends_on
        self._items = {
            bill_id: item
            for bill_id, item in items_of(ledger, currency, ends_on).items()
            if item.invoiced_on <= ends_on
        }
        ordered = sorted(self._items.values(), key=lambda item: item.invoiced_on)
        self._days = [item.invoiced_on for item in ordered]
        self._certain = [item.due_on + timedelta(event.late_days + 1) for item in ordered]
        self._of_debtor = DebtorOutcomes(ordered, event.late_days, ends_on)

    def certain_on(self, bill: Bill) -> date:
        """The day by whose close it was bound to be known, whether paid or not."""
        if self._event.target == "invoice":
            return bill.due_on + timedelta(self._event.late_days + 1)
        last_on = bill.invoiced_on + timedelta(WINDOW_DAYS - 1)
        first, end = bisect_left(self._days, bill.invoiced_on), bisect_left(self._days, last_on + timedelta(1))
        return max(last_on, *self._certain[first:end])

    def came(self, bill: Bill) -> Came:
        """What came of it; undecided unless that was bound to be known by the end.

        To take those that were paid by then, and wait for the others, would show too many good payers.
        """
        if self.certain_on(bill) > self._ends_on:
            return "undecided"
        if self._event.target == "invoice":
            return came_of(self._items[bill.id], self._event.late_days, self._ends_on)
        return self._of_debtor.of(bill.invoiced_on)
