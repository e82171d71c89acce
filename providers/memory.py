"""What all lines of a seller to a source share, in every thread and process: token, breaker, turns, and the meter."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Token:
    """What a sign-in gave: `text` is secret, `ends_at` (UTC, real time) when it is worth nothing any more."""

    text: str
    ends_at: datetime


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

    def breaker(self) -> BreakerState:
        """How the breaker stands."""

    def note_success(self) -> None:
        """Close the breaker and forget its failures."""

    def note_failure(self, opened_at: datetime | None) -> int:
        """Count one failure, and open the breaker at a time (UTC) where one is given; gives the failures in a row."""

    def may_try(self, opened_at: datetime, now: datetime) -> bool:
        """Whether this caller, of all at once, may try the source again; moves `opened_at` to `now` for the others."""

    def turn(self, now: datetime, interval_seconds: float, burst_seconds: float) -> float:
        """Take the next turn of a rate limit; gives how many seconds to wait for it (0: go)."""

    def note_call(self, call: Call) -> None:
        """Meter a call."""
