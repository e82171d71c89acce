"""`creditgate import`: a ledger file into a seller's books, with progress and a closing report."""

import hashlib
import os
import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import click

from api.administration.sellers import find_seller
from api.cli_accounts import opened
from api.clock import Clock
from api.config import from_environment
from api.ledger.importing import Ordered, run_import
from api.ledger.mapping import read_mapping
from api.ledger.report import ImportReport
from api.ledger.sources import FORMATS
from api.records import imports
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.web.plain_yaml import read_plain_yaml

REFUSALS_SHOWN = 20


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--seller", "seller_name", required=True, help="The seller's name.")
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="auto", show_default=True)
@click.option("--mapping", "mapping_path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be taken. Without a mapping, propose one.")
def import_file(file: Path, seller_name: str, format_: str, mapping_path: Path | None, dry_run: bool) -> None:
    """Import FILE: a ledger, electronic invoices or bank statements; `-` for standard input, .gz and .zip understood.

    Good lines are kept, bad ones reported. One that was killed goes on where it was when it is started again. Leaves
    with status 1 when a line was refused or the file could not be read; when a mapping was only to be proposed, no
    refused line matters.
    """
    with opened() as sessions:
        seller = find_seller(sessions, seller_name)
        document = _document(mapping_path) if mapping_path else None
        report = _import(sessions, seller, file, document, format_, dry_run)
        today = Clock().today(seller)
    _tell(report, today)
    has_refusals = report.refused_count > 0 and report.proposal is None
    sys.exit(1 if has_refusals or report.failure else 0)


def _document(path: Path) -> dict[str, Any]:
    document = read_plain_yaml(path.read_bytes(), "mapping")
    read_mapping(document)  # A file that is empty, or a list, is no mapping.
    return dict(document)


def _import(
    sessions: Sessions, seller: Seller, file: Path, document: dict[str, Any] | None, format_: str, dry_run: bool
) -> ImportReport:
    mapping = read_mapping(document) if document is not None else None
    with _opened_file(file) as stream:
        import_id = _started(sessions, seller, file, stream, document, format_, dry_run)
        size = os.fstat(stream.fileno()).st_size
        with click.progressbar(length=size, label=file.name, file=sys.stderr) as bar:

            def show(_done: int) -> None:
                if stream.seekable():
                    bar.update(stream.tell() - bar.pos)

            bytes_max = from_environment().unpacked_bytes_max
            return run_import(
                sessions, seller, Clock(), stream, Ordered(mapping, format_, import_id, dry_run, bytes_max), show
            )


def _started(
    sessions: Sessions,
    seller: Seller,
    file: Path,
    stream: BinaryIO,
    document: dict[str, Any] | None,
    format_: str,
    dry_run: bool,
) -> UUID:
    """Find the import of this very file that was killed, or start one."""
    digest = None
    if stream.seekable():
        digest = hashlib.file_digest(stream, "sha256").digest()  # type: ignore[arg-type]
        stream.seek(0)
    with sessions.of(seller.id) as session:
        killed = imports.unfinished(session, digest, document) if digest and not dry_run else None
        if killed is not None:
            click.echo(f"goes on behind line {killed.lines_count:,}, where it was killed", err=True)
            return killed.id
        record = imports.start(
            session,
            file_name=os.fsencode(file.name).decode("utf-8", "replace"),  # A name may be bytes of any kind.
            format=format_,
            content_sha256=digest,
            mapping=document,
            dry_run=dry_run,
            started_by="command line",
            created_at=Clock().now(seller),
        )
        return record.id


def _opened_file(file: Path) -> BinaryIO:
    if str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error


def _tell(report: ImportReport, today: date) -> None:
    """Tell a person how it went; a proposed mapping stands alone on standard output, to be kept as a file."""
    say = partial(click.echo, err=report.proposal is not None)
    done = "would be taken" if report.dry_run else "taken"
    say(
        f"{report.lines_count} lines: {report.taken_count} {done}, {report.known_count} known already,"
        f" {report.refused_count} refused (seller's today: {today})"
    )
    states = [f"{number} {state.replace('_', ' ')}" for state, number in sorted(report.bank.states.items()) if number]
    if states:
        say(f"  bank entries: {', '.join(states)}")
    for code, detail in report.bank.notes.items():
        click.echo(f"note: {code}: {detail}", err=True)
    for code, number in sorted(report.faults.items()):
        say(f"  {number} x {code}")
    for fault in report.refusals[:REFUSALS_SHOWN]:
        say(f"  line {fault.line}, {fault.column or 'whole line'}: {fault.code}: {fault.detail}")
    if len(report.refusals) > REFUSALS_SHOWN:
        say(f"  only the first {REFUSALS_SHOWN} are shown")
    for warning in report.warnings:
        click.echo(f"warning: {warning['code']}: {warning['detail']}", err=True)
    if report.failure:
        click.echo(f"failed: {report.failure['code']}: {report.failure['detail']}", err=True)
        for each in report.failure["errors"]:
            click.echo(f"  {each['pointer']}: {each['detail']}", err=True)
    if report.proposal:
        click.echo("A mapping is proposed: check it, mend what says TODO, and hand it to --mapping.", err=True)
        click.echo(report.proposal, nl=False)
