"""`creditgate calibrate ledger`: fits the card of our own experience to a seller's ledger, and writes the policy."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from api.administration.sellers import find_seller
from api.cli_accounts import opened
from api.cli_calibrate import analysis, write_with_evidence
from api.cli_policy import add_draft, require_maker
from api.clock import Clock

DAY = click.DateTime(["%Y-%m-%d"])
RATE = click.FloatRange(0, 1, min_open=True, max_open=True)


@click.command("ledger")
@click.option("--seller", "seller_name", required=True, help="The seller's name.")
@click.option("--until", type=DAY, required=True, help="Nothing that happened on this day or later is looked at.")
@click.option("--from", "from_on", type=DAY, help="The first day of the invoices.  [default: the ledger's]")
@click.option("--late-days", type=click.IntRange(0, 365), default=15, show_default=True, help="Paid later is bad.")
@click.option(
    "--target",
    type=click.Choice(["invoice", "any_90_days"]),
    default="invoice",
    show_default=True,
    help="This invoice is late, or any of the debtor's within 90 days.",
)
@click.option("--version", type=int, help="Of the policy whose card is replaced.  [default: the active one]")
@click.option("--default-rate", type=RATE, help="The mean probability.  [default: that of the policy's own card]")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=".", show_default=True)
@click.option("--add-as", "person", help="Add it as a draft: the e-mail of who made it; somebody else approves it.")
@click.option("--name", help="What you call the draft.")
def calibrate_ledger_command(
    seller_name: str,
    until: datetime,
    from_on: datetime | None,
    person: str | None,
    name: str | None,
    out: Path,
    **given: Any,
) -> None:
    """Fit the card of our own experience to how a seller's debtors paid.

    Writes policy.yaml, sheet.json and sheet.html. Nothing that is in force is changed.
    """
    if (person is None) != (name is None):
        raise click.UsageError("--add-as and --name go together")
    maker = None if person is None or name is None else require_maker(person, name, "--add-as")
    with analysis(), opened() as sessions:
        from api.policies.calibration.ledger_cases import Asked  # noqa: PLC0415
        from api.policies.calibration.ledger_outcomes import Event  # noqa: PLC0415
        from api.policies.calibration.ledger_run import calibrate_ledger  # noqa: PLC0415

        seller = find_seller(sessions, seller_name)
        found = calibrate_ledger(
            sessions,
            seller,
            Asked(from_on and from_on.date(), until.date(), Event(given["target"], given["late_days"])),
            version=given["version"],
            default_rate=given["default_rate"],
            today=Clock().today(seller),
        )
        write_with_evidence(out, "policy.yaml", found.text, found.evidence, found.sheet)
        _tell_later(found.sheet["later"])
        if maker is not None:
            version = add_draft(sessions, seller, found.policy, *maker)
            click.echo(f"added as version {version}, a draft")


def _tell_later(later: dict[str, Any]) -> None:
    """How the fitted card does beside the policy's own on later cases; what speaks against it to standard error."""
    click.echo(
        f"\nfrom {later['test_from']} on: {later['cases']} cases, {later['bad']} bad, {later['debtors']} debtors"
    )
    for name, words in (("fitted", "fitted before"), ("own", "the policy's own card")):
        area = later[name]
        click.echo(f"AUC {area['auc']:.4f} ({area['auc_low']:.4f} to {area['auc_high']:.4f}): {words}")
    low, high = later["difference_low"], later["difference_high"]
    click.echo(f"difference {later['difference']:+.4f} ({low:+.4f} to {high:+.4f})")
    if later["verdict"] is not None:
        click.echo(f"warning: {later['verdict']}", err=True)
