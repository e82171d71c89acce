"""The worker: runs jobs, feeds and delivers events, sends mail, and takes up what a killed worker left."""

import asyncio
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import procrastinate
import structlog
from procrastinate import App, JobContext, PsycopgConnector
from sqlalchemy.exc import SQLAlchemyError

from api.acceptance.cover_jobs import JOBS as COVER_JOBS
from api.clock import real_now
from api.clock_moving import JOBS as CLOCK_JOBS
from api.events.courier import Courier
from api.events.feeding import append_to_feeds
from api.job_running import Handler, run_by, seller_of
from api.ledger.jobs import JOBS as LEDGER_JOBS
from api.mail.jobs import Post
from api.monitoring.jobs import JOBS as MONITORING_JOBS
from api.monitoring.notices import JOBS as NOTICE_JOBS
from api.monitoring.streams import defer_readings, read_streams
from api.policies.jobs import JOBS as POLICY_JOBS
from api.policies.trying.shadowing import judge_shadows, judge_shadows_of
from api.prospect.jobs import JOBS as PROSPECT_JOBS
from api.prospect.rescreening_jobs import JOBS as SCREENING_JOBS
from api.records import idempotency, jobs, mails, seller_clocks, sellers, webhook_deliveries
from api.seller_day import A_DAY, TASKS, OfDebtor, Step, do_for_everybody
from api.wiring import House
from api.worker_lanes import LANE_CONCURRENCY, keep_lane

HANDLERS: dict[str, Handler] = {
    **CLOCK_JOBS,
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
LOOPS = 3  # The feeds, webhooks and mail.
THREADS = LANE_CONCURRENCY * len(jobs.LANES) + LOOPS + 1  # One for what is tidied now and then.
FEED_SECONDS = 0.5
MAIL_SECONDS = 5
SECONDS_PER_MINUTE, SECONDS_PER_HOUR = 60, 3600

log = structlog.get_logger(__name__)


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

    for step in A_DAY:
        if step.cron is not None:
            _look_for(queue, house, step, step.cron)
    for name, do in TASKS.items():
        queue.task(name=f"creditgate.{name}", retry=retry)(_of_one_debtor(house, do))

    @queue.periodic(cron="7,22,37,52 * * * *")
    @queue.task(name="creditgate.defer_stream_readings", queueing_lock="defer_stream_readings")
    def defer_stream_readings(timestamp: int) -> None:
        defer_readings(house)

    @queue.task(name="creditgate.read_streams", queue=jobs.LONG)
    def read_streams_of(seller_id: str) -> None:
        read_streams(house, seller_of(house, UUID(seller_id)))

    @queue.periodic(cron="* * * * *")
    @queue.task(name="creditgate.judge_shadows", queue=jobs.LONG, queueing_lock="judge_shadows")
    def judge_beside(timestamp: int) -> None:
        judge_shadows(house, whole=timestamp % SECONDS_PER_HOUR < SECONDS_PER_MINUTE)

    @queue.task(name="creditgate.judge_shadows_of", queue=jobs.LONG)
    def judge_all_beside(seller_id: str) -> None:
        judge_shadows_of(house, seller_of(house, UUID(seller_id)), whole=True)

    return queue


def _look_for(queue: App, house: House, step: Step, cron: str) -> None:
    """Have a step of a day done for every seller, again and again, and never twice at once."""

    @queue.periodic(cron=cron)
    @queue.task(name=f"creditgate.{step.name}", queue=step.lane, queueing_lock=step.name)
    def look(timestamp: int) -> None:
        do_for_everybody(house, step)


def _of_one_debtor(house: House, do: OfDebtor) -> Callable[[str, str], None]:
    """Give a task that does something of one debtor, by its seller's clock as it stands."""

    def task(seller_id: str, debtor_id: str) -> None:
        with seller_clocks.standing(house.sessions, seller_of(house, UUID(seller_id))) as seller:
            do(house, seller, UUID(debtor_id))

    return task


def run_job(house: House, seller_id: UUID, job_id: UUID, *, is_last: bool) -> None:
    """Run one job of any kind, and keep how it went."""
    run_by(HANDLERS, house, seller_id, job_id, is_last=is_last)


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
    # What is done all the time has a thread of its own, however much the lanes are at.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="creditgate-worker"))
    async with queue.open_async():
        lanes = [asyncio.create_task(keep_lane(queue, lane)) for lane in jobs.LANES]
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
