"""The alerts of sanctions lists: one while a debtor is a hit, one while it is a possible hit that nobody cleared."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from api.records import alerts
from api.records.alerts import Severity
from scoring.facts import SanctionsFacts, SanctionsHit

ALERTS: dict[SanctionsHit, tuple[str, Severity]] = {
    "confirmed": ("sanctions_hit", "urgent"),
    "possible": ("sanctions_possible", "warning"),
}
KINDS = tuple(kind for kind, _ in ALERTS.values())


def open_now(session: Session, debtor_ids: Iterable[UUID]) -> Collection[tuple[str, str]]:
    """Give kind and subject of the alerts of these debtors that are open."""
    return alerts.open_among(session, KINDS, [str(each) for each in debtor_ids])


def follow_hit(
    session: Session, debtor_id: UUID, found: SanctionsFacts, are_open: Collection[tuple[str, str]], now: datetime
) -> bool:
    """Open the alert that a screening calls for, and end of `are_open` what is over. Gives whether one was opened."""
    subject, is_new = str(debtor_id), False
    for hit, (kind, severity) in ALERTS.items():
        if found.hit == hit:
            entries = [each.entity_id for each in found.matches if each.hit == hit and each.clearance is None]
            data = {"debtor_id": subject, "provider": found.provider, "entity_ids": entries}
            is_new = alerts.open_alert(session, kind, subject, severity, data, debtor_id=debtor_id, now=now)
        elif (kind, subject) in are_open:
            alerts.end_alert(session, kind, subject, now=now)
    return is_new
