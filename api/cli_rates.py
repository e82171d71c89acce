"""`creditgate rates`: exchange rates from the files that are published, and single rates by hand."""

import re
import sys
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import click

from api.cli_accounts import opened
from api.clock import real_now
from api.ledger.rate_files import RateFile, read_rate_file
from api.problems import Problem
from api.records import public_rates
from api.records.public_rates import RATE_KINDS, Added, PublicRate, RateKind
from api.records.sessions import Sessions
from api.web.money import EXPONENTS
from scoring.countries import country_fault
from scoring.exchange import EURO

REFUSALS_SHOWN = 20
PERCENT_MAX = Decimal(100)
NUMBER = re.compile(r"[0-9]{1,14}([.][0-9]{1,10})?")


@click.group()
def rates() -> None:
    """Import, add and list public rates: of exchange, and of interest by law."""


@rates.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
def import_rates(files: tuple[Path, ...]) -> None:
    """Import FILES of euro reference rates: CSV or XML, plain, zip or gzip; `-` for standard input.

    A rate that is known changes nothing; another value for a day is kept as a correction. Leaves with status 1 when a
    file or a rate was refused.
    """
    with opened() as sessions:
        outcomes = [_import(sessions, file) for file in files]
    sys.exit(0 if all(outcomes) else 1)


def _import(sessions: Sessions, file: Path) -> bool:
    """Import one file and tell how it went; gives whether all of it was taken."""
    latest_on = real_now().date() + timedelta(days=1)  # It is tomorrow already where the sun rises.
    try:
        if str(file) == "-":
            found = read_rate_file(sys.stdin.buffer, latest_on)
        else:
            with file.open("rb") as stream:
                found = read_rate_file(stream, latest_on)
    except OSError as error:
        click.echo(f"{file}: {error.strerror}", err=True)
        return False
    except Problem as problem:
        click.echo(f"{file}: refused. {problem.detail}", err=True)
        return False
    with sessions.of_nobody() as session:
        added = public_rates.add(session, found.rates, real_now())
    return _tell(file, found, added)


def _tell(file: Path, found: RateFile, added: Added) -> bool:
    refused = [
        *found.refused,
        *(f"{each.name} of {each.valid_on}: {each.value}, but another value before" for each in added.contradicted),
    ]
    click.echo(
        f"{file}: {added.new_count} new, {added.known_count} known already, {added.corrected_count} corrected,"
        f" {len(refused)} refused"
    )
    for line in refused[:REFUSALS_SHOWN]:
        click.echo(f"  {line}")
    if len(refused) > REFUSALS_SHOWN:
        click.echo(f"  only the first {REFUSALS_SHOWN} are shown")
    return not refused


@rates.command("add")
@click.option("--kind", type=click.Choice(RATE_KINDS), required=True)
@click.option("--name", required=True, help="The currency (USD), or the country (NL) of a rate of interest.")
@click.option("--valid-on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day from which it holds.")
@click.option("--value", required=True, help="Of the currency for one euro; or per cent a year.")
@click.option("--source", required=True, help="Who says so.")
def add_rate(kind: RateKind, name: str, valid_on: datetime, value: str, source: str) -> None:
    """Add one rate. Another value for a day that has one is a correction, known from now on."""
    rate = _read(kind, name, valid_on.date(), value, source)
    with opened() as sessions, sessions.of_nobody() as session:
        added = public_rates.add(session, [rate], real_now())
    click.echo("new" if added.new_count else "corrected" if added.corrected_count else "known already")


def _read(kind: RateKind, name: str, valid_on: date, value: str, source: str) -> PublicRate:
    """Read what was typed. Raises UsageError, naming every fault."""
    faults, rate = [], None
    if kind == "exchange" and (name not in EXPONENTS or name == EURO):
        faults.append(f"--name: {name!r} is no other currency than the euro")
    if kind != "exchange" and (fault := country_fault(name)):
        faults.append(f"--name: {fault}")
    if not source.strip() or not source.isprintable():
        faults.append("--source: must say who says so, in one line")
    try:
        if not NUMBER.fullmatch(value):
            raise ValueError("not a plain number")
        rate = PublicRate(kind, name, valid_on, Decimal(value), source.strip())
        if kind != "exchange" and rate.value > PERCENT_MAX:
            faults.append("--value: is above 100 per cent")
    except ValueError:
        faults.append(f"--value: {value!r} is no rate: a number above zero, with at most 10 decimals")
    if faults or rate is None:
        raise click.UsageError("\n".join(faults))
    return rate


@rates.command("list")
@click.option("--kind", type=click.Choice(RATE_KINDS), help="Only rates of this kind.")
@click.option("--name", help="All rates of one currency or country, the oldest first.")
@click.option("--on", "on_", type=click.DateTime(["%Y-%m-%d"]), help="The newest of each on this day; else today.")
def list_rates(kind: RateKind | None, name: str | None, on_: datetime | None) -> None:
    """List the newest rate of each currency and country, or all rates of one."""
    on = on_.date() if on_ else real_now().date()
    with opened() as sessions, sessions.of_nobody() as session:
        for each in RATE_KINDS if kind is None else (kind,):
            listed = public_rates.of_kind(session, each, name) if name else public_rates.all_on(session, each, on)
            for rate in listed:
                click.echo(f"{rate.kind}  {rate.name}  {rate.valid_on}  {rate.value:f}  {rate.source}")
