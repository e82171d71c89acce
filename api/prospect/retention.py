"""Erases reports once the policy in force says that they have been kept long enough: each day, seller by seller."""

from dataclasses import dataclass

import structlog

from api.problems import NotFound
from api.records import retention
from api.records.sellers import Seller
from api.wiring import House

BATCH_COUNT = 500

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Erased:
    """How many reports were erased: of prospects that were declined, and such as newer ones had replaced."""

    declined_count: int
    replaced_count: int


def erase_of(house: House, seller: Seller) -> Erased:
    """Erase what is old enough of one seller, by its own clock, batch by batch; nothing without an active policy."""
    erased = _erase(house, seller)
    if erased.declined_count or erased.replaced_count:
        counts = {"declined_count": erased.declined_count, "replaced_count": erased.replaced_count}
        log.info("reports_erased", seller_id=str(seller.id), **counts)
    return erased


def _erase(house: House, seller: Seller) -> Erased:
    today = house.clock.today(seller)
    try:
        with house.sessions.of(seller.id) as session:
            policy = house.policies.active(session).policy.retention
    except NotFound:
        return Erased(0, 0)
    declined_count = replaced_count = 0
    while True:
        with house.sessions.of(seller.id) as session:
            ids = retention.declined(session, policy.declined_report_months, today, BATCH_COUNT)
            declined_count += retention.erase_reports(session, ids)
        if len(ids) < BATCH_COUNT:
            break
    while True:
        with house.sessions.of(seller.id) as session:
            months = policy.replaced_report_months
            count = retention.erase_replaced(session, months, today, seller.time_zone, BATCH_COUNT)
            replaced_count += count
        if count < BATCH_COUNT:
            return Erased(declined_count, replaced_count)
