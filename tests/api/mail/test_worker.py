"""The real worker: it reads the feed, mails what cannot wait, and ends when it is told to."""

import os
import signal
import subprocess
import sys
import time

from api.records import alerts
from tests.api.mail.conftest import CREDIT

SECONDS = 180  # Other tests' sellers get their mail too.


def test_the_worker_mails_an_alert_and_ends(
    mailing, mailbox, debtor, told_seller, sessions, house, database_urls, project
):
    settings = {
        "CREDITGATE_DATABASE_URL": database_urls[1],
        "CREDITGATE_SECRET_KEYS": mailing.config.secret_keys[0],
        "CREDITGATE_SMTP_HOST": "127.0.0.1",
        "CREDITGATE_SMTP_PORT": str(mailbox.port),
        "CREDITGATE_SMTP_SECURITY": "none",
        "CREDITGATE_MAIL_SENDER": "credit@seller.example",
        "CREDITGATE_PUBLIC_URL": "https://credit.seller.example",
    }
    of = debtor("Told by the worker")
    now = house.clock.now(told_seller)
    with sessions.of(told_seller.id) as session:
        alerts.open_alert(session, "sanctions_hit", "1", "urgent", {}, debtor_id=of, now=now)
    worker = subprocess.Popen([sys.executable, "-m", "api", "worker"], cwd=project, env={**os.environ, **settings})
    try:
        deadline = time.monotonic() + SECONDS
        while not _subjects(mailbox) and time.monotonic() < deadline and worker.poll() is None:
            time.sleep(0.1)
        expected = ["[test] Urgent: A debtor stands on a sanctions list - Told by the worker"]
        assert _subjects(mailbox) == expected
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(SECONDS) == 0
    finally:
        worker.kill()


def _subjects(mailbox):
    return [message["Subject"] for message in mailbox.of(CREDIT) if "Told by the worker" in message["Subject"]]
