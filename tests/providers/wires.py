"""Lines to a source as tests hold them: everything they share is kept in this process, and ends with the test."""

from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import orjson

from providers.http import Line
from providers.memory import BreakerState, Call, Refusal, Token
from providers.settings import SourceSettings

NOW = datetime(2026, 8, 20, 12, tzinfo=UTC)
PAYLOADS = Path(__file__).parent / "payloads"


class Kept:
    """What lines share, in this process."""

    def __init__(self) -> None:
        self.kept: Token | None = None
        self.refused: Refusal | None = None
        self.calls: list[Call] = []

    def token(self) -> Token | None:
        return self.kept

    def keep_token(self, token: Token | None) -> None:
        self.kept = token

    def refusal(self) -> Refusal | None:
        return self.refused

    def keep_refusal(self, refusal: Refusal | None) -> None:
        self.refused = refusal

    def breaker(self) -> BreakerState:
        return BreakerState()

    def note_success(self) -> None:
        pass

    def note_failure(self, opened_at: datetime | None) -> int:
        return 1

    def may_try(self, opened_at: datetime, now: datetime) -> bool:
        return True

    def turn(self, now: datetime, interval_seconds: float, burst_seconds: float) -> float:
        return 0.0

    def note_call(self, call: Call) -> None:
        self.calls.append(call)


def line_to(settings: SourceSettings, memory: Kept | None = None, **credentials: str) -> Line:
    """A line to the real address of a source, which tests answer themselves."""
    return Line(
        settings,
        settings.address,
        credentials,
        memory or Kept(),
        now=NOW,
        real_now=lambda: NOW,
        deadline=monotonic() + 30,
        is_sandbox=False,
    )


def payload(name: str) -> Any:
    """A stored payload, by its path below `payloads`."""
    return orjson.loads((PAYLOADS / name).read_bytes())
