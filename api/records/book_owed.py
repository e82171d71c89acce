"""Who owes how much of a book, and how his latest decision rates him: exposure by debtor and by class, added up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records.book import OF_ALL, OF_DEBTOR, Asked, expect_many
from api.records.ledger_history import KNOWN_AT, items, stages
from scoring.book_risk import ClassExposure

LARGEST = 20
OWED_NOW = """
stages AS (SELECT debtor_id, currency, stage, amount FROM exposure_balance WHERE amount <> 0 AND {condition}),
overdue AS (SELECT DISTINCT debtor_id FROM debtor_day
    WHERE currency = :currency AND due_open_count <> 0 AND due_open_amount <> 0 AND day < CAST(:as_of AS date)
        AND {condition})"""
OWED_THEN = """
overdue AS (SELECT DISTINCT debtor_id FROM items
    WHERE currency = :currency AND open_amount <> 0 AND NOT disputed AND due_on < :as_of)"""
# A decision counts from when it was made, for its day and later ones.
OWED = f"""
, sums AS MATERIALIZED (
    SELECT debtor_id, currency, sum(amount) FILTER (WHERE stage <> 'scheduled') AS amount,
        sum(amount) FILTER (WHERE stage = 'unallocated') AS credits FROM stages GROUP BY debtor_id, currency),
owed AS MATERIALIZED (SELECT debtor_id, amount FROM sums WHERE currency = :currency AND amount > 0),
latest AS (
    SELECT DISTINCT ON (debtor_id) debtor_id, risk_class, pd FROM decision
    WHERE as_of <= CAST(:as_of AS date) AND decided_at <= {KNOWN_AT} AND {{condition}} ORDER BY debtor_id, id DESC)
SELECT 'currency' AS part, currency AS name, NULL::uuid AS debtor_id,
    count(*) FILTER (WHERE amount > 0) AS debtors_count, coalesce(sum(amount), 0) AS amount,
    coalesce(sum(credits), 0) AS second_amount, 0::numeric AS third_amount
FROM sums WHERE amount <> 0 OR credits <> 0 GROUP BY currency
UNION ALL SELECT 'owed', NULL, NULL, count(*), coalesce(sum(amount), 0), coalesce(sum(amount * amount), 0), 0 FROM owed
UNION ALL SELECT 'overdue', NULL, NULL, count(*), 0, 0, 0 FROM overdue
UNION ALL SELECT 'class', risk_class, NULL, count(*), sum(amount), coalesce(sum(amount * pd), 0),
    coalesce(sum(amount) FILTER (WHERE pd IS NULL), 0) FROM owed LEFT JOIN latest USING (debtor_id) GROUP BY risk_class
UNION ALL (SELECT 'largest', NULL, debtor_id, 1, amount, 0, 0 FROM owed ORDER BY amount DESC, debtor_id LIMIT {LARGEST})
"""  # noqa: S608


def _statement(condition: str, *, is_present: bool) -> str:
    if is_present:
        return f"WITH {OWED_NOW.format(condition=condition)} {OWED.format(condition=condition)}"
    return f"WITH {items(condition)}, {stages(condition)}, {OWED_THEN} {OWED.format(condition=condition)}"


STATEMENTS = {
    (of_debtor, is_present): text(_statement(condition, is_present=is_present))
    for of_debtor, condition in ((False, OF_ALL), (True, OF_DEBTOR))
    for is_present in (True, False)
}
DEBTORS = text(
    f"SELECT count(*) FROM debtor WHERE created_at <= {KNOWN_AT} AND merged_into_id IS NULL"  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class CurrencyOwed:
    """Exposure in one currency, credits taken off, and those credits, which are below zero."""

    exposure_amount: Decimal
    credits_amount: Decimal


@dataclass(frozen=True, slots=True)
class Owed:
    """Exposure in all currencies; the rest of the debtors who owe in the one that was asked for."""

    currencies: dict[str, CurrencyOwed] = field(default_factory=dict)
    debtors_count: int = 0
    amount: Decimal = Decimal(0)
    squares_amount: Decimal = Decimal(0)
    overdue_debtors_count: int = 0
    classes: Sequence[ClassExposure] = ()
    largest: Sequence[tuple[UUID, Decimal]] = ()


def owed(session: Session, asked: Asked, currency: str) -> Owed:
    """Add up what is owed, in one statement. Who is owed money himself owes nothing and is in no class."""
    expect_many(session, asked)
    statement = STATEMENTS[asked.debtor_id is not None, asked.is_present]
    rows = session.execute(statement, asked.values() | {"currency": currency}).all()
    (everybody,) = (row for row in rows if row.part == "owed")
    (late,) = (row for row in rows if row.part == "overdue")
    classes = [
        ClassExposure(row.name, row.debtors_count, row.amount, row.second_amount, row.third_amount)
        for row in rows
        if row.part == "class"
    ]
    largest = [(row.debtor_id, row.amount) for row in rows if row.part == "largest"]
    return Owed(
        currencies={row.name: CurrencyOwed(row.amount, row.second_amount) for row in rows if row.part == "currency"},
        debtors_count=everybody.debtors_count,
        amount=everybody.amount,
        squares_amount=everybody.second_amount,
        overdue_debtors_count=late.debtors_count,
        classes=sorted(classes, key=lambda each: each.risk_class or ""),
        largest=sorted(largest, key=lambda each: (-each[1], each[0])),
    )


def debtors_count(session: Session, asked: Asked) -> int:
    """Count the debtors that were known, merged ones left out."""
    return int(session.scalar(DEBTORS, {"known_at": asked.clocks.known_at}) or 0)
