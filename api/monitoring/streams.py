"""Reads streams between runs too, so that what they tell is known within a quarter of an hour."""

import traceback

import structlog

from api.monitoring.asking import UNUSABLE, ask, tell_outages
from api.monitoring.run import Tally, look_at_what_came
from api.records import jobs, sellers, watches
from api.records.sellers import Seller
from api.wiring import House
from providers.errors import SourceError

TASK = "read_streams"

log = structlog.get_logger(__name__)


def defer_readings(house: House) -> None:
    """Have the streams read of every seller who has anybody watched at one; safe beside others."""
    with house.sessions.of_nobody() as session:
        everyone = sellers.every(session)
    for seller in everyone:
        try:
            with house.sessions.of(seller.id) as session:
                if streams_of(house, watches.providers_watching(session)):
                    jobs.defer(session, TASK, lane=jobs.LONG)
        except Exception as error:  # The others' are read all the same.
            name, trace = type(error).__name__, traceback.format_exc()
            log.error("reading_not_deferred", seller_id=str(seller.id), error=name, trace=trace)


def streams_of(house: House, providers: list[str]) -> list[str]:
    """Give those sources that stream their changes."""
    feeds = {each.provider: each.change_feed for each in house.catalog.sources}
    return [each for each in providers if (feed := feeds.get(each)) is not None and feed.is_stream]


def read_streams(house: House, seller: Seller) -> Tally:
    """Read the streams of a seller from where each was left, and look at who changed; the next run ends the alerts.

    Safe to repeat, beside a run as well: what was told is stored once, and one stream has one reader.
    """
    with house.sessions.of(seller.id) as session:
        providers = streams_of(house, watches.providers_watching(session))
    failed: dict[str, str] = {}
    for provider in providers:
        try:
            _, fault = ask(house, seller, provider)
        except SourceError as error:
            log.warning("stream_not_read", provider=provider, error=error.code)
            fault = error.code
        except LookupError:
            fault = UNUSABLE
        if fault is not None:
            failed[provider] = fault
    tell_outages(house, seller, failed)
    return look_at_what_came(house, seller)
