"""Sends deliveries from a worker, several webhooks at once, so that no slow receiver holds up the others."""

import traceback
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from time import monotonic
from typing import Literal
from uuid import UUID

import structlog
from cachetools import LRUCache
from sqlalchemy.exc import SQLAlchemyError

from api.clock import real_now
from api.events.delivering import DeliveryRules, Ran, Turn, deliver_some
from api.records import webhooks
from api.wiring import House
from providers.hooks import HookRules

# How its last run here went. Each kind has threads of its own, so that those who answer at once always find one,
# however many others never answer.
Kind = Literal["quick", "slow_or_new", "failing"]
RUNS_MAX: Mapping[Kind, int] = {"quick": 8, "slow_or_new": 16, "failing": 8}  # At once, in one worker.
RUNS_OF_ONE_MAX = 4  # Of one webhook, so that some that are slow leave room for the others.
QUICK_SECONDS = 1.0
TURN_SECONDS = 5.0
KNOWN_MAX = 10_000  # Whoever is forgotten is new again.

log = structlog.get_logger(__name__)


class Courier:
    """Looks for webhooks with work, and does runs for them in threads of its own."""

    def __init__(self, house: House, rules: DeliveryRules | None = None) -> None:
        self._house = house
        self._rules = rules or DeliveryRules(hook=HookRules(private_allowed=house.config.webhooks_private))
        self._pools = {
            kind: ThreadPoolExecutor(most, thread_name_prefix=f"creditgate-webhook-{kind}")
            for kind, most in RUNS_MAX.items()
        }
        self._running: dict[tuple[UUID, UUID], int] = {}
        self._known: LRUCache[tuple[UUID, UUID], Ran] = LRUCache(KNOWN_MAX)
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
        with self._lock:
            self._is_stopping.set()
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in self._pools.values():
            pool.shutdown(wait=True)

    def _begin(self, webhook: tuple[UUID, UUID], most: int) -> None:
        with self._lock:
            running = self._running.get(webhook, 0)
            if self._is_stopping.is_set() or running >= most:
                return
            self._running[webhook] = running + 1
            kind = _kind(self._known.get(webhook))
            self._pools[kind].submit(self._serve, webhook, kind)

    def _serve(self, webhook: tuple[UUID, UUID], kind: Kind) -> None:
        """Do runs while there is work, for some seconds: then it is another's turn."""
        goes_on = False
        try:
            goes_on = self._run_for_a_turn(webhook, kind)
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
            if goes_on:
                with self._lock:
                    is_failing = _kind(self._known.get(webhook)) == "failing"
                self._begin(webhook, 1 if is_failing else RUNS_OF_ONE_MAX)

    def _run_for_a_turn(self, webhook: tuple[UUID, UUID], kind: Kind) -> bool:
        """Say whether there may be work left when the turn is over, or the webhook proves to be of another kind."""
        until = monotonic() + TURN_SECONDS
        while not self._is_stopping.is_set():
            with self._lock:
                known = self._known.get(webhook)
            turn = Turn(
                is_stopping=self._is_stopping.is_set,
                tell_more=lambda: self._begin(webhook, RUNS_OF_ONE_MAX),
                seconds_each=None if known is None else known.seconds_each,
                failing_too=kind == "failing",
            )
            ran = deliver_some(self._house, *webhook, self._rules, turn)
            if ran.is_failing is not None:
                with self._lock:
                    self._known[webhook] = ran
            if ran.is_failing and kind != "failing":
                return True
            if not ran.leased_count:
                return False
            if monotonic() >= until or _kind(ran) != kind:
                return True
        return False


def _kind(ran: Ran | None) -> Kind:
    if ran is None or ran.is_failing is None:
        return "slow_or_new"
    if ran.is_failing:
        return "failing"
    return "quick" if ran.seconds_each is not None and ran.seconds_each <= QUICK_SECONDS else "slow_or_new"
