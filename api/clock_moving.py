"""The job that moves a test seller's clock on, day by day, and brings on each day what it brings."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from api.administration.clock import KIND, Move
from api.clock_stops import next_stop
from api.job_running import Handler, seller_of
from api.records import jobs, seller_clocks
from api.records.sellers import Seller
from api.seller_day import DayOfSeller
from api.wiring import House

FAILURES_MAX = 20

Told = Callable[[int, int], None]


def move_clock(
    house: House, seller: Seller, job_id: UUID, arguments: dict[str, Any], told: Told | None = None
) -> dict[str, Any]:
    """Move a clock on to where a job says, from wherever it is: one that was killed goes on with the day it was at.

    It stops at the end and the beginning of each day, so that what a day brings bears its date. `told` is given how
    many days are done, of how many. A step that fails on a day is tried again on the next, and named in the result.
    """
    move = Move.from_document(arguments)
    day_of = DayOfSeller(house, seller.id)
    failures = list[dict[str, str]]()
    with seller_clocks.moving_alone(house.sessions, seller.id):
        seller = seller_of(house, seller.id)
        while True:
            today = house.clock.today(seller)
            failures += [{"day": str(today), "step": step} for step in day_of.bring(seller)]
            done = min(max((today - move.from_on).days, 0), move.days)
            with house.sessions.of(seller.id) as session:
                jobs.progress(session, job_id, done, move.days)
            if told is not None:
                told(done, move.days)
            if seller.clock_ahead >= move.ahead:
                break
            seller = _moved(house, seller, move.ahead)
    return {"today": str(today), "days": move.days, "failures": failures[:FAILURES_MAX]}


def _moved(house: House, seller: Seller, ahead_at_last: timedelta) -> Seller:
    """Move the clock on to the next stop, and never past the end."""
    now = house.clock.now(seller)
    stop = next_stop(now, now + ahead_at_last - seller.clock_ahead, seller.time_zone)
    ahead = min(seller.clock_ahead + (stop - now), ahead_at_last)
    with house.sessions.of_nobody() as session:
        return seller_clocks.move_on(session, seller.id, ahead)


JOBS: dict[str, Handler] = {KIND: move_clock}
