"""Writes many moves of orders in one statement: what `order_rows.write` does for one, for whole batches of a ledger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records.base import new_id
from api.records.event_types import registered
from api.records.exposure import moving
from api.records.order_rows import Order, snapshot, told, waiting

STAGES = ("scheduled", "reserved", "delivered")
# As `order_rows.VERSION`: an order that was read before the lock is not written.
VERSION = "version = CASE WHEN o.version = g.version - 1 THEN g.version END"
BOOKED = (
    *("state", "outcome", "prepayment_required", "expires_at", "enters_horizon_on"),
    *("scheduled_amount", "reserved_amount", "to_invoice_amount", "invoiced_amount", "prepaid_amount"),
    *("released_by", "released_until", "waits_since", "owner", "check_due", "changed_at"),
)


@dataclass(frozen=True, slots=True)
class OrderMove:
    """One thing that happened to an order on a day: as it was, as it is, its event, and what its step tells.

    `done_by` is a person, or `machine` for what follows from the ledger.
    """

    before: Order
    after: Order
    event: str
    happened_on: date
    data: Mapping[str, Any]
    done_by: str = "machine"
    grounds: str | None = None


@dataclass(frozen=True, slots=True)
class Billed:
    """That an invoice bills an amount of an order."""

    order_id: UUID
    invoice_id: UUID
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Bound:
    """That an amount of a payment is bound to an order from a day on; below zero it is bound no more.

    Exposure moves with it: money that is bound is not unallocated.
    """

    order_id: UUID
    payment_id: UUID
    debtor_id: UUID
    currency: str
    amount: Decimal
    happened_on: date


@dataclass(slots=True)
class OrderBatch:
    """What is to be written together. Moves of one order follow each other: each begins with what the last left."""

    moves: list[OrderMove] = field(default_factory=list)
    billed: list[Billed] = field(default_factory=list)
    bound: list[Bound] = field(default_factory=list)


def _rows(table: str, parameter: str) -> str:
    return f"jsonb_populate_recordset(NULL::{table}, CAST(:{parameter} AS jsonb))"


def _adding(table: str, columns: str, parameter: str) -> str:
    rows = f"SELECT seller_id, {columns} FROM {_rows(table, parameter)}"  # noqa: S608
    return f"INSERT INTO {table} (seller_id, {columns}) {rows}"


ENTRIES = (
    "SELECT id, movement_id, debtor_id, currency, stage, amount, source_kind, source_id, happened_on"  # noqa: S608
    f" FROM {_rows('exposure_entry', 'entries')}"
)
ALSO = f"""
kept AS (
    UPDATE sales_order o SET {", ".join(f"{name} = g.{name}" for name in BOOKED)}, {VERSION}
    FROM {_rows("sales_order", "orders")} g WHERE o.seller_id = CAST(:seller_id AS uuid) AND o.id = g.id),
billed AS ({_adding("order_invoice", "id, order_id, invoice_id, amount, known_at", "billed")}),
bound AS ({_adding("prepayment", "id, payment_id, order_id, amount, happened_on, known_at", "bound")}),
stepped AS ({_adding("order_step", "id, order_id, kind, data, grounds, done_by, happened_at", "steps")}),
telling AS MATERIALIZED (
    SELECT *, row_number() OVER (PARTITION BY debtor_id ORDER BY id) AS place FROM {_rows("event", "events")}),
counted AS (
    INSERT INTO event_counter AS c (seller_id, subject_id, last_sequence)
    SELECT CAST(:seller_id AS uuid), debtor_id, count(*) FROM telling GROUP BY debtor_id ORDER BY debtor_id
    ON CONFLICT (seller_id, subject_id) DO UPDATE SET last_sequence = c.last_sequence + excluded.last_sequence
    RETURNING subject_id, last_sequence),
told AS (
    INSERT INTO event (seller_id, id, type, subject_id, debtor_id, sequence, happened_at, known_at, data, snapshot)
    SELECT t.seller_id, t.id, t.type, t.debtor_id, t.debtor_id, c.last_sequence + t.place
        - max(t.place) OVER (PARTITION BY t.debtor_id), t.happened_at, t.known_at, t.data, t.snapshot
    FROM telling t JOIN counted c ON c.subject_id = t.debtor_id),
pending AS (INSERT INTO event_pending (seller_id, event_id) SELECT seller_id, id FROM telling),
"""  # noqa: S608
WRITE = text(moving(ENTRIES, also=ALSO))


def write_all(session: Session, batch: OrderBatch, known_at: datetime) -> dict[UUID, Order]:
    """Write moves of orders with their exposure, steps and events; gives the orders as they are now, by their ids.

    The caller holds the locks of their debtors and of all above them, and read the orders under these.
    """
    orders: dict[UUID, Order] = {}
    for move in batch.moves:
        # However much happens to it here, it is written once.
        earlier = orders.get(move.before.id)
        version = move.before.version + 1 if earlier is None else earlier.version
        after = replace(move.after, version=version, changed_at=known_at)
        orders[move.before.id] = waiting(move.before, after, known_at)
    # However much happened to an order here, its new version, which is what others see, is what it is in the end.
    seen = {order_id: snapshot(session.info["seller_id"], order) for order_id, order in orders.items()}
    seller = {"seller_id": session.info["seller_id"]}
    at = seller | {"known_at": known_at}
    values = {
        "entries": list(_entries(batch)),
        "orders": [
            {"id": each.id, "version": each.version} | {name: getattr(each, name) for name in BOOKED}
            for each in orders.values()
        ],
        "billed": [
            at | {"id": new_id(), "order_id": each.order_id, "invoice_id": each.invoice_id, "amount": each.amount}
            for each in batch.billed
        ],
        "bound": [
            at
            | {"id": new_id(), "order_id": each.order_id, "payment_id": each.payment_id}
            | {"amount": each.amount, "happened_on": each.happened_on}
            for each in batch.bound
        ],
        "steps": [seller | _step(each, known_at) for each in batch.moves],
        "events": [at | _event(each, seen[each.before.id], known_at) for each in batch.moves],
    }
    session.execute(WRITE, seller | {"known_at": known_at} | {name: _json(rows) for name, rows in values.items()})
    return orders


def _entries(batch: OrderBatch) -> Iterable[dict[str, Any]]:
    """Give what moves: of each order by the difference of its stages, and bound money out of what is unallocated."""
    for move in batch.moves:
        movement_id = new_id()
        for stage in STAGES:
            amount = getattr(move.after.stages, stage) - getattr(move.before.stages, stage)
            if amount:
                source = ("order", move.before.id)
                money = (move.before.debtor_id, move.before.currency, amount)
                yield _entry(movement_id, money, stage, source, move.happened_on)
    for each in batch.bound:
        money, source = (each.debtor_id, each.currency, each.amount), ("payment", each.payment_id)
        yield _entry(new_id(), money, "unallocated", source, each.happened_on)


def _entry(
    movement_id: UUID, money: tuple[UUID, str, Decimal], stage: str, source: tuple[str, UUID], happened_on: date
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "movement_id": movement_id,
        "debtor_id": money[0],
        "currency": money[1],
        "stage": stage,
        "amount": money[2],
        "source_kind": source[0],
        "source_id": source[1],
        "happened_on": happened_on,
    }


def _step(move: OrderMove, known_at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "order_id": move.before.id,
        "kind": move.event.split(".")[1],
        "data": move.data,
        "grounds": move.grounds,
        "done_by": move.done_by,
        "happened_at": known_at,
    }


def _event(move: OrderMove, seen: Mapping[str, Any], known_at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "type": registered(move.event),
        "debtor_id": move.before.debtor_id,
        "happened_at": known_at,
        "data": told(move.after),
        "snapshot": seen,
    }


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(rows, default=str).decode()
