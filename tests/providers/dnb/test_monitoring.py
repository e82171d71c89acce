"""Monitoring at D&B: files and pulled notifications are read alike, each change once, and none is passed over."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st
from responses import matchers

from providers.dnb.client import SETTINGS
from providers.dnb.notifications import read_file
from providers.dnb.registration import Registration
from providers.errors import NotUnderstood, SourceError, SourceRefused
from providers.http import Line
from providers.ports import CompanyKey, Identifier
from tests.providers.mutations import mutated
from tests.providers.wires import NOW, line_to, payload

BASE = f"{SETTINGS.address}/v1/monitoring/registrations/our%2Fbook"
TOLD = payload("dnb/monitoring-notification-UPDATE.json")
DUNS = Identifier("duns", "ZZ", "987654321")
COMPANY = CompanyKey(None, "NL", (DUNS,))
SINCE = NOW - timedelta(days=3)


def lines(*notifications: Any) -> bytes:
    return b"\n".join(orjson.dumps(each) for each in notifications)


def zipped(*files: tuple[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return held.getvalue()


@pytest.mark.parametrize(
    "content",
    [lines(TOLD), lines(TOLD, {"type": "SEED", "organization": {}}) + b"\n\n", zipped(("a_1.txt", lines(TOLD, TOLD)))],
)
def test_a_file_is_read_plain_or_zipped_and_repeats_are_told_once(content: bytes) -> None:
    changes = read_file(content)
    assert {(each.kind, each.company) for each in changes} == {("name", DUNS), ("group", DUNS)}
    by_id = {each.id.split(":")[1]: each for each in changes}
    name, styles = by_id["organization.primaryName"], by_id["organization.tradeStyleNames"]
    assert (name.old, name.new, name.changed_at) == (None, "Acme Corp", datetime(2019, 6, 25, 1, 0, 17, tzinfo=UTC))
    assert styles.new == '[{"name":"Acme enterprises"},{"name":"Acme heavy industries"}]'


@pytest.mark.parametrize(
    ("element", "kind"),
    [
        ("organization.legalEvents.hasOpenBankruptcy", "insolvency"),
        ("organization.legalEvents.hasSuits", "negative_event"),
        ("organization.dunsControlStatus.operatingStatus", "status"),
        ("organization.dnbAssessment.failureScore.nationalPercentile", "score"),
        ("organization.dnbAssessment.creditLimitRecommendation.maximumRecommendedLimit", "limit"),
        ("organization.businessTrading", "payment_behaviour"),
        ("organization.anythingElse", "other"),
    ],
)
def test_elements_become_words_of_ours(element: str, kind: str) -> None:
    told = {"element": element, "previous": 5, "current": True, "timestamp": "2026-02-25T01:00:17Z"}
    (change,) = read_file(lines({**TOLD, "elements": [told]}))
    assert (change.kind, change.old, change.new) == (kind, "5", "true")


def test_what_is_about_the_watch_itself_is_told() -> None:
    (change,) = read_file(
        lines({"type": "EXIT", "organization": TOLD["organization"], "timestamp": "2026-02-25T01:00:17Z"})
    )
    assert (change.kind, change.new) == ("watch", "EXIT")


@pytest.mark.parametrize(
    "content",
    [
        b"not json",
        b"\xff\xfe\x00",
        lines(TOLD, {"type": None}),
        lines({**TOLD, "organization": {"duns": "nobody"}}),
        lines({**TOLD, "elements": [{"element": "organization.primaryName"}]}),
        lines({**TOLD, "elements": [{"element": "x", "timestamp": "2026-02-25T01:00:17"}]}),
        lines({"type": "EXIT", "organization": TOLD["organization"]}),
        zipped(("a.txt", b"{}"), ("b.txt", b"{}")),
        zipped(("a.csv", b"{}")),
        zipped(("a.txt", lines(TOLD)))[:-40],
    ],
)
def test_a_file_that_cannot_be_read_whole_is_refused(content: bytes) -> None:
    with pytest.raises(NotUnderstood):
        read_file(content)


@given(st.binary(max_size=200) | mutated([TOLD]).map(repr).map(str.encode))
def test_any_bytes_are_changes_or_not_understood(content: bytes) -> None:
    for given_bytes in (content, zipped(("a.txt", content)), zipped(("a.txt", content))[:-1] + content):
        try:
            read_file(given_bytes)
        except NotUnderstood:
            continue


@given(mutated([TOLD]))
def test_any_notification_is_changes_or_not_understood(notification: Any) -> None:
    try:
        content = orjson.dumps(notification)
    except (TypeError, ValueError):
        return
    try:
        changes = read_file(content)
    except NotUnderstood:
        return
    assert all(each.changed_at.tzinfo for each in changes)


@pytest.fixture
def line() -> Line:
    return line_to(SETTINGS, key="k", secret="s", registration="our/book")


@pytest.fixture
def vendor() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        mock.post(f"{SETTINGS.address}/v3/token", json={"access_token": "t"})
        yield mock


@pytest.mark.parametrize("status", [202, 409])
def test_a_company_is_added_once_or_twice(vendor: responses.RequestsMock, line: Line, status: int) -> None:
    vendor.post(f"{BASE}/subjects/987654321", status=status)
    assert Registration().watch(COMPANY, line) == DUNS


@pytest.mark.parametrize("status", [204, 404])
def test_a_company_is_taken_out_once_or_twice(vendor: responses.RequestsMock, line: Line, status: int) -> None:
    vendor.delete(f"{BASE}/subjects/987654321", status=status)
    Registration().unwatch(DUNS, line)


def test_without_a_registration_nothing_is_watched() -> None:
    with pytest.raises(SourceRefused):
        Registration().watch(COMPANY, line_to(SETTINGS, key="k", secret="s"))


def replayed(vendor: responses.RequestsMock, begin: datetime, notifications: list[Any]) -> None:
    wanted = {"replayStartTimestamp": begin.isoformat(), "maxNotifications": "100"}
    vendor.get(
        f"{BASE}/notifications/replay",
        json={"notifications": notifications},
        match=[matchers.query_param_matcher(wanted)],
    )


def told(at: datetime, element: str) -> dict[str, Any]:
    elements = [{"element": element, "previous": "a", "current": "b", "timestamp": at.isoformat()}]
    return {**TOLD, "elements": elements}


def test_changes_are_replayed_page_by_page(vendor: responses.RequestsMock, line: Line) -> None:
    first = [told(SINCE + timedelta(minutes=at), f"organization.e{at}") for at in range(100)]
    last = SINCE + timedelta(minutes=99)
    replayed(vendor, SINCE, first)
    replayed(vendor, last, [first[-1], told(last, "organization.primaryName")])
    changes = Registration().changes(SINCE, line)
    assert (len(changes), changes[0].changed_at, changes[-1].changed_at) == (101, SINCE, last)


def test_a_404_that_is_not_the_vendors_does_not_tell_that_nothing_changed(
    vendor: responses.RequestsMock, line: Line
) -> None:
    vendor.get(re.compile(".*/notifications/replay.*"), status=404, json={"message": "no Route matched"})
    with pytest.raises(NotUnderstood):
        Registration().changes(NOW - timedelta(hours=1), line)


def test_none_is_told_by_404_and_what_is_too_old_cannot_be_had(vendor: responses.RequestsMock, line: Line) -> None:
    begin = (NOW - timedelta(days=14)).isoformat()
    vendor.get(
        f"{BASE}/notifications/replay",
        status=404,
        json={"error": {"errorCode": "21503", "errorMessage": "made up: none"}},
        match=[matchers.query_param_matcher({"replayStartTimestamp": begin, "maxNotifications": "100"})],
    )
    assert Registration().changes(NOW - timedelta(days=90), line) == ()


def test_more_at_one_time_than_fits_a_page_is_not_cut_off(vendor: responses.RequestsMock, line: Line) -> None:
    replayed(vendor, SINCE, [told(SINCE, f"organization.e{at}") for at in range(100)])
    with pytest.raises(SourceError, match="more was told"):
        Registration().changes(SINCE, line)
