"""The digest: at most once a day for each person, at his hour where the seller is, on PostgreSQL."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from api.clock import real_now
from api.events.feeding import append_to_feeds
from api.mail.digesting import Moment, make_digests
from api.mail.noting import note_alerts
from api.records import alert_handling, alerts, debtors, keys, mail_preferences
from api.records.alert_handling import Done
from api.records.alerts import AlertRecord, Called
from api.records.keys import NewKey
from api.records.mails import MailRecord
from tests.api.mail.conftest import ACCOUNT, CREDIT, FINANCE

# A Monday; in Amsterdam it is two hours later than in UTC then.
DAY = datetime(2026, 6, 1, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """The moment at which it is that hour in Amsterdam."""
    return DAY + timedelta(days=day, hours=hour - 2, minutes=minute)


@pytest.fixture
def say(sessions, told_seller, house):
    """Opens (a severity) or ends (None) an alert at a moment."""

    def run(now, subject, severity, debtor_id=None, kind="over_limit", due_on=None):
        with sessions.of(told_seller.id) as session:
            if severity is None:
                alerts.end_alert(session, kind, subject, now=now)
            else:
                called = Called(kind, subject, severity, {}, debtor_id, due_on=due_on)
                alerts.open_alerts(session, [called], now=now)
        append_to_feeds(house)

    return run


@pytest.fixture
def digest(sessions, told_seller):
    """Looks at a moment; gives who got a digest then, and of what."""

    def run(now):
        with sessions.of(told_seller.id) as session:
            note_alerts(session, real_now())
        with sessions.of(told_seller.id) as session:
            before = set(session.scalars(select(MailRecord.id)))
            make_digests(session, told_seller, Moment(now, real_now()))
        with sessions.of(told_seller.id) as session:
            found = session.scalars(select(MailRecord).where(MailRecord.kind == "digest")).all()
            parts = ("new", "open", "ended")
            return {
                each.address: tuple(sorted(fact["debtor"] for fact in each.content[part]) for part in parts)
                for each in found
                if each.id not in before
            }

    return run


@pytest.fixture
def wants(sessions, told_seller):
    def run(address, **changed):
        values = {
            "language": "en",
            "kinds": None,
            "urgent_at_once": True,
            "digest_hour": 7,
            "scope": "own",
            "role": None,
        }
        with sessions.of(told_seller.id) as session:
            mail_preferences.put(session, address, {**values, **changed, "changed_at": DAY})

    return run


def test_a_day_in_the_life_of_an_alert(say, digest, debtor):
    a, b = debtor("A"), debtor("B")
    say(at(0, 10), "a", "warning", a)
    assert digest(at(0, 11)) == {}  # Not before seven in the morning.
    say(at(0, 12), "b", "warning", b)
    say(at(0, 13), "b", None)
    assert digest(at(1, 6, 59)) == {}
    assert digest(at(1, 7)) == {CREDIT: (["A"], [], ["B"])}
    assert digest(at(1, 8)) == {}  # Once a day.
    assert digest(at(2, 7)) == {}  # Nothing is new.
    assert digest(at(7, 7)) == {CREDIT: ([], ["A"], [])}  # A Monday.
    say(at(7, 8), "a", None)
    assert digest(at(8, 7)) == {CREDIT: ([], [], ["A"])}
    assert digest(at(14, 7)) == {}  # Nothing to tell.


def days_told(digest, first, last):
    """On which of some days there was a digest."""
    return [day for day in range(first, last + 1) if digest(at(day, 7))]


@pytest.mark.parametrize(
    ("severity", "kind", "due_in_days", "expected"),
    [
        pytest.param("warning", "over_limit", None, [1, 7, 14], id="one a week, on Mondays"),
        pytest.param("notice", "first_payment_due", None, [1], id="mere notices once"),
        pytest.param("urgent", "sanctions_hit", None, [*range(1, 16)], id="urgent each day"),
        pytest.param("warning", "class_worsened", 12, [1, 7, 9, 10, 11, 12, 14], id="each day of the last three"),
        pytest.param("notice", "first_payment_due", 12, [1, 9, 10, 11, 12], id="notices with a day to act too"),
    ],
)
def test_what_is_only_still_open_is_told_once_a_week_unless_it_presses(
    say, digest, debtor, severity, kind, due_in_days, expected
):
    due_on = None if due_in_days is None else at(due_in_days, 12).date()
    say(at(0, 10), "a", severity, debtor("A"), kind=kind, due_on=due_on)
    assert days_told(digest, 1, 15) == expected


def test_what_is_urgent_and_acknowledged_is_told_once_a_week(say, digest, debtor, sessions, told_seller):
    say(at(0, 10), "a", "urgent", debtor("A"), kind="sanctions_hit")
    assert days_told(digest, 1, 2) == [1, 2]
    with sessions.of(told_seller.id) as session:
        alert = session.scalars(select(AlertRecord).where(AlertRecord.subject == "a")).one()
        alert_handling.handle(session, alert, Done("acknowledged", CREDIT, None), at(2, 9))
    assert days_told(digest, 3, 9) == [7]


def test_what_came_back_is_told_on_its_day_and_not_each_day_after(debtor, say, digest, snooze):
    say(at(0, 9), "a", "warning", debtor("A"))
    assert days_told(digest, 1, 1) == [1]
    snooze(at(1, 10), "a", at(2, 12).date())
    assert days_told(digest, 2, 6) == [3]


def test_what_happens_after_his_hour_waits_for_the_next_day_whenever_it_is_made(say, digest, debtor):
    a, b = debtor("A"), debtor("B")
    say(at(0, 10), "a", "warning", a)
    say(at(1, 9), "b", "warning", b)
    assert digest(at(1, 15)) == {CREDIT: (["A"], [], [])}  # The worker stood still until three.
    assert digest(at(2, 7)) == {CREDIT: (["B"], ["A"], [])}


def test_days_that_nobody_looked_are_one_digest(say, digest, debtor):
    say(at(0, 10), "a", "warning", debtor("A"))
    assert digest(at(9, 12)) == {CREDIT: (["A"], [], [])}
    assert digest(at(9, 13)) == {}


def test_mere_notices_are_told_once_and_not_every_day(say, digest, debtor):
    say(at(0, 10), "a", "notice", debtor("A"), kind="first_payment_due")
    assert digest(at(1, 7)) == {ACCOUNT: (["A"], [], [])}
    assert digest(at(2, 7)) == {}


def test_urgent_ones_were_mailed_and_stand_among_what_is_open(say, digest, debtor):
    say(at(0, 10), "a", "urgent", debtor("A"), kind="sanctions_hit")
    assert digest(at(1, 7)) == {CREDIT: ([], ["A"], [])}


@pytest.mark.parametrize(
    ("changed", "hour", "gets"),
    [
        ({"digest_hour": 16}, 15, False),
        ({"digest_hour": 16}, 16, True),
        ({"digest_hour": 0}, 0, True),
        ({"digest_hour": None}, 23, False),
        ({"kinds": ["sanctions_hit"]}, 7, False),
        ({"kinds": ["over_limit"]}, 7, True),
    ],
)
def test_each_has_it_when_he_wants_it(say, digest, debtor, wants, changed, hour, gets):
    wants(CREDIT, **changed)
    say(at(0, 1), "a", "warning", debtor("A"))
    assert (CREDIT in digest(at(1, hour))) == gets


def test_who_asked_for_all_and_finance_have_theirs(say, digest, debtor, wants):
    wants("lea@example.com", scope="all", role="finance", language="nl")
    wants("sal@example.com", scope="all", role="sales")
    say(at(0, 10), "a", "warning", debtor("A"))
    say(at(0, 10), "b", "warning", debtor("B", credit_owner=None))
    assert digest(at(1, 7)) == {
        CREDIT: (["A"], [], []),
        FINANCE: (["B"], [], []),
        "lea@example.com": (["A", "B"], [], []),
    }


def test_who_left_gets_no_digest_of_what_was_noted_before(say, digest, debtor, sessions, told_seller):
    with sessions.of(told_seller.id) as session:
        key = keys.add(session, told_seller, NewKey("finance", "leaves", CREDIT), real_now())
    say(at(0, 10), "a", "warning", debtor("A"))
    assert digest(at(0, 11)) == {}
    with sessions.of(told_seller.id) as session:
        keys.revoke(session, keys.id_of(key), real_now())
    assert digest(at(1, 7)) == {FINANCE: ([], ["A"], [])}


def test_his_hour_is_that_of_the_seller_where_hours_begin_at_a_quarter(say, debtor, sessions, told_seller):
    in_nepal = replace(told_seller, time_zone="Asia/Kathmandu")  # 5:45 ahead: seven o'clock is 1:15 in UTC.
    say(DAY, "a", "warning", debtor("A"))
    for minutes, count in ((74, 0), (75, 1)):
        now = DAY + timedelta(days=1, minutes=minutes)
        with sessions.of(told_seller.id) as session:
            note_alerts(session, real_now())
            assert make_digests(session, in_nepal, Moment(now, real_now())) == count


def test_what_is_open_follows_the_debtor_to_its_new_owner(say, digest, debtor, sessions, told_seller):
    of = debtor("A")
    say(at(0, 10), "a", "warning", of)
    assert digest(at(1, 7)) == {CREDIT: (["A"], [], [])}
    with sessions.of(told_seller.id) as session:
        debtors.get(session, of).credit_owner = "new@example.com"
    assert digest(at(2, 7)) == {"new@example.com": ([], ["A"], [])}
    assert digest(at(3, 7)) == {}  # Told once, as to any other.


@pytest.fixture
def snooze(sessions, told_seller):
    """Puts an alert off to the end of a day, as a person does."""

    def run(now, subject, until_on):
        with sessions.of(told_seller.id) as session:
            alert = session.scalars(select(AlertRecord).where(AlertRecord.subject == subject)).one()
            alert_handling.handle(session, alert, Done("snoozed", CREDIT, None, until_on), now)

    return run


def test_what_is_snoozed_stands_in_no_digest_until_it_is_back(debtor, say, digest, snooze):
    first, second = debtor("Snoozed B.V."), debtor("Other B.V.")
    say(at(0, 9), "a", "warning", first)
    say(at(0, 9), "b", "warning", second)
    snooze(at(0, 10), "a", at(2, 12).date())
    assert digest(at(1, 8))[CREDIT] == (["Other B.V."], [], [])  # Before it was ever told.
    snooze(at(1, 10), "b", at(1, 12).date())
    assert digest(at(2, 8))[CREDIT] == ([], ["Other B.V."], [])  # Its day is over, whether anybody has said so yet.
    assert digest(at(3, 8))[CREDIT] == (["Snoozed B.V."], ["Other B.V."], [])


def test_what_ends_while_it_is_snoozed_is_told_as_over(debtor, say, digest, snooze):
    say(at(0, 9), "a", "warning", debtor())
    snooze(at(0, 10), "a", at(5, 12).date())
    assert digest(at(1, 8)) == {}
    say(at(1, 9), "a", None)
    assert digest(at(2, 8))[CREDIT] == ([], [], ["Middenmaat B.V."])
