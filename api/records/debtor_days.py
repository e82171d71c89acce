"""What each day did to a debtor's ledger: small sums, so that behaviour costs the same at 100 and 50,000 invoices."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, Numeric, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records import debtors
from api.records.base import Base, OfSeller, reference_to

LATE_DAYS = (0, 5, 15, 30, 60)  # The late shares that are kept; a policy asks for one of them.


class DebtorDayRecord(OfSeller, Base):
    """What one day did to one debtor's ledger in one currency: the summary that behaviour is read from.

    `settled_*` and `late_*` sum the invoices settled in full on `day` by the part that was paid, disputed ones and
    credited parts left out. `due_open_amount` is what is still open of the undisputed invoices due on `day`.
    `exposure_change` counts every stage but `scheduled`. Derived: `rebuild` makes it again from the rows it sums.
    """

    __tablename__ = "debtor_day"
    __table_args__ = (
        reference_to("debtor", "debtor_id"),
        Index(
            "ix_debtor_day_due_open",
            "seller_id",
            "debtor_id",
            "currency",
            "day",
            postgresql_where=text("due_open_amount <> 0"),
        ),
    )
    debtor_id: Mapped[UUID] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    exposure_change: Mapped[Decimal]
    invoiced_amount: Mapped[Decimal]
    due_open_amount: Mapped[Decimal]
    settled_count: Mapped[int]
    settled_amount: Mapped[Decimal]
    settled_days_amount: Mapped[Decimal] = mapped_column(
        Numeric(24, 4)
    )  # Sum of amount x days late, early is negative.
    late_over_0_amount: Mapped[Decimal]
    late_over_5_amount: Mapped[Decimal]
    late_over_15_amount: Mapped[Decimal]
    late_over_30_amount: Mapped[Decimal]
    late_over_60_amount: Mapped[Decimal]


SUMS = (
    "exposure_change",
    "invoiced_amount",
    "due_open_amount",
    "settled_count",
    "settled_amount",
    "settled_days_amount",
    *(f"late_over_{days}_amount" for days in LATE_DAYS),
)


def adding(changes: str) -> str:
    """Give the SQL that adds `changes` to the days.

    `changes` is the name of a relation with debtor_id, currency, day and every one of `SUMS`; it takes `:seller_id`.
    """
    sums = ", ".join(f"sum({name})" for name in SUMS)
    return (
        f"INSERT INTO debtor_day AS d (seller_id, debtor_id, currency, day, {', '.join(SUMS)})"  # noqa: S608
        f" SELECT CAST(:seller_id AS uuid), debtor_id, currency, day, {sums} FROM {changes}"
        f" GROUP BY debtor_id, currency, day HAVING {' OR '.join(f'sum({name}) <> 0' for name in SUMS)}"
        " ON CONFLICT (seller_id, debtor_id, currency, day) DO UPDATE SET "
        + ", ".join(f"{name} = d.{name} + excluded.{name}" for name in SUMS)
    )


def _row(day: str, condition: str, states: str, **sums: str) -> str:
    columns = ", ".join(f"sign * {sums[name]} AS {name}" if name in sums else f"0 AS {name}" for name in SUMS)
    return f"SELECT debtor_id, currency, {day} AS day, {columns} FROM {states} WHERE {condition}"  # noqa: S608


def of_invoices(states: str) -> str:
    """Give the SQL of what invoices add to the days.

    `states` is the name of a relation with the columns of `invoice` that are used here, and `sign`: 1 for how an
    invoice is now, -1 for how it was before.
    """
    late = {
        f"late_over_{days}_amount": f"CASE WHEN settled_on - due_on > {days} THEN paid_amount ELSE 0 END"
        for days in LATE_DAYS
    }
    settled = {
        "settled_count": "1",
        "settled_amount": "paid_amount",
        "settled_days_amount": "paid_amount * (settled_on - due_on)",
    }
    return " UNION ALL ".join(
        (
            _row("invoiced_on", "true", states, invoiced_amount="amount"),
            _row("due_on", "open_amount <> 0 AND NOT disputed", states, due_open_amount="open_amount"),
            _row(
                "settled_on", "settled_on IS NOT NULL AND paid_amount > 0 AND NOT disputed", states, **settled, **late
            ),
        )
    )


OF_ENTRIES = (
    "SELECT debtor_id, currency, happened_on AS day, amount AS exposure_change, "
    + ", ".join(f"0 AS {name}" for name in SUMS if name != "exposure_change")
    + " FROM exposure_entry WHERE debtor_id = :debtor_id AND stage <> 'scheduled'"
)
DELETE = text("DELETE FROM debtor_day WHERE debtor_id = :debtor_id")
REBUILD = text(
    "WITH states AS (SELECT 1 AS sign, * FROM invoice WHERE debtor_id = :debtor_id),"
    f" changes AS ({OF_ENTRIES} UNION ALL {of_invoices('states')}) {adding('changes')}"
)


def rebuild(session: Session, debtor_id: UUID) -> None:
    """Make a debtor's days again from its invoices and exposure entries, under the debtor's lock."""
    debtors.lock(session, [debtor_id])
    session.execute(DELETE, {"debtor_id": debtor_id})
    session.execute(REBUILD, {"debtor_id": debtor_id, "seller_id": session.info["seller_id"]})
