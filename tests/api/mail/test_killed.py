"""Processes that make and send mail, killed at random moments: no alert is lost, and none is mailed anew."""

import signal
import subprocess
import sys
import time
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select, update

from api.clock import real_now
from api.mail.jobs import make_mails_of
from api.mail.posting import post_due
from api.mail.smtp import Server
from api.records.mails import MailRecord
from tests.examples import examples

ROUNDS, ALERTS = examples(2, 12), 10


@pytest.mark.slow
def test_killed_workers_lose_nothing(mailing, mailbox, opened, debtor, told_seller, sessions, database_urls, project):
    random = Random(7)
    mailbox.seconds = 0.05  # So that there is an amid to be killed in.
    command = [sys.executable, "-m", "tests.api.mail.mailing_process", database_urls[1], str(mailbox.port)]
    owners = [f"owner{number}@example.com" for number in range(ROUNDS * ALERTS)]
    for place, owner in enumerate(owners):
        if place % ALERTS == 0:
            workers = [_started([*command, mailing.config.secret_keys[0]], project) for _ in range(2)]
        opened("first_payment_due", owner, debtor_id=debtor(owner, account_owner=owner))
        if place % ALERTS == ALERTS - 1:
            time.sleep(random.random() / 2)
            for worker in workers:
                worker.send_signal(signal.SIGKILL)
                worker.wait(10)
            _let_leases_end(sessions, told_seller)
    mailbox.seconds = 0
    make_mails_of(mailing, told_seller)
    post_due(mailing, Server(mailing.config.mail), now=lambda: real_now() + timedelta(minutes=30))
    with sessions.of(told_seller.id) as session:
        rows = session.scalars(select(MailRecord)).all()
    assert sorted((each.address, each.state) for each in rows) == sorted((owner, "sent") for owner in owners)
    ids = {f"<{each.id}@seller.example>" for each in rows}
    arrived = [message["Message-ID"] for _, message in mailbox.messages if message["Message-ID"] in ids]
    assert set(arrived) == ids
    # A kill between the server's word and our note of it sends once more, under the same id: once for each worker.
    assert len(arrived) - len(ids) <= 2 * ROUNDS


def _started(command, project):
    worker = subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True)
    assert worker.stdout.readline() == "ready\n"
    return worker


def _let_leases_end(sessions, seller):
    with sessions.of(seller.id) as session:
        session.execute(update(MailRecord).values(leased_until=None))
