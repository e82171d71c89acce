"""Sending what is due: leases, refusals, back-off, and what is parked, over real SMTP and PostgreSQL."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from api.clock import real_now
from api.mail.contents import content
from api.mail.posting import BACK_OFF_MINUTES, LEASE_MINUTES, post_due
from api.mail.smtp import Server
from api.records import mails
from api.records.mails import MailRecord, NewMail
from tests.api.mail.receiving import config_of, free_port, receiving
from tests.api.mail.test_rendering import FACT

ANN, BOB = "ann@example.com", "bob@example.com"


@pytest.fixture
def add(sessions, seller):
    def one(address=ANN):
        with sessions.of(seller.id) as session:
            return mails.add(session, NewMail(address, "urgent", "en", content(new=[FACT]), True), real_now())

    return one


@pytest.fixture
def state(sessions, seller):
    """Gives of each mail: address, state, attempts, fault, and in how many minutes it is tried again."""

    def read():
        with sessions.of(seller.id) as session:
            found = session.scalars(select(MailRecord).order_by(MailRecord.id)).all()
        return [(each.address, each.state, each.attempts, each.fault_code) for each in found]

    return read


def post(house, minutes=0.0, timeout_seconds=5.0):
    server = Server(house.config.mail, timeout_seconds)
    return post_due(house, server, now=lambda: real_now() + timedelta(minutes=minutes))


def test_what_is_due_is_sent_once(mailing, mailbox, add, state):
    add(ANN)
    add(BOB)
    assert post(mailing).is_whole
    post(mailing)
    assert state() == [(ANN, "sent", 1, None), (BOB, "sent", 1, None)]
    assert [len(mailbox.of(each)) for each in (ANN, BOB)] == [1, 1]
    (message,) = mailbox.of(ANN)
    assert message["Subject"] == "[test] Urgent: A debtor stands above its limit - Middenmaat B.V."
    assert message["List-Unsubscribe"].startswith("<https://credit.seller.example/v1/mail-unsubscriptions/")


def test_one_who_is_refused_for_good_is_parked_and_the_others_get_theirs(mailing, mailbox, add, state):
    mailbox.at_receiver[ANN] = ["550 5.1.1 no such user"]
    for each in (ANN, BOB, "not an address"):
        add(each)
    post(mailing)
    post(mailing, minutes=3 * 24 * 60)
    expected = [
        (ANN, "parked", 1, "receiver_refused"),
        (BOB, "sent", 1, None),
        ("not an address", "parked", 1, "address_unusable"),
    ]
    assert state() == expected
    assert not mailbox.of(ANN)


def test_one_who_is_refused_for_now_is_tried_again_later_with_the_same_message(mailing, mailbox, add, state):
    mailbox.at_receiver[ANN] = ["451 greylisted"]
    mail_id = add()
    post(mailing)
    assert state() == [(ANN, "waiting", 1, "receiver_refused")]
    post(mailing, minutes=0.5)
    assert state() == [(ANN, "waiting", 1, "receiver_refused")]
    post(mailing, minutes=1.5)
    assert state() == [(ANN, "sent", 2, None)]
    assert [message["Message-ID"] for message in mailbox.of(ANN)] == [f"<{mail_id}@seller.example>"]


@pytest.mark.parametrize("fault", ["drop", "slow"])
def test_a_connection_that_breaks_is_tried_again(mailing, mailbox, add, state, fault):
    mailbox.drops, mailbox.seconds = (1, 0) if fault == "drop" else (0, 2)
    add()
    post(mailing, timeout_seconds=0.3)
    assert state() == [(ANN, "waiting", 1, "connection_lost")]
    mailbox.seconds = 0
    post(mailing, minutes=2)
    assert state() == [(ANN, "sent", 2, None)]
    assert len(mailbox.of(ANN)) == 1


def test_a_server_that_is_down_costs_one_try_of_one_mail_and_nothing_is_lost(mailing, add, state):
    port = free_port()
    config = config_of(port)
    add(ANN)
    add(BOB)
    assert not post_due(mailing, Server(config)).is_whole
    assert [each[1:3] for each in state()] == [("waiting", 1), ("waiting", 0)]
    with receiving(port) as mailbox:
        post_due(mailing, Server(config), now=lambda: real_now() + timedelta(minutes=2))
    assert [each[1] for each in state()] == ["sent", "sent"]
    assert [len(mailbox.of(each)) for each in (ANN, BOB)] == [1, 1]


def test_after_more_than_a_day_of_trying_it_is_parked(mailing, mailbox, add, state):
    assert sum(BACK_OFF_MINUTES) > 24 * 60
    mailbox.at_receiver[ANN] = ["450 later"] * 100
    add()
    minutes = 0.0
    for wait in (*BACK_OFF_MINUTES, 0):
        post(mailing, minutes)
        minutes += wait + 0.5
    assert state() == [(ANN, "parked", len(BACK_OFF_MINUTES) + 1, "receiver_refused")]
    post(mailing, minutes + 10_000)
    assert state()[0][1] == "parked"


def test_a_mail_that_a_killed_worker_held_is_sent_when_its_lease_ends(mailing, mailbox, add, state, sessions, seller):
    add()
    now = real_now()
    with sessions.of(seller.id) as session:
        assert mails.claim_due(session, now, now + timedelta(minutes=LEASE_MINUTES)) is not None
    post(mailing)
    assert state() == [(ANN, "waiting", 1, None)]
    post(mailing, LEASE_MINUTES + 1)
    assert state() == [(ANN, "sent", 2, None)]
    assert len(mailbox.of(ANN)) == 1


def test_who_took_longer_than_his_lease_changes_nothing(add, state, sessions, seller):
    add()
    now = real_now()
    later = now + timedelta(minutes=LEASE_MINUTES)
    with sessions.of(seller.id) as session:
        slow = mails.claim_due(session, now, later)
    with sessions.of(seller.id) as session:
        assert mails.claim_due(session, later, later + timedelta(minutes=1)) is not None
    with sessions.of(seller.id) as session:
        assert not mails.finish(session, slow, {"state": "parked"})
    assert state() == [(ANN, "waiting", 2, None)]


def test_no_mail_is_sent_for_another_seller(mailing, mailbox, add, new_seller, sessions):
    add()
    other = new_seller()
    post(mailing)
    with sessions.of(other.id) as session:
        assert session.scalar(select(func.count()).select_from(MailRecord)) == 0
    assert len(mailbox.taken) == 1
