"""`creditgate ledger`: whether a seller's ledger agrees with itself, and how to make it so again."""

import sys
from uuid import UUID

import click

from api.administration.sellers import find_seller
from api.cli_accounts import opened
from api.clock import Clock
from api.problems import NotFound
from api.records import debtors, ledger_drift, ledger_rebuild
from api.records.sellers import Seller
from api.records.sessions import Sessions

FINDINGS_SHOWN = 20


@click.group()
def ledger() -> None:
    """Check a ledger, and rebuild what was derived in it."""


@ledger.command("verify")
@click.option("--seller", "seller_name", required=True, help="The seller's name.")
@click.option("--debtor", "debtor_id", type=click.UUID, help="Look at one debtor only.")
@click.option("--rebuild", is_flag=True, help="Set right what is derived of --debtor first, and tell what was wrong.")
def verify(seller_name: str, debtor_id: UUID | None, rebuild: bool) -> None:
    """Hold every balance, day, invoice, order, entry and event against the rows it follows from.

    Leaves with status 1 when something is not what it should be.
    """
    if rebuild and debtor_id is None:
        raise click.UsageError("--rebuild needs --debtor: it locks the debtor while it works.")
    with opened() as sessions:
        seller = find_seller(sessions, seller_name)
        if debtor_id is not None:
            _require(sessions, seller, debtor_id)
            if rebuild:
                _rebuild(sessions, seller, debtor_id)
        count = _verify(sessions, seller, debtor_id)
    sys.exit(1 if count else 0)


def _require(sessions: Sessions, seller: Seller, debtor_id: UUID) -> None:
    with sessions.of(seller.id) as session:
        if debtors.get(session, debtor_id) is None:
            raise NotFound(f"There is no debtor {debtor_id}.")


def _rebuild(sessions: Sessions, seller: Seller, debtor_id: UUID) -> None:
    with sessions.of(seller.id) as session:
        rebuilt = ledger_rebuild.rebuild(session, debtor_id, Clock().now(seller))
    for each in rebuilt.corrections:
        click.echo(
            f"entry added: {each.stage} {each.amount.normalize():f} {each.currency} on {each.happened_on}"
            f" of {each.source_kind} {each.source_id}"
        )
    click.echo(
        f"rebuilt: {len(rebuilt.corrections)} entries added; {rebuilt.invoices_count} invoices,"
        f" {rebuilt.credit_notes_count} credit notes, {rebuilt.orders_count} orders and {rebuilt.balances_count}"
        " balances set right; days made again"
    )


def _verify(sessions: Sessions, seller: Seller, debtor_id: UUID | None) -> int:
    """Tell what each check finds; gives how many findings there are in all."""
    count = 0
    for check in ledger_drift.CHECKS:
        with sessions.of(seller.id) as session:  # One for each check, so that none keeps old rows for long.
            found = ledger_drift.find(session, check, debtor_id, FINDINGS_SHOWN, Clock().now(seller))
        for each in found.shown:
            click.echo(f"{each.debtor_id or 'seller'}  {each.what}: expected {each.expected}, found {each.found}")
        if found.count > len(found.shown):
            click.echo(f"{check}: only the first {FINDINGS_SHOWN} of {found.count} are shown")
        count += found.count
    told = "nothing is wrong" if not count else f"{count} findings"
    click.echo(f"{', '.join(ledger_drift.CHECKS)}: {told}")
    return count
