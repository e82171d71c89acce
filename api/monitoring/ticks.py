"""What a clock starts: debtors of whom something changed or whose day has come are looked at, and daily the book.

None of it walks the book to find them: changes leave marks, and each look says on which day the next one is due.
"""

import traceback
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from api.exchange import convert_by, rates_on
from api.gate.entering import in_one_transaction
from api.monitoring.looking import TOGETHER, look_within
from api.records import alert_handling, alerts, book_concentration, days_passed, jobs, looks, policies
from api.records.alerts import Called
from api.records.sellers import Seller
from api.wiring import House, Wiring, of_ourselves
from scoring.money import Money
from scoring.monitoring.book import concentrations

BOOK_LOOKED_AT = "concentration"
CONCENTRATION = "concentration"
BEFORE_ALL = UUID(int=0)
# Nobody is told of invoices whose payments come later in the same file, or in the next one that waits already.
LEDGER_IMPORT = "ledger_import"
WAITS_FOR_IMPORTS = timedelta(hours=1)

log = structlog.get_logger(__name__)


def look_at_seller(house: House, seller: Seller) -> None:
    """Look at what calls for it, of a seller who has a policy in force; safe to run twice, and beside all else.

    Without a policy nothing can be judged, and the marks stay.
    """
    given = of_ourselves(house, seller)
    with given.transaction() as session:
        alert_handling.come_back(session, given.today, given.now)
        if policies.active_version(session) is None:
            return
        is_importing = jobs.is_any_unfinished(session, LEDGER_IMPORT, given.now - WAITS_FOR_IMPORTS)
    if not is_importing:
        _look_at_marked(given)
    _look_at_due(given)
    with given.transaction() as session:
        _look_at_book(session, given)


def _look_at_marked(given: Wiring) -> None:
    """Look at all that were marked, once each; a mark is gone only when that is done.

    Who is marked again meanwhile is looked at the next time: as orders go on coming, this ends all the same.
    """
    after = BEFORE_ALL
    while True:
        with given.transaction() as session:
            some = looks.marked(session, after, TOGETHER)
        if not some:
            return
        after = some[-1]
        _together_or_alone(given, some, _take_and_look)


def _take_and_look(session: Session, debtor_ids: Sequence[UUID], given: Wiring) -> None:
    if taken := looks.take(session, debtor_ids):
        look_within(session, sorted(taken), given)


def _look_at_due(given: Wiring) -> None:
    """Look at all whose day has come; whoever cannot be looked at is tried again on the next day."""
    while True:
        with given.transaction() as session:
            some = looks.due(session, given.today, TOGETHER)
        if not some:
            return
        failed = _together_or_alone(given, some, look_within)
        with given.transaction() as session:
            looks.plan(session, dict.fromkeys(failed, given.today + timedelta(days=1)))


def _together_or_alone(
    given: Wiring, debtor_ids: Sequence[UUID], look: Callable[[Session, Sequence[UUID], Wiring], object]
) -> list[UUID]:
    """Look at many in one transaction; where that fails at each alone, so that one stops no other. Gives who failed."""
    try:
        in_one_transaction(given, lambda session: look(session, debtor_ids, given))
        return []
    except OperationalError:  # The database is gone, and no debtor is to blame.
        raise
    except Exception as error:
        some = str(debtor_ids[0]) if len(debtor_ids) == 1 else f"{len(debtor_ids)} together"
        log.error("debtors_not_looked_at", debtors=some, error=type(error).__name__, trace=traceback.format_exc())
    if len(debtor_ids) == 1:
        return list(debtor_ids)
    return [failed for each in debtor_ids for failed in _together_or_alone(given, [each], look)]


def _look_at_book(session: Session, given: Wiring) -> None:
    """Open and end the alerts of debtors on whom too much of the book hangs; once on each day of the seller."""
    since = days_passed.last(session, BOOK_LOOKED_AT)
    if since is not None and since >= given.today:
        return
    policy = given.house.policies.active(session).policy
    rows = book_concentration.owed_by_tops(session)
    money = [Money(amount, currency) for _, currency, amount in rows]
    rates = rates_on(session, money, policy.currency, given.today, policy.evidence.rate_usable_days)
    owed: dict[str, Decimal] = {}
    for (debtor_id, _, _), each in zip(rows, money, strict=True):
        # What cannot be converted is left out; it would be of a currency that nobody keeps rates of.
        owed[str(debtor_id)] = owed.get(str(debtor_id), Decimal(0)) + convert_by(rates, [each], policy.currency).total
    are_open = {subject for subject, _ in alerts.still_open(session, CONCENTRATION, {})}
    found = concentrations(owed, are_open, policy)
    called = [Called(CONCENTRATION, each, signal.severity, signal.data, UUID(each)) for each, signal in found.items()]
    alerts.open_alerts(session, called, now=given.now)
    alerts.end_alerts(session, [(CONCENTRATION, each) for each in are_open - found.keys()], now=given.now)
    days_passed.look_until(session, BOOK_LOOKED_AT, given.today)
