"""Orders as values: found, and written with their exposure, decision and event in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from api.records import events
from api.records.base import new_id
from api.records.exposure import moving
from scoring.order_stages import CallOff, OrderProgress, OrderStages

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Order:
    """One order as `OrderRecord` describes it; `call_offs` are its parts by day."""

    id: UUID
    debtor_id: UUID
    order_reference: str
    amount: Decimal
    vat_amount: Decimal | None
    currency: str
    delivery_on: date | None
    call_offs: list[list[str]] | None
    prepayment_reference: str | None
    state: str
    outcome: str
    decision_id: UUID
    placed_by: str
    actor: str | None
    placed_at: datetime
    judged_at: datetime
    changed_at: datetime
    prepayment_required: Decimal | None = None
    expires_at: datetime | None = None
    enters_horizon_on: date | None = None
    scheduled_amount: Decimal = _ZERO
    reserved_amount: Decimal = _ZERO
    to_invoice_amount: Decimal = _ZERO
    delivered_amount: Decimal = _ZERO
    invoiced_amount: Decimal = _ZERO
    prepaid_amount: Decimal = _ZERO
    is_first: bool = False
    released_by: str | None = None
    released_until: date | None = None
    version: int = 1

    @property
    def parts(self) -> tuple[CallOff, ...]:
        """Its parts by day: the call-offs, else all of it on its one day; empty where nobody said when."""
        if self.call_offs:
            return tuple(CallOff(date.fromisoformat(day), Decimal(amount)) for day, amount in self.call_offs)
        return () if self.delivery_on is None else (CallOff(self.delivery_on, self.amount),)

    @property
    def progress(self) -> OrderProgress:
        """How far it is."""
        return OrderProgress(self.amount, self.parts, self.delivered_amount, self.invoiced_amount, self.prepaid_amount)

    @property
    def stages(self) -> OrderStages:
        """What it adds to exposure, by stage."""
        return OrderStages(self.scheduled_amount, self.reserved_amount, self.to_invoice_amount)

    def staged(self, stages: OrderStages) -> "Order":
        """The same order with other amounts in the stages."""
        return replace(
            self,
            scheduled_amount=stages.scheduled,
            reserved_amount=stages.reserved,
            to_invoice_amount=stages.delivered,
        )


@dataclass(frozen=True, slots=True)
class OrderDecision:
    """One judgement of the gate as it is kept; `judgement` and `facts` are canonical JSON."""

    id: UUID
    order_id: UUID
    debtor_id: UUID
    asked: str
    as_of: date
    decided_at: datetime
    outcome: str
    judgement: str
    facts: str
    policy_version: int
    policy_digest: str
    engine_version: str
    asked_by: str
    actor: str | None


@dataclass(frozen=True, slots=True)
class OrderStep:
    """One thing that happened to an order after it was placed; `told` is what its event tells beside the order."""

    kind: str
    data: Mapping[str, Any]
    done_by: str
    grounds: str | None = None
    actor: str | None = None
    told: Mapping[str, Any] | None = None


COLUMNS = tuple(each.name for each in fields(Order))
KEPT = ("id", "debtor_id", "order_reference", "currency", "placed_by", "actor", "placed_at")
CHANGING = tuple(name for name in COLUMNS if name not in KEPT)
DECISION_COLUMNS = tuple(each.name for each in fields(OrderDecision))
SELECT = f"SELECT {', '.join(COLUMNS)} FROM sales_order"  # noqa: S608
ENTRIES = (
    "SELECT id, CAST(:movement_id AS uuid) AS movement_id, CAST(:debtor_id AS uuid) AS debtor_id,"
    " CAST(:currency AS text) AS currency, stage, amount, 'order' AS source_kind, CAST(:id AS uuid) AS source_id,"
    " CAST(:happened_on AS date) AS happened_on FROM unnest(CAST(:entry_ids AS uuid[]), CAST(:stages AS text[]),"
    " CAST(:amounts AS numeric[])) AS g (id, stage, amount)"
)
# A JSON column is given as text.
CASTS = {"call_offs": "CAST(:call_offs AS jsonb)"}
# The order has a `decision_id` of its own, which is another's where a decision leaves the order as it was.
DECISION_VALUES = ", ".join(f":decided_{name}" for name in DECISION_COLUMNS)
DECIDED = (
    f"decided AS (INSERT INTO order_decision (seller_id, {', '.join(DECISION_COLUMNS)})"  # noqa: S608
    f" VALUES (CAST(:seller_id AS uuid), {DECISION_VALUES})),"
)
STEPPED = (
    "stepped AS (INSERT INTO order_step (seller_id, id, order_id, kind, data, grounds, done_by, actor, happened_at)"
    " VALUES (CAST(:seller_id AS uuid), :step_id, :id, :step_kind, CAST(:step_data AS jsonb), :step_grounds, :step_by,"
    " :step_actor, :known_at)),"
)


@cache
def _statement(is_new: bool, has_decision: bool, has_step: bool) -> TextClause:
    """Write the statement that keeps an order with its exposure, and its decision and step where there are any."""
    if is_new:
        values = ", ".join(CASTS.get(name, f":{name}") for name in COLUMNS)
        columns = ", ".join(COLUMNS)
        order = f"INSERT INTO sales_order (seller_id, {columns}) VALUES (CAST(:seller_id AS uuid), {values})"  # noqa: S608
    else:
        sets = ", ".join(f"{name} = {CASTS.get(name, f':{name}')}" for name in CHANGING)
        # Under the debtor's lock nobody else can have changed it; a version that differs is a fault of ours.
        order = f"UPDATE sales_order SET {sets} WHERE id = :id AND version = :version - 1"  # noqa: S608
    also = f"kept AS ({order}), {DECIDED if has_decision else ''} {STEPPED if has_step else ''} "
    return text(moving(ENTRIES, also=also + events.TELLING))


def write(
    session: Session,
    before: Order | None,
    after: Order,
    *,
    event: str,
    today: date,
    known_at: datetime,
    decision: OrderDecision | None = None,
    step: OrderStep | None = None,
) -> Order:
    """Write an order as it is now, moving its exposure by what changed, and tell so. Gives it with its new version.

    The caller holds the locks of its debtor and of all above it. `event` is a type such as `order.released.v1`,
    which tells of the order, and what its step tells.
    """
    if before is not None:
        after = replace(after, version=before.version + 1, changed_at=known_at)
    was = OrderStages() if before is None else before.stages
    moves = [
        (stage, getattr(after.stages, stage) - getattr(was, stage))
        for stage in ("scheduled", "reserved", "delivered")
        if getattr(after.stages, stage) != getattr(was, stage)
    ]
    values: dict[str, Any] = {name: getattr(after, name) for name in COLUMNS}
    values |= {
        "call_offs": None if after.call_offs is None else orjson.dumps(after.call_offs).decode(),
        "seller_id": session.info["seller_id"],
        "known_at": known_at,
        "happened_on": today,
        "movement_id": new_id(),
        "entry_ids": [new_id() for _ in moves],
        "stages": [stage for stage, _ in moves],
        "amounts": [amount for _, amount in moves],
    }
    if decision is not None:
        values |= {f"decided_{name}": getattr(decision, name) for name in DECISION_COLUMNS}
    if step is not None:
        values |= _step_values(step)
    values |= events.telling(
        event, {**told(after), **(step.told if step and step.told else {})}, after.debtor_id, known_at
    )
    session.execute(_statement(before is None, decision is not None, step is not None), values)
    events.defer_feed(session)
    return after


def _step_values(step: OrderStep) -> dict[str, Any]:
    return {
        "step_id": new_id(),
        "step_kind": step.kind,
        "step_data": orjson.dumps(dict(step.data), default=str).decode(),
        "step_grounds": step.grounds,
        "step_by": step.done_by,
        "step_actor": step.actor,
    }


def told(order: Order) -> dict[str, Any]:
    """Give what an event tells of an order."""
    return {
        "order_id": str(order.id),
        "debtor_id": str(order.debtor_id),
        "order_reference": order.order_reference,
        "state": order.state,
        "outcome": order.outcome,
        "amount": {"amount": str(order.amount), "currency": order.currency},
        "decision_id": str(order.decision_id),
    }


def tell(session: Session, order: Order, type: str, known_at: datetime) -> None:
    """Tell one thing more of an order, such as its new state beside the change that led to it."""
    events.add(session, type, told(order), debtor_id=order.debtor_id, happened_at=known_at, known_at=known_at)


def get(session: Session, order_id: UUID) -> Order | None:
    """Find an order; under its debtor's lock it stays as it is."""
    row = session.execute(text(f"{SELECT} WHERE id = :id"), {"id": order_id}).one_or_none()
    return None if row is None else Order(*row)


def held(session: Session, debtor_ids: Sequence[UUID]) -> list[Order]:
    """Give the orders of these debtors that wait, oldest first."""
    query = text(f"{SELECT} WHERE debtor_id = ANY(CAST(:ids AS uuid[])) AND state = 'held' ORDER BY id")
    return [Order(*row) for row in session.execute(query, {"ids": list(debtor_ids)})]


def out_of_time(session: Session, debtor_ids: Sequence[UUID], now: datetime, today: date) -> list[Order]:
    """Give the orders of these debtors whose reservation has ended, or of which a part came inside the horizon."""
    query = text(
        f"{SELECT} WHERE debtor_id = ANY(CAST(:ids AS uuid[])) AND expires_at <= :now UNION ALL {SELECT}"
        " WHERE debtor_id = ANY(CAST(:ids AS uuid[])) AND enters_horizon_on <= :today"
        " AND (expires_at IS NULL OR expires_at > :now) ORDER BY id"
    )
    values = {"ids": list(debtor_ids), "now": now, "today": today}
    return [Order(*row) for row in session.execute(query, values)]


def as_placed(session: Session, order: Order) -> Order:
    """Give an order as it was before anybody changed what was ordered."""
    query = text(
        "SELECT data -> 'before' FROM order_step WHERE order_id = :id AND kind IN ('changed', 'renewed')"
        " AND data -> 'before' IS NOT NULL ORDER BY id LIMIT 1"
    )
    before = session.scalar(query, {"id": order.id})
    if before is None:
        return order
    return replace(
        order,
        amount=Decimal(before["amount"]),
        vat_amount=None if before["vat_amount"] is None else Decimal(before["vat_amount"]),
        delivery_on=None if before["delivery_on"] is None else date.fromisoformat(before["delivery_on"]),
        call_offs=before["call_offs"],
        prepayment_reference=before.get("prepayment_reference", order.prepayment_reference),
    )


def judgement_of(session: Session, order: Order) -> str:
    """Give the document of an order's newest judgement."""
    found: str = session.execute(
        text("SELECT judgement FROM order_decision WHERE id = :id"), {"id": order.decision_id}
    ).scalar_one()
    return found
