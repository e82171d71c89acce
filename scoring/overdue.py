"""What an overdue invoice costs its debtor by Dutch law, and which VAT on it comes back to the seller; in euro."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from scoring.statutory.costs import collection_costs
from scoring.statutory.interest import PartPayment, late_interest_with_payments
from scoring.statutory.law import InterestRate, Law, NotInForce, in_force
from scoring.statutory.vat import vat_relief_amount, vat_relief_latest_on


@dataclass(frozen=True, slots=True)
class OverdueInvoice:
    """An invoice that is open and past due, VAT included; `credited_amount` was credited and never owed.

    `payments` are what was paid on it and not taken back. Without `vat_amount` its VAT is not known.
    """

    amount: Decimal
    vat_amount: Decimal | None
    credited_amount: Decimal
    due_on: date
    payments: tuple[PartPayment, ...]

    @property
    def open_amount(self) -> Decimal:
        """What is still open, never below zero."""
        return max(
            Decimal(0), self.amount - self.credited_amount - sum((each.amount for each in self.payments), Decimal(0))
        )


@dataclass(frozen=True, slots=True)
class OverdueClaim:
    """What the law adds to an overdue invoice, in euro and rounded half up to cents; None where the law has no number.

    `interest` is all that accrued until the day asked about, so that the open amount and it make the claim: payments
    settle interest first (BW 6:44). From `provisional_from` on the rate of a half-year is missing and the last known
    one was used. `rate_pct` and `rate_source` are those of the last day. `costs` are what may be asked once the debtor
    is in default, without VAT. VAT relief is asked in the return of the period of `vat_relief_on`, and not later.
    """

    interest: Decimal | None
    provisional: bool
    provisional_from: date | None
    rate_pct: Decimal | None
    rate_source: str | None
    costs: Decimal | None
    vat_relief_on: date | None
    vat_relief_amount: Decimal | None


def claim_of(invoice: OverdueInvoice, as_of: date, law: Law, rates: Sequence[InterestRate]) -> OverdueClaim:
    """The claim on an invoice until and including `as_of`; `rates` are those of statutory commercial interest."""
    principal = max(Decimal(0), invoice.amount - invoice.credited_amount)
    try:
        found = late_interest_with_payments(principal, invoice.due_on, as_of, invoice.payments, rates).accrued
        last = in_force(rates, as_of)
        costs = costs_of(invoice.open_amount, invoice.due_on + timedelta(1), law)
    except NotInForce:  # Older than the law we have in numbers.
        return OverdueClaim(None, False, None, None, None, None, *_vat_relief(invoice, law))
    return OverdueClaim(
        found.interest,
        found.provisional,
        found.missing_from,
        last.rate_pct,
        last.source,
        costs,
        *_vat_relief(invoice, law),
    )


def costs_of(principal: Decimal, default_on: date, law: Law) -> Decimal:
    """Collection costs over a principal whose debtor came into default on a day, without VAT. Raises NotInForce."""
    return collection_costs(principal, in_force(law.collection_costs, default_on)).total_amount


def _vat_relief(invoice: OverdueInvoice, law: Law) -> tuple[date | None, Decimal | None]:
    """The last day and the amount of VAT relief; the amount is None when the VAT on the invoice is not known."""
    try:
        latest_on = vat_relief_latest_on(invoice.due_on, law.vat_relief)
    except NotInForce:
        return None, None
    net = invoice.amount - (invoice.vat_amount or Decimal(0))
    if invoice.vat_amount is None or net <= 0:
        return latest_on, None
    return latest_on, vat_relief_amount(invoice.open_amount, Decimal(0), invoice.vat_amount / net)
