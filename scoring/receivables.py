"""Measures of a whole book: ageing, days sales outstanding, collection effectiveness. Amounts include VAT."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Bucket = Literal["not_due", "1-30", "31-60", "61-90", "91+", "credit"]


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An item not fully settled; a negative amount is a credit."""

    amount: Decimal
    due_on: date


@dataclass(frozen=True, slots=True)
class Ageing:
    """Open amounts by days overdue, credits apart.

    When `nothing_open` no share of anything is overdue: the share is zero, and the days are None.
    """

    buckets: dict[Bucket, Decimal]
    overdue_share: Decimal
    overdue_days_weighted: Decimal | None
    nothing_open: bool = False


def ageing(items: Iterable[OpenItem], as_of: date) -> Ageing:
    """Open items by how many days they are past due on `as_of`; credits are not netted."""
    buckets: dict[Bucket, Decimal] = {}
    open_amount = overdue_amount = weighted = Decimal(0)
    for item in items:
        overdue_days = (as_of - item.due_on).days
        bucket = "credit" if item.amount < 0 else bucket_of(overdue_days)
        buckets[bucket] = buckets.get(bucket, Decimal(0)) + item.amount
        if item.amount > 0:
            open_amount += item.amount
            weighted += item.amount * max(0, overdue_days)
            overdue_amount += item.amount if overdue_days > 0 else 0
    if not open_amount:
        return Ageing(buckets, Decimal(0), None, nothing_open=True)
    return Ageing(buckets, overdue_amount / open_amount, weighted / open_amount)


def bucket_of(overdue_days: int) -> Bucket:
    """The bucket of an invoice some calendar days past due, zero or less when it is not."""
    if overdue_days <= 0:
        return "not_due"
    if overdue_days <= 30:
        return "1-30"
    if overdue_days <= 60:
        return "31-60"
    return "61-90" if overdue_days <= 90 else "91+"


def dso_simple(receivables: Decimal, credit_sales: Decimal, period_days: int) -> Decimal | None:
    """DSO = receivables / credit sales of the period * its days; None without sales."""
    return receivables / credit_sales * period_days if credit_sales > 0 else None


@dataclass(frozen=True, slots=True)
class MonthlySales:
    """Credit sales of one calendar month; `days` is how many of its days have passed, None: all of them."""

    year: int
    month: int
    credit_sales: Decimal
    days: int | None = None


@dataclass(frozen=True, slots=True)
class CountbackDays:
    """DSO by countback; `complete` is false when the history ended first, and `days` is a lower bound then."""

    days: Decimal
    complete: bool


def dso_countback(receivables: Decimal, months_newest_first: Iterable[MonthlySales]) -> CountbackDays:
    """Whole months of sales taken off the receivables, newest first, then the part of the month that is left.

    A month without sales, or with more credited than sold, counts its days and takes nothing off. Raises ValueError
    unless each month is the one before the last: a month left out would be days left out.
    """
    remaining, days = receivables, Decimal(0)
    later: MonthlySales | None = None
    for each in months_newest_first:
        if remaining <= 0:
            break
        if later is not None and later.year * 12 + later.month - 1 != each.year * 12 + each.month:
            raise ValueError(f"{each.year}-{each.month:02} is not the month before {later.year}-{later.month:02}")
        later = each
        month_days = each.days or monthrange(each.year, each.month)[1]
        if each.credit_sales > remaining:
            return CountbackDays(days + remaining / each.credit_sales * month_days, complete=True)
        days += month_days
        remaining -= max(each.credit_sales, Decimal(0))
    return CountbackDays(days, complete=remaining <= 0)


@dataclass(frozen=True, slots=True)
class CollectionDays:
    """DSO, the best it could be (nothing overdue), and the average days delinquent between them."""

    dso: Decimal
    best_possible_dso: Decimal
    average_days_delinquent: Decimal


def collection_days(
    receivables: Decimal, receivables_not_due: Decimal, credit_sales: Decimal, period_days: int
) -> CollectionDays | None:
    """DSO, BPDSO and ADD = DSO - BPDSO over one period; None without sales."""
    dso = dso_simple(receivables, credit_sales, period_days)
    best = dso_simple(receivables_not_due, credit_sales, period_days)
    return None if dso is None or best is None else CollectionDays(dso, best, dso - best)


def collection_effectiveness(
    receivables_begin: Decimal, credit_sales: Decimal, receivables_end: Decimal, receivables_end_not_due: Decimal
) -> Decimal | None:
    """CEI: what was collected as a percentage of what could be; None when nothing could be.

    For a period of N months give the credit sales of one month (S / N).
    """
    collectable = receivables_begin + credit_sales - receivables_end_not_due
    if collectable <= 0:
        return None
    return (receivables_begin + credit_sales - receivables_end) / collectable * 100
