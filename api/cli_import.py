"""`creditgate import`: a ledger file into a seller's books, with progress and a closing report."""

import os
import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import click

from api.administration.sellers import find_seller
from api.cli_accounts import opened
from api.clock import Clock
from api.config import from_environment
from api.ledger.importing import run_import
from api.ledger.mapping import read_mapping
from api.ledger.report import ImportReport
from api.records import imports
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.web.plain_yaml import read_plain_yaml

REFUSALS_SHOWN = 20


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--seller", "seller_name", required=True, help="The seller's name.")
@click.option("--format", "format_", type=click.Choice(["auto", "csv"]), default="auto", show_default=True)
@click.option("--mapping", "mapping_path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be taken. Without a mapping, propose one.")
def import_file(file: Path, seller_name: str, format_: str, mapping_path: Path | None, dry_run: bool) -> None:
    """Import FILE (`-` for standard input, .gz understood). Good lines are kept, bad ones reported.

    Leaves with status 1 when a line was refused or the file could not be read; when a mapping was only to be proposed,
    no refused line matters.
    """
    if mapping_path is None and not dry_run:
        raise click.UsageError("Give --mapping FILE, or --dry-run to have one proposed.")
    with opened() as sessions:
        seller = find_seller(sessions, seller_name)
        document = _document(mapping_path) if mapping_path else None
        report = _import(sessions, seller, file, document, dry_run)
        today = Clock().today(seller)
    _tell(report, today)
    has_refusals = report.refused_count > 0 and mapping_path is not None
    sys.exit(1 if has_refusals or report.failure else 0)


def _document(path: Path) -> dict[str, Any]:
    document = read_plain_yaml(path.read_bytes(), "mapping")
    read_mapping(document)  # A file that is empty, or a list, is no mapping.
    return dict(document)


def _import(
    sessions: Sessions, seller: Seller, file: Path, document: dict[str, Any] | None, dry_run: bool
) -> ImportReport:
    clock = Clock()
    mapping = read_mapping(document) if document is not None else None
    with _opened_file(file) as stream:
        with sessions.of(seller.id) as session:
            record = imports.start(
                session,
                file_name=os.fsencode(file.name).decode("utf-8", "replace"),  # A name may be bytes of any kind.
                mapping=document,
                dry_run=dry_run,
                started_by="command line",
                created_at=clock.now(seller),
            )
        size = os.fstat(stream.fileno()).st_size
        with click.progressbar(length=size, label=file.name, file=sys.stderr) as bar:

            def show(_done: int) -> None:
                if stream.seekable():
                    bar.update(stream.tell() - bar.pos)

            return run_import(
                sessions,
                seller,
                clock,
                stream,
                mapping,
                import_id=record.id,
                dry_run=dry_run,
                unpacked_bytes_max=from_environment().unpacked_bytes_max,
                on_progress=show,
            )


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
