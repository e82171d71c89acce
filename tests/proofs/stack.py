"""creditgate as it runs: a web server of several processes and a worker over one database; and how they are killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
START_SECONDS, STOP_SECONDS, TIMEOUT_SECONDS = 60, 40, 60


class Unanswered(Exception):
    """Nobody knows what became of the request: the connection was refused or cut."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered."""

    status: int
    body: Any
    is_replayed: bool


@dataclass(slots=True)
class Stack:
    """Server and worker as processes; what they say goes to files in `folder`."""

    variables: dict[str, str]
    folder: Path
    port: int = field(default_factory=_free_port)
    server: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start what does not run, and wait until it answers."""
        if self.server is None or self.server.poll() is not None:
            self._wait_until(lambda: not self._listens())
            self.server = self._started("serve")
        if self.worker is None or self.worker.poll() is not None:
            self.worker = self._started("worker")
        self._wait_until(self._listens)

    def stop(self) -> None:
        """Stop all of it."""
        for process in (self.server, self.worker):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(STOP_SECONDS)

    def kill_worker(self) -> None:
        """End the worker as a power cut does."""
        assert self.worker is not None
        self.worker.kill()
        self.worker.wait()

    def kill_server(self) -> None:
        """End the parent of the server's processes; they see that they are orphans, and end."""
        assert self.server is not None
        orphans = self.server_children()
        self.server.kill()
        self.server.wait()
        for each in orphans:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)

    def kill_server_child(self, place: int) -> None:
        """End one of the server's processes with all requests in it; its parent starts another."""
        children = self.server_children()
        if children:
            with suppress(ProcessLookupError):
                os.kill(children[place % len(children)], signal.SIGKILL)

    def server_children(self) -> list[int]:
        """Give the ids of the server's processes."""
        assert self.server is not None
        with suppress(FileNotFoundError):
            path = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children")
            return [int(each) for each in path.read_text().split()]
        return []

    def ask(self, key: str, method: str, path: str, body: Any = None, once: str | None = None) -> Answer:
        """Ask over a connection of its own. Raises Unanswered where no whole answer came."""
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Connection": "close"}
        if once is not None:
            headers["Idempotency-Key"] = once
        connection = HTTPConnection(HOST, self.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, HTTPException) as error:
            raise Unanswered from error
        finally:
            connection.close()
        return Answer(answer.status, json.loads(text), answer.getheader("Idempotent-Replayed") == "true")

    def _started(self, command: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{command}.log").open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "api", command],
                env={**os.environ, **self.variables, "PORT": str(self.port)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.port)) == 0

    def _wait_until(self, condition: Any) -> None:
        until = time.monotonic() + START_SECONDS
        while not condition():
            if time.monotonic() > until:
                raise RuntimeError("\n".join(each.read_text()[-2000:] for each in self.folder.glob("*.log")))
            time.sleep(0.05)


@contextmanager
def running(variables: dict[str, str], folder: Path) -> Iterator[Stack]:
    """Run a stack for as long as the `with` lasts."""
    stack = Stack(variables, folder)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
