"""Debtors as events keep them: as they stand in the transaction, with what they are known by and their class."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from scoring.company_numbers import SOLE_TRADERS, CompanyNumber, masked

# The class as `debtor_classes` has it, by the day it is for the seller.
SEEN = text("""
SELECT d.id, to_jsonb(d) AS debtor, (SELECT jsonb_agg(jsonb_build_array(i.scheme, i.country, i.value)
        ORDER BY i.scheme, i.country, i.value) FROM debtor_identifier i WHERE i.debtor_id = d.id) AS numbers,
    (SELECT jsonb_agg(jsonb_build_object('system', r.system, 'value', r.value) ORDER BY r.system, r.value)
        FROM debtor_reference r WHERE r.debtor_id = d.id) AS references,
    coalesce(
        (SELECT l.risk_class FROM credit_limit l WHERE l.debtor_id = d.id AND l.scope = 'own'
            AND l.valid_from <= s.day AND (NOT l.is_temporary OR l.valid_until >= s.day) ORDER BY l.id DESC LIMIT 1),
        (SELECT x.risk_class FROM decision x WHERE x.debtor_id = d.id ORDER BY x.id DESC LIMIT 1)) AS risk_class
FROM debtor d
CROSS JOIN (SELECT (CAST(:now AS timestamptz) AT TIME ZONE time_zone)::date AS day FROM seller WHERE id = :seller_id) s
WHERE d.id = ANY(CAST(:ids AS uuid[]))
""")


def snapshots(session: Session, debtor_ids: Sequence[UUID], now: datetime) -> dict[UUID, dict[str, Any]]:
    """Give what events keep of debtors, by their ids, in one statement. `now` is the seller's time.

    A citizen number within a number is not kept, as it is not shown.
    """
    session.flush()
    values = {"ids": list(debtor_ids), "now": now, "seller_id": session.info["seller_id"]}
    return {
        row.id: {
            "debtor": {
                **{name: value for name, value in row.debtor.items() if name != "seller_id"},
                "risk_class": row.risk_class,
                "identifiers": _shown(row.numbers or (), row.debtor),
                "references": row.references or [],
            }
        }
        for row in session.execute(SEEN, values)
    }


def _shown(numbers: Sequence[Sequence[str]], debtor: dict[str, Any]) -> list[dict[str, str]]:
    is_personal = debtor["is_natural_person"] is True or debtor["legal_form"] in SOLE_TRADERS
    told = [CompanyNumber(*each) for each in numbers]
    shown = [masked(each) if is_personal else each for each in told]
    return [{"scheme": each.scheme, "country": each.country, "value": each.value} for each in shown]
