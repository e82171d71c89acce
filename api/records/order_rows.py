"""Orders as values: found, and written with their exposure, decision and event in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records import events, looks
from api.records.base import new_id
from api.records.exposure import moving
from api.records.quick import Quick, array
from scoring.order_stages import NOTHING_STAGED, CallOff, OrderProgress, OrderStages, called_off

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
    waits_since: datetime | None = None
    owner: str | None = None
    check_due: bool = False
    version: int = 1

    @property
    def waits_for_person(self) -> bool:
        """Whether a person must decide on it."""
        return self.state == "held" and self.outcome == "refer"

    @property
    def parts(self) -> tuple[CallOff, ...]:
        """Its parts by day: the call-offs, else all of it on its one day; empty where nobody said when."""
        given = [CallOff(date.fromisoformat(day), Decimal(amount)) for day, amount in self.call_offs or ()]
        return called_off(self.amount, self.delivery_on, given)

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
SELECT = f"SELECT {', '.join(COLUMNS)} FROM sales_order"  # noqa: S608
ENTRIES = (
    "SELECT id, CAST(:movement_id AS uuid) AS movement_id, CAST(:debtor_id AS uuid) AS debtor_id,"
    " CAST(:currency AS text) AS currency, stage, amount, 'order' AS source_kind, CAST(:id AS uuid) AS source_id,"
    " CAST(:happened_on AS date) AS happened_on FROM unnest(CAST(:entry_ids AS uuid[]), CAST(:stages AS text[]),"
    " CAST(:amounts AS numeric[])) AS g (id, stage, amount)"
)
# Rows go in as documents: fifty parameters of their own take longer to bind than all of it takes to write.
PLACED = (
    "kept AS (INSERT INTO sales_order SELECT * FROM jsonb_populate_record(NULL::sales_order, CAST(:order AS jsonb))),"
)
SETS = ", ".join(f"{name} = n.{name}" for name in CHANGING if name != "version")
# Under the debtor's lock nobody else can have changed it. An order that was read before the lock has another version:
# then this is null, which its column refuses, and nothing of it all is written.
VERSION = "version = CASE WHEN o.version = n.version - 1 THEN n.version END"
CHANGED = (
    f"kept AS (UPDATE sales_order o SET {SETS}, {VERSION}"  # noqa: S608
    " FROM jsonb_populate_record(NULL::sales_order, CAST(:order AS jsonb)) n"
    " WHERE o.id = n.id),"
)
DECIDED = (
    "decided AS (INSERT INTO order_decision"
    " SELECT * FROM jsonb_populate_record(NULL::order_decision, CAST(:decision AS jsonb))),"
)
STEPPED = (
    "stepped AS (INSERT INTO order_step SELECT * FROM jsonb_populate_record(NULL::order_step, CAST(:step AS jsonb))),"
)

MARKED = f"marked AS ({looks.marking('(SELECT CAST(:debtor_id AS uuid) AS debtor_id) asked')}),"


@cache
def _statement(is_new: bool, has_decision: bool, has_step: bool, marks: bool) -> Quick:
    """Write the statement that keeps an order with its exposure, and its decision and step where there are any.

    `marks`: the debtor is looked at afterwards.
    """
    also = (PLACED if is_new else CHANGED) + (DECIDED if has_decision else "") + (STEPPED if has_step else "")
    return Quick(moving(ENTRIES, also=also + (MARKED if marks else "") + events.TELLING))


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
    after = waiting(before, after, known_at)
    was = NOTHING_STAGED if before is None else before.stages
    moves = [
        (stage, getattr(after.stages, stage) - getattr(was, stage))
        for stage in ("scheduled", "reserved", "delivered")
        if getattr(after.stages, stage) != getattr(was, stage)
    ]
    seller_id = session.info["seller_id"]
    values: dict[str, Any] = {
        "order": _document(seller_id, after),
        "id": after.id,
        "debtor_id": after.debtor_id,
        "currency": after.currency,
        "seller_id": seller_id,
        "known_at": known_at,
        "happened_on": today,
        "movement_id": new_id(),
        "entry_ids": array(new_id() for _ in moves),
        "stages": array(stage for stage, _ in moves),
        "amounts": array(amount for _, amount in moves),
    }
    if decision is not None:
        values["decision"] = _document(seller_id, decision)
    if step is not None:
        values["step"] = _document(seller_id, step, id=new_id(), order_id=after.id, happened_at=known_at)
    more = step.told if step is not None and step.told else {}
    values |= events.telling(event, {**told(after), **more}, after.debtor_id, known_at)
    marks = _bears_on_alerts(before, after)
    _statement(before is None, decision is not None, step is not None, marks).count(session, values)
    return after


def _bears_on_alerts(before: Order | None, after: Order) -> bool:
    """Whether a write changes what alerts are judged from: what is used of a limit, delivered, invoiced, or first."""
    return _of_alerts(after) != ((_ZERO, _ZERO, _ZERO, False) if before is None else _of_alerts(before))


def _of_alerts(order: Order) -> tuple[Decimal, Decimal, Decimal, bool]:
    return order.stages.counted, order.delivered_amount, order.invoiced_amount, order.is_first


def waiting(before: Order | None, after: Order, now: datetime) -> Order:
    """Give an order with since when it waits for a person, and for whom: both end when it waits no more."""
    if not after.waits_for_person:
        return after if after.waits_since is None else replace(after, waits_since=None, owner=None)
    if before is not None and before.waits_for_person:
        return after
    return replace(after, waits_since=now, owner=None)


def _document(seller_id: UUID, row: Order | OrderDecision | OrderStep, **more: Any) -> str:
    """Write a row as JSON, with amounts as text."""
    # What is no column, such as what a step tells, is left out by the database.
    values = {each.name: getattr(row, each.name) for each in fields(row)}
    return orjson.dumps({"seller_id": seller_id, **values, **more}, default=str).decode()


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


def called(session: Session, order_reference: str) -> Order | None:
    """Find an order by its reference."""
    row = session.execute(text(f"{SELECT} WHERE order_reference = :reference"), {"reference": order_reference})
    found = row.one_or_none()
    return None if found is None else Order(*found)


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


def own(session: Session, order: Order, owner: str | None) -> None:
    """Note who took an order that waits for a person, None: nobody. The debtor must be locked."""
    session.execute(text("UPDATE sales_order SET owner = :owner WHERE id = :id"), {"owner": owner, "id": order.id})


def judgement_of(session: Session, order: Order) -> str:
    """Give the document of an order's newest judgement."""
    found: str = session.execute(
        text("SELECT judgement FROM order_decision WHERE id = :id"), {"id": order.decision_id}
    ).scalar_one()
    return found
