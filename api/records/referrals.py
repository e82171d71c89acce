"""What waits for a person: applications and held orders together, by the day on which they must be decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, Subquery, cast, func, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import INTERVAL
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from api.records.applications import WAITING, ApplicationRecord
from api.records.orders import OrderDecisionRecord, OrderRecord

KINDS = ("application", "order")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of the desk; `amount` None: the limit asked for has none, and its kind says why."""

    kind: str
    id: UUID
    debtor_id: UUID
    state: str
    amount_kind: str
    amount: Decimal | None
    currency: str
    owner: str | None
    due_at: datetime
    decision_id: UUID
    because: str | None


def desk(order_days: int) -> Subquery:
    """Give what waits, with the columns of `Waiting`.

    An order must be decided `order_days` after it began to wait.
    """
    application, order = ApplicationRecord, OrderRecord
    of_applications = select(
        literal("application", Text).label("kind"),
        application.id,
        application.debtor_id,
        application.state,
        application.requested_kind.label("amount_kind"),
        application.requested_amount.label("amount"),
        application.currency,
        application.owner,
        application.due_at,
        application.decision_id,
        application.because,
    ).where(application.state.in_(WAITING))
    of_orders = select(
        literal("order", Text),
        order.id,
        order.debtor_id,
        order.state,
        literal("amount", Text),
        order.amount,
        order.currency,
        order.owner,
        func.coalesce(order.waits_since, order.judged_at) + cast(literal(timedelta(days=order_days)), INTERVAL),
        order.decision_id,
        cast(null(), Text),
    ).where(order.state == "held", order.outcome == "refer")
    return union_all(of_applications, of_orders).subquery("desk")


def listing(
    waiting: Subquery,
    kind: str | None,
    debtor_id: UUID | None,
    owner: str | None,
    due_before: datetime | None,
) -> Select[tuple[object, ...]]:
    """Select of what waits; what is None does not matter."""
    query = select(waiting)
    for column, value in ((waiting.c.kind, kind), (waiting.c.debtor_id, debtor_id), (waiting.c.owner, owner)):
        if value is not None:
            query = query.where(column == value)
    return query if due_before is None else query.where(waiting.c.due_at < due_before)


def overdue_orders(session: Session, order_days: int, now: datetime, debtor_id: UUID | None = None) -> list[Waiting]:
    """Give the held orders, of one debtor or of all, that should have been decided before a time."""
    waiting = desk(order_days)
    query = select(waiting).where(waiting.c.kind == "order", waiting.c.due_at < now)
    if debtor_id is not None:
        query = query.where(waiting.c.debtor_id == debtor_id)
    return [Waiting(*row) for row in session.execute(query)]


def one(session: Session, waiting: Subquery, referral_id: UUID) -> Waiting | None:
    """Give what waits under an id, of an application or an order."""
    row = session.execute(select(waiting).where(waiting.c.id == referral_id)).one_or_none()
    return None if row is None else Waiting(*row)


def judgements_of_orders(session: Session, decision_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Give the gate's judgements, as canonical JSON text, by the ids of its decisions."""
    record = OrderDecisionRecord
    rows = session.execute(select(record.id, record.judgement).where(record.id.in_(decision_ids)))
    return {row.id: row.judgement for row in rows}
