"""The command: what cannot work is said in one sentence, never in a traceback."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from api.config import from_environment

NOBODY = "postgresql://nobody@127.0.0.1:1/nothing"


def called(*arguments: str, **environment: Any) -> Result:
    settings = {"CREDITGATE_DATABASE_URL": None, "CREDITGATE_OWNER_DATABASE_URL": None, **environment}
    return CliRunner().invoke(main, arguments, env=settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("CREDITGATE_WEB_WORKERS", value) for value in ("0", "-1", "two", "99999")),
        *(("CREDITGATE_WEB_THREADS", value) for value in ("0", "1.5")),
        *(("PORT", value) for value in ("0", "65536", "\u00b2", "9" * 30)),
        *(("CREDITGATE_SECRET_KEYS", value) for value in ("secret", "\u00e9" * 44, "A" * 43)),
        *(("CREDITGATE_DATABASE_URL", value) for value in ("here", "mysql://a@b/c", "postgresql://a@b:c/d")),
        ("CREDITGATE_IMPORT_BYTES_MAX", "0"),
        ("CREDITGATE_TRUSTED_PROXIES", "yes"),
        ("CREDITGATE_WEBHOOKS_PRIVATE", "true"),
        *(
            (f"CREDITGATE_{service}_URL", value)
            for service in ("SANDBOX", "OPENSANCTIONS")
            for value in (
                *("here", "https://", "ftp://a.example", "http://list.example", "http://10.0.0.1:8000", "https://a:b"),
                *("https://user:secret@list.example", "https://list.example?key=secret", "http://127.0.0.1.example"),
            )
        ),
        ("CREDITGATE_KVK_CA_FILE", "/nowhere/root.pem"),
        ("CREDITGATE_KVK_CA_FILE", __file__),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_one_sentence(name: str, value: str) -> None:
    result = called("serve", **{name: value})
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert name in result.output
    assert "secret@" not in result.output


def test_addresses_of_services_are_taken_without_a_slash_at_the_end() -> None:
    given = {"CREDITGATE_SANDBOX_URL": "http://[::1]:8100/", "CREDITGATE_OPENSANCTIONS_URL": "https://list.example/v1"}
    config = from_environment(given)
    assert (config.sandbox_url, config.opensanctions_url) == ("http://[::1]:8100", "https://list.example/v1")


def test_the_counters_are_not_loaded_before_it_is_said_where_they_are_kept() -> None:
    program = "import sys, api.cli; sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("below", ["", "/folder"])
@pytest.mark.parametrize("database_url", [None, NOBODY])
def test_a_data_folder_that_cannot_be_one_is_named_in_one_sentence(
    tmp_path: Path, below: str, database_url: str | None
) -> None:
    (tmp_path / "file").touch()
    folder = f"{tmp_path}/file{below}"
    result = called("serve", CREDITGATE_DATA_DIR=folder, CREDITGATE_DATABASE_URL=database_url)
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert folder in result.output


@pytest.mark.parametrize("content", [b"", b"garbage", b"\xff\xfe"])
def test_a_secret_key_file_without_a_key_is_named_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret_key").write_bytes(content)
    result = called("serve", CREDITGATE_DATA_DIR=str(tmp_path), CREDITGATE_DATABASE_URL=NOBODY)
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert str(tmp_path / "secret_key") in result.output
    assert (tmp_path / "secret_key").read_bytes() == content


@pytest.mark.parametrize("arguments", [("seller", "list"), ("worker",), ("demo",)])
def test_a_database_that_does_not_answer_is_told_in_one_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = called(*arguments, CREDITGATE_DATA_DIR=str(tmp_path), CREDITGATE_DATABASE_URL=NOBODY)
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "the database does not answer" in result.output
