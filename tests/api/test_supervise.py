"""The supervisor stops all it started, however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from api import supervise as our_supervise
from api.config import Config
from api.web.serving import settings

ROOT = Path(__file__).parents[2]

# Writes its number to a file, forks a child that does the same, and waits; `stubborn` ignores a friendly stop.
SLEEPER = """
import os, signal, sys, time
folder, name, manner = sys.argv[1:]
if manner == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if manner == "brief":
    sys.exit(3)
if os.fork() == 0:
    name += "-child"
open(f"{folder}/{name}.new", "w").write(str(os.getpid()))
os.rename(f"{folder}/{name}.new", f"{folder}/{name}")
time.sleep(60)
"""
SUPERVISOR = """
import sys
from api import supervise
folder, sleeper, stop_seconds, *manners = sys.argv[1:]
supervise.STOP_SECONDS = int(stop_seconds)
commands = {manner: [sys.executable, "-c", sleeper, folder, manner, manner] for manner in manners}
sys.exit(supervise.run(commands, last=lambda: open(f"{folder}/last", "w").close()))
"""


def supervise(folder: Path, *manners: str, stop_seconds: int = 10) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SUPERVISOR, str(folder), SLEEPER, str(stop_seconds), *manners]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited 10 s in vain"
        time.sleep(0.02)


def started(folder: Path, *names: str) -> list[int]:
    """The process numbers of the sleepers and of what they forked, once all of them run."""
    files = [folder / f"{name}{suffix}" for name in names for suffix in ("", "-child")]
    until(lambda: all(file.exists() for file in files))
    return [int(file.read_text()) for file in files]


def lives(process: int) -> bool:
    """A zombie whose parent has not asked after it yet is no longer alive."""
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False).stdout
    return bool(told.strip()) and not told.startswith("Z")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_ends_everything_and_the_database_last(tmp_path: Path, number: signal.Signals) -> None:
    with supervise(tmp_path, "web", "worker") as supervisor:
        processes = started(tmp_path, "web", "worker")
        supervisor.send_signal(number)
        assert supervisor.wait(5) == 0
    assert not any(lives(process) for process in processes)
    assert (tmp_path / "last").exists()


def test_one_that_ends_by_itself_stops_the_rest_and_is_named(tmp_path: Path) -> None:
    with supervise(tmp_path, "web", "brief") as supervisor:
        assert supervisor.wait(5) == 1
        assert supervisor.stderr is not None
        assert "brief ended by itself (exit code 3)" in supervisor.stderr.read()
    assert not any(lives(int(file.read_text())) for file in tmp_path.glob("web*") if file.suffix != ".new")
    assert (tmp_path / "last").exists()


def test_one_that_does_not_listen_is_killed_when_its_time_is_up(tmp_path: Path) -> None:
    with supervise(tmp_path, "stubborn", stop_seconds=1) as supervisor:
        processes = started(tmp_path, "stubborn")
        supervisor.terminate()
        assert supervisor.wait(5) == 0
    assert not any(lives(process) for process in processes)


def test_the_web_server_has_the_time_that_it_gives_to_what_it_is_at() -> None:
    assert settings(Config(), "")["graceful_timeout"] < our_supervise.STOP_SECONDS


def test_a_second_signal_does_not_wait(tmp_path: Path) -> None:
    with supervise(tmp_path, "stubborn", stop_seconds=60) as supervisor:
        processes = started(tmp_path, "stubborn")
        supervisor.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert supervisor.poll() is None
        supervisor.send_signal(signal.SIGINT)
        assert supervisor.wait(5) == 0
    assert not any(lives(process) for process in processes)


def test_a_killed_supervisor_takes_its_children_along(tmp_path: Path) -> None:
    with supervise(tmp_path, "web", "stubborn") as supervisor:
        processes = started(tmp_path, "web", "stubborn")
        os.kill(supervisor.pid, signal.SIGKILL)
    until(lambda: not any(lives(process) for process in processes))
