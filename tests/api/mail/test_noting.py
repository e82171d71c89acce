"""From the feed to mails: each alert once to each who is told, in bundles in a flood, on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from api.clock import real_now
from api.events.feeding import append_to_feeds
from api.mail.noting import bundles, note_alerts
from api.records import events, keys, mail_preferences
from api.records.alerts import AlertRecord
from api.records.keys import NewKey
from api.records.mail_notices import MailNoticeRecord
from api.records.mails import MailRecord
from tests.api.mail.conftest import ACCOUNT, CREDIT, FINANCE


@pytest.fixture
def note(sessions, told_seller):
    """Reads the feed to its end, at a real time from now."""

    def run(minutes=0):
        more = True
        while more:
            with sessions.of(told_seller.id) as session:
                more = note_alerts(session, real_now() + timedelta(minutes=minutes))

    return run


@pytest.fixture
def made(sessions, told_seller):
    """Gives the mails there are, oldest first: to whom, of which kind, and the kinds of alerts in them."""

    def read():
        with sessions.of(told_seller.id) as session:
            found = session.scalars(select(MailRecord).order_by(MailRecord.id)).all()
        return [(each.address, each.kind, [fact["kind"] for fact in each.content["new"]]) for each in found]

    return read


def notices(sessions, seller):
    with sessions.of(seller.id) as session:
        found = session.scalars(select(MailNoticeRecord).order_by(MailNoticeRecord.id)).all()
    return [(each.address, each.change, each.at_once) for each in found]


def test_an_urgent_alert_is_one_mail_to_each_who_is_told(opened, debtor, note, made):
    of = debtor()
    opened("delivered_past_the_gate", "1", debtor_id=of)
    note()
    note()
    opened("delivered_past_the_gate", "1", debtor_id=of)  # Still the same alert.
    note()
    assert sorted(made()) == [(each, "urgent", ["delivered_past_the_gate"]) for each in sorted((ACCOUNT, CREDIT))]


def test_what_is_not_urgent_waits_for_the_digest(opened, ended, debtor, note, made, sessions, told_seller):
    opened("over_limit", "1", "warning", debtor())
    ended("over_limit", "1")
    note()
    assert made() == []
    assert notices(sessions, told_seller) == [(CREDIT, "opened", False), (CREDIT, "ended", False)]


def test_what_is_over_before_anybody_was_told_waits_too(opened, ended, debtor, note, made):
    opened("sanctions_hit", "1", "urgent", debtor())
    ended("sanctions_hit", "1")
    note()
    assert made() == []


def test_an_alert_of_no_debtor_goes_to_finance(opened, note, made):
    opened("source_down", "kvk", "urgent")
    note()
    assert made() == [(FINANCE, "urgent", ["source_down"])]


def test_sales_reads_nothing_of_a_natural_person(opened, debtor, note, sessions, told_seller):
    money = {"amount": "10.00", "currency": "EUR"}
    for number, person in enumerate((True, None, False)):
        of = debtor(f"D{number}", is_natural_person=person)
        opened("delivered_past_the_gate", str(number), debtor_id=of, order_reference="4711", limit_amount=money)
    note()
    with sessions.of(told_seller.id) as session:
        found = session.scalars(select(MailRecord).order_by(MailRecord.id)).all()
    told = {(each.address, fact["debtor"]): set(fact["data"]) for each in found for fact in each.content["new"]}
    whole = {"order_reference", "limit_amount"}
    assert told == {
        **{(CREDIT, f"D{number}"): whole for number in range(3)},
        (ACCOUNT, "D0"): set(),
        (ACCOUNT, "D1"): set(),
        (ACCOUNT, "D2"): {"order_reference"},
    }


def test_one_that_gets_graver_is_mailed_when_it_becomes_urgent_and_once(
    opened, debtor, note, made, sessions, told_seller, house
):
    of = debtor()
    opened("class_worsened", "1", "warning", of)
    note()
    with sessions.of(told_seller.id) as session:
        (alert_id,) = session.scalars(select(AlertRecord.id)).all()
    owners = {"account_owner": ACCOUNT, "credit_owner": CREDIT}
    for severity in ("warning", "urgent", "urgent"):
        data = {"alert_id": str(alert_id), "kind": "class_worsened", "severity": severity, **owners}
        now = house.clock.now(told_seller)
        with sessions.of(told_seller.id) as session:
            events.add(session, "alert.raised.v1", data, debtor_id=of, happened_at=now, known_at=now)
        append_to_feeds(house)
        note()
    assert made() == [(CREDIT, "urgent", ["class_worsened"])]


def test_who_has_no_key_any_more_is_told_nothing(opened, debtor, note, made, sessions, told_seller):
    with sessions.of(told_seller.id) as session:
        key = keys.add(session, told_seller, NewKey("finance", "left", CREDIT), real_now())
        keys.revoke(session, keys.id_of(key), real_now())
    opened("sanctions_hit", "1", debtor_id=debtor())
    note()
    assert made() == [(FINANCE, "urgent", ["sanctions_hit"])]


def test_who_asked_for_all_is_told_as_his_key_allows(opened, debtor, note, made, sessions, told_seller, house):
    wanted = {"language": "nl", "kinds": None, "urgent_at_once": True, "digest_hour": None, "scope": "all"}
    with sessions.of(told_seller.id) as session:
        for address, role in (("lea@example.com", "finance"), ("lou@example.com", "sales")):
            values = {**wanted, "role": "finance", "changed_at": house.clock.now(told_seller)}
            mail_preferences.put(session, address, values)
            keys.add(session, told_seller, NewKey(role, "test", address), real_now())
    opened("sanctions_hit", "1", debtor_id=debtor())
    note()
    assert sorted(made()) == [(CREDIT, "urgent", ["sanctions_hit"]), ("lea@example.com", "urgent", ["sanctions_hit"])]


def test_a_flood_is_one_mail_and_the_next_one_waits_for_its_minutes(opened, debtor, note, made):
    of = debtor()
    for number in range(3):
        opened("sanctions_hit", f"a{number}", debtor_id=of)
    note()
    for number in range(20):
        opened("sanctions_hit", f"b{number}", debtor_id=of)
    note()
    opened("sanctions_hit", "c", debtor_id=of)
    note()
    assert [len(kinds) for _, _, kinds in made()] == [1, 1, 1, 20]
    note(minutes=11)
    assert [len(kinds) for _, _, kinds in made()] == [1, 1, 1, 20, 1]


@pytest.mark.parametrize(
    ("waiting", "recent", "sizes"),
    [
        (1, [], [1]),
        (5, [], [1, 1, 1, 1, 1]),
        (6, [], [6]),
        (1, [1, 1, 1, 1], [1]),
        (2, [1, 1, 1, 1], [2]),
        (1, [6], []),
        (0, [6], []),
    ],
)
def test_when_mails_become_one(waiting, recent, sizes):
    assert [len(each) for each in bundles(list(range(waiting)), recent)] == sizes


def test_readers_at_once_and_stopped_anywhere_lose_and_double_nothing(opened, debtor, made, sessions, told_seller):
    of = debtor()
    for number in range(12):
        opened("sanctions_hit", str(number), debtor_id=of)

    class Stopped(Exception):
        pass

    def read(number):
        try:
            with sessions.of(told_seller.id) as session:
                note_alerts(session, real_now())
                if number % 2:
                    raise Stopped
        except Stopped:
            pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(read, range(16)))
    read(0)
    assert sum(len(kinds) for _, _, kinds in made()) == 12


def test_an_urgent_alert_that_nobody_takes_goes_to_finance(opened, debtor, note, made, sessions, told_seller, house):
    wanted = {"language": "en", "kinds": None, "urgent_at_once": False, "digest_hour": 7, "scope": "own", "role": None}
    with sessions.of(told_seller.id) as session:
        mail_preferences.put(session, CREDIT, {**wanted, "changed_at": house.clock.now(told_seller)})
    opened("sanctions_hit", "1", debtor_id=debtor())
    note()
    assert made() == [(FINANCE, "urgent", ["sanctions_hit"])]
