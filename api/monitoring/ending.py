"""Ends the alerts of changes that are over: newer reports were read since, and no insolvency stands in them."""

from uuid import UUID

from sqlalchemy.orm import Session

from api.check_facts import any_insolvent
from api.monitoring.consequences import CHANGED, INSOLVENT, MEMBER_INSOLVENT
from api.records import alerts, debtor_locks, watch_alerts
from api.wiring import Wiring
from scoring.policy.document import Policy

BATCH_COUNT = 200


def end_over(given: Wiring, policy: Policy) -> int:
    """End what is over of all debtors, batch by batch; gives how many alerts were ended. Safe to repeat.

    A stop of supply stays: only a person lets supply go on.
    """
    ended_count, after = 0, UUID(int=0)
    registers = [each.provider for each in given.house.catalog.sources if each.change_feed is not None]
    while True:
        with given.transaction() as session:
            read = watch_alerts.read_since(session, (CHANGED, INSOLVENT), registers, after, BATCH_COUNT)
            if not read:
                return ended_count
            after = read[-1].id
            solvent = {
                each.debtor_id
                for each in read
                if each.kind == INSOLVENT and not any_insolvent(session, [each.debtor_id], policy, given.today)
            }
            over = [each for each in read if each.kind == CHANGED or each.debtor_id in solvent]
            if over:
                ended_count += _end(session, over, given)


def _end(session: Session, over: list[watch_alerts.ReadAlert], given: Wiring) -> int:
    beside = {
        each.debtor_id: alerts.still_open(session, MEMBER_INSOLVENT, {"insolvent_debtor_id": str(each.debtor_id)})
        for each in over
        if each.kind == INSOLVENT
    }
    members = {UUID(data["debtor_id"]) for told in beside.values() for _, data in told}
    debtor_locks.lock(session, {*(each.debtor_id for each in over), *members})
    count = sum(alerts.end_alert(session, each.kind, each.subject, now=given.now) for each in over)
    for told in beside.values():
        count += sum(alerts.end_alert(session, MEMBER_INSOLVENT, subject, now=given.now) for subject, _ in told)
    return count
