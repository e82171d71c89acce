"""What the trips share: a place of their own to run in."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """An empty data folder under a long path with a space, and free ports for the server and the sandbox."""
    base = Path(tempfile.mkdtemp(prefix="creditgate-trip-"))
    base.chmod(0o711)  # Only passing through: when root runs the tests, the database's own user must reach its folder.
    with socket.socket() as probe, socket.socket() as beside:
        probe.bind(("127.0.0.1", 0))
        beside.bind(("127.0.0.1", 0))
        port, sandbox_port = probe.getsockname()[1], beside.getsockname()[1]
    folder = base / ("a long path " + "x" * 100) / "var"
    ports = {"PORT": str(port), "CREDITGATE_SANDBOX_PORT": str(sandbox_port)}
    yield {**os.environ, "CREDITGATE_DATA_DIR": str(folder), **ports, "PYTHONUNBUFFERED": "1"}
    shutil.rmtree(base, ignore_errors=True)
