"""An import by the command, killed again and again: started once more it goes on, and nothing is lost or doubled."""

import csv
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from api.clock import Clock
from api.records import ledger_drift
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.examples import examples

LINES, DEBTORS, KILLS = 20_000, 300, examples(3, 5)
MAPPING = """
kinds: {column: kind, invoice: [F], payment: [B]}
columns: {debtor_reference: debtor, invoice_number: number, invoiced_on: day, due_on: due, amount: amount,
          payment_reference: number, paid_on: day, settles: invoice}
constants: {debtor_system: erp, currency: EUR, country: NL}
"""
FIGURES = """
SELECT (SELECT count(*) FROM invoice), (SELECT sum(open_amount) FROM invoice), (SELECT count(*) FROM payment),
    (SELECT sum(amount) FROM allocation), (SELECT count(*) FROM exposure_entry),
    (SELECT sum(amount) FROM exposure_entry),
    (SELECT count(*) FROM debtor), (SELECT md5(string_agg(concat_ws(' ', r.value, i.identity, i.open_amount,
        i.settled_on), ',' ORDER BY r.value, i.identity)) FROM invoice i JOIN debtor_reference r
        ON r.debtor_id = i.debtor_id)
"""


def write_ledger(path: Path, today: date) -> None:
    """Invoices and the payments of most of them, which come some hundred lines later."""
    random, waiting = Random(1), list[tuple[str, ...]]()
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("kind", "debtor", "number", "day", "due", "amount", "invoice"))
        for place in range(LINES // 2):
            debtor, amount = str(random.randrange(DEBTORS)), f"{random.randrange(100, 100_000) / 100:.2f}"
            day = today - timedelta(100)
            lines.writerow(("F", debtor, f"F{place}", day, day + timedelta(30), amount, ""))
            waiting.append(
                ("B", debtor, f"B{place}", str(day + timedelta(random.randrange(60))), "", amount, f"F{place}")
            )
            if len(waiting) > 500:
                lines.writerow(waiting.pop(0))
        lines.writerows(waiting)


@pytest.fixture
def command(tmp_path: Path, database_urls: tuple[str, str]) -> Callable[[Seller], subprocess.Popen[str]]:
    """Starts `creditgate import` of one ledger for a seller."""
    environment = {
        **os.environ,
        "CREDITGATE_DATABASE_URL": database_urls[1],
        "CREDITGATE_SECRET_KEYS": Fernet.generate_key().decode(),
    }
    (tmp_path / "mapping.yaml").write_text(MAPPING)

    def start(seller: Seller) -> subprocess.Popen[str]:
        path = tmp_path / "ledger.csv"
        if not path.exists():
            write_ledger(path, Clock().today(seller))
        arguments = ["import", str(path), "--seller", seller.name, "--mapping", str(tmp_path / "mapping.yaml")]
        return subprocess.Popen(
            [sys.executable, "-m", "api", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def lines_done(sessions: Sessions, seller: Seller) -> int:
    with sessions.of(seller.id) as session:
        return session.scalar(text("SELECT coalesce(sum(lines_count), 0) FROM ledger_import")) or 0


def figures(sessions: Sessions, seller: Seller) -> tuple[object, ...]:
    with sessions.of(seller.id) as session:
        assert ledger_drift.every(session) == []
        return tuple(session.execute(text(FIGURES)).one())


@pytest.mark.slow
def test_an_import_that_is_killed_at_any_moment_goes_on_and_leaves_what_one_run_leaves(
    sessions: Sessions, new_seller: Callable[[], Seller], command: Callable[[Seller], subprocess.Popen[str]]
) -> None:
    once, killed = new_seller(), new_seller()
    whole = command(once)
    told, _ = whole.communicate(timeout=300)
    assert told.startswith(f"{LINES} lines: {LINES} taken"), told
    random, behind = Random(2), list[int]()
    for _ in range(KILLS):
        process = command(killed)
        seen = lines_done(sessions, killed)
        while process.poll() is None and lines_done(sessions, killed) == seen:
            time.sleep(0.02)
        time.sleep(0.1 * random.random())  # Once something was taken, in the middle of whatever it does next.
        process.send_signal(signal.SIGKILL)
        _, heard = process.communicate(timeout=60)
        if found := re.search(r"goes on behind line ([\d,]+)", heard):
            behind.append(int(found[1].replace(",", "")))
    told, heard = command(killed).communicate(timeout=300)
    counted = re.match(rf"{LINES} lines: (\d+) taken, (\d+) known already, 0 refused", told)
    assert counted, (told, heard)
    # Of a batch that was killed between its two halves, one is known; and so is a file that an earlier run finished.
    assert int(counted[1]) + int(counted[2]) == LINES
    assert behind, "no run was killed in the middle"
    assert figures(sessions, killed) == figures(sessions, once)
