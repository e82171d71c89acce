"""The server as it really runs: several processes, one set of counts, a stop that lets requests end."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from threading import Event
from uuid import UUID

import pytest
import requests

from api.config import Config, ConfigInvalid
from api.records import debtor_locks
from api.web.serving import remove_stale_counters, require_free_port

# What ends by itself takes all apart that it loaded, and says so.
TAKEN_APART = '{"event": "taken apart"}'
PROGRAM = """
import atexit, sys
atexit.register(lambda: sys.stderr.write({taken_apart!r} + chr(10)))
from pathlib import Path
from api.config import Config
from api.records import debtor_locks
from api.web.serving import serve
serve({config!r})
"""


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def log(tmp_path):
    """What the server writes; a pipe that nobody reads would stop it."""
    return tmp_path / "log"


@pytest.fixture
def server(config, free_port, project, log) -> Iterator[subprocess.Popen[str]]:
    served = replace(config, port=free_port, web_workers=2)
    program = PROGRAM.format(config=served, taken_apart=TAKEN_APART).replace("PosixPath", "Path")
    with log.open("w") as written:
        process = subprocess.Popen([sys.executable, "-c", program], cwd=project, stderr=written, text=True)
    for _ in range(200):
        try:
            requests.get(f"http://127.0.0.1:{free_port}/healthz", timeout=20)
            break
        except requests.ConnectionError:
            time.sleep(0.05)
    yield process
    process.kill()
    process.wait()


def test_processes_count_together_log_json_and_stop_when_told(server, free_port, new_key, log):
    url = f"http://127.0.0.1:{free_port}"
    headers = {"Authorization": f"Bearer {new_key('admin').text}", "X-Forwarded-Proto": "https"}
    for _ in range(20):
        answer = requests.get(f"{url}/v1/keys", headers=headers, timeout=5)
        assert answer.status_code == 200
        assert "Strict-Transport-Security" not in answer.headers
    counted = requests.get(f"{url}/metrics", timeout=5).text
    assert 'creditgate_requests_total{method="GET",route="/v1/keys",status="200"} 20.0' in counted
    assert 'creditgate_source_breaker_openings_total{provider="creditsafe"} 0.0' in counted
    too_long = requests.get(url, headers={"Authorization": "Bearer " + "x" * 9000}, timeout=5)
    assert 400 <= too_long.status_code < 500
    server.send_signal(signal.SIGTERM)
    assert server.wait(20) == 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["route"] for line in lines if line["event"] == "request"].count("/v1/keys") == 20
    assert any("Listening" in line["event"] for line in lines)


def half_open(port: int, content: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(content)
    return connection


@pytest.mark.parametrize("content", [b"", b"GET /healthz HTT", b"GET /healthz HTTP/1.1\r\nHost: x\r\n", b"\r\n\r\n"])
def test_clients_that_never_finish_asking_keep_nobody_waiting(server, free_port, content):
    url = f"http://127.0.0.1:{free_port}/healthz"
    with ExitStack() as stack:
        for _ in range(60):  # More than the server has threads.
            stack.enter_context(half_open(free_port, content))
        for _ in range(10):
            assert requests.get(url, timeout=2).status_code == 200
    server.send_signal(signal.SIGTERM)
    assert server.wait(8) == 0


def test_a_head_may_arrive_in_pieces_and_a_connection_is_used_again(server, free_port):
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    with half_open(free_port, b"") as connection:
        for _ in range(2):
            for place in range(0, len(request), 9):
                connection.sendall(request[place : place + 9])
                time.sleep(0.01)
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
            connection.settimeout(0.2)
            with suppress(TimeoutError):
                connection.recv(5000)
            connection.settimeout(20)


def test_what_a_killed_server_left_is_removed_by_the_next_one(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = subprocess.Popen(["true"])
    dead.wait()
    for name in (dead.pid, os.getpid()):
        (tmp_path / f"creditgate-metrics-{name}-x").mkdir()
    remove_stale_counters()
    assert [folder.name for folder in tmp_path.iterdir()] == [f"creditgate-metrics-{os.getpid()}-x"]


def test_a_port_that_is_taken_is_named(free_port):
    require_free_port(Config(port=free_port))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port))
        taken.listen()
        with pytest.raises(ConfigInvalid, match=str(free_port)):
            require_free_port(Config(port=free_port))


@pytest.fixture
def busy(free_port):
    """Clients that ask again and again over connections that they keep open."""
    over = Event()

    def ask():
        with requests.Session() as session:
            while not over.is_set():
                with suppress(requests.RequestException):
                    session.get(f"http://127.0.0.1:{free_port}/healthz", timeout=20)
                over.wait(0.01)

    with ThreadPoolExecutor(12) as pool:
        for _ in range(12):
            pool.submit(ask)
        yield
        over.set()


def test_a_stop_under_load_lets_what_is_asked_be_answered_and_is_prompt_then(
    server, free_port, busy, client_of, sessions, seller, new_key, log
):
    debtor_id = client_of("integration").post("/v1/debtors", json={"country": "NL"}).json["id"]
    url, headers = f"http://127.0.0.1:{free_port}", {"Authorization": f"Bearer {new_key('integration').text}"}
    asked = {"debtor_id": debtor_id, "order_reference": "1", "amount": {"amount": "1.00", "currency": "EUR"}}
    with ThreadPoolExecutor(1) as pool:
        with sessions.of(seller.id) as session:
            debtor_locks.lock(session, [UUID(debtor_id)])
            waiting = pool.submit(requests.post, f"{url}/v1/orders", json=asked, headers=headers, timeout=20)
            time.sleep(1)
            server.send_signal(signal.SIGTERM)
            with pytest.raises(subprocess.TimeoutExpired):  # It waits for what it is at.
                server.wait(3)
        assert waiting.result(20).status_code == 201
        assert server.wait(20) == 0
    # Only the parent: under load its children would take seconds for it, after they have answered.
    assert log.read_text().splitlines().count(TAKEN_APART) == 1
