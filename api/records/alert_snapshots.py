"""Alerts as events keep them: as they stand in the transaction, with their history and the owners of their debtors."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

SEEN = text("""
SELECT a.id, (to_jsonb(a) - 'seller_id') || jsonb_build_object(
    'account_owner', d.account_owner, 'credit_owner', d.credit_owner,
    'history', coalesce((SELECT jsonb_agg(to_jsonb(s) - 'seller_id' - 'id' - 'alert_id' ORDER BY s.id)
        FROM alert_step s WHERE s.alert_id = a.id), '[]')) AS alert
FROM alert a LEFT JOIN debtor d ON d.id = a.debtor_id WHERE a.id = ANY(CAST(:ids AS uuid[]))
""")


def snapshots(session: Session, alert_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Give what events keep of alerts, in the order of their ids as given, in one statement."""
    session.flush()
    found = {row.id: {"alert": row.alert} for row in session.execute(SEEN, {"ids": list(alert_ids)})}
    return [found[each] for each in alert_ids]
