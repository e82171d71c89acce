"""Runs by several processes that are killed again and again: gone on with, nothing is lost and nothing done twice."""

import subprocess
import sys
import time
from datetime import UTC, datetime
from random import Random

from sqlalchemy import text

from api.records import debtors, jobs
from api.records.identities import OfficialNumber

DEBTORS, KILLS, AT_ONCE = 240, 4, 2
COUNTS = """
SELECT (SELECT count(*) FROM watch WHERE state = 'watched'), (SELECT count(*) FROM source_change),
    (SELECT count(*) FROM source_change_pending), (SELECT count(*) FROM alert WHERE kind = 'insolvency_event'),
    (SELECT count(*) FROM alert WHERE kind = 'bureau_change'), (SELECT count(*) FROM hold),
    (SELECT count(*) FROM event WHERE type = 'alert.opened.v1'),
    (SELECT count(*) FROM event WHERE type = 'debtor.hold_placed.v1')
"""


def test_runs_that_are_killed_go_on_and_do_nothing_twice(database_urls, config, sessions, seller, project, minute):
    now = datetime(2026, 3, 1, tzinfo=UTC)
    with sessions.of(seller.id) as session:
        for number in range(DEBTORS):
            values = {"name": f"Company {number}", "country": "NL", "is_natural_person": False}
            names = (OfficialNumber("kvk", "NL", f"{number:08}"),)
            debtors.add(session, values, phase="monitoring", names=names, now=now)
        job_id = jobs.enqueue(session, "monitoring_run", {}, now).id
    arguments = [database_urls[1], config.secret_keys[0], str(seller.id), str(job_id), str(DEBTORS)]
    command = [sys.executable, "-m", "tests.api.monitoring.watching.monitoring_process", *arguments]

    def begin():
        process = subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "begun\n"
        return process

    random = Random(1)
    for _ in range(KILLS):
        running = [begin() for _ in range(AT_ONCE)]
        time.sleep(random.uniform(0.05, 0.6))
        for process in running:
            process.kill()
            process.wait()
            process.stdout.close()
    last = [begin() for _ in range(AT_ONCE)]
    assert [process.communicate()[0] for process in last] == ["done\n"] * AT_ONCE
    minute()  # Of the worker: what was marked by a run that was killed, and what alerts bring about.
    with sessions.of(seller.id) as session:
        found = tuple(session.execute(text(COUNTS)).one())
    insolvent, changed = DEBTORS // 4, DEBTORS // 2
    assert found == (DEBTORS, changed, 0, insolvent, changed - insolvent, insolvent, changed, insolvent)
