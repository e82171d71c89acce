"""The worker: runs jobs, feeds and delivers events, sends mail, and takes up what a killed worker left."""

import asyncio
import signal
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import procrastinate
import structlog
from procrastinate import App, JobContext, PsycopgConnector
from sqlalchemy.exc import SQLAlchemyError

from api.acceptance.cover_jobs import JOBS as COVER_JOBS
from api.acceptance.cover_jobs import look_at_covers
from api.acceptance.ticks import pass_time
from api.clock import real_now
from api.events.courier import Courier
from api.events.feeding import append_to_feeds
from api.ledger.book_counting import count_books
from api.ledger.jobs import JOBS as LEDGER_JOBS
from api.mail.jobs import Post
from api.monitoring.following import follow_alerts
from api.monitoring.jobs import JOBS as MONITORING_JOBS
from api.monitoring.jobs import begin_runs_of_new_days
from api.monitoring.notices import JOBS as NOTICE_JOBS
from api.monitoring.streams import defer_readings, read_streams
from api.monitoring.ticks import look_everywhere
from api.orders import ticks
from api.orders.rejudging import judge_held_orders
from api.policies.jobs import JOBS as POLICY_JOBS
from api.policies.trying.shadowing import judge_shadows, judge_shadows_of
from api.prospect.jobs import JOBS as PROSPECT_JOBS
from api.prospect.rescreening_jobs import JOBS as SCREENING_JOBS
from api.prospect.retention import erase_old_reports
from api.records import idempotency, jobs, mails, sellers, webhook_deliveries
from api.records.sellers import Seller
from api.wiring import House

Handler = Callable[[House, Seller, UUID, dict[str, Any]], dict[str, Any]]

HANDLERS: dict[str, Handler] = {
    **COVER_JOBS,
    **LEDGER_JOBS,
    **MONITORING_JOBS,
    **NOTICE_JOBS,
    **POLICY_JOBS,
    **PROSPECT_JOBS,
    **SCREENING_JOBS,
}
ATTEMPTS = 3
STALLED_AFTER_SECONDS = 30
KEPT_HOURS = 24
DELIVERED_KEPT = timedelta(days=30)
MAILS_KEPT = timedelta(days=90)
LANE_CONCURRENCY = 2
SHUTDOWN_SECONDS = 20
FEED_SECONDS = 0.5
MAIL_SECONDS = 5
SECONDS_PER_MINUTE, SECONDS_PER_HOUR = 60, 3600

log = structlog.get_logger(__name__)


class SellerGone(LookupError):
    """The queue names a seller that does not exist."""


def make_queue(house: House, database_url: str) -> App:
    """Make the job engine over the same database; its own tables are in the schema `queue`."""
    url = database_url.replace("postgresql+psycopg://", "postgresql://")
    queue = App(connector=PsycopgConnector(conninfo=url, kwargs={"options": "-c search_path=queue,public"}))
    retry = procrastinate.RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=5)

    @queue.task(name="creditgate.run_job", retry=retry, pass_context=True)
    def run(context: JobContext, seller_id: str, job_id: str) -> None:
        attempts = context.job.attempts if context.job else ATTEMPTS
        run_job(house, UUID(seller_id), UUID(job_id), is_last=attempts >= ATTEMPTS)

    @queue.periodic(cron="* * * * *")
    @queue.task(name="creditgate.take_up_stalled", pass_context=True)
    async def take_up_stalled(context: JobContext, timestamp: int) -> None:
        manager = context.app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
            await manager.retry_job(job)

    @queue.periodic(cron="17 * * * *")
    @queue.task(name="creditgate.tidy", pass_context=True)
    async def tidy(context: JobContext, timestamp: int) -> None:
        await context.app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS)
        await asyncio.to_thread(forget_old, house)

    @queue.task(name="creditgate.judge_held_orders", retry=retry)
    def judge_held(seller_id: str, debtor_id: str) -> None:
        judge_held_orders(house, _seller(house, UUID(seller_id)), UUID(debtor_id))

    @queue.task(name="creditgate.tell_over_limit", retry=retry)
    def tell_over_limit(seller_id: str, debtor_id: str) -> None:
        ticks.tell_over_limit_of(house, _seller(house, UUID(seller_id)), UUID(debtor_id))

    @queue.periodic(cron="* * * * *")
    @queue.task(name="creditgate.let_orders_time_pass", queueing_lock="let_orders_time_pass")
    def let_time_pass(timestamp: int) -> None:
        ticks.let_time_pass_everywhere(house)

    @queue.periodic(cron="* * * * *")
    @queue.task(name="creditgate.judge_held_of_new_days", queue=jobs.LONG, queueing_lock="judge_held_of_new_days")
    def judge_held_of_new_days(timestamp: int) -> None:
        ticks.judge_held_of_new_days(house)

    @queue.periodic(cron="37 * * * *")  # Every hour, since each seller's day begins at an hour of its own.
    @queue.task(name="creditgate.count_books", queue=jobs.LONG)
    def count_each_book(timestamp: int) -> None:
        count_books(house)

    @queue.periodic(cron="*/5 * * * *")
    @queue.task(name="creditgate.look_at_covers", queue=jobs.LONG, queueing_lock="look_at_covers")
    def look_at_each_cover(timestamp: int) -> None:
        look_at_covers(house)

    @queue.periodic(cron="*/5 * * * *")
    @queue.task(name="creditgate.pass_time_of_acceptance", queueing_lock="pass_time_of_acceptance")
    def pass_time_of_acceptance(timestamp: int) -> None:
        pass_time(house)

    @queue.periodic(cron="*/15 * * * *")  # Since each seller's day begins at an hour of its own.
    @queue.task(name="creditgate.begin_monitoring_runs", queueing_lock="begin_monitoring_runs")
    def begin_monitoring_runs(timestamp: int) -> None:
        begin_runs_of_new_days(house)

    @queue.periodic(cron="7,22,37,52 * * * *")
    @queue.task(name="creditgate.defer_stream_readings", queueing_lock="defer_stream_readings")
    def defer_stream_readings(timestamp: int) -> None:
        defer_readings(house)

    @queue.task(name="creditgate.read_streams", queue=jobs.LONG)
    def read_streams_of(seller_id: str) -> None:
        read_streams(house, _seller(house, UUID(seller_id)))

    @queue.task(name="creditgate.follow_alerts", retry=retry)
    def follow(seller_id: str, debtor_id: str) -> None:
        follow_alerts(house, _seller(house, UUID(seller_id)), UUID(debtor_id))

    @queue.periodic(cron="* * * * *")
    @queue.task(name="creditgate.look_at_debtors", queue=jobs.LONG, queueing_lock="look_at_debtors")
    def look_at_each_debtor(timestamp: int) -> None:
        look_everywhere(house)

    @queue.periodic(cron="53 3 * * *")
    @queue.task(name="creditgate.erase_old_reports", queue=jobs.LONG)
    def erase_old(timestamp: int) -> None:
        erase_old_reports(house)

    @queue.periodic(cron="* * * * *")
    @queue.task(name="creditgate.judge_shadows", queue=jobs.LONG, queueing_lock="judge_shadows")
    def judge_beside(timestamp: int) -> None:
        judge_shadows(house, whole=timestamp % SECONDS_PER_HOUR < SECONDS_PER_MINUTE)

    @queue.task(name="creditgate.judge_shadows_of", queue=jobs.LONG)
    def judge_all_beside(seller_id: str) -> None:
        judge_shadows_of(house, _seller(house, UUID(seller_id)), whole=True)

    return queue


def run_job(house: House, seller_id: UUID, job_id: UUID, *, is_last: bool) -> None:
    """Run one job, and keep how it went. A job may be run twice: its handler must be safe to repeat."""
    seller = _seller(house, seller_id)
    with house.sessions.of(seller_id) as session:
        job = jobs.get(session, job_id)
        if job is None or job.state in ("succeeded", "failed"):
            return
        kind, arguments = job.kind, job.arguments
        jobs.start(job, house.clock.now(seller))
    try:
        result = HANDLERS[kind](house, seller, job_id, arguments)
    except jobs.CannotBeDone as failure:
        with house.sessions.of(seller_id) as session:
            jobs.fail(session, job_id, failure.error, house.clock.now(seller), failure.result)
        return
    except Exception as error:
        log.error("job_failed", kind=kind, job_id=str(job_id), error=type(error).__name__, trace=traceback.format_exc())
        if is_last:
            with house.sessions.of(seller_id) as session:
                jobs.fail(
                    session, job_id, {"code": "internal_error", "detail": type(error).__name__}, house.clock.now(seller)
                )
        raise
    with house.sessions.of(seller_id) as session:
        jobs.succeed(session, job_id, result, house.clock.now(seller))


def forget_old(house: House) -> None:
    """Forget the answers kept for repeated requests after a day, what was delivered to webhooks after a month, and what
    mails told after three.
    """
    with house.sessions.of_nobody() as session:
        everyone = sellers.every(session)
    for seller in everyone:
        with house.sessions.of(seller.id) as session:
            idempotency.purge(session, real_now())
            webhook_deliveries.forget_delivered(session, real_now() - DELIVERED_KEPT)
            mails.erase_old(session, real_now() - MAILS_KEPT, real_now())


def work(house: House, database_url: str) -> None:
    """Run the worker until it is told to stop; what it is at is finished first."""
    asyncio.run(_work(house, make_queue(house, database_url)))


async def _work(house: House, queue: App) -> None:
    """Run two lanes side by side, so that no long import makes rescued jobs wait; the feeds and mail go on beside."""
    async with queue.open_async():
        lanes = [
            asyncio.create_task(
                queue.run_worker_async(
                    queues=[lane],
                    name=lane,
                    concurrency=LANE_CONCURRENCY,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=SHUTDOWN_SECONDS,
                )
            )
            for lane in jobs.LANES
        ]
        feeds = asyncio.create_task(_append_to_feeds(house))
        courier = Courier(house)
        hooks = asyncio.create_task(_deliver(courier))
        mail = asyncio.create_task(_go_round_with_mail(Post(house)))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, lambda: [lane.cancel() for lane in lanes])
        done, others = await asyncio.wait([*lanes, feeds, hooks, mail], return_when=asyncio.FIRST_COMPLETED)
        for lane in others:
            lane.cancel()
        try:
            for lane in (*done, *others):
                with suppress(asyncio.CancelledError):
                    await lane
        finally:
            await asyncio.to_thread(courier.close)


async def _append_to_feeds(house: House) -> None:
    while True:
        try:
            await asyncio.to_thread(append_to_feeds, house)
        except SQLAlchemyError as error:  # They stay pending; the lanes tell whether the database is gone.
            log.error("feed_not_appended", error=type(error).__name__)
        await asyncio.sleep(FEED_SECONDS)


async def _deliver(courier: Courier) -> None:
    while True:
        try:
            await asyncio.to_thread(courier.look)
        except SQLAlchemyError as error:
            log.error("webhooks_not_looked_for", error=type(error).__name__)
        await asyncio.sleep(FEED_SECONDS)


async def _go_round_with_mail(post: Post) -> None:
    try:
        while True:
            try:
                await asyncio.to_thread(post.go_round)
            except SQLAlchemyError as error:  # It stays to be sent; the lanes tell whether the database is gone.
                log.error("mail_not_sent", error=type(error).__name__)
            await asyncio.sleep(MAIL_SECONDS)
    finally:
        post.stop()


def _seller(house: House, seller_id: UUID) -> Seller:
    with house.sessions.of_nobody() as session:
        seller = sellers.get(session, seller_id)
    if seller is None:
        raise SellerGone(str(seller_id))
    return seller
