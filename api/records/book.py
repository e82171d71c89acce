"""The sums that measures of a book are made of: a debtor's invoices or all of them, added up by currency, once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records.ledger_history import KNOWN_AT, Clocks, items
from scoring.book import BookSums, OpenSum, SettledSums
from scoring.policy.provisions import INVOICE_BUCKETS
from scoring.receivables import MonthlySales

OF_ALL, OF_DEBTOR = "true", "debtor_id = :debtor_id"
# Days overdue at which the buckets of an ageing begin, the first aside, as `scoring.receivables.bucket_of` has them.
BUCKET_STARTS = "ARRAY[1, 31, 61, 91]"
LATE_DAYS = "settled_on - due_on"
SETTLED = "settled_on > :begin AND settled_on <= :as_of AND NOT disputed AND paid_amount > 0"
PAST = "invoiced_on > :past_from AND due_on < :past_until AND NOT disputed"


def _past(lateness: str) -> str:
    return f"sum(paid_amount) FILTER (WHERE {PAST} AND {lateness})"


def _days(of: str, condition: str, begin: str) -> str:
    """Give the SQL of the one pass: sums by currency and day of invoice.

    One key with few values, so that the database adds up in parallel. What is open is little of a book, so it leaves
    the pass as arrays and is looked at again. Whatever no figure needs, the long settled, is left out of it.
    """
    return f"""
days AS MATERIALIZED (
    SELECT currency, invoiced_on AS day, sum(amount) AS sold_amount,
        array_agg(open_amount) FILTER (WHERE open_amount <> 0) AS open_amounts,
        array_agg(due_on) FILTER (WHERE open_amount <> 0) AS open_due,
        array_agg(disputed) FILTER (WHERE open_amount <> 0) AS open_disputed,
        count(*) FILTER (WHERE {SETTLED}) AS settled_count,
        sum(paid_amount) FILTER (WHERE {SETTLED}) AS settled_amount,
        sum(paid_amount * ({LATE_DAYS})) FILTER (WHERE {SETTLED} AND {LATE_DAYS} > 0) AS late_days_amount,
        sum(paid_amount * ({LATE_DAYS})) FILTER (WHERE {SETTLED} AND {LATE_DAYS} < 0) AS early_days_amount,
        sum(paid_amount * (settled_on - invoiced_on)) FILTER (WHERE {SETTLED}) AS days_to_pay_amount,
        count(*) FILTER (WHERE {PAST}) AS past_count,
        {_past(f"{LATE_DAYS} <= 0")} AS past_in_time, {_past(f"{LATE_DAYS} BETWEEN 1 AND 30")} AS past_1_30,
        {_past(f"{LATE_DAYS} BETWEEN 31 AND 60")} AS past_31_60,
        {_past(f"{LATE_DAYS} BETWEEN 61 AND 90")} AS past_61_90,
        {_past(f"(settled_on IS NULL OR {LATE_DAYS} > 90)")} AS past_91,
        sum(open_amount) FILTER (WHERE {PAST} AND open_amount <> 0) AS past_open,
        {begin}
    FROM {of}
    WHERE {condition} AND (invoiced_on > :since OR settled_on > :begin OR settled_on IS NULL OR paid_amount <> amount)
    GROUP BY currency, invoiced_on)"""  # noqa: S608


TOTALS = (
    *("settled_count", "settled_amount", "late_days_amount", "early_days_amount", "days_to_pay_amount"),
    *("past_count", "past_in_time", "past_1_30", "past_31_60", "past_61_90", "past_91", "past_open"),
)
# A month that the pass began in the middle of is left out; `MONTHS` has all of them.
SUMS = f"""
SELECT currency, 'total' AS part, NULL::date AS month, NULL::boolean AS disputed, NULL::integer AS bucket,
    sum(sold_amount) FILTER (WHERE day > :begin) AS amount, {", ".join(f"sum({name}) AS {name}" for name in TOTALS)}
FROM days GROUP BY currency
UNION ALL SELECT currency, 'month', date_trunc('month', day)::date, NULL, NULL, sum(sold_amount){", NULL" * len(TOTALS)}
FROM days GROUP BY currency, 3
UNION ALL SELECT currency, 'open', NULL, o.disputed, width_bucket(:as_of - o.due_on, {BUCKET_STARTS}), sum(o.amount),
    count(*), sum(o.amount * greatest(0, :as_of - o.due_on)){", NULL" * (len(TOTALS) - 2)}
FROM days, unnest(open_amounts, open_due, open_disputed) AS o (amount, due_on, disputed)
GROUP BY currency, o.disputed, 5
UNION ALL SELECT currency, 'begin', NULL, NULL, NULL, sum(amount){", NULL" * len(TOTALS)} FROM begun GROUP BY currency
UNION ALL SELECT currency, 'credited', date_trunc('month', credited_on)::date, NULL, NULL,
    sum(amount), count(*), sum(amount) FILTER (WHERE credited_on > :begin){", NULL" * (len(TOTALS) - 2)}
FROM credit_note WHERE kind = 'credit_note' AND credited_on > :since AND credited_on <= :as_of
    AND known_at <= {KNOWN_AT} AND {{condition}} GROUP BY currency, 3
"""  # noqa: S608

# What was open when the period began: nothing of what payments had settled in full by then; of the rest it is asked.
UNSURE = "invoiced_on <= :begin AND (settled_on IS NULL OR settled_on > :begin OR paid_amount <> amount)"
BEGIN_NOW = f"array_agg(id) FILTER (WHERE {UNSURE}) AS ids, array_agg(amount) FILTER (WHERE {UNSURE}) AS amounts"
BEGUN_NOW = """
begun AS (
    SELECT currency, greatest(c.amount - coalesce((SELECT sum(a.amount) FROM allocation a
        WHERE a.invoice_id = c.id AND a.happened_on <= :begin), 0), 0) AS amount
    FROM days, unnest(ids, amounts) AS c (id, amount))"""
BEGUN_THEN = "begun AS (SELECT currency, begin_amount AS amount FROM days)"


def _dated(sql: str) -> str:
    for name in ("as_of", "begin", "since", "past_from", "past_until"):
        sql = sql.replace(f":{name}", f"CAST(:{name} AS date)")
    return sql


def _now(condition: str) -> str:
    return f"WITH {_days('invoice', condition, BEGIN_NOW)}, {BEGUN_NOW} {SUMS.format(condition=condition)}"


def _then(condition: str) -> str:
    days = _days("items", "true", "sum(begin_amount) AS begin_amount")
    return f"WITH {items(condition, ':begin')}, {days}, {BEGUN_THEN} {SUMS.format(condition=condition)}"


MONTHS_NOW = """
SELECT currency, date_trunc('month', day)::date AS month, sum(amount) AS amount FROM (
    SELECT currency, invoiced_on AS day, amount FROM invoice
    WHERE invoiced_on <= :as_of AND known_at <= {known_at} AND {condition}
    UNION ALL SELECT currency, credited_on, -amount FROM credit_note
    WHERE kind = 'credit_note' AND credited_on <= :as_of AND known_at <= {known_at} AND {condition}) moved
WHERE currency = :currency GROUP BY currency, 2
"""
STATEMENTS = {
    (of_debtor, is_present): text(_dated((_now if is_present else _then)(condition)))
    for of_debtor, condition in ((False, OF_ALL), (True, OF_DEBTOR))
    for is_present in (True, False)
}
MONTHS = {
    of_debtor: text(_dated(MONTHS_NOW.format(condition=condition, known_at=KNOWN_AT)))
    for of_debtor, condition in ((False, OF_ALL), (True, OF_DEBTOR))
}
# Row security hides from the planner how many rows there are: it would sort a million of them, or look up each alone.
LARGE = {
    is_present: text(
        "SELECT set_config('enable_sort', 'off', true), set_config('work_mem', '64MB', true),"
        f" set_config('enable_nestloop', '{'on' if is_present else 'off'}', true)"
    )
    for is_present in (True, False)
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is added up: of one debtor or of all (None), by which clocks, over which days.

    The period runs from the day after `begin` until `clocks.as_of`. The past that loss rates are taken from are
    invoices of after `past_from` that were due before `past_until`. `is_present` says that the clocks ask for what
    stands in the rows now.
    """

    debtor_id: UUID | None
    clocks: Clocks
    is_present: bool
    begin: date
    past_from: date
    past_until: date

    def values(self) -> dict[str, Any]:
        """Give the values that the statements name."""
        named = {
            "as_of": self.clocks.as_of,
            "known_at": self.clocks.known_at,
            "begin": self.begin,
            "since": min(self.begin, self.past_from),
            "past_from": self.past_from,
            "past_until": self.past_until,
        }
        return named if self.debtor_id is None else named | {"debtor_id": self.debtor_id}


def sums(session: Session, asked: Asked) -> dict[str, BookSums]:
    """Add up the invoices, in one statement: the sums of each currency there is, credits aside."""
    expect_many(session, asked)
    rows: dict[str, list[Any]] = defaultdict(list)
    for row in session.execute(STATEMENTS[asked.debtor_id is not None, asked.is_present], asked.values()):
        rows[row.currency].append(row)
    since = min(asked.begin, asked.past_from)
    return {currency: _book(found, since, asked.clocks.as_of) for currency, found in rows.items()}


def expect_many(session: Session, asked: Asked) -> None:
    """Let the rest of the transaction be planned for a whole book, where one is asked for."""
    if asked.debtor_id is None:
        session.execute(LARGE[asked.is_present])


def months(session: Session, asked: Asked, currency: str) -> tuple[MonthlySales, ...]:
    """Give the sales of every month in one currency, newest first: invoices less credit notes."""
    values = asked.values() | {"currency": currency}
    found = session.execute(MONTHS[asked.debtor_id is not None], values)
    return _months({row.month: row.amount for row in found}, asked.clocks.as_of)


def _book(rows: Sequence[Any], since: date, as_of: date) -> BookSums:
    by_month: dict[date, Decimal] = defaultdict(Decimal)
    opened, total, begin, credited = [], None, Decimal(0), Decimal(0)
    for row in rows:
        if row.part == "total":
            total = row
        elif row.part == "begin":
            begin = row.amount or Decimal(0)
        elif row.part == "open":
            bucket = INVOICE_BUCKETS[row.bucket]
            opened.append(OpenSum(bucket, row.disputed, int(row.settled_count), row.amount, row.settled_amount))
        else:
            by_month[row.month] += row.amount if row.part == "month" else -row.amount
            credited += (row.settled_amount or 0) if row.part == "credited" else 0
    whole = {month: amount for month, amount in by_month.items() if month > since}
    past = [_number(total, f"past_{name}") for name in ("in_time", "1_30", "31_60", "61_90", "91")]
    return BookSums(
        opened=tuple(opened),
        settled=SettledSums(*(_number(total, name) for name in TOTALS[:5])),
        sales_amount=_number(total, "amount") - credited,
        months=_months(whole, as_of),
        begin_amount=begin,
        past_count=int(_number(total, "past_count")),
        past_paid=tuple(past),
        past_open_amount=_number(total, "past_open"),
    )


def _number(row: Any, name: str) -> Decimal:
    return Decimal(getattr(row, name) or 0) if row is not None else Decimal(0)


def _months(amounts: dict[date, Decimal], as_of: date) -> tuple[MonthlySales, ...]:
    """Give the months from that of `as_of` back to the first there is; one without sales is there too."""
    found = []
    day = as_of.replace(day=1)
    while amounts and day >= min(amounts):
        passed = as_of.day if (day.year, day.month) == (as_of.year, as_of.month) else None
        found.append(MonthlySales(day.year, day.month, amounts.get(day, Decimal(0)), passed))
        day = day.replace(year=day.year - 1, month=12) if day.month == 1 else day.replace(month=day.month - 1)
    return tuple(found)
