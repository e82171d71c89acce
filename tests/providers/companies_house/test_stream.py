"""The stream of changes over real sockets: heartbeats, a broken line, a timepoint too old, and a stop that stops."""

import base64
import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.companies_house.stream import ChangeStream, Streamed, TimepointTooOld, streamed
from providers.errors import NotUnderstood, SourceBusy, SourceDown, SourceError, SourceRefused
from providers.http import Line
from providers.ports import Change, Identifier
from tests.providers.mutations import mutated
from tests.providers.register_lines import line_to

KEY = "key-of-the-stream"
RECORD = {
    "resource_kind": "company-profile",
    "resource_uri": "/company/00006402",
    "resource_id": "00006402",
    "data": {"company_number": "00006402", "company_status": "liquidation"},
    "event": {"type": "changed", "timepoint": 48, "published_at": "2026-02-28T10:00:00", "fields_changed": []},
}
CHANGED = Change(
    "company-profile:48",
    Identifier("coh", "GB", "00006402"),
    "status",
    datetime(2026, 2, 28, 10, tzinfo=UTC),
    None,
    "liquidation",
)
Play = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Plays one answer, which the server carries."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Play it."""
        self.server.asked.append((self.path, self.headers["Authorization"]))  # type: ignore[attr-defined]
        self.server.play(self)  # type: ignore[attr-defined]

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def begin(self, status: int = 200, **headers: str) -> None:
        """Send the head of an answer in chunks."""
        self.send_response(status)
        self.send_header("Transfer-Encoding", "chunked")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def chunk(self, data: bytes) -> None:
        """Send one chunk; the empty one ends the answer."""
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()


@contextmanager
def playing(play: Play) -> Iterator[tuple[Line, list[tuple[str, str]]]]:
    """A line to a server that plays, and what it was asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.asked, server.play = [], play  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    given_keys = {"api_key": "key", "stream_key": KEY}
    line = line_to("companies_house", given_keys).beside("companies_house_stream")
    try:
        yield replace(line, address=f"http://127.0.0.1:{server.server_port}"), server.asked  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


def line_of(**changes: Any) -> bytes:
    return json.dumps({**RECORD, **changes}).encode() + b"\n"


def play_lines(*chunks: bytes) -> Play:
    def play(handler: Handler) -> None:
        handler.begin()
        for each in chunks:
            handler.chunk(each)
        handler.chunk(b"")

    return play


def read_all(line: Line, timepoint: int | None = None) -> list[Streamed]:
    """Everything until the stream ends, which it never does by itself unless it breaks."""
    found: list[Streamed] = []
    with ChangeStream(line, "companies", timepoint) as stream, pytest.raises(SourceDown):
        found.extend(stream.read())
    return found


def test_the_key_goes_to_the_stream_alone_whatever_it_holds_and_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with playing(play_lines(line_of())) as (line, asked):
        assert len(read_all(replace(line, credentials={"stream_key": "naïve-€"}))) == 1
    assert base64.b64decode(asked[0][1].removeprefix("Basic ")).decode() == "naïve-€:"


def test_without_its_key_the_stream_is_refused() -> None:
    with playing(play_lines()) as (line, asked):
        with pytest.raises(SourceRefused), ChangeStream(replace(line, credentials={"api_key": "k"}), "companies"):
            pass
        assert not asked


def test_changes_come_between_heartbeats_however_they_are_cut() -> None:
    whole = b"\n" + line_of() + b"\r\n" + line_of()
    with playing(play_lines(whole[:30], whole[30:31], whole[31:], b"unfinished")) as (line, asked):
        found = read_all(line, 47)
    assert found == [Streamed(None, None), Streamed(CHANGED, 48), Streamed(None, None), Streamed(CHANGED, 48)]
    assert asked[0][0] == "/companies?timepoint=47"
    assert asked[0][1].startswith("Basic ")


def test_a_compressed_stream_is_read_too() -> None:
    def play(handler: Handler) -> None:
        handler.begin(Content_Encoding="gzip")
        handler.chunk(gzip.compress(line_of() + line_of()))
        handler.chunk(b"")

    with playing(play) as (line, _):
        assert read_all(line) == [Streamed(CHANGED, 48)] * 2


def test_an_unreadable_line_does_not_hold_up_the_next() -> None:
    with playing(play_lines(b"{nonsense\n", line_of())) as (line, _):
        assert read_all(line) == [Streamed(None, None, is_unreadable=True), Streamed(CHANGED, 48)]


def test_what_came_before_a_connection_breaks_was_read() -> None:
    def play(handler: Handler) -> None:
        handler.begin()
        handler.chunk(line_of())
        handler.close_connection = True

    with playing(play) as (line, _):
        assert read_all(line) == [Streamed(CHANGED, 48)]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, SourceRefused),
        (403, SourceRefused),
        (416, TimepointTooOld),
        (429, SourceBusy),
        (500, SourceDown),
        (302, NotUnderstood),
    ],
)
def test_a_refusal_says_what_to_do(status: int, error: type[SourceError]) -> None:
    def play(handler: Handler) -> None:
        handler.begin(status)
        handler.chunk(b"")

    with playing(play) as (line, _), pytest.raises(SourceError) as failed, ChangeStream(line, "companies", 1):
        pass
    assert type(failed.value) is error
    assert KEY not in str(failed.value)


def test_it_stops_while_it_waits_for_a_line() -> None:
    over = threading.Event()

    def play(handler: Handler) -> None:
        handler.begin()
        handler.chunk(line_of())
        over.wait(20)

    found: list[Streamed] = []
    with playing(play) as (line, _), ChangeStream(line, "companies") as stream:
        came = threading.Event()

        def read() -> None:
            for each in stream.read():
                found.append(each)
                came.set()

        reader = threading.Thread(target=read)
        reader.start()
        assert came.wait(10)
        stream.stop()
        reader.join(10)
        assert not reader.is_alive()
        stream.stop()
        over.set()
    assert found == [Streamed(CHANGED, 48)]


def test_a_server_that_is_not_there_is_down() -> None:
    with playing(play_lines()) as (line, _):
        pass
    with pytest.raises(SourceDown), ChangeStream(line, "companies"):
        pass


@pytest.mark.parametrize(
    ("changes", "kind", "company", "new"),
    [
        ({}, "status", "00006402", "liquidation"),
        (
            {"resource_kind": "company-insolvency", "resource_uri": "/company/SC123456/insolvency"},
            "insolvency",
            "SC123456",
            "liquidation",
        ),
        ({"resource_kind": "something-new"}, "other", "00006402", "liquidation"),
        ({"event": {**RECORD["event"], "type": "deleted"}}, "status", "00006402", "deleted"),  # type: ignore[dict-item]
        ({"data": {}}, "status", "00006402", None),
    ],
)
def test_a_change_is_named_in_our_words(changes: dict[str, Any], kind: str, company: str, new: str | None) -> None:
    change = streamed("companies_house_stream", line_of(**changes)).change
    assert change is not None
    assert (change.kind, change.company.value, change.new) == (kind, company, new)


def test_a_change_of_no_company_moves_the_timepoint_on() -> None:
    assert streamed("x", line_of(resource_uri="/officers/abc/appointments")) == Streamed(None, 48)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=60), mutated([RECORD]).map(lambda document: json.dumps(document).encode())))
def test_whatever_a_line_holds_it_is_a_change_or_not_understood(text: bytes) -> None:
    try:
        found = streamed("companies_house_stream", text)
    except NotUnderstood:
        return
    assert found.timepoint is not None
    assert found.change is None or len(found.change.company.value) == 8
