"""The measures of a book, of one debtor or of all, from its sums: how fast it is paid, and what of it may be lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from scoring.policy.provisions import INVOICE_BUCKETS
from scoring.provisions import AgedProvision, PastItem, aged_provision, loss_rates_of
from scoring.ratios import rounded_ratio
from scoring.receivables import (
    Bucket,
    CountbackDays,
    MonthlySales,
    collection_days,
    collection_effectiveness,
    dso_countback,
)

LossRatesSource = Literal["own_history", "policy"]

# Loss rates of the seller's own past are taken from a year of invoices that were all due 90 days ago, so that each had
# its time in every bucket but the last. Fewer than this tell more of chance than of the book.
PAST_DAYS, PAST_DUE_DAYS, PAST_COUNT_MIN = 365, 90, 250


@dataclass(frozen=True, slots=True)
class OpenSum:
    """What is open in one bucket, disputed or not; `overdue_days_amount` is the sum of amount x days overdue."""

    bucket: Bucket
    disputed: bool
    items_count: int
    amount: Decimal
    overdue_days_amount: Decimal


@dataclass(frozen=True, slots=True)
class SettledSums:
    """What was settled in the period by the part that was paid, disputed items left out; sums of amount x days.

    `late_days_amount` is of items paid late, `early_days_amount` of those paid early and below zero.
    """

    items_count: Decimal
    amount: Decimal
    late_days_amount: Decimal
    early_days_amount: Decimal
    days_to_pay_amount: Decimal


@dataclass(frozen=True, slots=True)
class BookSums:
    """What a book adds up to in one currency, VAT included, on a day and over the period that ends with it.

    `past_paid` is what was paid of the past's invoices by the bucket they were in then, `past_open_amount` what was
    not; `months` are newest first.
    """

    opened: tuple[OpenSum, ...]
    settled: SettledSums
    sales_amount: Decimal
    months: tuple[MonthlySales, ...]
    begin_amount: Decimal
    past_count: int
    past_paid: tuple[Decimal, ...]
    past_open_amount: Decimal

    def open_amount(self, *, overdue: bool | None = None, disputed: bool | None = None) -> Decimal:
        """What is open, of all or of one kind."""
        return sum(
            (
                each.amount
                for each in self.opened
                if overdue in (None, each.bucket != "not_due") and disputed in (None, each.disputed)
            ),
            Decimal(0),
        )

    def countback(self) -> CountbackDays:
        """DSO by countback over the months there are."""
        return dso_countback(self.open_amount(), self.months)


EMPTY = BookSums((), SettledSums(*[Decimal(0)] * 5), Decimal(0), (), Decimal(0), 0, (Decimal(0),) * 5, Decimal(0))


@dataclass(frozen=True, slots=True)
class BookProvision:
    """Expected lifetime loss of what is open, disputed or not, by loss rates and where those are from."""

    provision: AgedProvision
    loss_rates: Mapping[Bucket, Decimal]
    source: LossRatesSource


@dataclass(frozen=True, slots=True)
class BookMeasures:
    """The measures of one currency, VAT included, exact but for days and shares: 4 and 6 decimals, half to even.

    `not_due`, `overdue`, the buckets and `overdue_share` leave disputed items out; DSO, BPDSO, ADD and CEI look at all.
    What has nothing to be measured on is None; when `nothing_open`, `overdue_share` and `dispute_rate` are zero.
    """

    receivables: Decimal
    not_due: Decimal
    overdue: Decimal
    disputed: Decimal
    disputed_overdue: Decimal
    buckets: dict[Bucket, Decimal]
    nothing_open: bool
    overdue_share: Decimal
    dispute_rate: Decimal
    bad_items_count: int
    bad_amount: Decimal
    credit_sales: Decimal
    dso: Decimal | None
    best_possible_dso: Decimal | None
    average_days_delinquent: Decimal | None
    dso_countback: CountbackDays
    receivables_begin: Decimal
    months_count: int
    collection_effectiveness: Decimal | None
    settled_count: int
    settled_amount: Decimal
    dbt_days: Decimal | None
    dbt_days_floored: Decimal | None
    dbt_days_incl_open: Decimal | None
    days_to_pay: Decimal | None
    provision: BookProvision


def measure(book: BookSums, period_days: int, loss_rates: Mapping[Bucket, Decimal]) -> BookMeasures:
    """Measure a book over its period; `loss_rates` are used where its own past is too short."""
    receivables, undisputed = book.open_amount(), book.open_amount(disputed=False)
    not_due, overdue = book.open_amount(overdue=False, disputed=False), book.open_amount(overdue=True, disputed=False)
    days = collection_days(receivables, book.open_amount(overdue=False), book.sales_amount, period_days)
    countback = book.countback()
    months_count = months_of(period_days)
    bad = [each for each in book.opened if each.bucket == "91+" and not each.disputed]
    settled = book.settled
    exact_days = settled.late_days_amount + settled.early_days_amount
    open_days = sum((each.overdue_days_amount for each in book.opened if not each.disputed), Decimal(0))
    return BookMeasures(
        receivables=receivables,
        not_due=not_due,
        overdue=overdue,
        disputed=receivables - undisputed,
        disputed_overdue=book.open_amount(overdue=True, disputed=True),
        buckets={name: _bucket(book, name) for name in INVOICE_BUCKETS},
        nothing_open=not receivables,
        overdue_share=rounded_ratio(overdue, undisputed, 6) or Decimal(0),
        dispute_rate=rounded_ratio(receivables - undisputed, receivables, 6) or Decimal(0),
        bad_items_count=sum(each.items_count for each in bad),
        bad_amount=sum((each.amount for each in bad), Decimal(0)),
        credit_sales=book.sales_amount,
        dso=None if days is None else _days(days.dso),
        best_possible_dso=None if days is None else _days(days.best_possible_dso),
        average_days_delinquent=None if days is None else _days(days.average_days_delinquent),
        dso_countback=CountbackDays(_days(countback.days), countback.complete),
        receivables_begin=book.begin_amount,
        months_count=months_count,
        collection_effectiveness=_effectiveness(book, receivables, months_count),
        settled_count=int(settled.items_count),
        settled_amount=settled.amount,
        dbt_days=rounded_ratio(exact_days, settled.amount, 4),
        dbt_days_floored=rounded_ratio(settled.late_days_amount, settled.amount, 4),
        dbt_days_incl_open=rounded_ratio(exact_days + open_days, settled.amount + undisputed, 4),
        days_to_pay=rounded_ratio(settled.days_to_pay_amount, settled.amount, 4),
        provision=provide(book, loss_rates),
    )


def provide(book: BookSums, loss_rates: Mapping[Bucket, Decimal]) -> BookProvision:
    """Provide for what is open by the book's own loss rates, or by the given ones where its past is too short.

    An invoice of the past that is still open counts as lost. The past is too short with fewer than PAST_COUNT_MIN
    invoices, when nothing was lost, or when no invoice reached some bucket.
    """
    gross = {
        name: sum((each.amount for each in book.opened if each.bucket == name), Decimal(0)) for name in INVOICE_BUCKETS
    }
    own = _own_loss_rates(book)
    rates = loss_rates if own is None else own
    return BookProvision(aged_provision(gross, rates), rates, "policy" if own is None else "own_history")


def _own_loss_rates(book: BookSums) -> Mapping[Bucket, Decimal] | None:
    """The loss rates of the book's own past, where that is long enough."""
    if book.past_count < PAST_COUNT_MIN or book.past_open_amount <= 0:
        return None
    due_on = date(2000, 1, 1)  # Only the days after it count.
    paid = [
        PastItem(amount, due_on, due_on + timedelta(late_days))
        for amount, late_days in zip(book.past_paid, (0, 1, 31, 61, 91), strict=True)
    ]
    rates = loss_rates_of([*paid, PastItem(book.past_open_amount, due_on, None)])
    known = {name: rate for name, rate in rates.items() if rate is not None}
    return known if len(known) == len(rates) else None


def months_of(period_days: int) -> int:
    """How many months a period has, to the nearest and at least one."""
    return max(1, round(Decimal(period_days) * 12 / 365))


def _effectiveness(book: BookSums, receivables: Decimal, months_count: int) -> Decimal | None:
    """CEI over the sales of one month, in per cent."""
    found = collection_effectiveness(
        book.begin_amount, book.sales_amount / months_count, receivables, book.open_amount(overdue=False)
    )
    return None if found is None else _days(found)


def _bucket(book: BookSums, name: Bucket) -> Decimal:
    """What is open in a bucket and not disputed."""
    return sum((each.amount for each in book.opened if each.bucket == name and not each.disputed), Decimal(0))


def _days(number: Decimal) -> Decimal:
    """Days, or per cent, of 4 decimals."""
    return number.quantize(Decimal("0.0001"), ROUND_HALF_EVEN)
