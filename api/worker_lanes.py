"""One lane of the worker: goes on under a new registration where its own was taken from it."""

from time import monotonic

import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from psycopg.errors import ForeignKeyViolation

LANE_CONCURRENCY = 2
SHUTDOWN_SECONDS = 20
# Who starts forgets the workers that were silent for long: one that was stopped, on a machine that slept, say.
REGISTRATION = "procrastinate_jobs_worker_id_fkey"
LOST_MAX = 5  # In a row, each soon after it was made: then it is no sleep, and somebody must know.
SOON_SECONDS = 60.0

log = structlog.get_logger(__name__)


async def keep_lane(queue: App, lane: str) -> None:
    """Run the jobs of a lane until it is cancelled; what it is at is finished first.

    Raises ConnectorException where the database fails, or takes its registration from it again and again.
    """
    lost_count = 0
    while True:
        began = monotonic()
        try:
            await queue.run_worker_async(
                queues=[lane],
                name=lane,
                concurrency=LANE_CONCURRENCY,
                install_signal_handlers=False,
                shutdown_graceful_timeout=SHUTDOWN_SECONDS,
            )
        except ConnectorException as error:
            lost_count = lost_count + 1 if monotonic() - began < SOON_SECONDS else 1
            if not _is_registration_lost(error) or lost_count > LOST_MAX:
                raise
            log.warning("lane_registered_anew", lane=lane, count=lost_count)
        else:
            return


def _is_registration_lost(error: ConnectorException) -> bool:
    cause = error.__cause__
    return isinstance(cause, ForeignKeyViolation) and cause.diag.constraint_name == REGISTRATION
