"""Reads the feed of a source that tells of everybody, part by part, and stores of it what is about who is followed."""

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta

import structlog

from api.clock import real_now
from api.monitoring.telling import as_told
from api.records import source_changes, watch_cursors
from api.records.sellers import Seller
from api.records.watch_cursors import Overtaken
from api.wiring import House
from providers.catalog import Source
from providers.errors import NotUnderstood
from providers.http import Line
from providers.ports import Change, ChangeFeed

LEASE = timedelta(minutes=5)  # Longer than any reading lasts; a reader that was killed holds up others so long.

log = structlog.get_logger(__name__)


def read_feed(house: House, seller: Seller, source: Source, since: datetime, line: Line) -> tuple[int, str | None]:
    """Read what was told since a time, a stream from where it was left; gives how many changes are new.

    Beside it stands how a part was lost at the source, None where none was. A stream that somebody reads already is
    left to him. What is of a part, and from where to go on after it, is kept in one transaction. Raises SourceError.
    """
    feed = source.change_feed
    assert feed is not None
    now, until, position = house.clock.now(seller), real_now() + LEASE, None
    if feed.is_stream:
        with house.sessions.of(seller.id) as session:
            if not watch_cursors.lease(session, source.provider, now, real_now(), until):
                return 0, None
            position = watch_cursors.position(session, source.provider)
    new_count, fault = 0, None
    try:
        with closing(feed.parts(since, position, line)) as parts:  # type: ignore[type-var]  # They are generators.
            for part in parts:
                if part.fault is not None:
                    log.warning("changes_lost", provider=source.provider, fault=part.fault)
                    fault = part.fault
                ours = _whole(house, seller, source.provider, feed, part.changes, line)
                with house.sessions.of(seller.id) as session:
                    if part.position is not None:
                        watch_cursors.move(session, source.provider, until, part.position)
                    new_count += source_changes.add(session, source.provider, [as_told(each) for each in ours], now)
        with house.sessions.of(seller.id) as session:
            watch_cursors.pass_on(session, source.provider, now)
        return new_count, fault
    except Overtaken:  # It took so long that somebody else reads by now, from where we have kept.
        return new_count, fault
    finally:
        if feed.is_stream:
            with house.sessions.of(seller.id) as session:
                watch_cursors.give_back(session, source.provider, until)


def _whole(
    house: House, seller: Seller, provider: str, feed: ChangeFeed, changes: Sequence[Change], line: Line
) -> list[Change]:
    """Give what is new of who is followed, each asked for by itself; what cannot be read then, as the feed tells it."""
    with house.sessions.of(seller.id) as session:
        new = source_changes.unknown(session, provider, [as_told(each) for each in changes])
    found = []
    for each in changes:
        if as_told(each).key not in new:
            continue
        try:
            # No transaction is open while we wait.
            found.append(feed.whole(each, line))
        except NotUnderstood as unreadable:
            log.warning("change_not_whole", provider=provider, error=unreadable.code)
            found.append(each)
    return found
