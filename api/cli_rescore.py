"""`creditgate rescore`: what a version of the policy would make of the whole book, beside the active one."""

from decimal import Decimal
from typing import Any

import click
from sqlalchemy.orm import Session

from api import home
from api.administration.sellers import find_seller
from api.config import from_environment
from api.migrate import require_head
from api.policies.trying.jobs import rules_of
from api.policies.trying.rescoring import Rescoring, rescore
from api.policies.trying.rescoring_answer import rescoring_answer
from api.policies.trying.rescoring_tally import Tally
from api.problems import Problem
from api.wiring import House

REASONS_SHOWN = 5


@click.command("rescore")
@click.option("--seller", "seller_name", required=True, help="The seller's name.")
@click.option("--version", required=True, type=int, help="The version of the policy.")
@click.option("--loss-given-default", type=click.FloatRange(0, 1), help="Where the version names none, such as 0.45.")
def rescore_command(seller_name: str, version: int, loss_given_default: float | None) -> None:
    """Judge every debtor on today's facts by a version and by the active one; nothing is kept of it."""
    from api.app import make_house  # noqa: PLC0415

    with home.complete(from_environment()) as config:
        assert config.database_url is not None
        require_head(config.database_url)
        try:
            result = _rescored(make_house(config), seller_name, version, loss_given_default)
        except Problem as problem:
            raise click.ClickException(problem.detail) from problem
    _tell(result)


def _rescored(house: House, seller_name: str, version: int, loss_given_default: float | None) -> dict[str, Any]:
    seller = find_seller(house.sessions, seller_name)
    with house.sessions.of(seller.id) as session:
        rules, active = rules_of(session, version, house.policies), house.policies.active(session)
    ordered = Rescoring(active, rules, house.clock.today(seller), house.clock.now(seller))

    def show(_: Session, tally: Tally, total: int) -> None:
        click.echo(f"\r{tally.done_count:,} of {total:,} debtors", nl=False, err=True)

    tally = rescore(house, seller, ordered, Tally(), show)
    click.echo(err=True)
    share = None if loss_given_default is None else Decimal(str(loss_given_default))
    return rescoring_answer(tally, ordered, share)


def _tell(result: dict[str, Any]) -> None:
    """Print a short table: classes on both sides, then limits, losses, and who has no grade."""
    told, currency = result["comparison"], result["comparison"]["currency"]
    click.echo(
        f"{'':>12} {'active ' + str(result['active_version']):>18} {'version ' + str(result['policy_version']):>18}"
    )
    for each in result["class_shares"]:
        sides = [f"{each[f'{side}_count']:,} {_percent(each[f'{side}_share'])}" for side in ("active", "version")]
        click.echo(f"{each['risk_class'] or 'no class':>12} {sides[0]:>18} {sides[1]:>18}")
    limits, loss = told["limits"], told["expected_loss"]
    click.echo(f"{'limits':>12} {limits['active_amount']:>18} {limits['version_amount']:>18} {currency}")
    active, version = (loss[f"{side}_amount"] or "-" for side in ("active", "version"))
    click.echo(f"{'loss':>12} {active:>18} {version:>18} {loss['missing'] or currency}")
    grades = told["grades"]
    click.echo(
        f"limits higher {limits['higher_count']:,}, lower {limits['lower_count']:,};"
        f" grades better {grades['better_count']:,}, worse {grades['worse_count']:,}"
    )
    for side in ("active", "version"):
        without = result["without_grade"][side]
        reasons = ", ".join(f"{each['code']} {each['count']:,}" for each in without["reasons"][:REASONS_SHOWN])
        click.echo(f"without a grade, {side}: {without['count']:,}{' (' + reasons + ')' if reasons else ''}")
    for warning in result["warnings"]:
        click.echo(f"warning: normal is {_percent(warning['share'])} of the classes of {warning['side']}, not 65-90 %")
    for failure in result["failures"]:
        click.echo(f"could not be judged: {failure['count']:,} ({failure['error']})")


def _percent(share: str | None) -> str:
    return "" if share is None else f"{100 * Decimal(share):.1f} %"
