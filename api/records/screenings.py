"""Which debtors are due for the sanctions lists: never screened, screened too long ago, or by another list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records.identities import OfficialNumber


@dataclass(frozen=True, slots=True)
class DueDebtor:
    """A debtor to be screened, by all it is known by; `registered_name` is what the company register calls it."""

    id: UUID
    name: str | None
    country: str
    phase: str
    registered_name: str | None
    numbers: tuple[OfficialNumber, ...]


DUE = (
    "FROM debtor d LEFT JOIN LATERAL (SELECT retrieved_at, facts ->> 'list_version' AS version FROM credit_report"
    "   WHERE debtor_id = d.id AND kind = 'sanctions_list' ORDER BY retrieved_at DESC LIMIT 1) r ON true"
    " WHERE d.merged_into_id IS NULL AND d.id > :after AND (r.retrieved_at IS NULL OR r.retrieved_at < :fresh_since"
    "   OR r.version IS DISTINCT FROM coalesce(CAST(:version AS text), r.version))"
)
# Who was named by a number only has no name of ours, but the register told one.
REGISTERED_NAME = (
    "(SELECT facts ->> 'name' FROM credit_report WHERE debtor_id = d.id AND kind = 'company_register'"
    " AND facts ->> 'name' IS NOT NULL ORDER BY retrieved_at DESC LIMIT 1),"
)
NUMBERS = (
    "(SELECT json_agg(json_build_array(i.scheme, i.country, i.value) ORDER BY i.scheme, i.country, i.value)"
    " FROM debtor_identifier i WHERE i.debtor_id = d.id)"
)
NEXT = text(
    " ".join(("SELECT d.id, d.name, d.country, d.phase,", REGISTERED_NAME, NUMBERS, DUE, "ORDER BY d.id LIMIT :count"))
)
COUNT = text(" ".join(("SELECT count(*)", DUE)))


def due(session: Session, fresh_since: datetime, version: str | None, after: UUID, count: int) -> list[DueDebtor]:
    """Give the next debtors after one, in the order of their ids; `version` None: the list does not tell its own."""
    asked: dict[str, Any] = {"fresh_since": fresh_since, "version": version, "after": after, "count": count}
    return [
        DueDebtor(row[0], row[1], row[2], row[3], row[4], tuple(OfficialNumber(*each) for each in row[5] or ()))
        for row in session.execute(NEXT, asked)
    ]


def count_due(session: Session, fresh_since: datetime, version: str | None) -> int:
    """Count the debtors that are due."""
    asked = {"fresh_since": fresh_since, "version": version, "after": UUID(int=0)}
    return int(session.scalar(COUNT, asked) or 0)
