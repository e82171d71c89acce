"""Notices that a source watches fewer companies than it was asked to: a portfolio was deleted, or begun anew."""

import structlog

from api.records import watches
from api.records.sellers import Seller
from api.source_access import source_access
from api.wiring import House
from providers.errors import SourceError

DEADLINE_SECONDS = 20.0  # For one count, while nobody waits.

log = structlog.get_logger(__name__)


def find_forgotten(house: House, seller: Seller, failed: dict[str, str]) -> None:
    """Ask each source how many it watches; where they are fewer than we think, have all put in again by the walk that
    follows: to be put in twice does no harm, and who is missing is not asked for one by one.

    `failed` are the sources that could not be asked in this run: they are left alone, and get those that fail here.
    """
    with house.sessions.of(seller.id) as session:
        providers = watches.providers_watching(session)
    for provider in providers:
        if provider in failed:
            continue
        try:
            watched_count = _watched_count(house, seller, provider)
        except SourceError as error:
            log.warning("watched_not_counted", provider=provider, error=error.code)
            failed[provider] = error.code
            continue
        if watched_count is None:
            continue
        with house.sessions.of(seller.id) as session:
            thought_count = watches.count_numbers(session, provider)
            if watched_count < thought_count:
                watches.note_all_ended(session, provider, house.clock.now(seller))
        if watched_count < thought_count:
            log.warning("watches_forgotten", provider=provider, watched=watched_count, thought=thought_count)


def _watched_count(house: House, seller: Seller, provider: str) -> int | None:
    """Raises SourceError. None also for a source that can be used no longer, or to which nobody is named."""
    source, access = house.catalog.source(provider), source_access(house, seller)
    if source.watch is None or not house.catalog.usable(source, access):
        return None
    # No transaction is open while we wait.
    return source.watch.watched_count(house.catalog.line(source, access, deadline_seconds=DEADLINE_SECONDS))
