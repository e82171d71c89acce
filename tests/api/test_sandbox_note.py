"""The note of where the sandbox of `creditgate run` listens: found beside it, and never believed afterwards."""

import subprocess
import sys
from pathlib import Path

import pytest

from api import home
from api.config import Config
from api.sandbox_note import noted, noted_address

ADDRESS = "http://127.0.0.1:8097"
HOLDER = """
import pathlib, sys, time
from api.sandbox_note import noted
with noted(pathlib.Path(sys.argv[1]), sys.argv[2]):
    print("noted", flush=True)
    time.sleep(60)
"""


def found(config: Config) -> str | None:
    with home.complete(config) as whole:
        return whole.sandbox_url


def test_the_address_is_found_while_it_is_noted_and_the_note_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    assert noted_address(folder) is None
    with noted(folder, ADDRESS):
        assert noted_address(folder) == ADDRESS
    assert (noted_address(folder), list(folder.iterdir())) == (None, [])


def test_the_note_of_who_was_killed_is_not_believed(tmp_path: Path, project: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path), ADDRESS]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "noted\n"
        assert noted_address(tmp_path) == ADDRESS
        holder.kill()
    assert (tmp_path / "sandbox_address").read_text() == ADDRESS
    assert noted_address(tmp_path) is None
    with noted(tmp_path, "http://127.0.0.1:1"):
        assert noted_address(tmp_path) == "http://127.0.0.1:1"


@pytest.mark.parametrize("text", ["", "http://vendor.example:80", "http://127.0.0.1:80@vendor.example", "\u00e9" * 200])
def test_what_is_no_address_of_a_sandbox_leads_nowhere(tmp_path: Path, text: str) -> None:
    with noted(tmp_path, text):
        assert noted_address(tmp_path) is None


def test_of_two_the_first_ones_note_holds(tmp_path: Path) -> None:
    with noted(tmp_path, ADDRESS), noted(tmp_path, "http://127.0.0.1:1"):
        assert noted_address(tmp_path) == ADDRESS


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with noted(tmp_path / "file", ADDRESS):
        assert noted_address(tmp_path / "file") is None


def test_commands_take_it_unless_the_settings_name_another(tmp_path: Path) -> None:
    config = Config(database_url="postgresql://nobody@127.0.0.1:1/nothing", data_dir=tmp_path)
    named = Config(database_url=config.database_url, data_dir=tmp_path, sandbox_url="http://127.0.0.1:9")
    with noted(tmp_path, ADDRESS):
        assert (found(config), found(named)) == (ADDRESS, "http://127.0.0.1:9")
        with home.complete(config, alone=True) as whole:
            assert whole.sandbox_url is None
    assert found(config) is None
