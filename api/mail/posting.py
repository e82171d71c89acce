"""Sends the mails that are due, each under a lease, and tries again later what the server does not take yet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import structlog

from api.clock import real_now
from api.mail.messages import AddressUnusable, message_of
from api.mail.smtp import NotTaken, Server
from api.records import mails, sellers
from api.records.mails import MailRecord
from api.records.sellers import Seller
from api.wiring import House

# Longer than a slow server takes for one message: each of its some ten answers has its own limit of time.
LEASE_MINUTES = 10
# A day and a bit more, so that a server that is down for a night or a mailbox that is full for a morning loses nothing.
BACK_OFF_MINUTES = (1, 5, 15, 60, 120, 240, 480, 600)
IN_A_ROW = 50  # Of one seller, before the next one's are looked at.

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one round: how many mails were sent, and whether the server let it come to its end."""

    sent: int
    is_whole: bool


def post_due(
    house: House, server: Server, stopping: Event | None = None, now: Callable[[], datetime] = real_now
) -> Round:
    """Send what is due of every seller; ends early when nothing can be sent at all."""
    with house.sessions.of_nobody() as session:
        everyone = sellers.every(session)
    sent = 0
    try:
        for seller in everyone:
            for _ in range(IN_A_ROW):
                if stopping is not None and stopping.is_set():
                    return Round(sent, is_whole=True)
                state = _post_one(house, seller, server, now)
                if state is None:
                    break
                sent += state == "sent"
    except NotTaken as fault:
        log.warning("mail_server_unavailable", code=fault.code)
        return Round(sent, is_whole=False)
    finally:
        server.quit()
    return Round(sent, is_whole=True)


def _post_one(house: House, seller: Seller, server: Server, now: Callable[[], datetime]) -> str | None:
    """Send one mail; gives its state then, None where nothing is due. Raises NotTaken where no other can be sent."""
    claimed_at = now()
    with house.sessions.of(seller.id) as session:
        mail = mails.claim_due(session, claimed_at, claimed_at + timedelta(minutes=LEASE_MINUTES))
    if mail is None:
        return None
    fault = _hand_over(house, seller, mail, server)
    values = _became(mail, fault, now())
    with house.sessions.of(seller.id) as session:
        mails.finish(session, mail, values)
    if values["state"] == "parked":
        log.warning("mail_parked", mail_id=str(mail.id), code=values["fault_code"])
    if fault is not None and fault.is_of_server:
        raise fault
    return str(values["state"])


def _hand_over(house: House, seller: Seller, mail: MailRecord, server: Server) -> NotTaken | None:
    assert house.config.mail is not None
    try:
        server.send(message_of(mail, seller, house.config.mail, house.vault), mail.address)
    except AddressUnusable as error:
        return NotTaken("address_unusable", str(error), is_for_good=True)
    except NotTaken as fault:
        return fault
    return None


def _became(mail: MailRecord, fault: NotTaken | None, now: datetime) -> dict[str, Any]:
    """What is kept of an attempt: sent, to be tried again, or parked for people to see."""
    if fault is None:
        return {"state": "sent", "sent_at": now, "fault_code": None, "fault_detail": None}
    told = {"fault_code": fault.code, "fault_detail": fault.detail}
    if fault.is_for_good or mail.attempts > len(BACK_OFF_MINUTES):
        return {"state": "parked", **told}
    later = now + timedelta(minutes=BACK_OFF_MINUTES[mail.attempts - 1])
    return {"state": "waiting", "next_attempt_at": later, **told}
