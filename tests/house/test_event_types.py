"""Guards the types of events: whatever is told anywhere is registered, and the page on the feed tells of each."""

import re
from pathlib import Path

import pytest

from api.records.event_types import EVENT_TYPES, registered

API = Path(__file__).parents[2] / "api"
TRIED_OUT = "webhook.test.v1"  # Which is in no feed.


def test_every_type_that_is_written_anywhere_is_registered():
    written = {
        each
        for path in API.rglob("*.py")
        for each in re.findall(r'"([a-z_]+\.[a-z_]+\.v\d+)"', path.read_text("utf-8"))
    }
    assert written - {TRIED_OUT} <= EVENT_TYPES.keys()


def test_the_page_on_the_feed_tells_of_every_type(project: Path):
    lines = (project / "docs" / "webhooks.md").read_text("utf-8").splitlines()
    told = [line for line in lines if re.match(r"\| `[a-z_]+\.[a-z_]+\.v\d+` \|", line)]
    assert told == [f"| `{type}` | {words} |" for type, words in EVENT_TYPES.items()]


def test_what_is_not_registered_is_not_told():
    with pytest.raises(LookupError, match=r"order\.lost\.v1"):
        registered("order.lost.v1")
