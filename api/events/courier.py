"""Sends deliveries from a worker, several webhooks at once, so that no slow receiver holds up the others."""

import traceback
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from time import monotonic
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.clock import real_now
from api.events.delivering import DeliveryRules, deliver_some
from api.records import webhooks
from api.wiring import House
from providers.hooks import HookRules

RUNS_MAX = 16  # At once, in one worker.
RUNS_OF_ONE_MAX = 4  # Of one webhook, so that some that do not answer leave room for the others.
TURN_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Courier:
    """Looks for webhooks with work, and does runs for them in threads of its own."""

    def __init__(self, house: House, rules: DeliveryRules | None = None) -> None:
        self._house = house
        self._rules = rules or DeliveryRules(hook=HookRules(private_allowed=house.config.webhooks_private))
        self._pool = ThreadPoolExecutor(RUNS_MAX, thread_name_prefix="creditgate-webhook")
        self._running: dict[tuple[UUID, UUID], int] = {}
        self._lock = Lock()
        self._is_stopping = Event()

    def look(self) -> None:
        """Begin a run for each webhook that has work and none in this worker; safe to call again at any time."""
        with self._house.sessions.of_nobody() as session:
            found = webhooks.with_work(session, real_now())
        for webhook in found:
            self._begin(webhook, most=1)

    def close(self) -> None:
        """Begin nothing more; what is being sent is finished and written, what was only leased is given back."""
        self._is_stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self, webhook: tuple[UUID, UUID], most: int) -> None:
        with self._lock:
            running = self._running.get(webhook, 0)
            if self._is_stopping.is_set() or running >= most:
                return
            self._running[webhook] = running + 1
            self._pool.submit(self._serve, webhook)

    def _serve(self, webhook: tuple[UUID, UUID]) -> None:
        """Do runs while there is work, for some seconds: then it is another's turn."""
        until = monotonic() + TURN_SECONDS
        try:
            while not self._is_stopping.is_set() and monotonic() < until:
                count, has_more = deliver_some(self._house, *webhook, self._rules, self._is_stopping.is_set)
                if has_more:
                    self._begin(webhook, RUNS_OF_ONE_MAX)
                if not count:
                    break
        except SQLAlchemyError as error:  # The leases end by themselves; it is looked for again.
            log.error("webhook_not_served", webhook_id=str(webhook[1]), error=type(error).__name__)
        except Exception as error:
            name = type(error).__name__
            log.error("webhook_not_served", webhook_id=str(webhook[1]), error=name, trace=traceback.format_exc())
        finally:
            with self._lock:
                self._running[webhook] -= 1
                if not self._running[webhook]:
                    del self._running[webhook]
