"""Receivers that do everything that is not a plain yes or no: each in a row of a table, over real HTTP."""

import gzip
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler
from threading import Thread

import pytest

from providers.hooks import ANSWER_BYTES_MAX, HookLine, HookRules, Posted
from tests.api.events.receiver import Answer, Receiver, Sent, receiving, status

SECONDS = 1.0
QUICK = HookRules(connect_seconds=2, answer_seconds=SECONDS, private_allowed=True)
MANY = 100 * ANSWER_BYTES_MAX


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def post(address: str, rules: HookRules = QUICK) -> Posted:
    with HookLine(address, rules) as line:
        return line.post(b'{"a":1}', {"Content-Type": "application/json"})


def raw(*parts: bytes, wait: float = 0.0) -> Answer:
    """Answer with these bytes, waiting between them; then hang up."""

    def answer(handler: BaseHTTPRequestHandler, _sent: Sent) -> None:
        for part in parts:
            handler.wfile.write(part)
            time.sleep(wait)
        handler.close_connection = True

    return answer


def reset(*parts: bytes) -> Answer:
    """Answer with these bytes, and reset the connection (RST) rather than end it."""

    def answer(handler: BaseHTTPRequestHandler, _sent: Sent) -> None:
        for part in parts:
            handler.wfile.write(part)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.rfile.close()
        handler.wfile.close()
        handler.connection.close()

    return answer


def endless(start: bytes, again: bytes) -> Answer:
    """Answer without an end, as fast as it is read."""

    def answer(handler: BaseHTTPRequestHandler, _sent: Sent) -> None:
        handler.wfile.write(start)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            handler.wfile.write(again)

    return answer


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(b"\0" * 64_000_000)
PACKED = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param(raw(OK + b"Content-Length: 0\r\n\r\n"), (200, None), id="plain"),
        pytest.param(raw(OK + b"\r\nall until the end"), (200, None), id="a body that ends with the connection"),
        pytest.param(raw(CHUNKED + b"2\r\nok\r\n0\r\n\r\n"), (200, None), id="in chunks"),
        pytest.param(raw(b"HTTP/1.1 100 Continue\r\n\r\n", OK + b"\r\n"), (200, None), id="go on first"),
        pytest.param(raw(PACKED), (200, None), id="a small body that unpacks to a huge one"),
        pytest.param(raw(OK + b"Content-Encoding: gzip\r\n\r\nnot packed"), (200, None), id="not packed as it says"),
        pytest.param(status(200, b"x" * MANY), (200, None), id="a huge body"),
        pytest.param(endless(CHUNKED, b"400\r\n" + b"x" * 1024 + b"\r\n"), (200, None), id="chunks without an end"),
        pytest.param(endless(OK + b"\r\n", b"x" * 1024), (200, None), id="a body without an end"),
        pytest.param(raw(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), (101, "refused"), id="another protocol"),
        pytest.param(status(301, Location="https://example.com/"), (301, "redirected"), id="moved, to the public"),
        pytest.param(status(302, Location="http://169.254.169.254/"), (302, "redirected"), id="moved, to metadata"),
        pytest.param(status(307, Location="http://[::1]/"), (307, "redirected"), id="moved, to this machine"),
        pytest.param(status(308, Location="//localhost/"), (308, "redirected"), id="moved, without a scheme"),
        pytest.param(status(303), (303, "redirected"), id="moved nowhere"),
        pytest.param(status(410), (410, "gone"), id="gone"),
        pytest.param(status(429), (429, "refused"), id="too many"),
        pytest.param(status(503), (503, "refused"), id="down"),
        pytest.param(raw(b"HTTP/1.1 999 Strange\r\n\r\n"), (999, "refused"), id="no status that anybody knows"),
        pytest.param(raw(), (None, "cut"), id="hangs up"),
        pytest.param(raw(OK + b"Content-Length: 100\r\n\r\nhalf"), (None, "cut"), id="hangs up in the body"),
        pytest.param(raw(CHUNKED + b"400\r\nhalf"), (None, "cut"), id="hangs up in a chunk"),
        pytest.param(raw(CHUNKED + b"2\r\nok\r\n"), (None, "cut"), id="hangs up between chunks"),
        pytest.param(reset(), (None, "cut"), id="resets"),
        pytest.param(reset(OK + b"Content-Length: 100\r\n\r\n"), (None, "cut"), id="resets in the body"),
        pytest.param(raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), (None, "not_understood"), id="another language"),
        pytest.param(raw(b"\x16\x03\x01\x02\x00\x01\x00\n\n"), (None, "not_understood"), id="bytes of TLS"),
        pytest.param(raw(b"HTTP/1.1 abc OK\r\n\r\n"), (None, "not_understood"), id="a status that is no number"),
        pytest.param(raw(b"x" * 100_000), (None, "not_understood"), id="a line without an end"),
        pytest.param(raw(OK + b"X: y\r\n" * 1000 + b"\r\n"), (None, "not_understood"), id="a thousand headers"),
        pytest.param(raw(OK + b"X: " + b"y" * 100_000), (None, "not_understood"), id="a huge header"),
        pytest.param(raw(CHUNKED + b"zz\r\nxx"), (None, "cut"), id="a chunk of no length"),
        pytest.param(raw(*[b"H"] * 50, wait=0.1), (None, "timeout"), id="trickles its status"),
        pytest.param(raw(OK, *[b"X: y\r\n"] * 50, wait=0.1), (None, "timeout"), id="trickles its headers"),
        pytest.param(raw(OK + b"Content-Length: 99\r\n\r\n", *[b"x"] * 50, wait=0.1), (None, "timeout"), id="trickles"),
        pytest.param(raw(CHUNKED, *[b"1\r\nx\r\n"] * 50, wait=0.1), (None, "timeout"), id="trickles chunks"),
        pytest.param(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), (None, "timeout"), id="go on, without an end"),
    ],
)
def test_each_is_told_in_a_word_and_in_time(
    receiver: Receiver, answer: Answer, told: tuple[int | None, str | None]
) -> None:
    receiver.answer = answer
    began = time.monotonic()
    posted = post(receiver.address)
    assert (posted.status, posted.error) == told
    assert time.monotonic() - began < 5 * SECONDS  # Each would go on for much longer, or for ever.
    assert [each.path for each in receiver.sent] == ["/hook?of=us"]  # Once, and nowhere else.


@pytest.mark.parametrize(
    ("code", "told", "asked"),
    [
        (429, "120", "120"),
        (503, "Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT"),
        (503, "soon", "soon"),
        (500, "120", None),
        (200, "120", None),
        (301, "120", None),
    ],
)
def test_who_asks_to_wait_says_so_by_two_statuses_alone(
    receiver: Receiver, code: int, told: str, asked: str | None
) -> None:
    receiver.answer = status(code, **{"Retry-After": told})
    assert post(receiver.address).retry_after == asked


@contextmanager
def tls_talk(first: bytes) -> Iterator[int]:
    """A server that says some bytes to whoever wants to shake hands, and hangs up; gives its port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            try:
                while True:
                    with closing(server.accept()[0]) as taken:
                        taken.recv(4096)
                        taken.sendall(first)
            except OSError:
                return

        Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("first", "words"),
    [
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", {"tls_failed"}, id="plain HTTP"),
        pytest.param(b"\x15\x03\x03\x00\x02\x02\x28", {"tls_failed"}, id="a refusal"),
        pytest.param(b"", {"tls_failed", "cut"}, id="nothing"),
    ],
)
def test_who_cannot_speak_tls(first: bytes, words: set[str]) -> None:
    with tls_talk(first) as port:
        posted = post(f"https://127.0.0.1:{port}/")
    assert posted.status is None
    assert posted.error in words


def test_a_name_that_changes_between_check_and_connection_gains_nothing(receiver: Receiver) -> None:
    asked = []

    def rebinding(_host: str, _port: int) -> list[str]:
        """Public when it is checked, and this machine a moment later."""
        asked.append(1)
        return ["192.0.2.1"] if len(asked) > 1 else ["127.0.0.1"]

    rules = HookRules(connect_seconds=0.5, answer_seconds=1, resolver=rebinding)
    with HookLine(f"https://hooks.example:{receiver.port}/", rules) as line:
        assert line.post(b"{}", {}).error == "address_not_allowed"
    assert len(asked) == 1
    assert receiver.sent == []


@pytest.mark.parametrize(
    "found",
    [
        *(["::ffff:127.0.0.1"], ["2002:7f00:1::"], ["64:ff9b::7f00:1"], ["64:ff9b:1::1"], ["::127.0.0.1"]),
        *(["fe80::1%eth0"], ["fe80::1%1"], ["::1"], ["fd00::1"], ["93.184.216.34", "::ffff:10.0.0.1"], ["ff02::1%2"]),
        *(["0.0.0.0"], ["169.254.169.254"], ["fd00:ec2::254"]),
    ],
    ids=" ".join,
)
def test_a_name_that_resolves_into_our_network_in_any_form_is_not_called(found: list[str]) -> None:
    rules = HookRules(connect_seconds=1, answer_seconds=1, resolver=lambda _host, _port: found)
    assert post("https://hooks.example/", rules).error == "address_not_allowed"


def test_a_resolver_that_never_answers_is_left() -> None:
    rules = HookRules(connect_seconds=0.2, answer_seconds=1, resolver=lambda _host, _port: time.sleep(5) or [])
    began = time.monotonic()
    assert post("https://hooks.example/", rules).error == "name_not_found"
    assert time.monotonic() - began < 3
