"""What a clock starts: debtors of whom something changed or whose day has come are looked at, and daily the book.

None of it walks the book to find them: changes leave marks, and each look says on which day the next one is due.
"""

from decimal import Decimal
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from api.exchange import convert_by, rates_on
from api.gate.entering import in_one_transaction
from api.monitoring.looking import TOGETHER, look_within
from api.records import alert_handling, alerts, book_concentration, days_passed, looks, policies
from api.records.alerts import Called
from api.records.sellers import Seller
from api.wiring import House, Wiring, of_ourselves
from scoring.money import Money
from scoring.monitoring.book import concentrations

BOOK_LOOKED_AT = "concentration"
CONCENTRATION = "concentration"


def look_at_seller(house: House, seller: Seller) -> None:
    """Look at what calls for it, of a seller who has a policy in force; safe to run twice, and beside all else.

    Without a policy nothing can be judged, and the marks stay.
    """
    given = of_ourselves(house, seller)
    with given.transaction() as session:
        alert_handling.come_back(session, given.today, given.now)
        if policies.active_version(session) is None:
            return
    while in_one_transaction(given, partial(_look_at_marked, given=given)):
        pass
    while in_one_transaction(given, partial(_look_at_due, given=given)):
        pass
    with given.transaction() as session:
        _look_at_book(session, given)


def _look_at_marked(session: Session, given: Wiring) -> bool:
    """Look at some that were marked; the marks are gone only when that is done. Gives whether there were any."""
    marked = looks.take(session, TOGETHER)
    if marked:
        look_within(session, sorted(marked), given)
    return bool(marked)


def _look_at_due(session: Session, given: Wiring) -> bool:
    """Look at some whose day has come. Gives whether there were any."""
    due = looks.due(session, given.today, TOGETHER)
    if due:
        look_within(session, due, given)
    return bool(due)


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
