"""A vendor on a socket of this machine that answers as a test says, rightly or wrongly, and notes what it was asked."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock, Thread
from time import monotonic
from typing import Any

import pytest

from providers.errors import SourceError
from providers.http import Line, Request
from providers.memory import LocalMemory, Memory
from providers.settings import SourceSettings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ASK = Request("ask", "/companies")
Behaviour = Callable[[socket.socket, bytes], None]


@dataclass
class Vendor:
    """Each connection's next request is answered by the next behaviour; the last one stays."""

    behaviours: list[Behaviour]
    asked: list[bytes] = field(default_factory=list)
    connections: int = 0
    finished: int = 0
    address: str = ""
    _lock: Lock = field(default_factory=Lock)

    def next_behaviour(self, request: bytes) -> Behaviour:
        with self._lock:
            self.asked.append(request)
            return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]

    def paths(self) -> list[str]:
        return [request.split(b" ")[1].decode() for request in self.asked]


def answers(
    body: bytes = b"{}", status: int = 200, headers: Mapping[str, str] | None = None, *, keep: bool = True
) -> Behaviour:
    """Answers properly."""

    def behave(connection: socket.socket, _: bytes) -> None:
        told = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        closing = "" if keep else "Connection: close\r\n"
        head = f"HTTP/1.1 {status} Such\r\nContent-Length: {len(body)}\r\n{closing}{told}\r\n"
        connection.sendall(head.encode() + body)

    return behave


def sends(raw: bytes) -> Behaviour:
    """Sends such bytes and hangs up."""

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)

    return behave


def slowly(*parts: bytes, every: float = 0.1) -> Behaviour:
    """Sends part by part."""

    def behave(connection: socket.socket, _: bytes) -> None:
        for part in parts:
            connection.sendall(part)
            time.sleep(every)

    return behave


@contextmanager
def vendor(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Vendor]:
    """Serve until the end of the block."""
    made = Vendor(list(behaviours))
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        made.address = f"http{'s' if tls else ''}://127.0.0.1:{listening.getsockname()[1]}"
        open_ones: list[socket.socket] = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    made.connections += 1
                    open_ones.append(connection)
                    Thread(target=_serve, args=(made, connection, tls), daemon=True).start()

        Thread(target=accept, daemon=True).start()
        yield made
        listening.shutdown(socket.SHUT_RDWR)
        for connection in open_ones:
            with suppress(OSError):
                connection.close()


def _serve(made: Vendor, plain: socket.socket, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError), tls.wrap_socket(plain, server_side=True) if tls else plain as connection:
        while request := _request(connection):
            made.next_behaviour(request)(connection, request)
            made.finished += 1


def _request(connection: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        part = connection.recv(65536)
        if not part:
            return b""
        got += part
    head, _, body = got.partition(b"\r\n\r\n")
    lengths = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while len(body) < (lengths or [0])[0]:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def line_to(
    address: str,
    *,
    memory: Memory | None = None,
    seconds: float = 5.0,
    late_seconds: float = 0.0,
    is_sandbox: bool = False,
    **settings: Any,
) -> Line:
    """A line to an address for so long, with settings that are quick unless others are given."""
    options = {"retries": 0, "breaker_failures": 1000, **settings}
    return Line(
        SourceSettings("vendor", "https://vendor.example", **options),
        address,
        {"key": "open sesame"},
        LocalMemory() if memory is None else memory,
        now=NOW,
        real_now=lambda: datetime.now(UTC),
        deadline=monotonic() + seconds,
        is_sandbox=is_sandbox,
        late_seconds=late_seconds,
    )


def failure_of(line: Line, request: Request = ASK) -> SourceError:
    with pytest.raises(SourceError) as failure:
        line.send(request)
    return failure.value
