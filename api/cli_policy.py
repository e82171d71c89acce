"""`creditgate policy`: check a policy before it is sent, see the shipped ones, and add one as a draft."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from api.administration.sellers import find_seller
from api.cli_accounts import opened
from api.clock import Clock
from api.figures_page import figures_page
from api.policies.documents import NAME_LENGTH_MAX, WRITTEN_LENGTH_MAX, CheckedPolicy, check, read_written
from api.policies.provider_warnings import all_warnings
from api.policies.service import keep_draft
from api.problems import BadInput
from api.records.keys import normal_subject
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.web.bodies import is_storable
from api.web.fields import CONTROL_CHARACTERS
from api.web.plain_yaml import PlacedDocument
from providers.catalog import Catalog
from scoring.policy.document import shipped_texts
from scoring.policy.schema import policy_schema

FILE = click.Path(dir_okay=False, path_type=Path, allow_dash=True)
FIGURES_PAGE = Path("docs/figures.md")


@click.group()
def policy() -> None:
    """Check, add and see policies: what is accepted, for how much and on which terms."""


@policy.command("check")
@click.argument("file", type=FILE)
def check_command(file: Path) -> None:
    """Name every fault of the policy in FILE (`-`: standard input) with its line. Leaves with status 1 if there is one.

    What is probably not meant is told as a warning; a policy with warnings can be used.
    """
    written, checked = read_policy_file(file)
    for line in _warnings(file, written, checked):
        click.echo(line)
    used = checked.policy
    click.echo(
        f"{file}: can be used: engine {used.engine}, {used.currency}, {len(used.rules)} rules,"
        f" {len(used.terms.segments)} segments of terms, digest {checked.digest[:12]}"
    )
    click.echo("How many debtors each class gets cannot be told from a document: put it in shadow to see.")


@policy.command("add")
@click.argument("file", type=FILE)
@click.option("--seller", "seller_name", required=True, help="The seller's name.")
@click.option("--name", required=True, help="What you call this version.")
@click.option("--by", "person", required=True, help="The e-mail of who made it; somebody else approves it.")
def add_command(file: Path, seller_name: str, name: str, person: str) -> None:
    """Add the policy in FILE to a seller as a draft, and print its version."""
    maker, name = require_maker(person, name, "--by")
    written, checked = read_policy_file(file)
    with opened() as sessions:
        version = add_draft(sessions, find_seller(sessions, seller_name), checked, maker, name)
    for line in _warnings(file, written, checked):
        click.echo(line, err=True)
    click.echo(version)


def require_maker(person: str, name: str, option: str) -> tuple[str, str]:
    """Give who makes a version (named by an option) and what it is called, or name every fault of both."""
    maker, name = normal_subject(person), name.strip()
    faults = [] if maker else [f"{option}: {person!r} is not a person's e-mail address"]
    if not name or len(name) > NAME_LENGTH_MAX or CONTROL_CHARACTERS.search(name) or not is_storable(name):
        faults.append(f"--name: must be one line of 1 to {NAME_LENGTH_MAX} characters")
    if faults or maker is None:
        raise click.UsageError("\n".join(faults))
    return maker, name


def add_draft(sessions: Sessions, seller: Seller, checked: CheckedPolicy, maker: str, name: str) -> int:
    """Add a policy to a seller as a draft, and give its version."""
    if checked.policy.currency != seller.currency:
        raise click.ClickException(f"the policy is in {checked.policy.currency}, the seller in {seller.currency}")
    with sessions.of(seller.id) as session:
        return keep_draft(session, name, checked, maker, Clock().now(seller)).version


@policy.command("shipped")
@click.argument("name", type=click.Choice(sorted(shipped_texts())))
def shipped_command(name: str) -> None:
    """Print a policy that comes with the program as it was written, comments included."""
    click.echo(shipped_texts()[name], nl=False)


@policy.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of a policy, by which an editor checks and completes the YAML."""
    click.echo(json.dumps(policy_schema(), indent=2, ensure_ascii=False))


@policy.command("figures")
def figures_command() -> None:
    """Write docs/figures.md from the table of figures."""
    FIGURES_PAGE.write_text(figures_page(), encoding="utf-8")


def read_policy_file(file: Path) -> tuple[PlacedDocument, CheckedPolicy]:
    """Read and check a file; its faults go to standard error, one a line, and the command ends with status 1."""
    try:
        written = read_written(_text(file))
        return written, check(written.document, written=written)
    except BadInput as invalid:
        for fault in invalid.faults:
            names = (name.replace("~1", "/").replace("~0", "~") for name in fault.pointer.split("/")[2:])
            path = ".".join(names) or "-"
            click.echo(f"{file}:{fault.line}:{fault.column}: {path}: {fault.detail}", err=True)
        if not invalid.faults:
            click.echo(f"{file}: {invalid.detail}", err=True)
        sys.exit(1)


def _text(file: Path) -> bytes:
    """The bytes of a file, no more of them than a policy can have."""
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(WRITTEN_LENGTH_MAX + 1)
        with file.open("rb") as stream:
            return stream.read(WRITTEN_LENGTH_MAX + 1)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error


def _warnings(file: Path, written: PlacedDocument, checked: CheckedPolicy) -> Iterator[str]:
    for each in all_warnings(checked.policy, Catalog()):
        place = written.place_of(each.path)
        yield f"{file}:{place.line}:{place.column}: warning: {each.path}: {each.detail}"
