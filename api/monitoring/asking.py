"""Asks sources what has changed, from where they were asked last; what is told is stored before anybody reads it."""

from collections.abc import Mapping
from datetime import timedelta

import structlog

from api.monitoring.reading import read_feed
from api.monitoring.telling import as_told
from api.records import alerts, source_changes, watch_cursors, watches
from api.records.sellers import Seller
from api.source_access import source_access
from api.wiring import House
from providers.errors import SourceError

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
            count, fault = ask(house, seller, provider)
            new_count += count
            if fault is not None:
                failed[provider] = fault
        except SourceError as error:
            log.warning("changes_not_asked", provider=provider, error=error.code)
            failed[provider] = error.code
        except LookupError:
            failed[provider] = UNUSABLE
    return new_count


def ask(house: House, seller: Seller, provider: str) -> tuple[int, str | None]:
    """Ask one source, and store what it tells; gives how many changes are new, and how any were lost at the source.

    The cursor moves once all is stored, so that who is killed asks the same again. Raises SourceError, and LookupError
    where the seller can use the source no longer.
    """
    source, access = house.catalog.source(provider), source_access(house, seller)
    if not house.catalog.tells_changes(source, access):
        raise LookupError(provider)
    now = house.clock.now(seller)
    with house.sessions.of(seller.id) as session:
        asked_at = watch_cursors.asked_at(session, provider) or now
    line = house.catalog.line(source, access, deadline_seconds=DEADLINE_SECONDS)
    since = min(asked_at, now) - OVERLAP
    if source.change_feed is not None:
        return read_feed(house, seller, source, since, line)
    assert source.watch is not None
    # No transaction is open while we wait.
    changes = source.watch.changes(since, line)
    new_count = 0
    for start in range(0, len(changes), BATCH_COUNT):
        told = [as_told(each) for each in changes[start : start + BATCH_COUNT]]
        with house.sessions.of(seller.id) as session:
            new_count += source_changes.add(session, provider, told, now)
    with house.sessions.of(seller.id) as session:
        watch_cursors.pass_on(session, provider, now)
    return new_count, None


def tell_outages(house: House, seller: Seller, failed: Mapping[str, str]) -> None:
    """Open one alert for each source that could not be asked, whatever the size of the book."""
    now = house.clock.now(seller)
    with house.sessions.of(seller.id) as session:
        for provider, code in sorted(failed.items()):
            alerts.open_alert(session, SOURCE_DOWN, provider, "warning", {"provider": provider, "code": code}, now=now)


def end_outages(house: House, seller: Seller, failed: Mapping[str, str]) -> None:
    """End the alerts of sources that a whole run could ask, or needed no more.

    Those of lists a screening ends, and those of insurers whoever reads covers.
    """
    now, others = house.clock.now(seller), house.catalog.screening_providers | house.catalog.insurer_providers
    with house.sessions.of(seller.id) as session:
        for provider, _ in alerts.still_open(session, SOURCE_DOWN, {}):
            if provider not in failed and provider not in others:
                alerts.end_alert(session, SOURCE_DOWN, provider, now=now)
