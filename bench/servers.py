"""The two servers that are compared, floor and product: processes of their own, under the same settings."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from bench.load import HOST

START_SECONDS = 60
STOP_SECONDS = 40


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `process_id` is the parent of its workers."""

    port: int
    process_id: int


def environment(database_url: str) -> dict[str, str]:
    """Give the settings of both servers; no request is held back for coming too often."""
    return {
        "CREDITGATE_DATABASE_URL": database_url,
        "CREDITGATE_SECRET_KEYS": Fernet.generate_key().decode(),
        "CREDITGATE_REQUESTS_PER_MINUTE": "1000000000",
    }


@contextmanager
def running(module: tuple[str, ...], variables: dict[str, str], log: Path) -> Iterator[Server]:
    """Run `python -m <module>` as a server for as long as the `with` lasts; what it says goes to `log`."""
    port = _free_port()
    with beside(module, variables | {"PORT": str(port)}, log) as process:
        _wait_for(port, process, log)
        yield Server(port, process.pid)


@contextmanager
def beside(module: tuple[str, ...], variables: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python -m <module>` for as long as the `with` lasts, such as the worker; what it says goes to `log`."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *module], env={**os.environ, **variables}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-2000:]}")
