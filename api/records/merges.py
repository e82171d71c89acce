"""Merges: what a debtor that is merged away leaves to the one it points on to, row by row, with their ids."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# Rows of these follow as they are: who wrote them, when and why stays what it was. Limits and decisions stay where they
# are, since they were judged on the facts of another debtor number.
HANDED_OVER = (
    *("hold", "security", "document", "agreed_terms", "application"),
    *("cover_request", "cover_decision"),
)
MOVE = "UPDATE {table} SET debtor_id = :to_id WHERE debtor_id = :from_id RETURNING id"
GUARANTEES = text("UPDATE security SET guarantor_id = :to_id WHERE guarantor_id = :from_id")
# A paper of others that names the debtor names the one it was merged into as well.
NAMED_IN = text(
    "INSERT INTO document_debtor (seller_id, document_id, debtor_id, named_by, known_at)"
    " SELECT n.seller_id, n.document_id, :to_id, n.named_by, n.known_at FROM document_debtor n"
    " JOIN document d ON d.seller_id = n.seller_id AND d.id = n.document_id"
    " WHERE n.debtor_id = :from_id AND d.debtor_id <> :to_id ON CONFLICT DO NOTHING"
)
# Nobody stands surety for himself.
OWN_GUARANTEES = text(
    "UPDATE security SET ended_by = :by, ended_at = :now"
    " WHERE debtor_id = :to_id AND guarantor_id = :to_id AND ended_at IS NULL RETURNING id"
)
# The newest report of a source counts. So one follows only where it stands before no report of the other debtor's own.
REPORTS = text(
    "UPDATE credit_report r SET debtor_id = :to_id WHERE debtor_id = :from_id AND NOT EXISTS ("
    "SELECT FROM credit_report o WHERE o.debtor_id = :to_id AND o.kind = r.kind AND o.provider = r.provider)"
    " RETURNING id"
)
# What stays behind and may stand against the debtor: how heavy it weighs, a person says.
BAD_REPORTS = text(
    "SELECT kind, provider FROM (SELECT DISTINCT ON (kind, provider) kind, provider, facts FROM credit_report"
    " WHERE debtor_id = :from_id AND facts IS NOT NULL ORDER BY kind, provider, retrieved_at DESC, id DESC) newest"
    " WHERE coalesce(facts ->> 'hit', 'none') <> 'none' OR facts -> 'active' = 'false'"
    " OR (jsonb_typeof(facts -> 'events') = 'array' AND facts -> 'events' <> '[]') ORDER BY kind, provider"
)
IS_DECIDED = text(
    "SELECT EXISTS (SELECT FROM credit_limit WHERE debtor_id = :id)"
    " OR EXISTS (SELECT FROM hold WHERE debtor_id = :id AND ended_at IS NULL)"
    " OR EXISTS (SELECT FROM security WHERE debtor_id = :id OR guarantor_id = :id)"
    " OR EXISTS (SELECT FROM cover_decision WHERE debtor_id = :id)"
)


def is_decided(session: Session, debtor_id: UUID) -> bool:
    """Whether finance ever decided anything of a debtor that a merge would end, or give to another one."""
    return bool(session.scalar(IS_DECIDED, {"id": debtor_id}))


def hand_over(session: Session, from_id: UUID, to_id: UUID) -> dict[str, list[UUID]]:
    """Give one debtor all that follows another one; gives the ids by table, of what there was. Both must be locked."""
    values = {"from_id": from_id, "to_id": to_id}
    session.flush()
    moved = {
        table: sorted(session.scalars(text(MOVE.format(table=table)), values))  # No text but our own.
        for table in HANDED_OVER
    }
    moved["report"] = sorted(session.scalars(REPORTS, values))
    session.execute(GUARANTEES, values)
    session.execute(NAMED_IN, values)
    session.expire_all()
    return {table: ids for table, ids in moved.items() if ids}


def end_own_guarantees(session: Session, debtor_id: UUID, by: str, now: datetime) -> list[UUID]:
    """End the guarantees that a debtor now gives for itself; gives their ids."""
    return sorted(session.scalars(OWN_GUARANTEES, {"to_id": debtor_id, "by": by, "now": now}))


def bad_reports(session: Session, debtor_id: UUID) -> list[tuple[str, str]]:
    """Give kind and provider of the newest reports of a debtor that tell of a hit, an event, or that it is no more."""
    return [(kind, provider) for kind, provider in session.execute(BAD_REPORTS, {"from_id": debtor_id})]
