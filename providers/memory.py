"""What all lines of a seller to a source share, in every thread and process: token, refusal, breaker, turns, meter."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Lock
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Token:
    """What a sign-in gave: `text` is secret, `ends_at` (UTC, real time) when it is worth nothing any more."""

    text: str = field(repr=False)
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """That the source did not take our credentials `at` a time (UTC, real time); a digest says which."""

    at: datetime
    credentials: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BreakerState:
    """Failures in a row, and when the breaker opened (UTC, real time); None while it is closed."""

    failures: int = 0
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it is metered. `outcome` is `ok` or the code of a SourceError; `tries` counts retries too.

    `cost` is (amount, currency), None where nothing was charged or nobody told what.
    """

    provider: str
    operation: str
    started_at: datetime
    seconds: float
    outcome: str
    status: int | None
    tries: int
    answer_bytes: int
    cost: tuple[Decimal, str] | None = None


class Memory(Protocol):
    """What is shared. Each method is short, safe between processes, and done when it returns."""

    def token(self) -> Token | None:
        """The token that was kept last, ended or not."""

    def keep_token(self, token: Token | None) -> None:
        """Keep a token in place of the one before; None forgets it."""

    def refusal(self) -> Refusal | None:
        """That the source did not take our credentials last time, however long ago."""

    def keep_refusal(self, refusal: Refusal | None) -> None:
        """Remember a refusal, forget the token that was refused, and tell somebody; None: all is well again."""

    def breaker(self) -> BreakerState:
        """How the breaker stands."""

    def note_success(self) -> None:
        """Close the breaker and forget its failures."""

    def note_failure(self, opened_at: datetime | None) -> int:
        """Count one failure, and open the breaker at a time (UTC) where one is given; gives the failures in a row."""

    def may_try(self, opened_at: datetime, now: datetime) -> bool:
        """Whether this caller, of all at once, may try the source again; moves `opened_at` to `now` for the others."""

    def turn(self, now: datetime, interval_seconds: float, burst_seconds: float) -> float:
        """Take the next turn of a rate limit; gives how many seconds to wait for it (0: go).

        Only a turn that is free is taken; who waited asks again. It is free up to `burst_seconds` ahead of its time,
        and moves the next one on by `interval_seconds`; an interval of 0 only looks.
        """

    def note_call(self, call: Call) -> None:
        """Meter a call."""


class LocalMemory:
    """A memory of the threads of one process, for tools and tests; `calls` are those noted, the oldest first."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._token: Token | None = None
        self._refusal: Refusal | None = None
        self._breaker = BreakerState()
        self._next_turn_at: datetime | None = None
        self._lock = Lock()

    def token(self) -> Token | None:
        """The token that was kept last, ended or not."""
        return self._token

    def keep_token(self, token: Token | None) -> None:
        """Keep a token in place of the one before; None forgets it."""
        self._token = token

    def refusal(self) -> Refusal | None:
        """That the source did not take our credentials last time."""
        return self._refusal

    def keep_refusal(self, refusal: Refusal | None) -> None:
        """Remember a refusal, and forget the token that was refused; None: all is well again."""
        self._refusal = refusal
        if refusal is not None:
            self._token = None

    def breaker(self) -> BreakerState:
        """How the breaker stands."""
        return self._breaker

    def note_success(self) -> None:
        """Close the breaker and forget its failures."""
        with self._lock:
            self._breaker = BreakerState()

    def note_failure(self, opened_at: datetime | None) -> int:
        """Count one failure, and open the breaker where a time is given; gives the failures in a row."""
        with self._lock:
            was = self._breaker
            self._breaker = BreakerState(was.failures + 1, opened_at or was.opened_at)
            return self._breaker.failures

    def may_try(self, opened_at: datetime, now: datetime) -> bool:
        """Whether this caller, of all at once, may try the source again."""
        with self._lock:
            if self._breaker.opened_at != opened_at:
                return False
            self._breaker = replace(self._breaker, opened_at=now)
            return True

    def turn(self, now: datetime, interval_seconds: float, burst_seconds: float) -> float:
        """Take the next turn if it is free (0), else say in how many seconds it may be."""
        with self._lock:
            next_turn_at = self._next_turn_at or now
            wait = (next_turn_at - now).total_seconds() - burst_seconds
            if wait > 0:
                return wait
            if interval_seconds:
                self._next_turn_at = max(next_turn_at, now) + timedelta(seconds=interval_seconds)
            return 0.0

    def note_call(self, call: Call) -> None:
        """Meter a call."""
        with self._lock:
            self.calls.append(call)
