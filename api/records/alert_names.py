"""What the ids in an alert's data are called: debtors, invoices, orders, keys."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from api.records import debtors
from api.records.debtors import DebtorRecord


@dataclass(frozen=True, slots=True)
class Names:
    """What is known of ids: debtors, numbers of invoices, references of orders, and name and role of each key."""

    debtors: Mapping[UUID, DebtorRecord] = field(default_factory=dict)
    invoices: Mapping[UUID, str] = field(default_factory=dict)
    orders: Mapping[UUID, str] = field(default_factory=dict)
    keys: Mapping[UUID, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ids:
    """Ids whose names are asked for."""

    debtors: Collection[UUID]
    invoices: Collection[UUID]
    orders: Collection[UUID]
    keys: Collection[UUID]


INVOICES = text("""
SELECT id, invoice_number AS name FROM invoice WHERE id = ANY(CAST(:ids AS uuid[])) AND invoice_number IS NOT NULL
""")
ORDERS = text("SELECT id, order_reference AS name FROM sales_order WHERE id = ANY(CAST(:ids AS uuid[]))")
KEYS = text("SELECT id, name, role FROM key WHERE id = ANY(CAST(:ids AS uuid[]))")


def read(session: Session, of: Ids) -> Names:
    """Give what these are called, in one statement for each noun that is asked for.

    What has no name, or is not there, is left out.
    """
    found = debtors.several(session, of.debtors) if of.debtors else ()
    return Names(
        debtors={each.id: each for each in found},
        invoices={row.id: row.name for row in _rows(session, INVOICES, of.invoices)},
        orders={row.id: row.name for row in _rows(session, ORDERS, of.orders)},
        keys={row.id: (row.name, row.role) for row in _rows(session, KEYS, of.keys)},
    )


def _rows(session: Session, query: TextClause, ids: Collection[UUID]) -> Sequence[Any]:
    return session.execute(query, {"ids": list(ids)}).all() if ids else ()
