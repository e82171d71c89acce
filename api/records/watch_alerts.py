"""Which alerts of changes have a newer report beside them, by which they can be over."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class ReadAlert:
    """An open alert of a debtor of whom a report was read since the change became known."""

    id: UUID
    subject: str


READ_SINCE = text("""
SELECT a.id, a.subject FROM alert a
WHERE a.kind = :kind AND a.ended_at IS NULL AND a.debtor_id IS NOT NULL AND a.id > :after
AND EXISTS (SELECT FROM credit_report r WHERE r.seller_id = a.seller_id AND r.debtor_id = a.debtor_id
    AND r.facts IS NOT NULL
    AND (r.kind = 'credit_bureau' OR (r.kind = 'company_register' AND r.provider = ANY(:registers)))
    AND a.data @> jsonb_build_object('changes', jsonb_build_array(jsonb_build_object('provider', r.provider)))
    AND r.retrieved_at >= CAST(a.data ->> 'known_at' AS timestamptz))
ORDER BY a.id LIMIT :count
""")


def read_since(session: Session, kind: str, registers: Sequence[str], after: UUID, count: int) -> list[ReadAlert]:
    """Give the next open alerts of a kind after one, by id, of which a source that told of them has reported since.

    That is a credit report, or of `registers` what is registered.
    """
    values = {"kind": kind, "registers": list(registers), "after": after, "count": count}
    rows = session.execute(READ_SINCE, values)
    return [ReadAlert(*row) for row in rows]
