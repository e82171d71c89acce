"""`creditgate ledger verify`: what it says of a sound ledger, of a wrong one, and how it makes it right."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from api.cli import main
from tests.records.rich_ledger import Ledger, as_owner, rich_ledger

CHECKED = (
    "entries, balances, groups, days, returnables, invoices, credit notes, payments, allocations, orders, prepayments,"
    " reservations, events"
)


@pytest.fixture
def ledger(sessions, seller) -> Ledger:
    return rich_ledger(sessions, seller)


@pytest.fixture
def verify(database_urls, ledger) -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        environment = {"CREDITGATE_DATABASE_URL": database_urls[1], "CREDITGATE_OWNER_DATABASE_URL": None}
        return CliRunner().invoke(
            main, ["ledger", "verify", "--seller", ledger.seller.name, *arguments], env=environment
        )

    return run


def damage(database_urls: tuple[str, str], ledger: Ledger, change: str) -> None:
    owner = create_engine(database_urls[0].replace("postgresql://", "postgresql+psycopg://"))
    with as_owner(owner, ledger) as connection:
        connection.execute(text(change), {"debtor_id": ledger.ids["daughter"]})
    owner.dispose()


def test_a_sound_ledger_is_told_in_one_line(verify):
    result = verify()
    assert (result.exit_code, result.output) == (0, f"{CHECKED}: nothing is wrong\n")


def test_each_finding_is_told_and_the_command_ends_with_status_1(verify, ledger, database_urls):
    damage(database_urls, ledger, "UPDATE exposure_balance SET amount = amount + 1 WHERE debtor_id = :debtor_id")
    result = verify()
    told = result.output.splitlines()
    assert result.exit_code == 1
    assert told[0].startswith(f"{ledger.ids['daughter']}  balance of invoiced EUR: expected ")
    assert told[-1] == f"{CHECKED}: {len(told) - 1} findings"
    assert verify("--debtor", str(ledger.ids["daughter"])).exit_code == 1
    assert verify("--debtor", str(ledger.ids["sister"])).exit_code == 0


def test_many_findings_are_cut_short_and_counted(verify, ledger, database_urls):
    damage(database_urls, ledger, "UPDATE invoice SET paid_amount = paid_amount + 1")
    told = verify().output.splitlines()
    assert "invoices: only the first 20 of 40 are shown" in told


def test_a_rebuild_says_what_it_did_and_leaves_nothing_wrong(verify, ledger, database_urls):
    damage(database_urls, ledger, "DELETE FROM exposure_entry WHERE source_kind = 'invoice' AND debtor_id = :debtor_id")
    damage(database_urls, ledger, "UPDATE credit_note SET unused_amount = 0 WHERE debtor_id = :debtor_id")
    damage(database_urls, ledger, "UPDATE invoice SET settled_on = NULL, paid_amount = 0 WHERE debtor_id = :debtor_id")
    damage(database_urls, ledger, "UPDATE exposure_balance SET amount = 0, below_amount = 0 WHERE stage = 'reserved'")
    result = verify("--debtor", str(ledger.ids["daughter"]), "--rebuild")
    told = result.output.splitlines()
    assert result.exit_code == 0, result.output
    assert sum(each.startswith("entry added: invoiced ") for each in told) == 8
    assert (
        told[-2]
        == "rebuilt: 8 entries added; 8 invoices, 2 credit notes, 0 orders and 3 balances set right; days made again"
    )
    assert told[-1] == f"{CHECKED}: nothing is wrong"
    assert verify("--debtor", str(ledger.ids["sister"])).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--rebuild",), "--rebuild needs --debtor"),
        (("--debtor", "01890000-0000-7000-8000-000000000000"), "There is no debtor"),
        (("--debtor", "x"), "'x' is not a valid UUID"),
    ],
)
def test_what_cannot_be_verified_is_said(verify, arguments, told):
    result = verify(*arguments)
    assert result.exit_code != 0
    assert told in result.output
