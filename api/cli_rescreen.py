"""`creditgate rescreen`: screens every debtor of a seller again who is due for the sanctions lists."""

import click
from sqlalchemy.orm import Session

from api import home
from api.administration.sellers import find_seller
from api.config import from_environment
from api.migrate import require_head
from api.problems import Problem
from api.prospect.rescreening import NobodyToAsk, Tally, rescreen
from api.wiring import House
from providers.errors import SourceError


@click.command("rescreen")
@click.option("--seller", "seller_name", required=True, help="The seller's name.")
def rescreen_command(seller_name: str) -> None:
    """Screen debtors again whose screening is of an older list, or too old. A new hit opens an alert."""
    from api.app import make_house  # noqa: PLC0415

    with home.complete(from_environment()) as config:
        assert config.database_url is not None
        require_head(config.database_url)
        try:
            tally = _rescreened(make_house(config), seller_name)
        except Problem as problem:
            raise click.ClickException(problem.detail) from problem
        except NobodyToAsk as nobody:
            raise click.ClickException("No sanctions list can be asked for this seller.") from nobody
        except SourceError as failed:
            raise click.ClickException(f"{failed}. What was screened is kept; begin again to go on.") from failed
    click.echo(
        f"screened {tally.screened_count:,}, could not be screened {tally.left_count:,},"
        f" alerts opened {tally.opened_count:,}"
    )


def _rescreened(house: House, seller_name: str) -> Tally:
    seller = find_seller(house.sessions, seller_name)

    def show(_: Session, tally: Tally, total: int) -> None:
        click.echo(f"\r{tally.screened_count:,} of {total:,} debtors", nl=False, err=True)

    tally = rescreen(house, seller, Tally(), show)
    click.echo(err=True)
    return tally
