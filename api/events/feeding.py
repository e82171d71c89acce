"""Appends pending events to the feeds; looked for again and again, since a queued job for each costs every writer."""

from api.records import events
from api.records.sellers import Seller
from api.wiring import House


def append_to_feeds(house: House) -> None:
    """Give every pending event of every seller its place in the feed; safe beside others who do the same."""
    with house.sessions.of_nobody() as session:
        waiting = events.sellers_with_pending(session)
    for seller_id in waiting:
        with house.sessions.of(seller_id) as session:
            events.append_to_feed(session)


def append_to_feed_of(house: House, seller: Seller) -> None:
    """Do so for one seller."""
    with house.sessions.of(seller.id) as session:
        events.append_to_feed(session)
