"""Reads alerts from the feed, notes who is to be told of each, and makes the mails of what cannot wait.

All of a seller in one transaction with the place in the feed, so that a kill at any moment loses and doubles nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy.orm import Session

from api.mail.contents import content, fact_of
from api.mail.naming import names_of
from api.mail.people import people
from api.mail.receivers import receivers
from api.records import mail_notices, mails, sellers
from api.records.mail_notices import AlertTold, MailNoticeRecord
from api.records.mails import NewMail
from scoring.reasons.registry import Audience

# More mails than these within these minutes become one: nobody reads a hundred of them.
FLOOD_MAILS, FLOOD_MINUTES = 5, 10


def note_alerts(session: Session, real_now: datetime) -> bool:
    """Note who is told of the next alerts in the feed. Gives whether there may be more; not while another does so."""
    reading = mail_notices.lock_reading(session)
    if reading is None:
        return False
    before = reading.position
    told = mail_notices.read_on(session, reading)
    _note(session, told, real_now)
    make_urgent_mails(session, real_now)
    return reading.position > before


def _note(session: Session, told: Sequence[AlertTold], real_now: datetime) -> None:
    if not told:
        return
    finance_address = sellers.finance_address(session, session.info["seller_id"])
    named = {address for each in told for address in (*each.owners.values(), finance_address) if address}
    known = people(session, named, real_now)
    rows: list[dict[str, Any]] = []
    for each in told:
        for receiver in receivers(each.kind, each.severity, each.owners, known, finance_address):
            # What is over before anybody was told, and that something is over, can wait for the digest.
            at_once = receiver.at_once and each.change != "ended" and each.is_open
            if at_once or receiver.in_digest:
                rows.append(
                    {
                        "address": receiver.address,
                        "alert_id": each.alert_id,
                        "change": each.change,
                        "at_once": at_once,
                        "audience": receiver.audience,
                        "happened_at": each.happened_at,
                    }
                )
    mail_notices.add(session, rows)


def make_urgent_mails(session: Session, real_now: datetime) -> int:
    """Make the mails of what cannot wait, one for each alert and person, or one of many. Gives how many."""
    by_address: dict[str, list[MailNoticeRecord]] = defaultdict(list)
    for notice in mail_notices.waiting(session, at_once=True):
        by_address[notice.address].append(notice)
    if not by_address:
        return 0
    known = people(session, by_address.keys(), real_now)
    finance_address = sellers.finance_address(session, session.info["seller_id"])
    alert_ids = {each.alert_id for notices in by_address.values() for each in notices}
    facts = {alert.id: (alert, debtor) for alert, debtor in mail_notices.alerts_with_debtors(session, alert_ids)}
    names = names_of(session, [alert.data for alert, _ in facts.values()])
    made = 0
    for address, notices in by_address.items():
        recent = mails.urgent_since(session, address, real_now - timedelta(minutes=FLOOD_MINUTES))
        for batch in bundles(notices, recent):
            told = [fact_of(*facts[each.alert_id], cast(Audience, each.audience), names) for each in batch]
            mail_id = mails.add(
                session,
                NewMail(
                    address,
                    "urgent",
                    known[address].language,
                    content(new=told),
                    may_unsubscribe=address != finance_address,
                ),
                real_now,
            )
            mail_notices.put_into(session, [each.id for each in batch], mail_id)
            made += 1
    return made


def bundles(notices: Sequence[MailNoticeRecord], recent: Sequence[int]) -> Iterable[Sequence[MailNoticeRecord]]:
    """Give what becomes a mail each: single alerts while they are few, all in one in a flood, none while one is new.

    `recent` is of how many alerts each urgent mail of the last minutes told.
    """
    if not notices or any(alerts_count > 1 for alerts_count in recent):
        return []
    if len(recent) + len(notices) <= FLOOD_MAILS:
        return [[each] for each in notices]
    return [notices]
