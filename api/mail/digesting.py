"""Makes the daily digests: what is new, what is still open, what ended, for each person at the hour he wants."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from api.mail.contents import content, fact_of
from api.mail.people import Person, people
from api.mail.receivers import receivers
from api.records import mail_notices, mails, sellers
from api.records.alert_handling import state_of
from api.records.alerts import AlertRecord
from api.records.debtors import DebtorRecord
from api.records.mail_notices import MailNoticeRecord
from api.records.mails import NewMail
from api.records.sellers import Seller
from scoring.reasons.registry import Audience

Alert = tuple[AlertRecord, DebtorRecord | None]
Standing = tuple[AlertRecord, DebtorRecord | None, Audience]


@dataclass(frozen=True, slots=True)
class Moment:
    """The seller's time, and the real one, both in UTC."""

    now: datetime
    real_now: datetime


@dataclass(frozen=True, slots=True)
class Until:
    """The end of what a digest tells: the hour of its day, in UTC, and that day of the seller."""

    at: datetime
    day: date


@dataclass(frozen=True, slots=True)
class Look:
    """What there is to tell of: by address what waits for a digest, and what is open with what may be read of it."""

    people: Mapping[str, Person]
    waiting: Mapping[str, Sequence[MailNoticeRecord]]
    still_open: Mapping[str, Sequence[Standing]]


def make_digests(session: Session, seller: Seller, moment: Moment) -> int:
    """Make the digests that are due, once for each person and day of the seller. Gives how many.

    Looks once in each quarter of an hour, and not while another worker does.
    """
    reading = mail_notices.lock_reading(session)
    # Hours begin at a quarter somewhere: Kathmandu is 5:45 ahead.
    quarter = moment.now.replace(minute=moment.now.minute // 15 * 15, second=0, microsecond=0)
    if reading is None or (reading.digested_at is not None and reading.digested_at >= quarter):
        return 0
    reading.digested_at = quarter
    zone = ZoneInfo(seller.time_zone)
    today = moment.now.astimezone(zone).date()
    look = _look(session, today, moment.real_now)
    has_its_own = mails.digested(session, today)
    made = 0
    for person in look.people.values():
        if person.digest_hour is None or person.has_left or person.address in has_its_own:
            continue
        until = datetime.combine(today, time(person.digest_hour), zone).astimezone(UTC)
        if until <= moment.now:
            made += _make(session, person, look, Until(until, today), moment.real_now)
    return made


def _look(session: Session, today: date, real_now: datetime) -> Look:
    """Read, for everybody at once, what waits for a digest and what is open.

    What somebody snoozed is in no digest; that it was opened is told once it is back, or over.
    """
    finance_address = sellers.finance_address(session, session.info["seller_id"])
    alerts = mail_notices.alerts_with_debtors(session, None)
    snoozed = {alert.id for alert, _ in alerts if state_of(alert, today) == "snoozed"}
    standing = [each for each in alerts if each[0].id not in snoozed]
    by_address: dict[str, list[MailNoticeRecord]] = defaultdict(list)
    for notice in mail_notices.waiting(session, at_once=False):
        if notice.alert_id not in snoozed:
            by_address[notice.address].append(notice)
    owners = {owner for _, debtor in standing for owner in _owners(debtor).values() if owner}
    named = {*by_address, *owners, *([finance_address] if finance_address else [])}
    known = people(session, named, real_now)
    return Look(known, by_address, _still_open(standing, known, finance_address))


def _make(session: Session, person: Person, look: Look, until: Until, real_now: datetime) -> bool:
    """Make one digest of what happened until its hour; not where there is nothing that anybody must look at."""
    told = [each for each in look.waiting.get(person.address, ()) if each.happened_at < until.at]
    still_open = [each for each in look.still_open.get(person.address, ()) if each[0].opened_at < until.at]
    parts = _parts(session, told, still_open)
    if not told and not any(each["severity"] != "notice" for each in parts["open"]):
        return False
    new = NewMail(
        person.address, "digest", person.language, content(**parts), may_unsubscribe=True, digest_on=until.day
    )
    mail_notices.put_into(session, [each.id for each in told], mails.add(session, new, real_now))
    return True


def _owners(debtor: DebtorRecord | None) -> dict[str, str | None]:
    if debtor is None:
        return {}
    return {"account_owner": debtor.account_owner, "credit_owner": debtor.credit_owner}


def _still_open(
    standing: Sequence[Alert], known: Mapping[str, Person], finance_address: str | None
) -> Mapping[str, list[Standing]]:
    """Give for each address the open alerts that it is told of, as the debtors' owners are now."""
    found: dict[str, list[Standing]] = defaultdict(list)
    for alert, debtor in standing:
        for each in receivers(alert.kind, alert.severity, _owners(debtor), known, finance_address):
            if each.in_digest:
                found[each.address].append((alert, debtor, each.audience))
    return found


def _parts(
    session: Session,
    told: Sequence[MailNoticeRecord],
    still_open: Sequence[Standing],
) -> dict[str, list[dict[str, Any]]]:
    """Give what is new, still open and ended; what opened and ended since the last digest stands under what ended."""
    alerts: dict[UUID, Alert] = {
        alert.id: (alert, debtor)
        for alert, debtor in mail_notices.alerts_with_debtors(session, {each.alert_id for each in told})
    }
    over = {each.alert_id for each in told if each.change == "ended"}
    opened = {each.alert_id: each for each in told if each.change != "ended" and each.alert_id not in over}
    ended = [each for each in told if each.change == "ended"]
    return {
        "new": list(_facts(opened.values(), alerts)),
        "open": [fact_of(*each) for each in still_open if each[0].id not in opened],
        "ended": list(_facts(ended, alerts)),
    }


def _facts(notices: Iterable[MailNoticeRecord], alerts: Mapping[UUID, Alert]) -> Iterator[dict[str, Any]]:
    for each in notices:
        alert, debtor = alerts[each.alert_id]
        yield fact_of(alert, debtor, cast(Audience, each.audience))
