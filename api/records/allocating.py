"""Allocates money and credit notes that are there, or takes allocations back; invoices, exposure and days follow."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.problems import Conflict
from api.records import debtor_days, held_orders
from api.records.base import new_id
from api.records.exposure import Entry, moving
from api.records.ledger_settling import LAST_PAID_ON


@dataclass(frozen=True, slots=True)
class Change:
    """A part of a payment or credit note that settles an invoice from now on, or below zero does so no more.

    What was granted with a payment (a discount, a difference) `lapses` with it: nobody may use it for something else.
    """

    invoice_id: UUID
    amount: Decimal
    happened_on: date
    payment_id: UUID | None = None
    credit_note_id: UUID | None = None
    rule: str | None = None
    lapses: bool = False
    id: UUID = field(default_factory=new_id)


INVOICES = text("""
SELECT id, debtor_id, currency, due_on, open_amount, paid_amount, settled_on, disputed
FROM invoice WHERE seller_id = CAST(:seller_id AS uuid) AND id = ANY(:ids)
""")
GIVEN = """
SELECT * FROM jsonb_to_recordset(CAST(:changes AS jsonb)) AS g (id uuid, invoice_id uuid, payment_id uuid,
    credit_note_id uuid, amount numeric, rule text, happened_on date, lapses boolean)
"""
ADD = text(f"""
INSERT INTO allocation (seller_id, id, invoice_id, payment_id, credit_note_id, amount, rule, happened_on, known_at)
SELECT CAST(:seller_id AS uuid), id, invoice_id, payment_id, credit_note_id, amount, rule, happened_on,
    CAST(:known_at AS timestamptz)
FROM ({GIVEN}) g
""")  # noqa: S608
# After ADD, so that the day of the last payment is known.
SETTLE = text(f"""
UPDATE invoice i SET open_amount = i.open_amount - t.amount, paid_amount = i.paid_amount + t.paid_amount,
    settled_on = CASE WHEN i.open_amount = t.amount THEN ({LAST_PAID_ON}) END
FROM (SELECT invoice_id, sum(amount) AS amount,
        coalesce(sum(amount) FILTER (WHERE payment_id IS NOT NULL), 0) AS paid_amount
    FROM ({GIVEN}) g GROUP BY invoice_id) t
WHERE i.seller_id = CAST(:seller_id AS uuid) AND i.id = t.invoice_id
""")  # noqa: S608
USE = text(f"""
UPDATE credit_note c SET unused_amount = c.unused_amount - t.amount
FROM (SELECT credit_note_id, sum(amount) AS amount FROM ({GIVEN}) g
    WHERE credit_note_id IS NOT NULL AND NOT lapses GROUP BY credit_note_id) t
WHERE c.seller_id = CAST(:seller_id AS uuid) AND c.id = t.credit_note_id
RETURNING c.unused_amount
""")  # noqa: S608
ENTRIES = """
SELECT id, CAST(:movement_id AS uuid), debtor_id, currency, stage, amount, source_kind, source_id, happened_on
FROM jsonb_to_recordset(CAST(:entries AS jsonb)) AS e (id uuid, debtor_id uuid, currency text, stage text,
    amount numeric, source_kind text, source_id uuid, happened_on date)
"""
STATES = """
states AS (SELECT * FROM jsonb_to_recordset(CAST(:states AS jsonb)) AS s (sign int, debtor_id uuid, currency text,
    invoiced_on date, due_on date, amount numeric, open_amount numeric, paid_amount numeric, settled_on date,
    disputed boolean)),
"""
MOVE = text(moving(ENTRIES, also=STATES, more_changes=f"UNION ALL {debtor_days.of_invoices('states')}"))


def allocate(session: Session, changes: Sequence[Change], known_at: datetime, more: Iterable[Entry] = ()) -> None:
    """Write changes of allocations with all that follows from them, and `more` entries of exposure in the same move.

    The caller holds the locks of the debtors and has judged the amounts. Raises Conflict when they do not fit.
    """
    seller = {"seller_id": session.info["seller_id"]}
    ids = list({each.invoice_id for each in changes})
    before = session.execute(INVOICES, seller | {"ids": ids}).all() if ids else []
    after: Sequence[Any] = []
    if changes:
        written = seller | {"changes": _json([_change(each) for each in changes])}
        session.execute(ADD, written | {"known_at": known_at})
        session.execute(SETTLE, written)
        left = session.scalars(USE, written).all() if any(each.credit_note_id for each in changes) else []
        after = session.execute(INVOICES, seller | {"ids": ids}).all()
        if any(each.open_amount < 0 for each in after) or any(amount < 0 for amount in left):
            raise Conflict("More was to be allocated than is open: look again.", code="items_changed")
    moves = _moves(changes, {row.id: (row.debtor_id, row.currency) for row in before}, more)
    session.execute(
        MOVE,
        seller
        | {
            "known_at": known_at,
            "movement_id": new_id(),
            "entries": _json(moves),
            "states": _json([_state(-1, row) for row in before] + [_state(1, row) for row in after]),
        },
    )
    held_orders.look_again(session, {each["debtor_id"] for each in moves} | {row.debtor_id for row in before})


def _moves(
    changes: Iterable[Change], invoices: dict[UUID, tuple[UUID, str]], more: Iterable[Entry]
) -> list[dict[str, Any]]:
    """Net what is moved from one stage to another, by where it comes from and day."""
    sums: dict[tuple[UUID, str, str, tuple[str, UUID], date], Decimal] = defaultdict(Decimal)
    for each in changes:
        debtor_id, currency = invoices[each.invoice_id]
        origin_id = each.payment_id or each.credit_note_id
        assert origin_id is not None, "an allocation comes from somewhere"
        source = ("payment" if each.payment_id else "credit_note", origin_id)
        sums[debtor_id, currency, "invoiced", source, each.happened_on] -= each.amount
        if not each.lapses:
            sums[debtor_id, currency, "unallocated", source, each.happened_on] += each.amount
    for entry in more:
        sums[entry.debtor_id, entry.currency, entry.stage, entry.source, entry.happened_on] += entry.amount
    return [
        {
            "id": new_id(),
            "debtor_id": debtor_id,
            "currency": currency,
            "stage": stage,
            "amount": str(amount),
            "source_kind": source[0],
            "source_id": source[1],
            "happened_on": happened_on,
        }
        for (debtor_id, currency, stage, source, happened_on), amount in sums.items()
        if amount
    ]


def _change(each: Change) -> dict[str, Any]:
    return {
        "id": each.id,
        "invoice_id": each.invoice_id,
        "payment_id": each.payment_id,
        "credit_note_id": each.credit_note_id,
        "amount": str(each.amount),
        "rule": each.rule,
        "happened_on": each.happened_on,
        "lapses": each.lapses,
    }


def _state(sign: int, row: Any) -> dict[str, Any]:
    return {
        "sign": sign,
        "debtor_id": row.debtor_id,
        "currency": row.currency,
        "due_on": row.due_on,
        "open_amount": str(row.open_amount),
        "paid_amount": str(row.paid_amount),
        "settled_on": row.settled_on,
        "disputed": row.disputed,
    }


def _json(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows).decode()
