"""The sandbox as it is served by its command: who may reach it, how many at once, and the page that tells of it."""

import re
import selectors
import shutil
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests

from providers.sandbox.app import VENDORS
from providers.sandbox.faults import KINDS
from providers.sandbox.serving import is_loopback
from tests.sandbox_control import SandboxControl, serving

COMMAND = [sys.executable, "-m", "api", "sandbox"]
AT_ONCE = 1000


@contextmanager
def running(*options: str) -> Iterator[str]:
    """Run the command on a free port; gives its address."""
    with subprocess.Popen([*COMMAND, "--port", "0", *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            told = re.search(r"http://\S+", process.stdout.readline())
            assert told
            yield told[0]
        finally:
            process.terminate()


def test_a_thousand_slow_calls_at_once_are_all_answered() -> None:
    with running() as address:
        fault = {"provider": "vies", "kind": "slow", "seconds": 1}
        assert requests.post(f"{address}/faults", json=fault, timeout=10).status_code == 201
        host, port = address.removeprefix("http://").split(":")
        with selectors.DefaultSelector() as waiting:
            for _ in range(AT_ONCE):
                call = socket.create_connection((host, int(port)), timeout=30)
                call.sendall(b"GET /vies/check-status HTTP/1.1\r\nHost: sandbox\r\n\r\n")
                waiting.register(call, selectors.EVENT_READ)
            answers = []
            while waiting.get_map():
                ready = waiting.select(timeout=60)
                assert ready, f"{len(answers)} of {AT_ONCE} were answered"
                for each, _ in ready:
                    waiting.unregister(each.fileobj)
                    with closing(each.fileobj) as call:  # type: ignore[type-var]
                        answers.append(call.recv(12))  # type: ignore[union-attr]
        assert answers == [b"HTTP/1.1 200"] * AT_ONCE
        assert SandboxControl(address).calls("vies", "status") == AT_ONCE


def test_only_this_machine_reaches_it_unless_that_is_asked_for() -> None:
    refused = subprocess.run(
        [*COMMAND, "--host", "0.0.0.0", "--port", "0"], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert "--open-to-others" in refused.stderr
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "192.0.2.1", "example.org")] == [
        *(True, True, True),
        *(False, False, False),
    ]


def test_a_port_that_is_taken_is_said() -> None:
    with serving() as sandbox:
        port = sandbox.address.rpartition(":")[2]
        refused = subprocess.run([*COMMAND, "--port", port], capture_output=True, text=True, check=False, timeout=60)
    assert refused.returncode == 1
    assert "in use" in refused.stderr


@pytest.mark.skipif(shutil.which("curl") is None, reason="the examples are for curl")
def test_the_examples_of_the_page_work(project: Path) -> None:
    text = (project / "docs" / "sandbox.md").read_text(encoding="utf-8")
    examples = re.findall(r"^    curl (?:.*\\\n)*.*", text, re.MULTILINE)
    examples = [each for each in examples if "$SANDBOX" in each]  # The others ask creditgate itself.
    with serving() as sandbox:
        answers = [
            subprocess.run(
                ["sh", "-c", textwrap.dedent(each)],
                env={"SANDBOX": sandbox.address, "PATH": "/usr/bin:/bin:/usr/local/bin"},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for each in examples
        ]
    beginnings = (
        '{"kvkNummer":"90000001"',
        '{"countryCode":"NL"',
        '{"id":1}',
        '{"fout": [',
        '{"faults":[]}',
        "",
        "",
        "",
    )
    assert len(answers) == len(beginnings)
    assert [answer.startswith(beginning) for answer, beginning in zip(answers, beginnings, strict=True)] == [True] * 8
    assert '"valid":false' in answers[1]
    assert '"operation":"basic_profile"' in answers[6]


def test_the_page_names_every_protocol_and_every_kind_of_fault(project: Path) -> None:
    text = (project / "docs" / "sandbox.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `/?(\w+)` \|", text, re.MULTILINE))
    assert named == {*VENDORS, *KINDS}
