"""What is tried again, when, and what never is."""

import json
from datetime import UTC, datetime
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import SourceBusy, SourceDown
from providers.http import Request
from providers.memory import BreakerState, LocalMemory
from providers.reading import WAIT_SECONDS_MAX, is_page, wait_seconds
from tests.providers.vendor import ASK, answers, failure_of, line_to, sends, vendor

ORDER = Request("order", "/orders", method="POST", json={}, repeatable=False)
CUT = sends(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
PAGE = answers(b"<!DOCTYPE html><title>Back soon</title>")
FAILING = [
    answers(b"", 500),
    answers(b"", 502),
    answers(b"", 503),
    answers(b"", 504),
    answers(b"", 429),
    CUT,
    sends(b""),
    PAGE,
]


def nowhere() -> str:
    with vendor(answers()) as gone:
        return gone.address


@pytest.mark.parametrize("failing", FAILING)
def test_what_is_safe_to_repeat_is_tried_again(failing):
    memory = LocalMemory()
    with vendor(failing, failing, answers(b'{"a": 1}')) as shaky:
        assert line_to(shaky.address, retries=2, memory=memory).send(ASK).document == {"a": 1}
        assert len(shaky.asked) == 3
    assert [(call.outcome, call.tries) for call in memory.calls] == [("ok", 3)]


@pytest.mark.parametrize("failing", FAILING)
def test_an_order_is_never_sent_twice(failing):
    with vendor(failing, answers()) as shaky:
        assert isinstance(failure_of(line_to(shaky.address, retries=2), ORDER), SourceDown)
        assert len(shaky.asked) == 1


@pytest.mark.parametrize("request_", [ASK, ORDER])
def test_where_nobody_could_be_reached_everything_is_tried_again(request_):
    memory = LocalMemory()
    assert type(failure_of(line_to(nowhere(), retries=2, memory=memory), request_)) is SourceDown
    assert [call.tries for call in memory.calls] == [3]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_what_asking_again_does_not_help_is_asked_once(status):
    with vendor(answers(b"{}", status)) as refusing:
        failure_of(line_to(refusing.address, retries=2))
        assert len(refusing.asked) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_fits_is_kept(status):
    with vendor(answers(b"", status, {"Retry-After": "1"}), answers()) as busy:
        started = monotonic()
        line_to(busy.address, retries=1).send(ASK)
        assert monotonic() - started >= 1


def test_a_wait_that_does_not_fit_is_told_and_others_keep_it_too():
    memory = LocalMemory()
    with vendor(answers(b"", 429, {"Retry-After": "90"}), answers()) as busy:
        first = failure_of(line_to(busy.address, retries=2, memory=memory))
        second = failure_of(line_to(busy.address, memory=memory))
        assert len(busy.asked) == 1
    assert (type(first), first.retry_after_seconds) == (SourceBusy, 90)
    assert (type(second), second.retry_after_seconds) == (SourceBusy, 90)
    assert memory.breaker() == BreakerState()


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("0", 0),
        ("17", 17),
        (" 17 ", 17),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Sun, 01 Mar 2026 13:00:30 +0100", 30),
        ("999999999", WAIT_SECONDS_MAX),
        ("Sun, 01 Mar 2099 12:00:00 GMT", WAIT_SECONDS_MAX),
        ("9" * 30, WAIT_SECONDS_MAX),
        *((odd, None) for odd in ("", "-1", "1.5", "soon", "\u0661\u0667", "Sun, 99 Mar 2026 12:00:30 GMT")),
    ],
)
def test_how_long_to_wait_is_read(told, seconds):
    assert wait_seconds({"Retry-After": told}, NOW) == seconds


@given(st.text())
def test_any_header_says_how_long_or_nothing(told):
    seconds = wait_seconds({"Retry-After": told}, NOW)
    assert seconds is None or 0 <= seconds <= WAIT_SECONDS_MAX


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5),
    st.binary(max_size=5),
    st.sampled_from(["text/html", "application/json", ""]),
)
def test_a_document_is_never_taken_for_a_page_whatever_its_header_says(document, rest, told):
    body = json.dumps(document).encode()
    assert not is_page(body, {"Content-Type": told})
    assert not is_page(body[: len(body) // 2 or 1] + rest, {"Content-Type": told})
