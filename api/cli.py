"""The `creditgate` command: run, serve, worker, accounts, policies, imports, rates, backtests and calibration."""

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import click
import psycopg
import requests
from sqlalchemy.exc import OperationalError

from api import home, supervise
from api.cli_accounts import issuer, key, seller
from api.cli_backtest import backtest
from api.cli_calibrate import calibrate
from api.cli_calibrate_ledger import calibrate_ledger_command
from api.cli_clock import move_clock_command
from api.cli_import import import_file
from api.cli_ledger import ledger
from api.cli_listen import listen_command
from api.cli_mail import mail
from api.cli_policy import policy
from api.cli_rates import rates
from api.cli_rescore import rescore_command
from api.cli_rescreen import rescreen_command
from api.cli_sandbox import port_for_run, sandbox_command
from api.cli_sources import secrets, sources_command
from api.config import Config, ConfigInvalid, from_environment
from api.embedded_place import EmbeddedError
from api.migrate import SchemaBehind, migrate, require_head
from api.reasons_page import reasons_page
from api.records.sessions import UnsafeLogin
from api.sandbox_note import noted
from api.web import openapi, serving
from api.web.log import configure_log

# The app is imported where it is needed: its counters must not be loaded before `serve` says where they are kept.


class Commands(click.Group):
    """Says in one line what a person can mend, and keeps tracebacks for what he cannot."""

    def invoke(self, context: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(context)
        except (ConfigInvalid, EmbeddedError, UnsafeLogin, SchemaBehind) as error:
            raise click.ClickException(str(error)) from error
        except (OperationalError, psycopg.OperationalError) as error:
            told = str(getattr(error, "orig", error)).strip().splitlines() or ["no reason was given"]
            raise click.ClickException(f"the database does not answer: {told[0]}") from error


@click.group(cls=Commands)
@click.version_option(package_name="creditgate")
def main() -> None:
    """creditgate: the gate between sales and receivables."""


main.add_command(seller)
seller.add_command(move_clock_command)
main.add_command(key)
main.add_command(issuer)
main.add_command(import_file)
main.add_command(rates)
main.add_command(ledger)
main.add_command(listen_command)
main.add_command(mail)
main.add_command(backtest)
main.add_command(calibrate)
calibrate.add_command(calibrate_ledger_command)
main.add_command(policy)
main.add_command(rescore_command)
main.add_command(rescreen_command)
main.add_command(sandbox_command)
main.add_command(secrets)
main.add_command(sources_command)


@contextmanager
def _prepared(config: Config) -> Iterator[Config]:
    """Give complete settings and a database at the newest schema."""
    with home.complete(config, alone=True) as whole:
        assert whole.database_url is not None
        if whole.owner_database_url:
            migrate(whole.owner_database_url, whole.database_url)
        require_head(whole.database_url)
        yield whole


@main.command()
def run() -> None:
    """Run everything on this machine: database, web server, worker and sandbox, with a demonstration seller."""
    from api import demo  # noqa: PLC0415
    from api.app import make_house  # noqa: PLC0415

    with _prepared(from_environment()) as config:
        serving.require_free_port(config)
        assert config.database_url is not None
        sandbox_port = port_for_run(config)
        made = demo.prepare(make_house(config))
        shown = f"{demo.shown(made, config.address)}\n\nCtrl-C stops everything; the data stays."
        sandbox_url = f"http://127.0.0.1:{sandbox_port}"
        environment = {
            **os.environ,
            "CREDITGATE_SANDBOX_URL": sandbox_url,
            "CREDITGATE_DATABASE_URL": config.database_url,
            "CREDITGATE_SECRET_KEYS": ",".join(config.secret_keys),
        }
        environment.pop("CREDITGATE_OWNER_DATABASE_URL", None)  # Who serves never needs to own.
        program = [sys.executable, "-m", "api"]
        places = [("127.0.0.1", sandbox_port), (config.host, config.port)]
        Thread(target=_show_when_ready, args=(places, shown), daemon=True).start()
        commands = {
            "sandbox": [*program, "sandbox", "--port", str(sandbox_port)],
            "web": [*program, "serve"],
            "worker": [*program, "worker"],
        }
        with noted(config.data_dir, sandbox_url):
            code = supervise.run(commands, environment=environment)
    sys.exit(code)


def _show_when_ready(places: list[tuple[str, int]], shown: str) -> None:
    """Show where to go once somebody answers at every place."""
    waited_for = list(places)
    for _ in range(600):
        with suppress(OSError), socket.create_connection(waited_for[0], timeout=1):
            del waited_for[0]
        if not waited_for:
            click.echo(shown)
            return
        time.sleep(0.1)


@main.command()
def serve() -> None:
    """Run the web server over the database of CREDITGATE_DATABASE_URL, or over one of our own."""
    with home.complete(from_environment()) as config:
        serving.require_free_port(config)
        serving.serve(config)


@main.command()
def worker() -> None:
    """Run the worker: imports and other jobs, and the feed of events."""
    from api.app import make_house  # noqa: PLC0415
    from api.worker import work  # noqa: PLC0415

    with home.complete(from_environment()) as config:
        assert config.database_url is not None
        require_head(config.database_url)
        configure_log()
        work(make_house(config), config.database_url)


@main.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest schema, as its owner."""
    with home.complete(from_environment()) as config:
        if not config.owner_database_url or not config.database_url:
            raise click.ClickException("CREDITGATE_OWNER_DATABASE_URL is needed: the login that owns the tables")
        migrate(config.owner_database_url, config.database_url)
    click.echo("The database is at the newest schema.")


@main.command("demo")
def demo_command() -> None:
    """Make the demonstration seller if there is none, REVOKE its last keys and show new ones.

    The keys that `run` showed stop working. Only an empty database is given a demonstration.
    """
    from api import demo  # noqa: PLC0415
    from api.app import make_house  # noqa: PLC0415

    with home.complete(from_environment()) as config:
        assert config.database_url is not None
        require_head(config.database_url)
        made = demo.prepare(make_house(config))
        click.echo(demo.shown(made, config.address if _answers(config) else None))


def _answers(config: Config) -> bool:
    """Whether a creditgate answers where the settings say it listens: it may run with other settings."""
    try:
        answer = requests.get(f"{config.address}/healthz", timeout=2)
        return bool(answer.json() == {"status": "ok"})
    except (requests.RequestException, ValueError):
        return False


@main.command("reasons")
def reasons_command() -> None:
    """Write docs/reasons.md from the registry of reasons."""
    Path("docs/reasons.md").write_text(reasons_page(), encoding="utf-8")


@main.command("openapi")
@click.option("--check", is_flag=True, help="Only say whether openapi.yaml is that of the code.")
def openapi_command(check: bool) -> None:
    """Write openapi.yaml from the code."""
    from api.app import unconnected_app  # noqa: PLC0415

    path = Path("openapi.yaml")
    app = unconnected_app()
    if not check:
        openapi.write(app, path)
    elif not openapi.check(app, path):
        raise click.ClickException("openapi.yaml is behind the code: run `make openapi`")
