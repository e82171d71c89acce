"""Asks sources what has changed, from where they were asked last; what is told is stored before anybody reads it."""

from collections.abc import Mapping
from datetime import timedelta

import structlog

from api.records import alerts, source_changes, watches
from api.records.sellers import Seller
from api.records.source_changes import Told
from api.source_access import source_access
from api.wiring import House
from providers.errors import SourceError
from providers.ports import Change

SOURCE_DOWN = "source_down"
# So much is asked twice, so that nothing is lost at the edges: what vendors count by days, or write down late.
OVERLAP = timedelta(days=2)
DEADLINE_SECONDS = 120.0  # For all pages of one source, while nobody waits.
BATCH_COUNT = 500
UNUSABLE = "not_usable"

log = structlog.get_logger(__name__)


def ask_all(house: House, seller: Seller, failed: dict[str, str]) -> int:
    """Ask every source at which anybody is watched; gives how many changes are new.

    `failed` gets the sources that could not be asked, by how they failed.
    """
    with house.sessions.of(seller.id) as session:
        providers = watches.providers_watching(session)
    new_count = 0
    for provider in providers:
        try:
            new_count += ask(house, seller, provider)
        except SourceError as error:
            log.warning("changes_not_asked", provider=provider, error=error.code)
            failed[provider] = error.code
        except LookupError:
            failed[provider] = UNUSABLE
    return new_count


def ask(house: House, seller: Seller, provider: str) -> int:
    """Ask one source, and store what it tells; gives how many changes are new.

    The cursor moves once all is stored, so that who is killed asks the same again. Raises SourceError, and LookupError
    where the seller can use the source no longer.
    """
    source, access = house.catalog.source(provider), source_access(house, seller)
    if source.watch is None or not house.catalog.usable(source, access):
        raise LookupError(provider)
    now = house.clock.now(seller)
    with house.sessions.of(seller.id) as session:
        asked_at = watches.asked_at(session, provider) or now
    line = house.catalog.line(source, access, deadline_seconds=DEADLINE_SECONDS)
    # No transaction is open while we wait.
    changes = source.watch.changes(min(asked_at, now) - OVERLAP, line)
    new_count = 0
    for start in range(0, len(changes), BATCH_COUNT):
        told = [as_told(each) for each in changes[start : start + BATCH_COUNT]]
        with house.sessions.of(seller.id) as session:
            new_count += source_changes.add(session, provider, told, now)
    with house.sessions.of(seller.id) as session:
        watches.pass_on(session, provider, now)
    return new_count


def as_told(change: Change) -> Told:
    """Give a change as it is stored; PostgreSQL cannot hold a NUL."""
    return Told(
        key=_clean(change.id),
        scheme=change.company.scheme,
        value=_clean(change.company.value),
        kind=change.kind,
        changed_at=change.changed_at,
        old_value=None if change.old is None else _clean(change.old),
        new_value=None if change.new is None else _clean(change.new),
    )


def _clean(text: str) -> str:
    return text.replace("\x00", "\ufffd")


def tell_outages(house: House, seller: Seller, failed: Mapping[str, str]) -> None:
    """Open one alert for each source that could not be asked, whatever the size of the book."""
    now = house.clock.now(seller)
    with house.sessions.of(seller.id) as session:
        for provider, code in sorted(failed.items()):
            alerts.open_alert(session, SOURCE_DOWN, provider, "warning", {"provider": provider, "code": code}, now=now)


def end_outages(house: House, seller: Seller, failed: Mapping[str, str]) -> None:
    """End the alerts of sources that a whole run could ask, or did not need any more."""
    now = house.clock.now(seller)
    with house.sessions.of(seller.id) as session:
        for provider, _ in alerts.still_open(session, SOURCE_DOWN, {}):
            if provider not in failed:
                alerts.end_alert(session, SOURCE_DOWN, provider, now=now)
