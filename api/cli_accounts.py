"""The commands for sellers, keys and issuers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import click

from api import home
from api.administration.sellers import add_seller, find_seller
from api.clock import real_now
from api.config import from_environment
from api.migrate import require_head
from api.problems import Problem
from api.records import issuers, keys, sellers
from api.records.issuers import Terms
from api.records.keys import ROLES, NewKey
from api.records.sessions import Sessions, connect


@contextmanager
def opened() -> Iterator[Sessions]:
    """Give transactions over the configured database, or our own; problems become one line for a person."""
    with home.complete(from_environment()) as config:
        assert config.database_url is not None
        require_head(config.database_url)
        engine = connect(config.database_url, pool_size=2)
        try:
            yield Sessions(engine)
        except Problem as problem:
            raise shown(problem) from problem
        finally:
            engine.dispose()


def shown(problem: Problem) -> click.ClickException:
    """Give a problem as one line for a person, with a further one for each fault."""
    faults = "".join(f"\n  {fault.pointer.lstrip('/') or '-'}: {fault.detail}" for fault in problem.faults)
    return click.ClickException(problem.detail + faults)


@click.group()
def seller() -> None:
    """Add and list sellers, and move the clock of a test seller on."""


@seller.command("add")
@click.argument("name")
@click.option("--mode", type=click.Choice(["live", "test"]), required=True, help="For ever: it cannot be changed.")
@click.option("--time-zone", default="Europe/Amsterdam", show_default=True)
@click.option("--currency", default="EUR", show_default=True)
@click.option(
    "--starts-on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Where a test seller's clock starts: for a ledger of the past.",
)
def add_seller_command(name: str, mode: str, time_zone: str, currency: str, starts_on: datetime | None) -> None:
    """Add a seller with the shipped policies."""
    with opened() as sessions:
        day = starts_on.date() if starts_on else None
        added = add_seller(sessions, name, mode, time_zone=time_zone, currency=currency, starts_on=day)
        click.echo(added.id)


@seller.command("list")
def list_sellers() -> None:
    """List the sellers."""
    with opened() as sessions, sessions.of_nobody() as session:
        for each in sellers.every(session):
            click.echo(f"{each.id}  {each.mode}  {each.name}")


@click.group()
def key() -> None:
    """Add, list and revoke keys."""


@key.command("add")
@click.option("--seller", "seller_name", required=True, help="The seller's name.")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--subject", help="The person's e-mail; without it the key is a machine's.")
@click.option("--insurer", "insurer_id", type=click.UUID, help="For the role insurer: its id.")
@click.option("--name", default="", help="What you call the key.")
def add_key(seller_name: str, role: str, subject: str | None, insurer_id: UUID | None, name: str) -> None:
    """Make a key, and print it: this once, and nothing else."""
    with opened() as sessions:
        found = find_seller(sessions, seller_name)
        new = NewKey(role=role, name=name or f"{role} key", subject=subject, insurer_id=insurer_id)
        with sessions.of(found.id) as session:
            text = keys.add(session, found, new, real_now())
        click.echo(text)


@key.command("list")
@click.option("--seller", "seller_name", required=True)
def list_keys(seller_name: str) -> None:
    """List a seller's keys, without their secrets."""
    with opened() as sessions:
        found = find_seller(sessions, seller_name)
        with sessions.of(found.id) as session:
            for each in keys.every(session):
                state = "revoked" if each.revoked_at else "valid"
                click.echo(f"{each.id}  {each.role:14}  {state:7}  {each.subject or 'machine'}  {each.name}")


@key.command("revoke")
@click.argument("key_id", type=click.UUID)
@click.option("--seller", "seller_name", required=True)
def revoke_key(key_id: UUID, seller_name: str) -> None:
    """Revoke a key for good; every process refuses it within five seconds."""
    with opened() as sessions:
        found = find_seller(sessions, seller_name)
        with sessions.of(found.id) as session:
            keys.revoke(session, key_id, real_now())
        click.echo(f"Key {key_id} is revoked.", err=True)


@click.group()
def issuer() -> None:
    """Add, list and remove OpenID Connect issuers."""


@issuer.command("add")
@click.option("--seller", "seller_name", required=True)
@click.option("--issuer", "issuer_url", required=True, help="As in the token's `iss`.")
@click.option("--audience", required=True, help="As in the token's `aud`.")
@click.option("--key-set", "key_set_url", required=True, help="Where its keys (JWKS) are; never taken from a token.")
@click.option("--algorithm", "algorithms", multiple=True, default=["RS256"], show_default=True)
@click.option("--role-claim", default="roles", show_default=True)
@click.option("--role", "roles", multiple=True, required=True, help="CLAIM=ROLE, as often as needed.")
@click.option("--subject-claim", default="email", show_default=True)
def add_issuer(seller_name: str, issuer_url: str, roles: tuple[str, ...], **terms: Any) -> None:
    """Believe the tokens of an issuer, for one seller."""
    pairs = dict(role.partition("=")[::2] for role in roles)
    with opened() as sessions:
        found = find_seller(sessions, seller_name)
        with sessions.of(found.id) as session:
            record = issuers.add(session, Terms(issuer=issuer_url, roles=pairs, **terms), real_now())
        click.echo(record.id)


@issuer.command("list")
@click.option("--seller", "seller_name", required=True)
def list_issuers(seller_name: str) -> None:
    """List a seller's issuers."""
    with opened() as sessions:
        found = find_seller(sessions, seller_name)
        with sessions.of(found.id) as session:
            for each in issuers.every(session):
                click.echo(f"{each.id}  {each.issuer}  {each.audience}  {each.key_set_url}")


@issuer.command("remove")
@click.argument("issuer_id", type=click.UUID)
@click.option("--seller", "seller_name", required=True)
def remove_issuer(issuer_id: UUID, seller_name: str) -> None:
    """Believe an issuer no longer."""
    with opened() as sessions:
        found = find_seller(sessions, seller_name)
        with sessions.of(found.id) as session:
            if not issuers.remove(session, issuer_id):
                raise click.ClickException("There is no such issuer.")
