"""Orders that wait: for their turn to be judged again, and for a time that has come."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records.order_rows import SELECT, Order

# Of a debtor and all below it. A group is small beside the orders that have ever been held, so it is walked first.
OF_GROUP = """
WITH RECURSIVE members AS (
    SELECT id FROM debtor WHERE id = :top_id
    UNION SELECT d.id FROM members m JOIN debtor d ON d.parent_id = m.id)
"""
NEXT_HELD = text(f"""{OF_GROUP}
SELECT o.id, o.debtor_id FROM sales_order o JOIN members m ON m.id = o.debtor_id
WHERE o.state = 'held' AND (CAST(:after AS uuid) IS NULL OR o.id > :after) ORDER BY o.id LIMIT 1
""")  # noqa: S608
HELD_UNTIL = text(
    f"{SELECT} WHERE debtor_id = :debtor_id AND state = 'held'"
    " AND (CAST(:until AS uuid) IS NULL OR id <= :until) ORDER BY id"
)
DUE = text(
    "SELECT DISTINCT debtor_id FROM sales_order WHERE expires_at <= :now OR enters_horizon_on <= :today"
    " ORDER BY debtor_id"
)
HELD_SINCE_BEFORE = text(
    "SELECT DISTINCT debtor_id FROM sales_order WHERE state = 'held' AND judged_at < :moment ORDER BY debtor_id"
)
CHECK_AGAIN = text("UPDATE sales_order SET check_due = true WHERE debtor_id = ANY(:debtor_ids) AND state = 'released'")
COUNT_AGAIN = text("UPDATE sales_order SET enters_horizon_on = :today WHERE enters_horizon_on > :today")
LOOKED_AT = text("UPDATE sales_order SET judged_at = :now WHERE id = :id")


def next_held(session: Session, top_id: UUID, after: UUID | None) -> tuple[UUID, UUID] | None:
    """Give id and debtor of the oldest held order of a group after another one; None where there is none."""
    row = session.execute(NEXT_HELD, {"top_id": top_id, "after": after}).one_or_none()
    return None if row is None else (row.id, row.debtor_id)


def held_of(session: Session, debtor_id: UUID, until: UUID | None = None) -> list[Order]:
    """Give the held orders of a debtor, oldest first, and none placed after `until`."""
    return [Order(*row) for row in session.execute(HELD_UNTIL, {"debtor_id": debtor_id, "until": until})]


def debtors_out_of_time(session: Session, now: datetime, today: date) -> Sequence[UUID]:
    """Give the debtors of whose orders a reservation has ended, or a part came inside the horizon."""
    return session.scalars(DUE, {"now": now, "today": today}).all()


def debtors_not_judged_since(session: Session, moment: datetime) -> Sequence[UUID]:
    """Give the debtors with held orders that nobody has judged since a moment."""
    return session.scalars(HELD_SINCE_BEFORE, {"moment": moment}).all()


def check_again(session: Session, debtor_ids: Sequence[UUID]) -> None:
    """Have the released orders of locked debtors judged once more before they are delivered."""
    session.execute(CHECK_AGAIN, {"debtor_ids": list(debtor_ids)})


def count_again(session: Session, today: date) -> None:
    """Have counted anew what lies beyond the horizon, since that may be another now: as soon as time passes."""
    session.execute(COUNT_AGAIN, {"today": today})


def looked_at(session: Session, order_id: UUID, now: datetime) -> None:
    """Say that an order was judged again, with the same answer."""
    session.execute(LOOKED_AT, {"id": order_id, "now": now})
