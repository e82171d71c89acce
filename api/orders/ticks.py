"""What time starts by itself: each minute what has ended is ended, each new day of a seller its held orders are judged.

Each seller has its own clock, and a test seller's may have been moved on, so both are read from rows, not scheduled.
"""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from api.gate.entering import enter, in_one_transaction
from api.gate.over_limit import outdated, tell_over_limit
from api.orders.deadlines import end_of_day
from api.orders.overdue_decisions import follow_deadlines
from api.orders.rejudging import judge_held_orders
from api.records import debtor_locks, policies, waiting_orders
from api.records.sellers import Seller
from api.wiring import House, Wiring, of_ourselves


def let_time_pass_of(house: House, seller: Seller) -> None:
    """Expire, hold again and count what time has come for. Safe to run twice, and beside orders.

    Alerts of limits that are passed end when they are not any more; of held orders that nobody has decided on in time
    they are opened. Each debtor is done in a transaction of its own.
    """
    given = of_ourselves(house, seller)
    with given.transaction() as session:
        due = waiting_orders.debtors_out_of_time(session, given.now, given.today)
        has_policy = policies.active_version(session) is not None
        over = outdated(session, house.policies.active(session).policy, given.today) if has_policy else []
    for debtor_id in due:
        # Entering the gate lets time pass for the debtor and all of its group.
        in_one_transaction(given, partial(enter, given=given, debtor_id=debtor_id))
    for debtor_id in over:
        # Money came in, or the limit was raised.
        tell_over_limit_of(house, seller, debtor_id)
    follow_deadlines(given)


def tell_over_limit_of(house: House, seller: Seller, debtor_id: UUID) -> None:
    """Open or end the alerts of a debtor whose exposure stands above a limit, or did."""
    given = of_ourselves(house, seller)
    in_one_transaction(given, partial(_look_over, given=given, debtor_id=debtor_id))


def _look_over(session: Session, debtor_id: UUID, given: Wiring) -> None:
    debtor_locks.lock(session, [debtor_id])
    tell_over_limit(session, debtor_id, given.house.policies.active(session).policy, given)


def judge_held_of_new_day(house: House, seller: Seller) -> None:
    """Judge the held orders that were not judged yet on the seller's day.

    Limits, holds and securities begin and end by days, and items grow older, without anybody saying so.
    """
    given = of_ourselves(house, seller)
    with given.transaction() as session:
        waiting = waiting_orders.debtors_not_judged_since(session, day_began_at(given))
    for debtor_id in waiting:
        judge_held_orders(house, seller, debtor_id)


def day_began_at(given: Wiring) -> datetime:
    """Give the moment at which the seller's day began."""
    return end_of_day(given.today - timedelta(days=1), given.seller)
