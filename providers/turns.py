"""How often and how many at once a source is asked: waiting within the deadline for a turn and for a free place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from math import ceil
from random import uniform
from threading import BoundedSemaphore, Lock
from time import monotonic, sleep

from providers.breaker import refuse_if_open
from providers.errors import SourceBusy
from providers.memory import Memory
from providers.settings import Rate, SourceSettings

BURST_SHARE = 5  # A fifth of what a rate allows may come at once; the rest is spread over its time.
LOOK_SECONDS = 0.5  # How often who waits for a place looks whether the source is to be left alone meanwhile.
JITTER_SECONDS = 0.02  # So that those who wait for one turn do not all ask for it in the same moment.

_places: dict[tuple[str, str, int], BoundedSemaphore] = {}
_places_lock = Lock()


def spacing(rate: Rate | None) -> tuple[float, float]:
    """The seconds between turns, and the seconds by which turns may be ahead of that.

    With both, no span of `rate.seconds` ever has more than `rate.calls` turns, bursts included. Without a rate both
    are zero, which takes no turn but waits where the source has asked everybody to wait.
    """
    if rate is None:
        return 0.0, 0.0
    burst_calls = max(1, rate.calls // BURST_SHARE)
    interval = rate.seconds / (rate.calls - burst_calls + 1)
    return interval, (burst_calls - 1) * interval


def take_turn(settings: SourceSettings, memory: Memory, real_now: Callable[[], datetime], deadline: float) -> None:
    """Wait for the next turn; `deadline` is of `time.monotonic`. Raises SourceBusy when it comes too late."""
    interval, burst = spacing(settings.rate)
    while (wait := memory.turn(real_now(), interval, burst)) > 0:
        if wait >= deadline - monotonic():
            raise SourceBusy(settings.provider, "has no turn in the time there is", retry_after_seconds=ceil(wait))
        sleep(wait + uniform(0, JITTER_SECONDS))  # noqa: S311  No secret is made of it.


def keep_away(settings: SourceSettings, memory: Memory, now: datetime, seconds: int) -> None:
    """Have everybody wait so long, as the source asked; who has heard the same meanwhile adds nothing to it."""
    _, burst = spacing(settings.rate)
    if seconds > 0:
        memory.turn(now, seconds + burst, burst)


@contextmanager
def place(
    settings: SourceSettings, address: str, memory: Memory, real_now: Callable[[], datetime], deadline: float
) -> Iterator[None]:
    """Hold one of the places of a source in this process.

    Raises SourceBusy when none is free in time, and SourceLeftAlone when its breaker is open: those who hold the places
    of a dead source hold them for long, and nobody waits for what is then not asked.
    """
    key = (settings.provider, address, settings.at_once)
    with _places_lock:
        places = _places.setdefault(key, BoundedSemaphore(settings.at_once))
    is_held = places.acquire(blocking=False)
    while not is_held:
        refuse_if_open(settings, memory, real_now)
        left = deadline - monotonic()
        if left <= 0:
            raise SourceBusy(settings.provider, "is asked by as many at once as it may be")
        is_held = places.acquire(timeout=min(left, LOOK_SECONDS))
    try:
        yield
    finally:
        places.release()
