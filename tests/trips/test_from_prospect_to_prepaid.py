"""The story of the documentation, over the real command and real HTTP: from prospect to a prepaid order."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.trips.running import Running, command, running

pytestmark = pytest.mark.skipif(
    "CREDITGATE_DATABASE_URL" in os.environ, reason="the command's own database is what is tried here"
)
OF_ORDERS = {
    "STORY-1": ["placed", "delivery", "invoiced", "completed"],
    "STORY-2": ["placed", "judged_again"],
    "STORY-3": ["placed", "prepaid", "judged_again"],
}


def test_the_story_is_as_it_is_told(environment: dict[str, str], project: Path) -> None:
    with running(environment) as first:
        told = tell(first, project)
        assert told.returncode == 0, told.stdout + told.stderr
        page = (project / "docs" / "story.md").read_text(encoding="utf-8")
        assert textwrap.indent(told.stdout, "    ") in page
        what_happened_is_kept(first)
        again = tell(first, project)
        assert (again.returncode, "told in this database before" in again.stderr) == (1, True), again.stdout
        verified = command(environment, "ledger", "verify", "--seller", "demo")
        assert verified.returncode == 0, verified.stdout + verified.stderr


def tell(first: Running, project: Path) -> subprocess.CompletedProcess[str]:
    script = [sys.executable, str(project / "docs" / "story.py")]
    return subprocess.run(script, input=first.printed, capture_output=True, text=True, timeout=300, check=False)


def what_happened_is_kept(first: Running) -> None:
    """Each order's steps in their order, each decision with its reasons, and the debtor's events without a gap."""

    def get(path: str, **query: Any) -> Any:
        headers = {"Authorization": f"Bearer {first.keys['finance']}"}
        answer = requests.get(f"{first.address}/v1{path}", params=query, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    orders = {each["order_reference"]: each for each in get("/orders")["items"] if "STORY" in each["order_reference"]}
    for reference, kinds in OF_ORDERS.items():
        history = get(f"/orders/{orders[reference]['id']}/history")["items"]
        steps = [each["kind"] for each in history]
        assert list(dict.fromkeys(steps)) == kinds, reference
    held = get(f"/orders/{orders['STORY-3']['id']}/history")["items"][0]["decision"]
    assert [each["code"] for each in held["reasons"]] == ["limit_exceeded"]
    debtor_id = orders["STORY-3"]["debtor_id"]
    assert [each["kind"] for each in get("/decisions", debtor_id=debtor_id)["items"]] == ["application", "credit_check"]
    assert get("/overrides")["items"][0]["debtor_id"] == debtor_id
    numbers = [each["sequence"] for each in events(get) if each["subject"] == debtor_id]
    assert numbers == list(range(1, len(numbers) + 1))


def events(get: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = get("/events", limit=200, **({"after": after} if after else {}))
        found += page["items"]
        if not page["items"] or page["next"] is None or page["next"] == after:
            return found
        after = page["next"]
