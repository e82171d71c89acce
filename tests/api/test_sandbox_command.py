"""Where `creditgate run` lets its sandbox listen: two installations on one machine never meet."""

import socket
from collections.abc import Iterator

import pytest

from api import cli_sandbox
from api.cli_sandbox import port_for_run
from api.config import Config, ConfigInvalid, from_environment


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of this machine that something listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_that_is_set_is_used_or_said_to_be_taken(taken: int) -> None:
    with pytest.raises(ConfigInvalid, match="CREDITGATE_SANDBOX_PORT"):
        port_for_run(from_environment({"CREDITGATE_SANDBOX_PORT": str(taken)}))
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    assert port_for_run(Config(sandbox_port=free)) == free


def test_where_another_installation_has_the_usual_port_a_free_one_is_taken(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_sandbox, "PORT", taken)
    port = port_for_run(Config())
    assert port != taken
    with socket.create_server(("127.0.0.1", port)):
        assert port_for_run(Config()) not in (port, taken)
