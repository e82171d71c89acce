"""What the worker does again and again for mail: notes alerts, makes mails, sends them."""

import traceback
from threading import Event
from time import monotonic

import structlog

from api.clock import real_now
from api.mail.digesting import Moment, make_digests
from api.mail.noting import note_alerts
from api.mail.posting import post_due
from api.mail.smtp import Server
from api.records import sellers
from api.records.sellers import Seller
from api.wiring import House

PAUSE_SECONDS = 60  # After a round that failed at the server: what waits is counted by time, not by our looking.

log = structlog.get_logger(__name__)


def make_mails(house: House) -> None:
    """Make the mails that alerts and the hour call for, of every seller. Safe to run twice, and beside others."""
    with house.sessions.of_nobody() as session:
        everyone = sellers.every(session)
    for seller in everyone:
        try:
            make_mails_of(house, seller)
        except Exception as error:  # The others get theirs all the same.
            name = type(error).__name__
            log.error("mails_not_made", seller_id=str(seller.id), error=name, trace=traceback.format_exc())


def make_mails_of(house: House, seller: Seller) -> None:
    """Do so for one seller. Without a mail server nothing is read of the feed, and no digest is made."""
    if house.config.mail is None:
        return
    has_more = True
    while has_more:
        with house.sessions.of(seller.id) as session:
            has_more = note_alerts(session, real_now())
    with house.sessions.of(seller.id) as session:
        make_digests(session, seller, Moment(house.clock.now(seller), real_now()))


class Post:
    """Makes and sends mail, round after round, in one process. Without a mail server it does nothing."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._stopping = Event()
        self._rests_until = 0.0

    def go_round(self) -> None:
        """Make what is to be made, and send what is due; a server that was not there is left alone for a minute."""
        config = self._house.config.mail
        if config is None:
            return
        make_mails(self._house)
        if monotonic() >= self._rests_until and not post_due(self._house, Server(config), self._stopping).is_whole:
            self._rests_until = monotonic() + PAUSE_SECONDS

    def stop(self) -> None:
        """Send nothing more after the mail that is being sent."""
        self._stopping.set()
