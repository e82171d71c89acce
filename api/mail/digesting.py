"""Makes the digests: what is new, what is still open, what ended, for each person at the hour he wants.

Daily where anything is new or presses; else what is open is told once a week.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from api.mail.contents import content, fact_of
from api.mail.naming import names_of
from api.mail.people import Person, people
from api.mail.receivers import receivers
from api.records import alert_steps, mail_notices, mails, sellers
from api.records.alert_handling import state_of
from api.records.alert_names import Names
from api.records.alerts import AlertRecord
from api.records.debtors import DebtorRecord
from api.records.mail_notices import MailNoticeRecord
from api.records.mails import NewMail
from api.records.sellers import Seller
from scoring.reasons.registry import Audience

MONDAY = 0  # As `date.weekday` counts.
DAY = timedelta(days=1)
DUE_SOON = timedelta(days=3)  # What must be acted on by then is told each day.

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
    """What there is to tell of: by address what waits for a digest, and what is open with what may be read of it.

    `came_back` are alerts whose snooze ended yesterday; `known` says who was told of which open alert by any mail.
    """

    people: Mapping[str, Person]
    waiting: Mapping[str, Sequence[MailNoticeRecord]]
    still_open: Mapping[str, Sequence[Standing]]
    came_back: Collection[UUID]
    known: Collection[tuple[str, UUID]]


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
    return Look(
        known,
        by_address,
        _still_open(standing, known, finance_address),
        alert_steps.snoozed_until(session, today - DAY),
        mail_notices.told_of_open(session),
    )


def _make(session: Session, person: Person, look: Look, until: Until, real_now: datetime) -> bool:
    """Make one digest of what happened until its hour; not where nothing is new to its reader, and nothing presses."""
    told = [each for each in look.waiting.get(person.address, ()) if each.happened_at < until.at]
    still_open = [each for each in look.still_open.get(person.address, ()) if each[0].opened_at < until.at]
    unheard = [each for each in still_open if (person.address, each[0].id) not in look.known]
    if not told and not unheard and not _presses([each[0] for each in still_open], look.came_back, until.day):
        return False
    parts = _parts(session, told, still_open)
    new = NewMail(
        person.address, "digest", person.language, content(**parts), may_unsubscribe=True, digest_on=until.day
    )
    mail_id = mails.add(session, new, real_now)
    mail_notices.put_into(session, [each.id for each in told], mail_id)
    # He became its owner since, or asked for all: from now on he has heard of it.
    mail_notices.add(session, [_heard(person.address, *each, mail_id) for each in unheard])
    return True


def _presses(still_open: Sequence[AlertRecord], came_back: Collection[UUID], day: date) -> bool:
    """Whether what is open is told although nothing is new: what presses each day, and all but notices on Mondays."""
    if day.weekday() == MONDAY and any(each.severity != "notice" for each in still_open):
        return True
    return any(
        (each.severity == "urgent" and state_of(each, day) == "open")
        or (each.due_on is not None and day <= each.due_on <= day + DUE_SOON)
        or each.id in came_back
        for each in still_open
    )


def _heard(
    address: str, alert: AlertRecord, debtor: DebtorRecord | None, audience: Audience, mail_id: UUID
) -> dict[str, Any]:
    """A notice of what somebody was told of among what is still open."""
    return {
        "address": address,
        "alert_id": alert.id,
        "change": "opened",
        "at_once": False,
        "audience": audience,
        "happened_at": alert.opened_at,
        "mail_id": mail_id,
    }


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
    about = [*(alert for alert, _ in alerts.values()), *(alert for alert, _, _ in still_open)]
    names = names_of(session, [each.data for each in about])
    over = {each.alert_id for each in told if each.change == "ended"}
    opened = {each.alert_id: each for each in told if each.change != "ended" and each.alert_id not in over}
    ended = [each for each in told if each.change == "ended"]
    return {
        "new": list(_facts(opened.values(), alerts, names)),
        "open": [fact_of(*each, names) for each in still_open if each[0].id not in opened],
        "ended": list(_facts(ended, alerts, names)),
    }


def _facts(notices: Iterable[MailNoticeRecord], alerts: Mapping[UUID, Alert], names: Names) -> Iterator[dict[str, Any]]:
    for each in notices:
        alert, debtor = alerts[each.alert_id]
        yield fact_of(alert, debtor, cast(Audience, each.audience), names)
