"""`creditgate seller clock`: moves a test seller's clock on, day by day, with what each day brings."""

from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

import click

from api import home
from api.administration.clock import KIND, Move, Wish, enqueue
from api.administration.sellers import find_seller
from api.cli_accounts import shown
from api.clock import real_now
from api.config import from_environment
from api.migrate import require_head
from api.problems import Problem
from api.records import jobs
from api.records.sellers import Seller
from api.wiring import House

# Where this command is killed, a worker goes on with the job after so long.
TAKEN_UP_AFTER = timedelta(seconds=30)


@click.command("clock")
@click.option("--seller", "seller_name", required=True, help="The test seller's name.")
@click.option("--forward", "days", type=int, metavar="DAYS", help="By how many days; there is no way back.")
@click.option("--to", "day", type=click.DateTime(["%Y-%m-%d"]), help="To which day.")
def move_clock_command(seller_name: str, days: int | None, day: datetime | None) -> None:
    """Move a test seller's clock on, and print its day; what each day brings is done on it."""
    from api.app import make_house  # noqa: PLC0415
    from api.web.log import configure_log  # noqa: PLC0415

    with home.complete(from_environment()) as config:
        assert config.database_url is not None
        require_head(config.database_url)
        configure_log()
        house = make_house(config)
        try:
            seller = find_seller(house.sessions, seller_name)
            to_on = _moved(house, seller, Wish(days, day.date() if day else None))
        except Problem as problem:
            raise shown(problem) from problem
    click.echo(to_on.isoformat())


def _moved(house: House, seller: Seller, wish: Wish) -> date:
    """Do a new move, or go on with one that waits, and give the day it comes to."""
    with house.sessions.of(seller.id) as session:
        begins_at = real_now() + TAKEN_UP_AFTER
        job = enqueue(session, seller, wish, house.clock, begins_at=begins_at)
        move = Move.from_document(job.arguments)
    _run(house, seller, job.id)
    return move.to_on


def _run(house: House, seller: Seller, job_id: UUID) -> None:
    from api.clock_moving import move_clock  # noqa: PLC0415
    from api.job_running import run_by  # noqa: PLC0415

    def show(done: int, total: int) -> None:
        click.echo(f"\r{done:,} of {total:,} days", nl=False, err=True)

    run_by({KIND: partial(move_clock, told=show)}, house, seller.id, job_id, is_last=True)
    click.echo(err=True)
    with house.sessions.of(seller.id) as session:
        job = jobs.get(session, job_id)
        failures = job.result["failures"] if job and job.result else []
    for each in failures:
        click.echo(f"On {each['day']} failed: {each['step']}; it was tried again on the next day.", err=True)
