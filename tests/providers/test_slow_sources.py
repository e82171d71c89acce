"""A source that is slow holds nobody past the deadline; each of these would take ten seconds and more."""

import socket
from threading import Thread

import pytest

from providers.errors import SourceError, SourceLate
from tests.providers.vendor import ASK, line_to, slowly, vendor

DEADLINE = 0.6
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
SLOW = {
    "says nothing": slowly(*[b""] * 100),
    "trickles its headers": slowly(b"HTTP/1.1 200 OK\r\nX-Slow: ", *[b"a"] * 200),
    "trickles headers without end": slowly(b"HTTP/1.1 200 OK\r\n", *[b"X-A: b\r\n"] * 90),
    "trickles its body": slowly(HEAD, *[b" "] * 100),
    "trickles its chunks": slowly(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1\r\n \r\n"] * 100),
    "trickles the size of a chunk": slowly(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", *[b"a"] * 100),
}


@pytest.mark.parametrize("how", SLOW)
def test_a_server_that_is_slow_holds_nobody_past_the_deadline(how):
    with vendor(SLOW[how]) as slow:
        with pytest.raises(SourceLate):
            line_to(slow.address, seconds=DEADLINE).send(ASK)
        assert slow.asked
        assert not slow.finished


def test_many_who_wait_for_a_slow_server_all_go_in_time():
    outcomes = []

    def ask() -> None:
        try:
            line_to(slow.address, seconds=DEADLINE, at_once=40).send(ASK)
        except SourceError as failure:
            outcomes.append(type(failure))

    with vendor(SLOW["trickles its body"]) as slow:
        callers = [Thread(target=ask) for _ in range(40)]
        for each in callers:
            each.start()
        for each in callers:
            each.join()
        assert not slow.finished
    assert outcomes == [SourceLate] * 40


def test_a_tls_handshake_that_never_comes_holds_nobody():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        line = line_to(f"https://127.0.0.1:{silent.getsockname()[1]}", seconds=DEADLINE)
        with pytest.raises(SourceLate):
            line.send(ASK)
