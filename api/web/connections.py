"""Connections of slow clients: a thread is given to a request whose head has arrived, never to one that may come."""

import atexit
import logging
import os
import sys
import time
from functools import partial
from selectors import EVENT_READ
from socket import socket
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

HEAD_SECONDS = 10
BODY_SECONDS = 30  # For each part of a body, and for each of an answer.
PART_BYTES = 65_536
HEAD_BYTES_MAX = 600_000  # More than the server's own limits let through: those then say what is wrong.
HEAD_END = b"\r\n\r\n"


def _end_at_once() -> None:
    """End a process that stopped in good order without taking apart all it ever loaded, which takes seconds under load.

    Its threads have ended by now: Python waits for them before it comes here, so nothing that was begun is lost.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0)


class PatientWorker(ThreadWorker):
    """gunicorn's worker with threads, which would let each half-sent head hold one of them for ever."""

    def run(self) -> None:
        """Serve until told to stop, and until what was asked by then is answered."""
        super().run()
        # Registered only now, so that what ends by a fault tells so by its exit code.
        atexit.register(_end_at_once)

    def accept(self, listener: socket) -> None:
        """Take a connection in, and wait for its first request."""
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):  # Another process was faster, or the client gave up.
            return
        self.nr_conns += 1
        self._await_head(TConn(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, connection: Any, client: socket) -> None:
        """Wait for the next request of a connection that was kept alive; its first bytes are there."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(connection)
        self._await_head(connection)

    def _await_head(self, connection: Any) -> None:
        connection.sock.setblocking(False)
        connection.head = b""
        connection.timeout = time.monotonic() + HEAD_SECONDS
        self.pending_conns.append(connection)  # The library closes those whose time is up.
        self.poller.register(connection.sock, EVENT_READ, partial(self.on_pending_socket_readable, connection))

    def on_pending_socket_readable(self, connection: Any, client: socket) -> None:
        """Take in what has arrived; a thread goes on once that is a whole head."""
        try:
            part = client.recv(PART_BYTES)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        connection.head += part
        is_whole = HEAD_END in connection.head.lstrip(b"\r\n") or len(connection.head) > HEAD_BYTES_MAX
        if part and not is_whole:
            return
        self.poller.unregister(client)
        self.pending_conns.remove(connection)
        if not part:
            self.nr_conns -= 1
            connection.close()
            return
        connection.data_ready = True
        connection.init()
        connection.parser.unreader.unread(connection.head)
        self.enqueue_req(connection)

    def handle_request(self, request: Any, connection: Any) -> Any:
        """Answer one request, whose client may not fall silent for long."""
        connection.sock.settimeout(BODY_SECONDS)
        return super().handle_request(request, connection)

    def _cap_keepalive(self, deadline: float) -> None:
        """Let no connection that never asked hold up a stop."""
        super()._cap_keepalive(deadline)
        for connection in self.pending_conns:
            connection.timeout = min(connection.timeout, deadline)
