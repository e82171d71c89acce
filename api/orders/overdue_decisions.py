"""Tells of held orders that nobody has decided on in time: an alert for each, ended when it waits for nobody."""

from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from api.gate.entering import in_one_transaction
from api.records import alerts, debtor_locks, debtors, referrals
from api.records.referrals import Waiting
from api.wiring import Wiring

OVERDUE = "held_order_overdue"


def follow_deadlines(given: Wiring) -> None:
    """Open the alerts of held orders whose deadline has passed, and end those of orders that were decided.

    The deadline is that of finance's desk, so that an alert is of what the desk shows as overdue. Safe to run twice.
    """
    with given.transaction() as session:
        late = {str(each.id): each.debtor_id for each in _late(session, None, given)}
        told = {subject: UUID(data["debtor_id"]) for subject, data in alerts.still_open(session, OVERDUE, {})}
    differing = {(late | told)[subject] for subject in late.keys() ^ told.keys()}
    for debtor_id in sorted(differing):
        in_one_transaction(given, partial(_follow, debtor_id=debtor_id, given=given))


def end_overdue(session: Session, order_id: UUID, given: Wiring) -> None:
    """End the alert of an order that somebody decided on, if there is one; its debtor must be locked."""
    alerts.end_alert(session, OVERDUE, str(order_id), now=given.now)


def _late(session: Session, debtor_id: UUID | None, given: Wiring) -> list[Waiting]:
    """Give the held orders that should have been decided by now, of one debtor or of all."""
    days = given.house.policies.active(session).policy.authority.referral_days
    return referrals.overdue_orders(session, days, given.now, debtor_id)


def _follow(session: Session, debtor_id: UUID, given: Wiring) -> None:
    """Look again under the lock, since somebody may have decided meanwhile."""
    debtor_locks.lock(session, [debtor_id])
    debtor = debtors.get(session, debtor_id)
    late = _late(session, debtor_id, given)
    for each in late:
        data = {
            "order_id": str(each.id),
            "debtor_id": str(debtor_id),
            "due_at": each.due_at.isoformat(),
            "owner": each.owner or (debtor and debtor.credit_owner),
        }
        alerts.open_alert(session, OVERDUE, str(each.id), "warning", data, debtor_id=debtor_id, now=given.now)
    waiting = {str(each.id) for each in late}
    for subject, _ in alerts.still_open(session, OVERDUE, {"debtor_id": str(debtor_id)}):
        if subject not in waiting:
            alerts.end_alert(session, OVERDUE, subject, now=given.now)
