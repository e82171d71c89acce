"""Held orders: whoever changes what they wait for says so here, and they are judged again once it is committed."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records import jobs
from api.records.looks import MARKING, mark_all

# Room that one member of a group gives back may be another's: so all of the group's waiting orders are looked at.
TOPS = text("""
WITH RECURSIVE up AS (
    SELECT id, parent_id FROM debtor WHERE id = ANY(:debtor_ids)
    UNION SELECT d.id, d.parent_id FROM up JOIN debtor d ON d.id = up.parent_id),
down AS (
    SELECT id AS top_id, id FROM up WHERE parent_id IS NULL
    UNION SELECT down.top_id, d.id FROM down JOIN debtor d ON d.parent_id = down.id)
SELECT DISTINCT down.top_id FROM down
WHERE EXISTS (SELECT FROM sales_order o WHERE o.debtor_id = down.id AND o.state = 'held')
""")
WITH_HELD = text("SELECT DISTINCT debtor_id FROM sales_order WHERE state = 'held'")
ANY_HELD = text(f"WITH marked AS ({MARKING}) SELECT EXISTS (SELECT FROM sales_order WHERE state = 'held')")  # noqa: S608


def look_again(session: Session, debtor_ids: Iterable[UUID]) -> None:
    """Have the held orders of these debtors, and of their groups, judged again after this transaction.

    To be called in every transaction that may cure one: money, credit notes and releases, limits, terms, holds, cover.
    The same things may open or end an alert, so the debtors are looked at for that too.
    """
    ids = list(debtor_ids)
    # Asked first: where nobody waits, which is most of the time, that is all.
    if not session.scalar(ANY_HELD, {"debtor_ids": ids, "seller_id": session.info["seller_id"]}):
        return
    for top_id in session.scalars(TOPS, {"debtor_ids": ids}):
        jobs.defer(session, "judge_held_orders", debtor_id=top_id)


def look_again_at_all(session: Session) -> None:
    """Have all held orders judged again, and all debtors looked at, after this transaction.

    To be called where what bears on every debtor changed, such as the policy.
    """
    look_again(session, session.scalars(WITH_HELD).all())
    mark_all(session)
