"""The commands for sources: the page that lists them, and the keys that their credentials are kept under."""

from pathlib import Path

import click

from api import home
from api.config import from_environment
from api.migrate import require_head
from api.records import sellers
from api.records.secrets import SecretUnreadable, Vault
from api.records.sessions import Sessions, connect
from api.sources_page import sources_page
from providers.catalog import Catalog

SOURCES_PAGE = Path("docs/sources.md")


@click.command("sources")
def sources_command() -> None:
    """Write docs/sources.md from the catalog of sources."""
    SOURCES_PAGE.write_text(sources_page(Catalog().sources), encoding="utf-8")


@click.group()
def secrets() -> None:
    """Look after what is kept encrypted: vendor credentials and tokens."""


@secrets.command("rotate")
def rotate_command() -> None:
    """Encrypt every secret and token of every seller anew with the first key of CREDITGATE_SECRET_KEYS.

    Afterwards the keys behind it can be taken out. A seller whose secret no key opens is named, the others are done.
    """
    with home.complete(from_environment()) as config:
        assert config.database_url is not None
        require_head(config.database_url)
        engine = connect(config.database_url, pool_size=2)
        try:
            unreadable = rotate(Sessions(engine), Vault(config.secret_keys))
        finally:
            engine.dispose()
    if unreadable:
        raise click.ClickException("\n".join(unreadable))


def rotate(sessions: Sessions, vault: Vault) -> list[str]:
    """Encrypt anew what is kept of every seller, each in a transaction of its own; gives what could not be opened."""
    with sessions.of_nobody() as session:
        everyone = sellers.every(session)
    count, unreadable = 0, []
    for seller in everyone:
        try:
            with sessions.of(seller.id) as session:
                count += vault.rotate(session)
        except SecretUnreadable as error:
            unreadable.append(f"{seller.name}: {error}")
    click.echo(f"{count} secrets and tokens of {len(everyone) - len(unreadable)} sellers are under the first key.")
    return unreadable
