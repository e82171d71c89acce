"""A whole ledger, debtor by debtor, as plain rows in the order they counted: to reckon with every day it has seen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from api.records.checks import CheckedDebtor

ROWS_AT_ONCE = 5000
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice. It counts from `counts_on`, and as a disputed one from `disputed_on`, None while it is none."""

    id: UUID
    currency: str
    invoiced_on: date
    due_on: date
    amount: Decimal
    counts_on: date
    disputed_on: date | None


@dataclass(frozen=True, slots=True)
class Part:
    """What of a payment or credit note (its origin) settles an invoice, or below zero does so no more."""

    invoice_id: UUID
    origin_id: UUID
    is_payment: bool
    amount: Decimal
    happened_on: date
    counts_on: date


@dataclass(frozen=True, slots=True)
class Change:
    """What one day changed in what is owed, in one currency, of all that counts from the same day."""

    currency: str
    amount: Decimal
    happened_on: date
    counts_on: date


@dataclass(frozen=True, slots=True)
class StoredReport:
    """What a source said, with the day on which it was asked; `facts` is None where it knew nobody."""

    kind: str
    retrieved_on: date
    facts: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class DebtorLedger:
    """All there is of one debtor: changes, reports, parts and bills, each from the first that counted to the last."""

    debtor: CheckedDebtor
    bills: list[Bill]
    parts: list[Part]
    changes: list[Change]
    reports: list[StoredReport]


# A row counts on the day it happened; as it was known, from the day we learnt of it when that is later.
OF_SELLER = "seller_id = CAST(:seller_id AS uuid)"  # Lets the planner see whose rows it plans for.


def _counts_on(day: str, as_known: bool, row: str = "") -> str:
    return f"greatest({day}, ({row}known_at AT TIME ZONE :time_zone)::date)" if as_known else day


def _bills(as_known: bool) -> str:
    # A dispute has no day of its own: without knowledge it is one from the start.
    disputed_on = "(coalesce(disputed_known_at, known_at) AT TIME ZONE :time_zone)::date" if as_known else "invoiced_on"
    return (
        "SELECT debtor_id, id, currency, invoiced_on, due_on, amount,"  # noqa: S608
        f" {_counts_on('invoiced_on', as_known)} AS counts_on, CASE WHEN disputed THEN {disputed_on} END AS disputed_on"
        f" FROM invoice WHERE {OF_SELLER} ORDER BY debtor_id, counts_on, id"
    )


def _parts(as_known: bool) -> str:
    return (
        "SELECT i.debtor_id, a.invoice_id, coalesce(a.payment_id, a.credit_note_id) AS origin_id,"  # noqa: S608
        " a.payment_id IS NOT NULL AS is_payment, a.amount, a.happened_on,"
        f" {_counts_on('a.happened_on', as_known, 'a.')} AS counts_on"
        f" FROM allocation a JOIN invoice i ON i.seller_id = a.seller_id AND i.id = a.invoice_id"
        f" WHERE a.{OF_SELLER} ORDER BY i.debtor_id, counts_on, a.id"
    )


def _changes(as_known: bool) -> str:
    return (
        f"SELECT debtor_id, currency, sum(amount) AS amount, happened_on, {_counts_on('happened_on', as_known)}"  # noqa: S608
        f" AS counts_on FROM exposure_entry WHERE {OF_SELLER} AND stage <> 'scheduled'"
        " GROUP BY debtor_id, currency, happened_on, counts_on ORDER BY debtor_id, counts_on, happened_on, currency"
    )


REPORTS = (
    "SELECT debtor_id, kind, (retrieved_at AT TIME ZONE :time_zone)::date AS retrieved_on, facts FROM credit_report"  # noqa: S608
    # What nobody could read told nothing.
    f" WHERE {OF_SELLER} AND (facts IS NOT NULL OR raw IS NULL) ORDER BY debtor_id, retrieved_at, id"
)
DEBTORS = (
    "SELECT id AS debtor_id, id, name, country, legal_form, is_natural_person, parent_id, related_party, critical"  # noqa: S608
    f" FROM debtor WHERE {OF_SELLER} ORDER BY id"
)


def _typed(kind: type[Read], rows: Iterator[Row[Any]]) -> list[Read]:
    """Give rows as what they are, without the debtor they are of."""
    return [kind(*row[1:]) for row in rows]


class _Aligned(Generic[Read]):
    """Rows in the order of their debtors, handed out debtor by debtor; of a debtor who is passed over they are lost."""

    def __init__(self, kind: type[Read], rows: Iterator[Row[Any]]) -> None:
        self._kind = kind
        self._groups = groupby(rows, key=attrgetter("debtor_id"))
        self._debtor_id: UUID | None = None
        self._rows: Iterator[Row[Any]] = iter(())
        self._go_on()

    def of(self, debtor_id: UUID) -> list[Read]:
        """Give a debtor's rows; who comes later in the order may still be asked for."""
        while self._debtor_id is not None and self._debtor_id < debtor_id:
            self._go_on()
        return _typed(self._kind, self._rows) if self._debtor_id == debtor_id else []

    def _go_on(self) -> None:
        self._debtor_id, self._rows = next(self._groups, (None, iter(())))


def walk(session: Session, time_zone: str, *, as_known: bool) -> Iterator[DebtorLedger]:
    """Read the ledger of each debtor who was ever invoiced, in the order of their ids.

    Rows come through cursors, so that no more is held than one debtor's. The transaction must be a snapshot: the
    cursors see one ledger only when nothing moves between them. A day is one where the seller is (`time_zone`).
    """
    values = {"seller_id": session.info["seller_id"], "time_zone": time_zone}

    def read(statement: str) -> Iterator[Row[Any]]:
        return iter(session.execute(text(statement), values, execution_options={"yield_per": ROWS_AT_ONCE}))

    debtors = _Aligned(CheckedDebtor, read(DEBTORS))
    parts, changes = _Aligned(Part, read(_parts(as_known))), _Aligned(Change, read(_changes(as_known)))
    reports = _Aligned(StoredReport, read(REPORTS))
    for debtor_id, bills in groupby(read(_bills(as_known)), key=attrgetter("debtor_id")):
        (debtor,) = debtors.of(debtor_id)
        yield DebtorLedger(
            debtor,
            _typed(Bill, bills),
            parts.of(debtor_id),
            changes.of(debtor_id),
            reports.of(debtor_id),
        )


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a ledger holds; both days are None where nothing was ever invoiced."""

    debtors_count: int
    first_on: date | None
    last_on: date | None


EXTENT = text(
    "SELECT count(DISTINCT debtor_id) AS debtors_count, min(invoiced_on) AS first_on,"  # noqa: S608
    f" (SELECT max(happened_on) FROM exposure_entry WHERE {OF_SELLER} AND happened_on <= :today) AS last_on"
    f" FROM invoice WHERE {OF_SELLER}"
)


def extent(session: Session, today: date) -> Extent:
    """Give the number of debtors who were ever invoiced, the first invoice's day and the last until today that moved
    anything.
    """
    return Extent(*session.execute(EXTENT, {"seller_id": session.info["seller_id"], "today": today}).one())
