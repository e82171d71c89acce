"""The breaker of a source: after failures in a row nobody asks it for a while; then one caller of all tries first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from typing import TypeVar

from pybreaker import STATE_CLOSED, STATE_HALF_OPEN, STATE_OPEN, CircuitBreaker
from pybreaker import CircuitBreakerStorage as Storage

from providers.errors import SourceBusy, SourceDown, SourceError, SourceHurried, SourceLate, SourceLeftAlone
from providers.memory import BreakerState, Memory
from providers.settings import SourceSettings

Result = TypeVar("Result")


def guarded(
    settings: SourceSettings, memory: Memory, real_now: Callable[[], datetime]
) -> Callable[[Callable[[], Result]], Result]:
    """Give what runs a call behind the breaker. Raises SourceLeftAlone while the breaker is open.

    Made anew for each call, since the library holds a lock while it calls; what is shared is the memory. What the
    source did answer (429, a refusal, something unreadable) is no failure of it; a call that it held until its time
    was over opens the breaker at once.
    """
    kept = _Kept(settings, memory, real_now)
    if kept.state == STATE_OPEN:
        raise SourceLeftAlone(
            settings.provider, "is left alone after failures in a row", retry_after_seconds=kept.seconds_to_wait()
        )
    breaker = CircuitBreaker(
        fail_max=settings.breaker_failures,
        reset_timeout=settings.breaker_seconds,
        exclude=[kept.is_no_outage],
        state_storage=kept,
        throw_new_error_on_trip=False,
    )
    return breaker.call


def refuse_if_open(settings: SourceSettings, memory: Memory, real_now: Callable[[], datetime]) -> None:
    """Raise SourceLeftAlone while the breaker is open: for who would wait for something else before a call."""
    opened_at = memory.breaker().opened_at
    if opened_at is not None and real_now() < opened_at + timedelta(seconds=settings.breaker_seconds):
        raise SourceLeftAlone(settings.provider, "is left alone after failures in a row")


class _Kept(Storage):
    """The library's storage over the shared memory: read once, written only where something changes."""

    def __init__(self, settings: SourceSettings, memory: Memory, real_now: Callable[[], datetime]) -> None:
        super().__init__(settings.provider)
        self._memory = memory
        self._settings = settings
        self._real_now = real_now
        self._found = memory.breaker()
        self._failures = self._found.failures
        self._successes = 0
        self._opens_at_once = False
        self._has_opened = False
        self._says_nothing = False
        self._state = self._first_state()

    def _first_state(self) -> str:
        opened_at, now = self._found.opened_at, self._real_now()
        if opened_at is None:
            return STATE_CLOSED
        if now < opened_at + timedelta(seconds=self._settings.breaker_seconds):
            return STATE_OPEN
        return STATE_HALF_OPEN if self._memory.may_try(opened_at, now) else STATE_OPEN

    def seconds_to_wait(self) -> int:
        """How long the breaker stays open; where another is trying just now, as long as that may last."""
        assert self._found.opened_at is not None
        whole = self._settings.breaker_seconds
        left = whole - (self._real_now() - self._found.opened_at).total_seconds()
        return max(1, ceil(left if left > 0 else whole))

    def is_no_outage(self, failure: BaseException) -> bool:
        """Whether an error says nothing against the source; the library asks it of each before it counts it."""
        self._opens_at_once = isinstance(failure, SourceLate) or self._state == STATE_HALF_OPEN
        self._says_nothing = isinstance(failure, SourceHurried) or not isinstance(failure, SourceError)
        return self._says_nothing or not isinstance(failure, SourceDown) or isinstance(failure, SourceBusy)

    @property
    def state(self) -> str:
        """Closed, open or half-open."""
        return self._state

    @state.setter
    def state(self, state: str) -> None:
        self._state = state

    @property
    def counter(self) -> int:
        """Failures in a row, of all processes; as many as open the breaker where one is enough."""
        return max(self._failures, self._settings.breaker_failures) if self._opens_at_once else self._failures

    def increment_counter(self) -> None:
        """Count a failure, and open the breaker by the same step where it is the last that is borne."""
        self._has_opened = self._opens_at_once or self._failures + 1 >= self._settings.breaker_failures
        self._failures = self._memory.note_failure(self._real_now() if self._has_opened else None)

    def reset_counter(self) -> None:
        """Forget the failures, where there were any: most calls write nothing.

        The library asks for it after an error that is no outage, too: one that says nothing of the source changes none.
        """
        if self._found != BreakerState() and not self._says_nothing:
            self._memory.note_success()
            self._found, self._failures = BreakerState(), 0

    @property
    def success_counter(self) -> int:
        """Successes of this try."""
        return self._successes

    def increment_success_counter(self) -> None:
        """Count a success."""
        self._successes += 1

    def reset_success_counter(self) -> None:
        """Begin to count anew."""
        self._successes = 0

    @property
    def opened_at(self) -> datetime | None:
        """When the breaker opened."""
        return self._found.opened_at

    @opened_at.setter
    def opened_at(self, _: datetime) -> None:
        # By our clock, and not by that of the library. Others may have failed meanwhile, so that it opens after all.
        if not self._has_opened:
            self._memory.note_failure(self._real_now())
