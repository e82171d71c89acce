"""Adds sellers, each with the shipped policies, and finds them by name."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from api.clock import real_now
from api.problems import BadInput, Conflict, Fault, NotFound
from api.records import policies, sellers
from api.records.sellers import Seller, SellerRecord
from api.records.sessions import Sessions, enter
from api.web.bodies import is_storable
from api.web.fields import CONTROL_CHARACTERS
from api.web.money import EXPONENTS
from scoring.canonical import canonical_json, digest
from scoring.policy.document import shipped

ACTIVE = "default"
SHIPPED_BY = "creditgate"
OPENING_HOUR = time(9)
NAME_LENGTH_MAX = 200
CURRENCY_OF_POLICIES = "EUR"


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
    BadInput naming every fault, and Conflict when the name is taken.
    """
    name = name.strip()
    faults = list(_faults(name, mode, time_zone, currency, starts_on))
    if faults:
        raise BadInput("Such a seller cannot be added.", faults=faults)
    now = real_now()
    ahead = datetime.combine(starts_on, OPENING_HOUR, ZoneInfo(time_zone)) - now if starts_on else timedelta(0)
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
        seller = sellers.named(session, name) if is_storable(name) else None
    if seller is None:
        raise NotFound(f"There is no seller '{name}'.")
    return seller


@cache
def time_zones() -> frozenset[str]:
    """Give the names of the time zones that a seller can live in: the same on every machine."""
    return frozenset((files("tzdata") / "zones").read_text().split()) - {"Factory"}  # Which is where nobody lives.


def _faults(name: str, mode: str, time_zone: str, currency: str, starts_on: date | None) -> Iterator[Fault]:
    if not name:
        yield Fault("/name", "empty", "Must not be empty.")
    if len(name) > NAME_LENGTH_MAX:
        yield Fault("/name", "too_long", f"Longer than {NAME_LENGTH_MAX} characters.")
    if CONTROL_CHARACTERS.search(name) or not is_storable(name):
        yield Fault("/name", "control_character", "Must be one line of text.")
    if time_zone not in time_zones():
        yield Fault("/time_zone", "unknown_time_zone", "Must be a zone such as Europe/Amsterdam.")
    if currency not in EXPONENTS:
        yield Fault("/currency", "not_a_currency", "Must be a currency of ISO 4217 in use.")
    elif currency != CURRENCY_OF_POLICIES:
        detail = f"Must be {CURRENCY_OF_POLICIES} for now: the amounts in the shipped policies are in it."
        yield Fault("/currency", "currency_without_policy", detail)
    if starts_on is not None and mode != "test":
        yield Fault("/starts_on", "live_clock_is_real", "Only a test seller's clock can be set.")


def _copy_policies(session: Session, now: datetime) -> None:
    """Give the seller the policies that come with the program, the default one first and active."""
    documents = shipped()
    for name in sorted(documents, key=lambda each: (each != ACTIVE, each)):
        document = documents[name]
        text = canonical_json(document).decode()
        record = policies.add(session, name=name, document=text, digest=digest(document), made_by=SHIPPED_BY, now=now)
        if name == ACTIVE:
            policies.activate(session, record, now)
