"""Adds sellers, each with the shipped policies, and finds them by name."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.orm import Session

from api.clock import real_now
from api.problems import BadInput, Conflict, Fault, NotFound
from api.records import policies, sellers
from api.records.sellers import Seller, SellerRecord
from api.records.sessions import Sessions, enter
from scoring.canonical import canonical_json, digest
from scoring.policy import shipped

ACTIVE = "default"
SHIPPED_BY = "creditgate"
OPENING_HOUR = time(9)


def add_seller(
    sessions: Sessions,
    name: str,
    mode: str,
    *,
    time_zone: str = "Europe/Amsterdam",
    currency: str = "EUR",
    starts_on: date | None = None,
) -> Seller:
    """Add a seller with the shipped policies, the default one active.

    `starts_on` sets a test seller's clock to nine o'clock of that day: to play with a ledger of the past. Raises
    BadInput, and Conflict when the name is taken.
    """
    zone = _zone(time_zone)
    if starts_on is not None and mode != "test":
        fault = Fault("/starts_on", "live_clock_is_real", "Only a test seller's clock can be set.")
        raise BadInput("A live seller has the real time.", faults=[fault])
    now = real_now()
    ahead = datetime.combine(starts_on, OPENING_HOUR, zone) - now if starts_on else timedelta(0)
    with sessions.of_nobody() as session:
        if sellers.named(session, name):
            raise Conflict(f"There is a seller '{name}' already.", code="name_taken")
        record = SellerRecord(
            name=name, mode=mode, time_zone=time_zone, currency=currency, clock_ahead=ahead, created_at=now
        )
        session.add(record)
        session.flush()
        enter(session, record.id)
        _copy_policies(session, now + ahead)
    return record.seller()


def find_seller(sessions: Sessions, name: str) -> Seller:
    """Find a seller by its name. Raises NotFound."""
    with sessions.of_nobody() as session:
        seller = sellers.named(session, name)
    if seller is None:
        raise NotFound(f"There is no seller '{name}'.")
    return seller


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        fault = Fault("/time_zone", "unknown_time_zone", "Must be a zone such as Europe/Amsterdam.")
        raise BadInput(f"There is no time zone '{name}'.", faults=[fault]) from error


def _copy_policies(session: Session, now: datetime) -> None:
    """Give the seller the policies that come with the program, the default one first and active."""
    documents = shipped()
    for name in sorted(documents, key=lambda each: (each != ACTIVE, each)):
        document = documents[name]
        text = canonical_json(document).decode()
        record = policies.add(session, name=name, document=text, digest=digest(document), made_by=SHIPPED_BY, now=now)
        if name == ACTIVE:
            policies.activate(session, record, now)
