"""Locks debtors: the row of a debtor is the lock of its ledger and its exposure, and of its part in a group."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from uuid import UUID

from psycopg.errors import DeadlockDetected
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from api.problems import Conflict
from api.records.debtors import DebtorRecord

# Whom to lock: the named and all above them, root first. `parent_id` is as it was read, before anybody waited.
PATHS = """
WITH RECURSIVE walk AS (
    SELECT id AS named_id, id, parent_id, 0 AS height FROM debtor WHERE id = ANY(CAST(:ids AS uuid[]))
    UNION ALL SELECT w.named_id, d.id, d.parent_id, w.height + 1 FROM walk w JOIN debtor d ON d.id = w.parent_id
    WHERE w.height < :height_max),
tops AS (SELECT named_id, max(height) AS height FROM walk GROUP BY named_id)
SELECT DISTINCT w.id, w.parent_id, tops.height - w.height AS depth FROM walk w JOIN tops ON tops.named_id = w.named_id
"""
# All above the debtors of a relation `given`. LIMIT has each found by its key: a join would walk through all debtors
# that have a parent, for each order anew.
ABOVE = """above AS (
    SELECT g.debtor_id, d.parent_id AS above_id FROM (SELECT DISTINCT debtor_id FROM given) g
    CROSS JOIN LATERAL (SELECT parent_id FROM debtor WHERE id = g.debtor_id LIMIT 1) d WHERE d.parent_id IS NOT NULL
    UNION SELECT a.debtor_id, d.parent_id FROM above a
    CROSS JOIN LATERAL (SELECT parent_id FROM debtor WHERE id = a.above_id LIMIT 1) d WHERE d.parent_id IS NOT NULL)
"""
# Who has debtors above him no more (-1) or from now on (1) when they go from `:from_id` to `:to_id`. Who stands above
# both keeps what he has. Behind WITH RECURSIVE.
SIGNS = """above AS (
    SELECT ends.sign, d.id, d.parent_id
    FROM debtor d JOIN (VALUES (-1, CAST(:from_id AS uuid)), (1, CAST(:to_id AS uuid))) AS ends (sign, end_id)
        ON d.id = ends.end_id
    UNION SELECT a.sign, d.id, d.parent_id FROM above a JOIN debtor d ON d.id = a.parent_id),
signs AS (SELECT id, sum(sign) AS sign FROM above GROUP BY id HAVING sum(sign) <> 0)"""
HEIGHT_MAX = 1000  # So that even a ring, which cannot be, would end.
LOCK_ATTEMPTS = 10
# What was locked is summed up where it is: of thousands of debtors few are merged, and the rest need not be told.
LOCKED = (
    "SELECT bool_or(parent_id IS DISTINCT FROM read_parent_id) AS is_changed,"
    " array_agg(id) FILTER (WHERE merged_into_id IS NOT NULL) AS merged_ids FROM ({}) locked"
)
LOCK_PATHS = text(
    LOCKED.format(
        f"SELECT d.id, d.parent_id, p.parent_id AS read_parent_id, d.merged_into_id FROM ({PATHS}) p"  # noqa: S608
        " JOIN debtor d ON d.id = p.id ORDER BY p.depth, d.id FOR NO KEY UPDATE OF d"
    )
)
# Of debtors without a parent the path is themselves; most books have no others.
ANY_GROUPED = text("SELECT EXISTS (SELECT FROM debtor WHERE id = ANY(CAST(:ids AS uuid[])) AND parent_id IS NOT NULL)")
LOCK_UNGROUPED = text(
    LOCKED.format(
        "SELECT id, parent_id, NULL::uuid AS read_parent_id, merged_into_id FROM debtor"
        " WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR NO KEY UPDATE"
    )
)
# Does not wait: who waited outside a savepoint could not let go of a debtor that joined a group meanwhile.
LOCK_AT_ONCE = (
    select(DebtorRecord)
    .where(DebtorRecord.id == bindparam("id"), DebtorRecord.parent_id.is_(None))
    .with_for_update(key_share=True, skip_locked=True)
    .execution_options(populate_existing=True)
)


def lock(session: Session, debtor_ids: Iterable[UUID]) -> Sequence[DebtorRecord]:
    """Lock debtors, and all above them, until the end of the transaction; gives the named ones.

    Everybody locks in one order, by depth in the group and then by id, so that nobody waits in a ring. A group may
    change while we wait, and with it that order: then what we hold is let go and the path read again. Raises Conflict
    when that does not end.
    """
    wanted = set(debtor_ids)
    if len(wanted) == 1:
        alone = session.scalars(LOCK_AT_ONCE, {"id": next(iter(wanted))}).all()
        if alone:
            return alone
    hold(session, array_of(wanted))
    query = select(DebtorRecord).where(DebtorRecord.id.in_(wanted)).order_by(DebtorRecord.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def array_of(debtor_ids: Iterable[UUID]) -> str:
    """Write ids as PostgreSQL writes an array of them."""
    return "{" + ",".join(map(str, debtor_ids)) + "}"


def hold(session: Session, debtor_ids: str) -> set[UUID]:
    """Lock debtors as `lock` does, their ids written by `array_of`, and give only who of them, or of those above, was
    merged away: quicker for many.
    """
    for _ in range(LOCK_ATTEMPTS):
        with suppress(_GroupChanged), session.begin_nested():
            return _lock_paths(session, debtor_ids)
    raise Conflict("A group changed while we waited for its debtors: send it again.", code="group_changed")


class _GroupChanged(Exception):
    """A debtor has another parent than it had when its path was read."""


def _lock_paths(session: Session, debtor_ids: str) -> set[UUID]:
    is_grouped = session.scalar(ANY_GROUPED, {"ids": debtor_ids})
    values = {"ids": debtor_ids, "height_max": HEIGHT_MAX} if is_grouped else {"ids": debtor_ids}
    try:
        locked = session.execute(LOCK_PATHS if is_grouped else LOCK_UNGROUPED, values).one()
    except OperationalError as error:
        if not isinstance(error.orig, DeadlockDetected):
            raise
        raise _GroupChanged from error  # Somebody still follows the order of the group as it was.
    if locked.is_changed:
        raise _GroupChanged
    return set(locked.merged_ids or ())
