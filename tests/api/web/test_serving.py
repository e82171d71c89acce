"""The server as it really runs: several processes, one set of counts, a stop that lets requests end."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from api.config import Config, ConfigInvalid
from api.web.serving import require_free_port

PROGRAM = """
from pathlib import Path
from api.config import Config
from api.web.serving import serve
serve({config!r})
"""


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(config, free_port, project) -> Iterator[subprocess.Popen[str]]:
    served = replace(config, port=free_port, web_workers=2)
    program = PROGRAM.format(config=served).replace("PosixPath", "Path")
    process = subprocess.Popen([sys.executable, "-c", program], cwd=project, stdout=subprocess.PIPE, text=True)
    for _ in range(200):
        try:
            requests.get(f"http://127.0.0.1:{free_port}/healthz", timeout=20)
            break
        except requests.ConnectionError:
            time.sleep(0.05)
    yield process
    process.kill()
    process.wait()


def test_processes_count_together_log_json_and_stop_when_told(server, free_port, new_key):
    url = f"http://127.0.0.1:{free_port}"
    headers = {"Authorization": f"Bearer {new_key('admin').text}", "X-Forwarded-Proto": "https"}
    for _ in range(20):
        answer = requests.get(f"{url}/v1/keys", headers=headers, timeout=5)
        assert answer.status_code == 200
        assert "Strict-Transport-Security" not in answer.headers
    counted = requests.get(f"{url}/metrics", timeout=5).text
    assert 'creditgate_requests_total{method="GET",route="/v1/keys",status="200"} 20.0' in counted
    too_long = requests.get(url, headers={"Authorization": "Bearer " + "x" * 9000}, timeout=5)
    assert 400 <= too_long.status_code < 500
    server.send_signal(signal.SIGTERM)
    written, _ = server.communicate(timeout=20)
    assert server.returncode == 0
    lines = [json.loads(line) for line in written.splitlines()]
    assert [line["route"] for line in lines if line["event"] == "request"].count("/v1/keys") == 20
    assert any("Listening" in line["event"] for line in lines)


def test_a_port_that_is_taken_is_named(free_port):
    require_free_port(Config(port=free_port))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port))
        taken.listen()
        with pytest.raises(ConfigInvalid, match=str(free_port)):
            require_free_port(Config(port=free_port))
