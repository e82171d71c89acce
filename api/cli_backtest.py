"""`creditgate backtest`: how a policy would have judged the orders of a ledger, and how good that would have been."""

import sys
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from api.administration.sellers import find_seller
from api.cli_accounts import opened
from api.cli_policy import read_policy_file
from api.clock import Clock
from api.policies.backtest.code_words import reason_words
from api.policies.backtest.plots import PlotsMissing, draw_all
from api.policies.backtest.report import report_page
from api.policies.backtest.result import Tested
from api.policies.backtest.running import USUAL_ECONOMICS, Ordered, of_file, of_version, run_backtest
from api.records.sellers import Seller
from api.records.sessions import Sessions
from scoring.canonical import canonical_json
from scoring.reasons.registry import Language
from scoring.validation.economics import Economics

SHOWN_DAYS = 30
REASONS_SHOWN = 5


def share(text: str) -> Decimal:
    """Read a share between 0 and 1 as a decimal, never through a float."""
    try:
        found = Decimal(text)
    except InvalidOperation as error:
        raise click.BadParameter(f"{text!r} is not a number.") from error
    if not 0 <= found <= 1:
        raise click.BadParameter(f"{text} is not from 0 to 1.")
    return found


DAY = click.DateTime(["%Y-%m-%d"])


def economic(name: str, told: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give the option of one figure of `Economics`."""
    usual = str(getattr(USUAL_ECONOMICS, name))
    return click.option(f"--{name.replace('_', '-')}", type=share, default=usual, show_default=True, help=told)


@click.command("backtest")
@click.option("--policy", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="YAML or JSON.")
@click.option("--version", type=int, help="A version that the seller has, instead of --policy.")
@click.option("--seller", "seller_name", required=True, help="The seller's name.")
@click.option("--from", "from_on", type=DAY, required=True, help="The first day of the orders that are judged.")
@click.option("--to", "to_on", type=DAY, required=True, help="The last one.")
@click.option("--as-known", is_flag=True, help="Let what was learnt late count late; not for imported history.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write result.json, report.html and the plots.",
)
@click.option("--language", type=click.Choice(["en", "nl"]), default="en", show_default=True, help="Of the report.")
@economic("loss_given_default", "Of what is never paid.")
@economic("margin_share", "Margin in a price.")
@economic("prepaid_kept_share", "Buyers who do pay before.")
@economic("funding_rate", "By the year, on cost.")
def backtest(
    path: Path | None,
    version: int | None,
    seller_name: str,
    from_on: datetime,
    to_on: datetime,
    as_known: bool,
    out: Path | None,
    language: Language,
    **shares: Decimal,
) -> None:
    """Judge every order of a period by what was known the day before, and tell what came of it.

    Nothing in the database changes. The active policy stands beside the one that is tested.
    """
    if (path is None) == (version is None):
        raise click.UsageError("Give either --policy or --version.")
    with opened() as sessions:
        seller = find_seller(sessions, seller_name)
        candidate = _candidate(sessions, seller, path, version)
        ordered = Ordered(from_on.date(), to_on.date(), as_known, Economics(**shares))
        result = _run(sessions, seller, candidate, ordered)
    _tell(result)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        click.echo(f"\nwritten to {out}: {', '.join(_write(result, out, language))}")


def _write(result: dict[str, Any], out: Path, language: Language) -> list[str]:
    """Write the result, its report and its plots; gives the names of the files."""
    try:
        plots = draw_all(result, language)
    except PlotsMissing as missing:
        click.echo(f"no plots: {missing}", err=True)
        plots = None
    files = {
        "result.json": canonical_json(result),
        "report.html": report_page(result, language, plots).encode(),
        **{f"{name}.png": image for name, image in (plots or {}).items()},
    }
    for name, content in files.items():
        (out / name).write_bytes(content)
    return list(files)


def _candidate(sessions: Sessions, seller: Seller, path: Path | None, version: int | None) -> Tested:
    if path is not None:
        return of_file(read_policy_file(path)[1])
    assert version is not None
    with sessions.of(seller.id) as session:
        return of_version(session, version)


def _run(sessions: Sessions, seller: Seller, candidate: Tested, ordered: Ordered) -> dict[str, Any]:
    with click.progressbar(length=0, label="debtors", file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        return run_backtest(sessions, seller, Clock().today(seller), candidate, ordered, show)


def _tell(result: dict[str, Any]) -> None:
    """Print what a person looks at first; the rest is in the result."""
    coverage, period = result["coverage"], result["period"]
    click.echo(
        f"{period['from']} to {period['to']}: {coverage['orders']} orders of {coverage['debtors']} debtors,"
        f" {coverage['orders_with_history']} with history; the ledger tells until {period['ledger_to']}"
    )
    if result["compared_missing"]:
        click.echo(f"the candidate stands alone: {result['compared_missing']}")
    for place, measures in enumerate(result["measures"]):
        click.echo(f"\n{measures['role']}")
        _tell_targets(result["targets"], measures)
        _tell_decided(result["currency"], measures)
        _tell_causes(measures)
        if measures["classes_warning"]:
            click.echo("  warning: the share of debtors in class normal is not from 65 to 90 %")
        if place == 0 and result["comparison"]:
            _tell_swap(result["comparison"]["swap"], result["currency"])


def _tell_targets(targets: list[dict[str, Any]], measures: dict[str, Any]) -> None:
    click.echo(f"  {'target':52} {'rate':>6} {'cases':>7} {'AUC (95 %)':>22} {'Gini':>7} {'KS':>6}  first orders only")
    for target, told in zip(targets, measures["targets"], strict=True):
        whole, first = told["with_history"], told["first_with_history"]
        click.echo(
            f"  {target['name']:52} {_short(whole['event_rate']):>6} {whole['cases']:>7} {_auc(whole):>22}"
            f" {_short(whole['gini']):>7} {_short(whole['ks']):>6}  {_auc(first)} of {first['cases']}"
        )


def _auc(sample: dict[str, Any]) -> str:
    if sample["auc"] is None:
        return str(sample["missing"])
    return f"{_short(sample['auc'])} ({_short(sample['auc_low'])} to {_short(sample['auc_high'])})"


def _short(value: str | None) -> str:
    return "-" if value is None else f"{Decimal(value):.3f}"


def _tell_decided(currency: str, measures: dict[str, Any]) -> None:
    click.echo("  " + ", ".join(f"{each['outcome']} {each['orders']}" for each in measures["outcomes"]))
    click.echo("  " + ", ".join(f"{each['risk_class'] or 'no class'} {each['orders']}" for each in measures["classes"]))
    earned = measures["earned"]["all"]
    click.echo(
        f"  {currency}: margin {earned['margin_amount']}, realised loss {earned['realised_loss_amount']},"
        f" expected {earned['expected_loss_amount']}, funding {earned['funding_amount']},"
        f" result {earned['result_amount']}"
    )


def _tell_causes(measures: dict[str, Any]) -> None:
    """Print the reasons that stopped the most orders, and what made limits zero."""
    heaviest = sorted(measures["reasons"], key=lambda each: each["orders"], reverse=True)
    for each in heaviest[:REASONS_SHOWN]:
        words = reason_words(each["code"], "en")
        click.echo(f"  not accepted: {each['orders']} orders, {each['effect']} by {each['code']}: {words}")
    if measures["zero_limits"]:
        bound = ", ".join(f"{each['binding']} {each['orders']}" for each in measures["zero_limits"])
        click.echo(f"  limit of zero, bound by: {bound}")


def _tell_swap(sides: list[dict[str, Any]], currency: str) -> None:
    for side in sides:
        late = next(each for each in side["late"] if each["late_days"] == SHOWN_DAYS)
        click.echo(
            f"  accepted by {side['side']}: {side['orders']} orders, {currency} {side['amount']},"
            f" {_short(late['event_rate'])} over {SHOWN_DAYS} days late; result {side['candidate']['result_amount']}"
            f" against {side['active']['result_amount']}"
        )
