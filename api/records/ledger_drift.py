"""Finds where the ledger contradicts itself: broken promises, never to be seen."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records import (
    ledger_drift_entries,
    ledger_drift_orders,
    ledger_drift_returnables,
    ledger_drift_rows,
    ledger_drift_sums,
)

# Each is one statement, which sees one state of the ledger however many imports are running.
CHECKS = {
    "entries": ledger_drift_entries.ENTRIES,
    "balances": ledger_drift_sums.BALANCES,
    "groups": ledger_drift_sums.GROUPS,
    "days": ledger_drift_sums.DAYS,
    "returnables": ledger_drift_returnables.RETURNABLES,
    "invoices": ledger_drift_rows.INVOICES,
    "credit notes": ledger_drift_rows.CREDIT_NOTES,
    "payments": ledger_drift_rows.PAYMENTS,
    "allocations": ledger_drift_rows.ALLOCATIONS,
    "orders": ledger_drift_orders.ORDERS,
    "prepayments": ledger_drift_orders.PREPAYMENTS,
    "reservations": ledger_drift_orders.RESERVATIONS,
    "events": ledger_drift_rows.EVENTS,
}
SHOWN_MAX = 100
OVER_FOR = timedelta(hours=1)  # So long a worker may take to end what is over.
# Sorting a million rows in the usual few megabytes would go over the disk many times.
# A whole ledger is read once and held together; row security lets the planner believe that it is small.
HASH_ALL, LOOK_UP = text("SET LOCAL enable_nestloop = off"), text("SET LOCAL enable_nestloop = on")
WORK_MEMORY = text("SET LOCAL work_mem = '64MB'")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not what the rows it follows from say. Without a debtor it is of the seller itself."""

    debtor_id: UUID | None
    what: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Found:
    """What one check found: the first findings, and how many there are in all."""

    shown: list[Finding]
    count: int


def find(
    session: Session,
    check: str,
    debtor_id: UUID | None = None,
    shown_max: int = SHOWN_MAX,
    now: datetime | None = None,
) -> Found:
    """Run one of `CHECKS` over all debtors of the seller, or over one. Only with `now` reservations can be over."""
    statement = CHECKS[check].format(of="true" if debtor_id is None else "debtor_id = :debtor_id")
    values: dict[str, Any] = {"shown_max": shown_max} | ({} if debtor_id is None else {"debtor_id": debtor_id})
    if ":over_since" in statement:
        values["over_since"] = None if now is None else now - OVER_FOR
    session.execute(WORK_MEMORY)
    session.execute(HASH_ALL if debtor_id is None else LOOK_UP)
    # Counted where they are found: however much is wrong, little of it comes here.
    counted = f"SELECT debtor_id, what, expected, found, count(*) OVER () FROM ({statement}) findings"  # noqa: S608
    rows = session.execute(text(f"{counted} ORDER BY debtor_id, what LIMIT :shown_max"), values).all()
    return Found([Finding(*row[:4]) for row in rows], rows[0][4] if rows else 0)


def every(session: Session, debtor_id: UUID | None = None, now: datetime | None = None) -> list[Finding]:
    """Run all checks; gives the first findings of each."""
    return [finding for check in CHECKS for finding in find(session, check, debtor_id, now=now).shown]


def of_balances(session: Session) -> list[Finding]:
    """Find balances of the seller that differ from the sums of their entries."""
    return find(session, "balances").shown


def of_days(session: Session) -> list[Finding]:
    """Find days of the seller's debtors that differ from the invoices and entries they sum."""
    return find(session, "days").shown
