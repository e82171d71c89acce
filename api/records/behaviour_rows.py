"""How behaviour is read from a debtor's days: the statement for one or many debtors, and what a row of it tells."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text

from api.records import returnables
from scoring.facts import BehaviourFacts, LateCounts, LatenessFacts
from scoring.policy.grading import LATE_DAYS_KEPT, EvidencePolicy, LatenessPolicy
from scoring.ratios import rounded_ratio

# Every part reads a debtor's days within the window, or an index of days; none of them the invoices. Where the window
# has no day with a move, the peak is what stood then: the balance of today without what came after `as_of`.
BEHAVIOUR = """
WITH balance AS (
    -- Where a balance is only that of its group, the debtor itself has no ledger: that is not a ledger of zero.
    SELECT currency, sum(amount) AS amount FROM exposure_balance b
    WHERE debtor_id = {debtor} AND stage <> 'scheduled' AND (amount <> 0 OR below_amount = 0 OR EXISTS (
        SELECT FROM debtor_day d WHERE d.debtor_id = {debtor} AND d.currency = b.currency))
    GROUP BY currency),
-- What can still be asked back is owed beside it; the peak is of what was entered alone.
owed AS (
    SELECT currency, sum(amount) AS amount FROM (
        SELECT currency, amount FROM balance
        UNION ALL SELECT currency, amount FROM returnable_day
        WHERE {returnable} AND amount <> 0) sides
    GROUP BY currency),
days AS (
    SELECT day, exposure_change AS change, settled_count, settled_amount, settled_days_amount, {late} AS late_amount,
        sum(exposure_change) OVER (ORDER BY day DESC ROWS UNBOUNDED PRECEDING) AS change_since
    FROM debtor_day WHERE debtor_id = {debtor} AND currency = :currency AND day > :window_from),
settled AS (
    SELECT coalesce(sum(settled_count) FILTER (WHERE day <= :as_of), 0) AS settled_count,
        coalesce(sum(settled_amount) FILTER (WHERE day <= :as_of), 0) AS settled_amount,
        coalesce(sum(settled_days_amount) FILTER (WHERE day <= :as_of), 0) AS days_amount,
        coalesce(sum(settled_amount) FILTER (WHERE day > :recent_from AND day <= :as_of), 0) AS recent_amount,
        coalesce(sum(settled_days_amount) FILTER (WHERE day > :recent_from AND day <= :as_of), 0) AS recent_days_amount,
        coalesce(sum(late_amount) FILTER (WHERE day <= :as_of), 0) AS late_amount,
        -- What was owed at the start and at the end of a day is what is owed now, less what has changed since.
        (SELECT amount FROM balance WHERE currency = :currency) - coalesce(
            least(min(change_since) FILTER (WHERE day <= :as_of),
                min(change_since - change) FILTER (WHERE day <= :as_of)),
            sum(change), 0) AS peak_amount
    FROM days),
overdue AS (
    SELECT coalesce(sum(due_open_amount), 0) AS amount, min(day) FILTER (WHERE due_open_amount <> 0) AS oldest_due_on
        {past_due}
    FROM debtor_day
    WHERE debtor_id = {debtor} AND currency = :currency AND due_open_count <> 0 AND day < :as_of)
    {lateness}
SELECT settled.*, overdue.amount AS overdue_amount, overdue.oldest_due_on,
    (SELECT day FROM debtor_day WHERE debtor_id = {debtor} AND currency = :currency AND settled_count > 0
        AND day <= :as_of ORDER BY day LIMIT 1) AS first_settled_on,
    coalesce((SELECT amount FROM exposure_balance WHERE debtor_id = {debtor} AND currency = :currency
        AND stage = 'invoiced'), 0) AS open_amount,
    coalesce((SELECT json_object_agg(currency, amount::text) FROM owed), '{{}}') AS exposure
    {lateness_told}
FROM settled, overdue {lateness_joined}
"""
# What the statement has besides where the policy asks for lateness: its windows may be longer than the other one.
PAID_COUNTS = ("paid_count", *(f"late_over_{days}_count" for days in LATE_DAYS_KEPT))


def summed(condition: str) -> str:
    """Give the SQL of the array that `LateCounts` is made of: of the days that meet `condition`."""
    sums = (f"coalesce(sum({name}) FILTER (WHERE {condition}), 0)" for name in PAID_COUNTS)
    return f"ARRAY[{', '.join(sums)}]"


PAST_DUE = f"""
        , ARRAY[coalesce(sum(due_open_count), 0), {
    ", ".join(f"coalesce(sum(due_open_count) FILTER (WHERE day < :as_of - {days}), 0)" for days in LATE_DAYS_KEPT)
}] AS past_due"""
LATENESS = f"""
, lateness AS (
    SELECT {summed("true")} AS whole, {summed("day > :lateness_recent_from")} AS recent FROM debtor_day
    WHERE debtor_id = {{debtor}} AND currency = :currency AND day > :lateness_from AND day <= :as_of)"""  # noqa: S608
LATENESS_TOLD = f"""
    , lateness.whole, lateness.recent, overdue.past_due, book.counted_on AS book_counted_on,
    ARRAY[{", ".join(f"book.{name}" for name in PAID_COUNTS)}] AS book"""
LATENESS_JOINED = """
    , lateness LEFT JOIN book_lateness book ON book.currency = :currency AND book.window_days = :lateness_days"""
OF_MANY = """
SELECT asked.debtor_id, told.* FROM unnest(CAST(:debtor_ids AS uuid[])) AS asked (debtor_id)
CROSS JOIN LATERAL ({statement}) AS told
"""


def of_one(evidence: EvidencePolicy) -> TextClause:
    """Give the statement that takes `:debtor_id`, and gives one row."""
    return _statement(":debtor_id", evidence.late_days, evidence.lateness is not None)


def of_many(evidence: EvidencePolicy) -> TextClause:
    """Give the statement that takes `:debtor_ids`, and gives a row with `debtor_id` for each."""
    return _statement("asked.debtor_id", evidence.late_days, evidence.lateness is not None)


@cache
def _statement(debtor: str, late_days: int, has_lateness: bool) -> TextClause:
    statement = BEHAVIOUR.format(
        debtor=debtor,
        returnable=returnables.counting(debtor, ":as_of"),
        late=f"late_over_{late_days}_amount",
        past_due=PAST_DUE if has_lateness else "",
        lateness=LATENESS.format(debtor=debtor) if has_lateness else "",
        lateness_told=LATENESS_TOLD if has_lateness else "",
        lateness_joined=LATENESS_JOINED if has_lateness else "",
    )
    return text(statement if debtor == ":debtor_id" else OF_MANY.format(statement=statement))


def values_of(currency: str, as_of: date, evidence: EvidencePolicy) -> dict[str, Any]:
    """Give the values that the statements name, those of debtors aside."""
    values: dict[str, Any] = {
        "currency": currency,
        "as_of": as_of,
        "recent_from": as_of - timedelta(evidence.behaviour_recent_days),
        "window_from": as_of - timedelta(evidence.behaviour_window_days),
    }
    if evidence.lateness is None:
        return values
    return values | {
        "lateness_days": evidence.lateness.window_days,
        "lateness_from": as_of - timedelta(evidence.lateness.window_days),
        "lateness_recent_from": as_of - timedelta(evidence.lateness.recent_days),
    }


@dataclass(frozen=True, slots=True)
class LedgerView:
    """What a debtor's ledger tells a judgement: behaviour in one currency, and exposure in each."""

    behaviour: BehaviourFacts
    exposure: dict[str, Decimal]
    oldest_overdue_on: date | None


def view_of(row: Any, as_of: date, evidence: EvidencePolicy) -> LedgerView:
    """Give the view of a row with the columns of BEHAVIOUR."""
    exposure = {currency: Decimal(amount) for currency, amount in row.exposure.items()}
    return LedgerView(_facts(row, as_of, evidence), exposure, row.oldest_due_on)


def _facts(row: Any, as_of: date, evidence: EvidencePolicy) -> BehaviourFacts:
    overdue_days = (as_of - row.oldest_due_on).days if row.oldest_due_on else 0
    prior_amount, prior_days = row.settled_amount - row.recent_amount, row.days_amount - row.recent_days_amount
    return BehaviourFacts(
        window_days=evidence.behaviour_window_days,
        settled_count=int(row.settled_count),
        settled_amount=row.settled_amount,
        dbt_days=rounded_ratio(row.days_amount, row.settled_amount, 4),
        dbt_days_recent=rounded_ratio(row.recent_days_amount, row.recent_amount, 4),
        dbt_days_prior=rounded_ratio(prior_days, prior_amount, 4),
        late_amount_share=rounded_ratio(row.late_amount, row.settled_amount, 6),
        first_settled_on=row.first_settled_on,
        peak_exposure=row.peak_amount,
        open_amount=row.open_amount,
        overdue_amount=row.overdue_amount,
        oldest_overdue_days=overdue_days,
        lateness=_lateness(row, evidence.lateness) if evidence.lateness else None,
    )


def _lateness(row: Any, policy: LatenessPolicy) -> LatenessFacts:
    counted_on = row.book_counted_on
    return LatenessFacts(
        window_days=policy.window_days,
        recent_days=policy.recent_days,
        whole=LateCounts(*row.whole),
        recent=LateCounts(*row.recent),
        past_due=LateCounts(*row.past_due),
        book=LateCounts(*row.book) if counted_on else None,
        book_counted_on=counted_on,
    )
