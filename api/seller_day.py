"""What a day brings for one seller: the one list of it, by which the worker works and a clock is moved on.

Each step reads from rows what the seller's own time calls for, so it may be done often, twice, and beside others.
"""

import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any
from uuid import UUID

import structlog

from api.acceptance.cover_jobs import JOBS as COVER_JOBS
from api.acceptance.cover_jobs import look_at_covers_of
from api.acceptance.ticks import pass_time_of
from api.events.feeding import append_to_feed_of
from api.job_running import Handler, run_by
from api.ledger.book_counting import count_book_of_today
from api.mail.jobs import make_mails_of
from api.monitoring.following import follow_alerts
from api.monitoring.jobs import JOBS as MONITORING_JOBS
from api.monitoring.jobs import begin_run_of_new_day
from api.monitoring.ticks import look_at_seller
from api.orders import ticks
from api.orders.rejudging import judge_held_orders
from api.prospect.rescreening_jobs import JOBS as SCREENING_JOBS
from api.prospect.retention import erase_of
from api.records import queue_tasks, seller_clocks, sellers
from api.records.jobs import LONG, QUICK
from api.records.sellers import Seller
from api.wiring import House

EACH_MINUTE = "* * * * *"
ROUNDS_MAX = 10  # What a step leaves to be done may call for another step; so often at most in one place of time.
PATIENCE_SECONDS = 30.0
LOOK_SECONDS = 0.01

log = structlog.get_logger(__name__)

OfDebtor = Callable[[House, Seller, UUID], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that time brings. `cron` is when the worker looks for it, for every seller; None: all the time."""

    name: str
    of: Callable[[House, Seller], object]
    cron: str | None
    lane: str = QUICK


# In the order of a day: what ends and begins, what sources tell, what is made of it, and who is told.
A_DAY: tuple[Step, ...] = (
    Step("let_orders_time_pass", ticks.let_time_pass_of, EACH_MINUTE),
    Step("pass_time_of_acceptance", pass_time_of, "*/5 * * * *"),
    # Each seller's day begins at an hour of its own, so what is done once a day is looked for more often.
    Step("count_books", count_book_of_today, "37 * * * *", LONG),
    Step("look_at_covers", look_at_covers_of, "*/5 * * * *", LONG),
    Step("begin_monitoring_runs", begin_run_of_new_day, "*/15 * * * *"),
    Step("judge_held_of_new_days", ticks.judge_held_of_new_day, EACH_MINUTE, LONG),
    Step("look_at_debtors", look_at_seller, EACH_MINUTE, LONG),
    Step("erase_old_reports", erase_of, "53 3 * * *", LONG),
    Step("append_to_feed", append_to_feed_of, None),
    Step("make_mails", make_mails_of, None),
)
# What steps leave for the queue: tasks about one debtor, and jobs of these kinds.
TASKS: Mapping[str, OfDebtor] = MappingProxyType(
    {
        "judge_held_orders": judge_held_orders,
        "tell_over_limit": ticks.tell_over_limit_of,
        "follow_alerts": follow_alerts,
    }
)
JOBS: Mapping[str, Handler] = MappingProxyType({**COVER_JOBS, **MONITORING_JOBS, **SCREENING_JOBS})


def do_for_everybody(house: House, step: Step) -> None:
    """Do a step for every seller by its own clock; one for whom it fails stops no other."""
    with house.sessions.of_nobody() as session:
        everyone = sellers.every(session)
    for seller in everyone:
        with seller_clocks.standing(house.sessions, seller) as standing:
            is_done(house, standing, step)


def is_done(house: House, seller: Seller, step: Step) -> bool:
    """Do a step for one seller; says whether it could be done, and logs why not."""
    try:
        step.of(house, seller)
    except Exception as error:  # Time passes all the same.
        name, trace = type(error).__name__, traceback.format_exc()
        log.error("step_not_done", step=step.name, seller_id=str(seller.id), error=name, trace=trace)
        return False
    return True


class DayOfSeller:
    """Brings a seller all that its time calls for, at once, and not when the worker comes to it."""

    def __init__(self, house: House, seller_id: UUID) -> None:
        self._house = house
        self._seller_id = seller_id
        self._given_up = set[int]()  # Tasks that failed, or that nobody finished: the queue tries them again.

    def bring(self, seller: Seller) -> list[str]:
        """Do all steps, and what they leave for the queue, until nothing is left; gives the steps that failed."""
        failed = list[str]()
        for _ in range(ROUNDS_MAX):
            failed = [step.name for step in A_DAY if not is_done(self._house, seller, step)]
            if not self._settle(seller):
                break
        return failed

    def _settle(self, seller: Seller) -> bool:
        """Do what waits in the queue, and wait for what a worker is at. Gives whether there was anything."""
        was_any, until = False, time.monotonic() + PATIENCE_SECONDS
        while True:
            with self._house.sessions.of(self._seller_id) as session:
                found = queue_tasks.waiting(session, TASKS.keys(), JOBS.keys())
            waiting = [each for each in found if each.id not in self._given_up]
            if not waiting:
                return was_any
            was_any = True
            is_late = time.monotonic() > until  # Whose worker was killed is taken up by the queue later.
            ready = [each for each in waiting if is_late or not each.is_running]
            for each in ready:
                self._do(seller, each)
            if not ready:
                time.sleep(LOOK_SECONDS)

    def _do(self, seller: Seller, task: queue_tasks.Waiting) -> None:
        try:
            self._work_of(seller, task)()
        except Exception as error:
            name, trace = type(error).__name__, traceback.format_exc()
            log.error("task_not_done", task=task.name, seller_id=str(seller.id), error=name, trace=trace)
            self._given_up.add(task.id)
            return
        if task.is_running:
            self._given_up.add(task.id)
        with self._house.sessions.of(self._seller_id) as session:
            queue_tasks.forget(session, task.id)

    def _work_of(self, seller: Seller, task: queue_tasks.Waiting) -> Callable[[], Any]:
        if task.name in TASKS:
            return partial(TASKS[task.name], self._house, seller, task.ids["debtor_id"])
        return partial(run_by, JOBS, self._house, seller.id, task.ids["job_id"], is_last=False)
