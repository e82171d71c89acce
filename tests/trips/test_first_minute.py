"""A new user's first minute, over the real command and real HTTP: run, ask, import, stop, run again."""

import json
import os
import re
import signal
import socket
import subprocess
import textwrap
import time
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.trips.running import KEY, Running, command, running

pytestmark = pytest.mark.skipif(
    "CREDITGATE_DATABASE_URL" in os.environ, reason="the command's own database is what is tried here"
)
MAPPING = """
columns: {debtor_reference: customer, invoice_number: number, invoiced_on: invoiced, due_on: due, amount: amount}
constants: {debtor_system: erp, currency: EUR, country: NL}
date_formats: [YYYY-MM-DD]
"""
LEDGER = "customer,number,invoiced,due,amount\n7,A1,2026-01-05,2026-02-04,100.00\n7,A2,2026-01-06,2026-02-05,ten\n"


def eventually(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.2)
    return False


def is_free(environment: dict[str, str]) -> bool:
    for name in ("PORT", "CREDITGATE_SANDBOX_PORT"):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(environment[name]))) == 0:
                return False
    return True


def test_run_ask_import_stop_and_run_again(environment: dict[str, str], tmp_path: Path) -> None:
    with running(environment) as first:
        assert set(first.keys) == {"sales", "finance", "credit_manager", "integration", "insurer", "admin"}
        answer = first.ask("finance")
        assert (answer.status_code, answer.json()["outcome"]) == (201, "accept")
        assert first.ask("insurer").status_code == first.ask("admin").status_code == 403
        for kvk_number, outcome in (("90000003", "accept_prepayment"), ("90000007", "decline"), ("90000099", "refer")):
            assert first.ask("finance", kvk_number).json()["outcome"] == outcome
        calls = requests.get(f"http://127.0.0.1:{environment['CREDITGATE_SANDBOX_PORT']}/calls", timeout=10).json()
        bought = [each for each in calls["calls"] if each["operation"] == "company_report"]
        assert {"Gouden Gans Groothandel B.V.": 1}.items() <= {
            each["company"]: each["times"] for each in bought
        }.items()
        remedies = first.ask("finance", amount="1000000.00").json()["remedies"]
        assert remedies
        told = (Path(__file__).parents[2] / "README.md").read_text()
        assert all(f"EUR {Decimal(each['to']):,.0f}" in told for each in remedies), remedies
        the_gate_does_what_the_readme_says(first, told)
        decision = f"{first.address}/v1/decisions/{answer.json()['id']}"
        screened = command(environment, "rescreen", "--seller", "demo")  # It finds the sandbox that runs beside it.
        assert (screened.returncode, screened.stdout.startswith("screened ")) == (0, True), screened.stderr
        second = command(environment, "run")
        assert second.returncode == 1
        assert "already running" in second.stderr

        (tmp_path / "mapping.yaml").write_text(MAPPING)
        (tmp_path / "ledger.csv").write_text(LEDGER)
        imported = [
            "import",
            str(tmp_path / "ledger.csv"),
            "--seller",
            "demo",
            "--mapping",
            str(tmp_path / "mapping.yaml"),
        ]
        done = command(environment, *imported)
        assert done.returncode == 1, done.stderr
        assert "2 lines: 1 taken, 0 known already, 1 refused" in done.stdout
        assert "line 3, amount" in done.stdout
        guessed = command(environment, "import", str(tmp_path / "ledger.csv"), "--seller", "demo", "--dry-run")
        assert guessed.returncode == 0, guessed.stderr
        assert yaml.safe_load(guessed.stdout)["columns"]["amount"] == "amount"
        assert "country_unknown" in guessed.stderr
        made = command(environment, "key", "add", "--seller", "demo", "--role", "sales")
        assert first.ask("sales", key=made.stdout.strip()).status_code == 201
        assert made.stdout.count("\n") == 1
        old_key = first.keys["finance"]
        shown = command(environment, "demo")
        assert first.address in shown.stdout
        assert first.ask("finance").status_code == 401
        assert first.ask("finance", key=dict(KEY.findall(shown.stdout))["finance"]).status_code == 201
        elsewhere = command({**environment, "PORT": "1"}, "demo")
        assert "http://" not in elsewhere.stdout
        assert len(KEY.findall(elsewhere.stdout)) == 6
    assert first.process.returncode == 0
    assert eventually(lambda: is_free(environment))

    with running(environment) as again:
        assert again.ask("finance", key=old_key).status_code == 401
        headers = {"Authorization": f"Bearer {again.keys['finance']}"}
        assert requests.get(decision, headers=headers, timeout=10).json()["id"] == answer.json()["id"]


def the_gate_does_what_the_readme_says(first: Running, told: str) -> None:
    """The section's own command, by a shell; and the same for another order, and what stands about the debtor."""
    section = told[told.index("## Keep it: the gate") : told.index("## Your own ledger")]
    found = re.search(r"(    curl .*?)\n\n    (\{.*?)\n\n", section, re.DOTALL)
    assert found, section
    placing = textwrap.dedent(found[1]).replace("http://127.0.0.1:8000", first.address)
    promised = json.loads(found[2].replace(", ...}", "}"))

    def sent(text: str) -> Any:
        keys = {**os.environ, "KEY": first.keys["integration"]}
        done = subprocess.run(["bash", "-c", text], env=keys, capture_output=True, text=True, timeout=30, check=True)
        return json.loads(done.stdout)

    released = sent(placing)
    assert promised.items() <= released.items(), released
    held = sent(placing.replace("4711", "4712"))
    assert held["state"] == "held"
    assert f"EUR {Decimal(held['prepayment_required']['amount']):,.0f} must be prepaid" in " ".join(section.split())
    (debtor,) = {released["debtor_id"], held["debtor_id"]}
    headers = {"Authorization": f"Bearer {first.keys['finance']}"}
    shown = requests.get(f"{first.address}/v1/debtors/{debtor}", headers=headers, timeout=10).json()
    assert f"a limit of EUR {Decimal(shown['effective_limit']['amount']['amount']):,.0f}" in section
    states = requests.get(f"{first.address}/v1/orders", headers=headers, timeout=10).json()["items"]
    assert {each["order_reference"]: each["state"] for each in states} == {
        **{"DEMO-1": "released", "DEMO-2": "released", "DEMO-3": "held", "4711": "released", "4712": "held"}
    }


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds the processes to kill in /proc")
def test_it_starts_again_after_everything_was_killed(environment: dict[str, str]) -> None:
    with running(environment) as first:
        decided = first.ask("finance").json()
        for process in _family(first.process.pid) + _servers(environment):
            with suppress(ProcessLookupError):  # Gone with its parent already.
                os.kill(process, signal.SIGKILL)
        first.process.wait(10)
    assert eventually(lambda: is_free(environment))
    with running(environment) as again:
        headers = {"Authorization": f"Bearer {again.keys['finance']}"}
        kept = requests.get(f"{again.address}/v1/decisions/{decided['id']}", headers=headers, timeout=10)
        assert kept.json()["outcome"] == decided["outcome"]


def _family(process: int) -> list[int]:
    """A process and all that it started."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
    family = [process]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


def _servers(environment: dict[str, str]) -> list[int]:
    """The processes of the database over this data folder."""
    folder = Path(environment["CREDITGATE_DATA_DIR"])
    pid_files = folder.glob("postgres/data/postmaster.pid")
    return [each for file in pid_files for each in _family(int(file.read_text().split("\n")[0]))]
