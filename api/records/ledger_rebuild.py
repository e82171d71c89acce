"""Makes again, for one debtor, what in the ledger follows from other rows; entries are corrected by further ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from api.records import (
    debtor_days,
    debtor_locks,
    debtors,
    ledger_drift_entries,
    ledger_drift_orders,
    ledger_drift_returnables,
    ledger_drift_rows,
    ledger_drift_sums,
    order_terms,
)
from api.records.base import new_id
from api.records.exposure import ExposureEntryRecord

OF_DEBTOR = "debtor_id = :debtor_id"
INVOICES = text(f"""
UPDATE invoice i SET open_amount = e.open_expected, paid_amount = e.paid_expected, settled_on = e.settled_expected
FROM ({ledger_drift_rows.INVOICES_EXPECTED.format(of=OF_DEBTOR)}) e
WHERE i.id = e.id AND (i.open_amount, i.paid_amount, i.settled_on)
    IS DISTINCT FROM (e.open_expected, e.paid_expected, e.settled_expected)
""")  # noqa: S608
CREDIT_NOTES = text(f"""
UPDATE credit_note c SET unused_amount = e.unused_expected
FROM ({ledger_drift_rows.CREDIT_NOTES_EXPECTED.format(of=OF_DEBTOR)}) e
WHERE c.id = e.id AND c.unused_amount <> e.unused_expected
""")  # noqa: S608
MISSING = text(
    "SELECT currency, source_kind, source_id, stage, happened_on, expected - found"  # noqa: S608
    f" FROM ({ledger_drift_entries.DIFFERENCES.format(of=OF_DEBTOR)}) d ORDER BY happened_on, source_id, stage"
)
# Of a released order only the sum is known: where it is wrong, it is what is reserved that gives way.
ORDERS = text(f"""
UPDATE sales_order o SET delivered_amount = e.delivered_expected, invoiced_amount = e.invoiced_expected,
    prepaid_amount = e.prepaid_expected, to_invoice_amount = e.to_invoice_expected,
    scheduled_amount = CASE WHEN o.state = 'held' THEN 0 ELSE least(o.scheduled_amount, e.waiting_expected) END,
    reserved_amount = e.waiting_expected
        - CASE WHEN o.state = 'held' THEN 0 ELSE least(o.scheduled_amount, e.waiting_expected) END,
    version = o.version + 1
FROM ({ledger_drift_orders.ORDERS_EXPECTED.format(of=OF_DEBTOR)}) e
WHERE o.id = e.id AND (o.delivered_amount, o.invoiced_amount, o.prepaid_amount, o.to_invoice_amount,
        o.scheduled_amount + o.reserved_amount)
    IS DISTINCT FROM (e.delivered_expected, e.invoiced_expected, e.prepaid_expected, e.to_invoice_expected,
        e.waiting_expected)
""")  # noqa: S608
ORDERS_MISSING = text(
    "SELECT currency, 'order', order_id, stage, :today, expected - found FROM"  # noqa: S608
    f" ({ledger_drift_orders.ENTRY_DIFFERENCES.format(of=OF_DEBTOR)}) d ORDER BY order_id, stage"
)
OWN_BALANCES = text(f"""
INSERT INTO exposure_balance AS b (seller_id, debtor_id, currency, stage, amount)
SELECT CAST(:seller_id AS uuid), debtor_id, currency, stage, expected
FROM ({ledger_drift_sums.OWN_DIFFERENCES.format(of=OF_DEBTOR)}) d
ON CONFLICT (seller_id, debtor_id, currency, stage) DO UPDATE SET amount = excluded.amount
""")  # noqa: S608
GROUP_BALANCES = text(f"""
INSERT INTO exposure_balance AS b (seller_id, debtor_id, currency, stage, amount, below_amount)
SELECT CAST(:seller_id AS uuid), debtor_id, currency, stage, 0, expected
FROM ({ledger_drift_sums.BELOW_DIFFERENCES.format(of="debtor_id = ANY(:group_ids)")}) d
ON CONFLICT (seller_id, debtor_id, currency, stage) DO UPDATE SET below_amount = excluded.below_amount
""")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Correction:
    """One entry that was added, because those of its source on that day did not sum to what the source says."""

    currency: str
    source_kind: str
    source_id: UUID
    stage: str
    happened_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was changed: entries that were added, and how many derived rows were set right."""

    corrections: list[Correction]
    invoices_count: int
    credit_notes_count: int
    orders_count: int
    balances_count: int


def rebuild(session: Session, debtor_id: UUID, now: datetime) -> Rebuilt:
    """Make a debtor's balances, days, and what is open, paid and unused again; correct its entries by further ones.

    Under its lock and those of its group, so that nothing comes in between. Added entries are told of by an event.
    What rows that are no sums say to each other, such as more allocated than was paid, stays as it is.
    """
    debtor_locks.lock(session, [debtor_id])
    values, seller = {"debtor_id": debtor_id}, {"seller_id": session.info["seller_id"]}
    invoices_count = _changed(session, INVOICES, values)
    credit_notes_count = _changed(session, CREDIT_NOTES, values)
    orders_count = _changed(session, ORDERS, values)
    corrections = [Correction(*row) for row in session.execute(MISSING, values)]
    today = order_terms.read(session, now).today
    corrections += [Correction(*row) for row in session.execute(ORDERS_MISSING, values | {"today": today})]
    if corrections:
        _correct(session, debtor_id, corrections, now)
    balances_count = _changed(session, OWN_BALANCES, values | seller)
    group_ids = [debtor_id, *debtors.ancestors(session, debtor_id)]
    balances_count += _changed(session, GROUP_BALANCES, {"group_ids": group_ids} | seller)
    balances_count += _changed(session, ledger_drift_returnables.SET_OWN_RIGHT, values | seller)
    balances_count += _changed(session, ledger_drift_returnables.SET_BELOW_RIGHT, {"group_ids": group_ids} | seller)
    debtor_days.rebuild(session, debtor_id)
    return Rebuilt(corrections, invoices_count, credit_notes_count, orders_count, balances_count)


def _changed(session: Session, statement: TextClause, values: Mapping[str, object]) -> int:
    return session.execute(statement, dict(values)).rowcount  # type: ignore[attr-defined, no-any-return]


def _correct(session: Session, debtor_id: UUID, corrections: list[Correction], now: datetime) -> None:
    """Add entries, and name their movement in an event: that is how they are known as corrections afterwards.

    Their balances and days follow: they are made again from all entries, and may have been right all along.
    """
    movement_id = new_id()
    session.add_all(
        ExposureEntryRecord(
            movement_id=movement_id,
            debtor_id=debtor_id,
            currency=each.currency,
            stage=each.stage,
            amount=each.amount,
            source_kind=each.source_kind,
            source_id=each.source_id,
            happened_on=each.happened_on,
            known_at=now,
        )
        for each in corrections
    )
    session.flush()
    told = {"movement_id": str(movement_id), "entries_count": len(corrections)}
    debtors.tell(session, ledger_drift_entries.CORRECTED, debtor_id, told, now)
