"""Erases what may not be kept any longer: reports, and the facts that were judged from them; decisions stay.

Each statement takes a batch, so that nobody waits for it. Days are the seller's.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# Who was never more than a prospect, and whose last decision declines: that which answered somebody, since nobody is
# kept longer for being judged again by ourselves. A report that came since then waits for its own.
DECLINED = text(
    "SELECT d.id FROM debtor d JOIN LATERAL (SELECT x.outcome, x.as_of, x.decided_at FROM decision x"
    "   WHERE x.debtor_id = d.id AND x.kind <> 'monitoring' ORDER BY x.id DESC LIMIT 1) last ON true"
    " WHERE d.phase = 'prospect' AND last.outcome = 'decline'"
    " AND last.as_of + make_interval(months => :months) <= :today"
    " AND NOT EXISTS (SELECT FROM invoice i WHERE i.debtor_id = d.id)"
    " AND (EXISTS (SELECT FROM credit_report r WHERE r.debtor_id = d.id AND r.retrieved_at <= last.decided_at)"
    "   OR EXISTS (SELECT FROM decision x JOIN decision_facts f ON f.decision_id = x.id WHERE x.debtor_id = d.id))"
    " ORDER BY d.id LIMIT :count"
)
ERASE_REPORTS = text(
    "DELETE FROM credit_report r WHERE r.debtor_id = ANY(:ids)"
    " AND r.retrieved_at <= (SELECT max(x.decided_at) FROM decision x WHERE x.debtor_id = r.debtor_id)"
)
ERASE_FACTS = text(
    "DELETE FROM decision_facts f USING decision x WHERE x.id = f.decision_id AND x.debtor_id = ANY(:ids)"
)
# What a newer report of the kind has taken the place of; one without facts takes no place of one with them.
# Found once, and each by its debtor: joined freely, all would be compared with all while the table is new.
ERASE_REPLACED = text(
    "DELETE FROM credit_report WHERE id = ANY(ARRAY(SELECT r.id FROM credit_report r"
    " CROSS JOIN LATERAL (SELECT FROM credit_report n"
    "   WHERE n.debtor_id = r.debtor_id AND n.kind = r.kind AND (n.retrieved_at, n.id) > (r.retrieved_at, r.id)"
    "   AND (n.facts IS NOT NULL OR r.facts IS NULL)"
    "   AND (n.retrieved_at AT TIME ZONE :time_zone)::date + make_interval(months => :months) <= :today LIMIT 1) newer"
    " ORDER BY r.id LIMIT :count))"
)


def declined(session: Session, months: int, today: date, count: int) -> Sequence[UUID]:
    """Give prospects that were declined so many months ago or more, and of whom reports or facts are still kept."""
    return session.scalars(DECLINED, {"months": months, "today": today, "count": count}).all()


def erase_reports(session: Session, debtor_ids: Sequence[UUID]) -> int:
    """Erase the reports of debtors, and the facts of their decisions, which repeat them; gives how many reports."""
    erased = session.execute(ERASE_REPORTS, {"ids": list(debtor_ids)})
    session.execute(ERASE_FACTS, {"ids": list(debtor_ids)})
    return int(erased.rowcount)  # type: ignore[attr-defined]


def erase_replaced(session: Session, months: int, today: date, time_zone: str, count: int) -> int:
    """Erase reports that were replaced so many months ago or more; gives how many, `count` at most."""
    given = {"months": months, "today": today, "time_zone": time_zone, "count": count}
    return int(session.execute(ERASE_REPLACED, given).rowcount)  # type: ignore[attr-defined]
