"""Runs the web server and the worker together: all of them, or none."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import IO

STOP_SECONDS = 35  # More than the web server gives what it is at: a report that is paid for may be on its way.
_POLL_SECONDS = 0.1
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# Waits until the supervisor is gone, by whatever cause, then kills the process groups it was told of. A pipe ends with
# its writer on every system, even after kill -9, and a group takes along what its leader forked.
_GUARD = """
import os, signal, sys
for group in sys.stdin.read().split():
    try:
        os.killpg(int(group), signal.SIGKILL)
    except ProcessLookupError:
        pass
"""


class _StopRequest:
    """Counts the signals that ask us to stop, for as long as the `with` lasts."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> "_StopRequest":
        self._before = {number: signal.signal(number, self._receive) for number in _STOP_SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self.count += 1


def run(
    commands: Mapping[str, Sequence[str]],
    *,
    environment: Mapping[str, str] | None = None,
    last: Callable[[], None] | None = None,
) -> int:
    """Run the named commands until one ends or we are asked to stop; gives the exit code for the shell.

    Each command gets a process group of its own. SIGINT, SIGTERM and SIGHUP stop all within STOP_SECONDS (a second
    signal at once) and give 0; a command that ends by itself stops the rest and gives 1. `last` runs when all have
    ended, the database's stop for instance. If we are killed, a guard kills the commands.
    """
    children: dict[str, subprocess.Popen[bytes]] = {}
    with _StopRequest() as asked:
        guard = subprocess.Popen([sys.executable, "-I", "-c", _GUARD], stdin=subprocess.PIPE, start_new_session=True)
        try:
            for name, command in commands.items():
                children[name] = _start(command, environment, guard.stdin)
            ended = _wait(children, asked)
        finally:
            _stop(list(children.values()), asked)
            guard.kill()
            guard.wait()
            if last:
                last()
    if ended:
        print(f"{ended} ended by itself (exit code {children[ended].returncode}); all is stopped.", file=sys.stderr)  # noqa: T201
    return 1 if ended else 0


def _start(
    command: Sequence[str], environment: Mapping[str, str] | None, told: IO[bytes] | None
) -> subprocess.Popen[bytes]:
    child = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, process_group=0)
    assert told is not None
    told.write(f"{child.pid}\n".encode())
    told.flush()
    return child


def _wait(children: Mapping[str, subprocess.Popen[bytes]], asked: _StopRequest) -> str | None:
    """The name of the first child to end by itself, or None when asked to stop."""
    while not asked.count:
        for name, child in children.items():
            if child.poll() is not None:
                return name
        time.sleep(_POLL_SECONDS)
    return None


def _stop(children: Sequence[subprocess.Popen[bytes]], asked: _StopRequest) -> None:
    """Ask every child to end, give it time, then kill what is left of its group."""
    for child in children:
        child.terminate()
    first = asked.count
    deadline = time.monotonic() + STOP_SECONDS
    while any(child.poll() is None for child in children) and time.monotonic() < deadline and asked.count == first:
        time.sleep(_POLL_SECONDS)
    for child in children:
        with suppress(ProcessLookupError, PermissionError):  # macOS answers the latter for a group that has ended.
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
