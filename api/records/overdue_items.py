"""The open invoices of a debtor that are overdue, by both clocks, each with what settled a part of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records.ledger_history import KNOWN_AT, OF_DEBTOR, Clocks, items, values_of


@dataclass(frozen=True, slots=True)
class OverdueItem:
    """One invoice that is overdue. `payments` are the day and what is left of each payment on it, oldest first."""

    id: UUID
    invoice_number: str | None
    currency: str
    invoiced_on: date
    due_on: date
    amount: Decimal
    vat_amount: Decimal | None
    disputed: bool
    open_amount: Decimal
    credited_amount: Decimal
    payments: tuple[tuple[date, Decimal], ...]


# The present stands in the invoices themselves, so that it costs no more than what is open.
NOW = "items AS (SELECT * FROM invoice WHERE debtor_id = :debtor_id AND open_amount <> 0)"
# What a payment left on an invoice, a return taken off, on the day it came in.
SELECT = f"""
SELECT i.id, i.invoice_number, i.currency, i.invoiced_on, i.due_on, i.amount, i.vat_amount, i.disputed, i.open_amount,
    coalesce(settled.credited_amount, 0) AS credited_amount, settled.days, settled.amounts
FROM items i LEFT JOIN LATERAL (
    SELECT coalesce(sum(amount) FILTER (WHERE NOT is_payment), 0) AS credited_amount,
        array_agg(happened_on ORDER BY happened_on, amount) FILTER (WHERE is_payment AND amount > 0) AS days,
        array_agg(amount ORDER BY happened_on, amount) FILTER (WHERE is_payment AND amount > 0) AS amounts
    FROM (SELECT a.payment_id IS NOT NULL AS is_payment, sum(a.amount) AS amount,
            min(a.happened_on) FILTER (WHERE a.amount > 0) AS happened_on
        FROM allocation a
        WHERE a.invoice_id = i.id AND a.happened_on <= CAST(:as_of AS date) AND a.known_at <= {KNOWN_AT}
        GROUP BY a.payment_id, a.credit_note_id) origins) settled ON true
WHERE i.open_amount <> 0 AND i.due_on < CAST(:as_of AS date) ORDER BY i.due_on, i.id
"""  # noqa: S608
STATEMENTS = {True: text(f"WITH {NOW} {SELECT}"), False: text(f"WITH {items(OF_DEBTOR)} {SELECT}")}


def overdue_items(session: Session, debtor_id: UUID, clocks: Clocks, *, is_present: bool) -> Sequence[OverdueItem]:
    """Give a debtor's open invoices that were due before `as_of`, disputed or not, the longest overdue first."""
    rows = session.execute(STATEMENTS[is_present], values_of(clocks, debtor_id))
    return [_item(row) for row in rows]


def _item(row: Any) -> OverdueItem:
    payments: Iterable[tuple[date, Decimal]] = zip(row.days or (), row.amounts or (), strict=True)
    return OverdueItem(
        row.id,
        row.invoice_number,
        row.currency,
        row.invoiced_on,
        row.due_on,
        row.amount,
        row.vat_amount,
        row.disputed,
        row.open_amount,
        row.credited_amount,
        tuple(payments),
    )
