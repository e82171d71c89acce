"""What each day did to a debtor's ledger: small sums, so that behaviour costs the same at 100 and 50,000 invoices."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, Numeric, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records import behaviour_rows, debtor_locks
from api.records.base import Base, OfSeller
from api.records.behaviour_rows import LedgerView
from scoring.policy.grading import LATE_DAYS_KEPT, EvidencePolicy


class DebtorDayRecord(OfSeller, Base):
    """What one day did to one debtor's ledger in one currency: the summary that behaviour is read from.

    `settled_*` and `late_*_amount` sum the invoices settled in full on `day` by the part that was paid, disputed ones
    and credited parts left out. `due_open_amount` is what is still open of the undisputed invoices due on `day`. The
    counts are of invoices whatever their amount, disputed ones too: `paid_count` of those settled on `day` of which
    some was paid, `late_over_*_count` of these, and `due_open_count` of those due on `day` that are open still.
    `exposure_change` counts every stage but `scheduled`. Derived: `rebuild` makes it again from the rows it sums.
    """

    __tablename__ = "debtor_day"
    __table_args__ = (
        Index(
            "ix_debtor_day_due_open",
            "seller_id",
            "debtor_id",
            "currency",
            "day",
            postgresql_where=text("due_open_count <> 0"),
        ),
    )
    # Checked with the invoices and entries that it sums; checks of its own would only cost time for each row.
    seller_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)
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
    paid_count: Mapped[int]
    late_over_0_count: Mapped[int]
    late_over_5_count: Mapped[int]
    late_over_15_count: Mapped[int]
    late_over_30_count: Mapped[int]
    late_over_60_count: Mapped[int]
    due_open_count: Mapped[int]


SUMS = (
    "exposure_change",
    "invoiced_amount",
    "due_open_amount",
    "settled_count",
    "settled_amount",
    "settled_days_amount",
    *(f"late_over_{days}_amount" for days in LATE_DAYS_KEPT),
    "paid_count",
    *(f"late_over_{days}_count" for days in LATE_DAYS_KEPT),
    "due_open_count",
)


def _nothing(name: str) -> str:
    """Give what a sum passes over, quicker than a zero; counts are summed as integers, which is quicker too."""
    return f"NULL::{'int' if name.endswith('_count') else 'numeric'} AS {name}"


def adding(changes: str, names: Sequence[str] = SUMS) -> str:
    """Give the SQL that adds `changes` to the days.

    `changes` is the name of a relation with debtor_id, currency, day and those of `SUMS` that are named; it takes
    `:seller_id`.
    """
    sums = ", ".join(f"coalesce(sum({name}), 0)" if name in names else "0" for name in SUMS)
    return (
        f"INSERT INTO debtor_day AS d (seller_id, debtor_id, currency, day, {', '.join(SUMS)})"  # noqa: S608
        f" SELECT CAST(:seller_id AS uuid), debtor_id, currency, day, {sums} FROM {changes}"
        f" GROUP BY debtor_id, currency, day HAVING {' OR '.join(f'sum({name}) <> 0' for name in names)}"
        " ORDER BY debtor_id, currency, day ON CONFLICT (seller_id, debtor_id, currency, day) DO UPDATE SET "
        + ", ".join(f"{name} = d.{name} + excluded.{name}" for name in names)
    )


def _row(day: str, condition: str, states: str, **sums: str) -> str:
    columns = ", ".join(f"sign * {sums[name]} AS {name}" if name in sums else _nothing(name) for name in SUMS)
    return f"SELECT debtor_id, currency, {day} AS day, {columns} FROM {states} WHERE {condition}"  # noqa: S608


def of_invoices(states: str) -> str:
    """Give the SQL of what invoices add to the days.

    `states` is the name of a relation with the columns of `invoice` that are used here, and `sign`: 1 for how an
    invoice is now, -1 for how it was before. Without `invoiced_on` it was invoiced before, on a day that stays.
    """
    late = {
        f"late_over_{days}_amount": f"CASE WHEN settled_on - due_on > {days} THEN paid_amount ELSE 0 END"
        for days in LATE_DAYS_KEPT
    }
    settled = {
        "settled_count": "1",
        "settled_amount": "paid_amount",
        "settled_days_amount": "paid_amount * (settled_on - due_on)",
    }
    paid = {
        "paid_count": "1",
        **{f"late_over_{days}_count": f"CAST(settled_on - due_on > {days} AS int)" for days in LATE_DAYS_KEPT},
    }
    is_open, is_paid = "open_amount <> 0", "settled_on IS NOT NULL AND paid_amount > 0"
    return " UNION ALL ".join(
        (
            _row("invoiced_on", "invoiced_on IS NOT NULL", states, invoiced_amount="amount"),
            _row("due_on", f"{is_open} AND NOT disputed", states, due_open_amount="open_amount", due_open_count="1"),
            _row("settled_on", f"{is_paid} AND NOT disputed", states, **settled, **late, **paid),
            # The disputed are few: asked apart, they cost the others nothing.
            _row("due_on", f"{is_open} AND disputed", states, due_open_count="1"),
            _row("settled_on", f"{is_paid} AND disputed", states, **paid),
        )
    )


NO_OTHER_SUMS = ", ".join(_nothing(name) for name in SUMS if name != "exposure_change")


def of_everything(condition: str) -> str:
    """Give the SQL of what the invoices and exposure entries that meet `condition` add to the days."""
    invoices = f"(SELECT 1 AS sign, * FROM invoice WHERE {condition}) states"  # noqa: S608
    return (
        f"SELECT debtor_id, currency, happened_on AS day, amount AS exposure_change, {NO_OTHER_SUMS}"  # noqa: S608
        f" FROM exposure_entry WHERE stage <> 'scheduled' AND {condition} UNION ALL {of_invoices(invoices)}"
    )


DELETE = text("DELETE FROM debtor_day WHERE debtor_id = :debtor_id")
REBUILD = text(f"WITH changes AS ({of_everything('debtor_id = :debtor_id')}) {adding('changes')}")


def rebuild(session: Session, debtor_id: UUID) -> None:
    """Make a debtor's days again from its invoices and exposure entries, under the debtor's lock."""
    debtor_locks.lock(session, [debtor_id])
    session.execute(DELETE, {"debtor_id": debtor_id})
    session.execute(REBUILD, {"debtor_id": debtor_id, "seller_id": session.info["seller_id"]})


# --- Read: behaviour and ageing -------------------------------------------------------------------------------------


def behaviour(session: Session, debtor_id: UUID, currency: str, as_of: date, evidence: EvidencePolicy) -> LedgerView:
    """Give how a debtor paid until `as_of`, and what he owes, in one statement (domain 1.5, 2.3 and 4).

    An item counts on the day it was settled, at the part of it that was paid; disputed ones are left out. The peak of
    exposure is of the policy's whole window; what is recent and what is late the policy says too. What is open or
    overdue is so in the summaries, which are of today: `as_of` is today or later, and `ledger_history` tells of days
    before. Day counts are rounded half to even to 4 decimals, shares to 6; what has no items is None.

    Lateness, where the policy asks for it, counts items in a window of its own, disputed ones too.
    """
    values = {"debtor_id": debtor_id, **behaviour_rows.values_of(currency, as_of, evidence)}
    row = session.execute(behaviour_rows.of_one(evidence), values).one()
    return behaviour_rows.view_of(row, as_of, evidence)


def behaviours(
    session: Session, debtor_ids: Sequence[UUID], currency: str, as_of: date, evidence: EvidencePolicy
) -> dict[UUID, LedgerView]:
    """Give what `behaviour` gives of many debtors, in one statement: some hundreds at once are quickest."""
    values = {"debtor_ids": list(debtor_ids), **behaviour_rows.values_of(currency, as_of, evidence)}
    rows = session.execute(behaviour_rows.of_many(evidence), values)
    return {row.debtor_id: behaviour_rows.view_of(row, as_of, evidence) for row in rows}


DUE_OPEN = select(DebtorDayRecord.currency, DebtorDayRecord.day, DebtorDayRecord.due_open_amount)


def due_open(session: Session, debtor_id: UUID) -> list[tuple[str, date, Decimal]]:
    """Give what is open of a debtor's undisputed invoices: currency, due day, amount; one row for each due day."""
    record = DebtorDayRecord
    # The index is of the days with a count; where all of it is disputed there is no amount.
    query = DUE_OPEN.where(record.debtor_id == debtor_id, record.due_open_count != 0, record.due_open_amount != 0)
    rows = session.execute(query.order_by(record.currency, record.day))
    return [(currency, day, amount) for currency, day, amount in rows]
