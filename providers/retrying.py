"""Trying, and trying again: only what may be sent twice, after a wait with jitter, and never past the deadline."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic, sleep
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from providers.errors import SourceBusy, SourceDown, SourceHurried, SourceLate
from providers.memory import Memory
from providers.reading import CHARGED, error_of, is_page, wait_seconds
from providers.settings import SourceSettings
from providers.turns import keep_away, take_turn
from providers.wire import Received, Sending, TryFailed, exchange

FIRST_WAIT_SECONDS = 0.2  # The wait is drawn from 0 to this, then to twice as much, and so on.
WAIT_SECONDS_MAX = 2.0
FAIR_SECONDS = 0.25  # Who had less, since it waited for its turn, has not tried the source's patience.

Result = TypeVar("Result")
_backing_off = wait_random_exponential(multiplier=FIRST_WAIT_SECONDS, max=WAIT_SECONDS_MAX)


def tried(once: Callable[[], Result], *, retries: int, repeatable: bool, deadline: float) -> Result:
    """Do something, and up to `retries` times again; `deadline` is of `time.monotonic`. Raises the last TryFailed.

    What is not `repeatable` is tried again only where nothing was sent: it may have been done, though its answer
    was lost. A source that was slow is not asked twice.
    """

    def is_worth_it(failure: BaseException) -> bool:
        if not isinstance(failure, TryFailed) or not issubclass(failure.kind, SourceDown):
            return False
        return failure.nothing_sent or (repeatable and not issubclass(failure.kind, SourceLate))

    def is_over(state: RetryCallState) -> bool:
        return state.upcoming_sleep >= deadline - monotonic()

    trying = Retrying(
        retry=retry_if_exception(is_worth_it),
        stop=lambda state: stop_after_attempt(1 + retries)(state) or is_over(state),
        wait=_wait,
        sleep=sleep,
        reraise=True,
    )
    return trying(once)


def _wait(state: RetryCallState) -> float:
    """What the source asked for, else a time that grows; always with jitter, so that many do not come back at once."""
    failure = state.outcome.exception() if state.outcome else None
    asked = failure.wait_seconds if isinstance(failure, TryFailed) else None
    return _backing_off(state) + (asked or 0)


@dataclass(slots=True)
class Count:
    """What is metered of a call while it goes on; `failure` is that of its last try.

    `sold` counts the tries that are charged, certainly or probably, where the call is.
    """

    tries: int = 0
    status: int | None = None
    sold: int = 0
    answer_bytes: int = 0
    failure: TryFailed | None = None


def try_once(
    sending: Sending,
    count: Count,
    settings: SourceSettings,
    memory: Memory,
    real_now: Callable[[], datetime],
    deadline: float,
) -> Received:
    """One try, after the wait for its turn where it is not the first; gives an expected status. Raises TryFailed."""
    if count.failure is not None:
        try:
            take_turn(settings, memory, real_now, deadline)
        except SourceBusy:
            raise count.failure from None  # Why it came to nothing is what the source did, not our own limit.
    count.tries, count.status = count.tries + 1, None
    try:
        received = _exchanged(sending, deadline)
        count.status = received.status
        if received.status in CHARGED and is_page(received.body, received.headers):
            raise TryFailed(SourceDown, "answered with a page", nothing_sold=True, status=received.status)
        if received.status in sending.expect:
            count.sold += received.status in CHARGED
            return received
        raise _unexpected(received, settings, memory, real_now())
    except TryFailed as failure:
        count.status, count.failure = failure.status, failure
        count.sold += failure.may_have_sold
        raise


def _exchanged(sending: Sending, deadline: float) -> Received:
    seconds = max(0.0, deadline - monotonic()) + sending.late_seconds
    try:
        return exchange(sending, seconds)
    except TryFailed as failure:
        if failure.kind is SourceLate and seconds < FAIR_SECONDS:
            failure.kind = SourceHurried
        raise


def _unexpected(received: Received, settings: SourceSettings, memory: Memory, now: datetime) -> TryFailed:
    """What an unexpected status means; everybody waits who is asked to."""
    kind, wait = error_of(received.status), wait_seconds(received.headers, now)
    if wait is not None and issubclass(kind, SourceDown):
        keep_away(settings, memory, now, wait)
    return TryFailed(kind, f"answered {received.status}", status=received.status, wait_seconds=wait)
