"""`creditgate calibrate`: fits a scorecard to cases whose outcome is known, and writes it with its evidence."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import yaml

if TYPE_CHECKING:
    from api.policies.calibration.cases import Cases
    from api.policies.calibration.fitting import Settings
    from api.policies.calibration.sheet import Evidence

# What fits is imported where it is needed: its libraries are an extra that running creditgate does not ask for.
EXTRA = {"jinja2", "matplotlib", "numpy", "scipy", "sklearn"}
FAULTS_SHOWN = 20


@click.group()
def calibrate() -> None:
    """Fit a scorecard to known outcomes. Nothing that is in force is changed."""


@dataclass(frozen=True, slots=True)
class Split:
    """Where later cases begin, on which the scorecard is tried instead of in folds."""

    column: str
    test_from: str


@calibrate.command("table")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--outcome", required=True, help="The column that says how a case ended.")
@click.option("--bad", required=True, help="What stands there when it ended badly.")
@click.option("--delimiter", default=",", show_default=True, help="What parts the cells of a line.")
@click.option("--exclude", default="", help="Columns to leave out, parted by commas.")
@click.option("--predicts", help="The event and its horizon in words. [default: the outcome]")
@click.option("--folds", type=click.IntRange(2, 20), default=5, show_default=True, help="In how many parts to try it.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the folds.")
@click.option("--split-by", "split_by", help="A column of years or ISO dates: try on later cases, not in folds.")
@click.option("--test-from", "test_from", help="The first of the later cases; what comes before is fitted to.")
@click.option("--default-rate", type=click.FloatRange(0, 1, min_open=True, max_open=True), help="Move the level to it.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=".", help="Where to write. [default: .]"
)
def table(file: Path, out: Path, delimiter: str, split_by: str | None, test_from: str | None, **given: Any) -> None:
    """Fit a scorecard to the rows of FILE, a CSV (or gzip of one) with a header.

    Writes scorecard.yaml, sheet.json and sheet.html.
    """
    if (split_by is None) != (test_from is None):
        raise click.UsageError("--split-by and --test-from go together")
    if len(delimiter) != 1:
        raise click.UsageError("--delimiter must be one character")
    split = Split(split_by, test_from) if split_by is not None and test_from is not None else None
    with analysis():
        from api.policies.calibration.fitting import Settings  # noqa: PLC0415
        from api.policies.calibration.tables import TableColumns, read_table  # noqa: PLC0415

        excluded = tuple(name for each in given["exclude"].split(",") if (name := each.strip()))
        columns = TableColumns(given["outcome"], given["bad"], excluded, split.column if split else None)
        cases = read_table(file, columns, delimiter)
        settings = Settings(
            predicts=given["predicts"] or f"{given['outcome']} is {given['bad']}",
            folds=given["folds"],
            seed=given["seed"],
            default_rate=given["default_rate"],
        )
        evidence = _fitted(cases, settings, split, file.name)
        _write(evidence, out)


@contextmanager
def analysis() -> Iterator[None]:
    """Say in one line what a person can mend: the extra that is missing, or everything that is wrong with the cases."""
    try:
        from api.policies.calibration import page, trying  # noqa: F401, PLC0415
        from api.policies.calibration.cases import CasesUnfit  # noqa: PLC0415
        from api.policies.calibration.tables import TableInvalid  # noqa: PLC0415
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRA:
            raise
        raise click.ClickException(
            f"calibration needs {package}: install creditgate with its extra, pip install 'creditgate[analysis]'"
        ) from error
    try:
        yield
    except CasesUnfit as error:
        raise click.ClickException(str(error)) from error
    except TableInvalid as error:
        more = len(error.faults) - FAULTS_SHOWN
        shown = [*error.faults[:FAULTS_SHOWN], *([f"and {more} more"] if more > 0 else [])]
        raise click.ClickException("the table cannot be used:\n  " + "\n  ".join(shown)) from error


def _fitted(cases: "Cases", settings: "Settings", split: Split | None, source: str) -> "Evidence":
    """Fit to all cases and try in folds; or fit to the earlier ones and try on the later ones."""
    from api.policies.calibration.fitting import fit  # noqa: PLC0415
    from api.policies.calibration.sheet import Evidence  # noqa: PLC0415
    from api.policies.calibration.trying import try_in_folds, try_later  # noqa: PLC0415

    if split is None:
        return Evidence(fit(cases, settings), cases, try_in_folds(cases, settings), source)
    earlier, later = cases.split(split.test_from)
    return Evidence(fit(earlier, settings), earlier, try_later(earlier, later, settings, split.test_from), source)


def _write(evidence: "Evidence", out: Path) -> None:
    """Write the three files, and tell the most important of it."""
    from api.policies.calibration.document import scorecard_document  # noqa: PLC0415
    from api.policies.calibration.sheet import sheet_of  # noqa: PLC0415

    sheet = sheet_of(evidence)
    document = scorecard_document(evidence.fitted)
    written = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)
    write_with_evidence(out, "scorecard.yaml", written, evidence, sheet)


def write_with_evidence(out: Path, name: str, text: str, evidence: "Evidence", sheet: dict[str, Any]) -> None:
    """Write a text with the evidence for it, and tell the most important of that."""
    from api.policies.calibration.page import sheet_page  # noqa: PLC0415

    out.mkdir(parents=True, exist_ok=True)
    (out / name).write_text(text, encoding="utf-8")
    (out / "sheet.json").write_text(json.dumps(sheet, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (out / "sheet.html").write_text(sheet_page(evidence, sheet), encoding="utf-8")
    click.echo("\n".join([*_told(sheet), "", f"written to {out}: {name}, sheet.json, sheet.html"]))


def _told(sheet: dict[str, Any]) -> Iterator[str]:
    """The characteristics as a table, how well they tell, what was left out and what speaks against them."""
    listed = sheet["characteristics"]
    width = max(len("figure"), *(len(each["figure"]) for each in listed))
    yield f"{'figure':<{width}}  worse when  bins     IV  points"
    for each in listed:
        points = [row["points"] for row in each["bins"]]
        spread = f"{min(points):.2f} to {max(points):.2f}"
        worse, value = each["worse_when"], each["information_value"]
        yield f"{each['figure']:<{width}}  {worse:<10}  {len(points):>4}  {value:>5.2f}  {spread}"
    unseen, fitted, cases = sheet["discrimination"]["unseen"], sheet["discrimination"]["fitted"], sheet["cases"]
    yield ""
    yield f"{cases['count']} cases, {cases['bad']} bad; {len(sheet['left_out'])} figures left out"
    yield f"AUC {unseen['auc']:.4f} ({unseen['auc_low']:.4f} to {unseen['auc_high']:.4f}): {unseen['how']}"
    yield f"AUC {fitted['auc']:.4f} on the cases fitted to"
    yield from _told_besides(sheet)


def _told_besides(sheet: dict[str, Any]) -> Iterator[str]:
    """What was left out, and the warnings; how it does beside another card is told with that comparison."""
    if sheet["left_out"] or sheet["notes"]:
        yield ""
    yield from (f"left out: {each['figure']}: {each['reason']}" for each in sheet["left_out"])
    yield from (f"note: {note}" for note in sheet["notes"])
    verdict = sheet["later"]["verdict"] if sheet["later"] else None
    warnings = [each for each in sheet["warnings"] if each != verdict]
    if warnings:
        yield ""
    yield from (f"warning: {each}" for each in warnings)
