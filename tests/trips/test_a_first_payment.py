"""The story of a first payment, over the real command, its worker, a webhook's receiver and a mail server."""

import os
import subprocess
import sys
import textwrap
from datetime import date, timedelta
from pathlib import Path

import pytest
import requests

from tests.api.mail.receiving import free_port
from tests.trips.running import running

pytestmark = pytest.mark.skipif(
    "CREDITGATE_DATABASE_URL" in os.environ, reason="the command's own database is what is tried here"
)


def settings(page: str) -> dict[str, str]:
    """What the page has one set before the start."""
    lines = [line.removeprefix("    export ") for line in page.splitlines() if line.startswith("    export ")]
    return dict(each.split("=", 1) for line in lines for each in line.split())


def test_the_story_is_as_it_is_told(environment: dict[str, str], project: Path) -> None:
    page = (project / "docs" / "monitoring-story.md").read_text(encoding="utf-8")
    told = settings(page)
    assert {"CREDITGATE_SMTP_HOST", "CREDITGATE_MAIL_SENDER", "CREDITGATE_WEBHOOKS_PRIVATE"} <= told.keys()
    mailed = {**environment, **told, "CREDITGATE_SMTP_PORT": str(free_port())}
    script = [sys.executable, str(project / "docs" / "monitoring_story.py")]
    with running(mailed) as first:
        done = subprocess.run(
            script, input=first.printed, env=mailed, capture_output=True, text=True, timeout=600, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert textwrap.indent(done.stdout, "    ") in page
        headers = {"Authorization": f"Bearer {first.keys['finance']}"}
        alerts = requests.get(f"{first.address}/v1/alerts?kind=first_payment_overdue", headers=headers, timeout=30)
        (alert,) = alerts.json()["items"]
        invoices = requests.get(
            f"{first.address}/v1/invoices?debtor_id={alert['debtor_id']}", headers=headers, timeout=30
        )
        (invoice,) = invoices.json()["items"]
        # Five days of grace after the due day, whatever day the clock was moved to at once; midnight is in UTC here.
        overdue_on = _day_after(invoice["due_on"], 6)
        assert alert["opened_at"].startswith((overdue_on, _day_after(overdue_on, -1))), (alert, invoice)


def _day_after(day: str, days: int) -> str:
    return str(date.fromisoformat(day) + timedelta(days))
