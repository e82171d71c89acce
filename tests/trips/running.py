"""Runs the real command over a database of its own, for the trips: `creditgate run`, and others beside it."""

import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import requests

PROGRAM = [sys.executable, "-m", "api"]
KEY = re.compile(r"^  (\w+) +(cg_test_\w+)$", re.MULTILINE)
START_SECONDS = 180  # Other work may be on the machine.


@dataclass(frozen=True)
class Running:
    """A `creditgate run` that answers."""

    process: subprocess.Popen[str]
    address: str
    printed: str

    @property
    def keys(self) -> dict[str, str]:
        return dict(KEY.findall(self.printed))

    def ask(self, role: str, kvk_number: str = "90000001", key: str | None = None, amount: str = "5000.00") -> Any:
        body: dict[str, Any] = {
            "company": {"country": "NL", "kvk_number": kvk_number},
            "order_amount": {"amount": amount, "currency": "EUR"},
            "purpose": "credit_assessment",
            "relation": "customer",
        }
        headers = {"Authorization": f"Bearer {key or self.keys[role]}"}
        return requests.post(f"{self.address}/v1/credit-checks", json=body, headers=headers, timeout=10)


@contextmanager
def running(environment: dict[str, str]) -> Iterator[Running]:
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [*PROGRAM, "run"], env=environment, stdout=output, stderr=subprocess.STDOUT, text=True
        )
        try:
            yield Running(process, f"http://127.0.0.1:{environment['PORT']}", _printed(process, output))
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(30)


def _printed(process: subprocess.Popen[str], output: Any) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        output.seek(0)
        text = output.read()
        if "Ctrl-C stops everything" in text:
            return str(text)
        time.sleep(0.1)
    output.seek(0)
    pytest.fail(f"creditgate did not start:\n{output.read()}")


def command(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
