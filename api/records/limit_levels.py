"""Reads the limits that exposure of debtors stands under, their own and those of the groups above, many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records import returnables
from scoring.money import Money

# No history makes it longer: of limits the newest is found by its key, and exposure is read from sums. A group need not
# have a limit of its own, so that one which was taken back is no level.
READ = text(f"""
WITH RECURSIVE up AS (
    SELECT id, parent_id FROM debtor WHERE id = ANY(CAST(:debtor_ids AS uuid[])) AND merged_into_id IS NULL
    UNION SELECT p.id, p.parent_id FROM up JOIN debtor p ON p.id = up.parent_id)
SELECT up.id AS debtor_id, s.scope, l.limit_kind, l.limit_amount, l.currency, l.valid_until,
    (SELECT json_agg(json_build_array(currency, amount)) FROM (
        SELECT currency, sum(CASE s.scope WHEN 'own' THEN amount ELSE amount + below_amount END)::text AS amount FROM (
            SELECT currency, amount, below_amount FROM exposure_balance
            WHERE debtor_id = up.id AND stage <> 'scheduled'
            UNION ALL SELECT currency, amount, below_amount FROM returnable_day
            WHERE {returnables.counting("up.id", ":day")}) sides
        GROUP BY currency) x) AS exposure,
    (SELECT json_agg(json_build_array(currency, amount)) FROM (
        SELECT currency, sum(amount)::text AS amount FROM security
        WHERE s.scope = 'own' AND debtor_id = up.id AND raises_limit AND ended_at IS NULL
            AND valid_from <= :day AND (valid_until IS NULL OR valid_until >= :day) GROUP BY currency) x) AS secured
FROM up CROSS JOIN (VALUES ('own'), ('group')) AS s (scope)
CROSS JOIN LATERAL (
    SELECT newest.* FROM (VALUES (false), (true)) AS t (is_temporary) CROSS JOIN LATERAL (
        SELECT * FROM credit_limit c
        WHERE c.debtor_id = up.id AND c.scope = s.scope AND c.is_temporary = t.is_temporary
            AND c.valid_from <= :day AND (NOT c.is_temporary OR c.valid_until >= :day)
        ORDER BY c.id DESC LIMIT 1) newest
    ORDER BY newest.id DESC LIMIT 1) l
WHERE s.scope = 'own' OR l.limit_kind <> 'none'
ORDER BY up.id, s.scope
""")  # noqa: S608  # No text but our own.


@dataclass(frozen=True, slots=True)
class LevelRow:
    """The limit of a debtor or its group that applies on a day, with what stands under it and what secures it.

    `limit_amount` is None where no amount bounds it, as `limit_kind` says. A group's `exposure` is of all below it too.
    """

    debtor_id: UUID
    scope: str
    limit_kind: str
    limit_amount: Money | None
    valid_until: date | None
    exposure: tuple[Money, ...]
    secured: tuple[Money, ...]


def read(session: Session, debtor_ids: Sequence[UUID], day: date) -> list[LevelRow]:
    """Give the limits of these debtors and of all above them on a day; of who never had one there is none."""
    return [
        LevelRow(
            debtor_id=row.debtor_id,
            scope=row.scope,
            limit_kind=row.limit_kind,
            limit_amount=None if row.limit_amount is None else Money(row.limit_amount, row.currency),
            valid_until=row.valid_until,
            exposure=_money(row.exposure),
            secured=_money(row.secured),
        )
        for row in session.execute(READ, {"debtor_ids": list(debtor_ids), "day": day})
    ]


def _money(pairs: Sequence[Sequence[Any]] | None) -> tuple[Money, ...]:
    return tuple(Money(Decimal(amount), currency) for currency, amount in pairs or ())
