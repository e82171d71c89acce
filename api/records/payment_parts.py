"""What is left of payments, and where it went: what a person looks at who corrects one."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

PAYMENTS = """
SELECT p.id, p.debtor_id, p.identity, p.paid_on, p.amount, p.currency, p.bank_entry_id, p.returnable_until,
    p.amount - (SELECT coalesce(sum(r.amount), 0) FROM payment_return r
        WHERE r.seller_id = p.seller_id AND r.payment_id = p.id) AS left_amount,
    (SELECT coalesce(sum(b.amount), 0) FROM prepayment b
        WHERE b.seller_id = p.seller_id AND b.payment_id = p.id) AS bound_amount
FROM payment p WHERE p.seller_id = CAST(:seller_id AS uuid) AND
"""
BY_ID = text(f"{PAYMENTS} p.id = :id")
BY_ENTRY = text(f"{PAYMENTS} p.bank_entry_id = :id ORDER BY p.id")
SETTLED = text("""
SELECT invoice_id, sum(amount) AS amount FROM allocation
WHERE seller_id = CAST(:seller_id AS uuid) AND payment_id = :id GROUP BY invoice_id HAVING sum(amount) <> 0
""")
INVOICES = text("""
SELECT i.debtor_id, i.identity, i.id, i.currency, i.open_amount
FROM unnest(CAST(:debtor_ids AS uuid[]), CAST(:identities AS text[])) AS g (debtor_id, identity)
JOIN invoice i ON i.seller_id = CAST(:seller_id AS uuid) AND i.debtor_id = g.debtor_id AND i.identity = g.identity
""")


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment; `left_amount` is what was not taken back of it, `bound_amount` what of that is bound to orders."""

    id: UUID
    debtor_id: UUID
    identity: str
    paid_on: date
    amount: Decimal
    currency: str
    bank_entry_id: UUID | None
    returnable_until: date | None
    left_amount: Decimal
    bound_amount: Decimal


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice that a part of a payment is to settle, as it is now."""

    id: UUID
    currency: str
    open_amount: Decimal


def payment(session: Session, payment_id: UUID) -> Paid | None:
    """Find a payment."""
    row = session.execute(BY_ID, _named(session, payment_id)).one_or_none()
    return Paid(*row) if row else None


def payments_of_entry(session: Session, entry_id: UUID) -> list[Paid]:
    """Give the payments that a bank entry was booked as, those that were taken back included."""
    return [Paid(*row) for row in session.execute(BY_ENTRY, _named(session, entry_id))]


def settled(session: Session, payment_id: UUID) -> dict[UUID, Decimal]:
    """Give what each invoice has of a payment."""
    return {row.invoice_id: row.amount for row in session.execute(SETTLED, _named(session, payment_id))}


def invoices(session: Session, named: list[tuple[UUID, str]]) -> dict[tuple[UUID, str], Invoice]:
    """Find invoices by debtor and identity."""
    values = {"debtor_ids": [each[0] for each in named], "identities": [each[1] for each in named]}
    rows = session.execute(INVOICES, {"seller_id": session.info["seller_id"], **values})
    return {(row[0], row[1]): Invoice(*row[2:]) for row in rows}


def _named(session: Session, row_id: UUID) -> dict[str, Any]:
    return {"seller_id": session.info["seller_id"], "id": row_id}
