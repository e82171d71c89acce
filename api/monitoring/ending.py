"""Ends the alerts of changes that are over: newer reports were read since."""

from uuid import UUID

from api.monitoring.consequences import CHANGED
from api.records import alerts, watch_alerts
from api.wiring import Wiring

BATCH_COUNT = 200


def end_over(given: Wiring) -> int:
    """End what is over of all debtors, batch by batch; gives how many alerts were ended. Safe to repeat."""
    ended_count, after = 0, UUID(int=0)
    registers = [each.provider for each in given.house.catalog.sources if each.change_feed is not None]
    while True:
        with given.transaction() as session:
            read = watch_alerts.read_since(session, CHANGED, registers, after, BATCH_COUNT)
            if not read:
                return ended_count
            after = read[-1].id
            ended_count += alerts.end_alerts(session, [(CHANGED, each.subject) for each in read], now=given.now)
