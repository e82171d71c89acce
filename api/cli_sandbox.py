"""The command that serves the sandbox by itself: for a client team, and beside the server of `creditgate run`."""

import socket
import sys
from contextlib import closing

import click

from api.clock import real_now
from api.config import Config, ConfigInvalid, from_environment
from providers.sandbox.app import make_app
from providers.sandbox.serving import is_loopback, make_server
from providers.sandbox.world import TOKEN_SECONDS

PORT = 8090  # Where it listens unless told otherwise.


@click.command("sandbox")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), help=f"CREDITGATE_SANDBOX_PORT, else {PORT}; 0: any free one.")
@click.option(
    "--token-seconds", type=click.IntRange(1), default=TOKEN_SECONDS, show_default=True, help="Until sign-ins end."
)
@click.option("--open-to-others", is_flag=True, help="Let other machines reach it, who may then change its faults.")
def sandbox_command(host: str, port: int | None, token_seconds: int, open_to_others: bool) -> None:
    """Serve made-up companies in the protocols of the vendors, until Ctrl-C."""
    if not is_loopback(host):
        if not open_to_others:
            raise click.ClickException(
                f"{host} can be reached by other machines: add --open-to-others if that is meant"
            )
        click.echo("WARNING: whoever reaches this machine can use the sandbox and change its faults.", err=True)
    chosen = from_environment().sandbox_port or PORT if port is None else port
    server = make_server(make_app(real_now, token_seconds=token_seconds), host, chosen)
    click.echo(f"The sandbox listens on http://{host}:{server.port} (companies: /companies)")
    sys.stdout.flush()
    server.serve_forever()


def port_for_run(config: Config) -> int:
    """Give the port that `creditgate run` lets the sandbox listen on.

    The one that is set, else the usual one, else, where another installation has that, any free one.
    Raises ConfigInvalid when the one that is set is taken.
    """
    if config.sandbox_port is not None:
        if _free(config.sandbox_port) is None:
            raise ConfigInvalid(f"the sandbox cannot listen on {config.sandbox_port}: set CREDITGATE_SANDBOX_PORT")
        return config.sandbox_port
    port = _free(PORT) or _free(0)
    assert port is not None
    return port


def _free(port: int) -> int | None:
    """The port if nothing listens on it (0: one that is free); None if something does."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return None
        number: int = probe.getsockname()[1]
        return number
