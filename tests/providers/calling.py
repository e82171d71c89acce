"""Lines for tests of one vendor's client: with a memory of their own, and answers that `responses` holds ready."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from providers.http import Line
from providers.memory import BreakerState, Call, Token
from providers.settings import SourceSettings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAYLOADS = Path(__file__).parent / "payloads"


@dataclass
class PlainMemory:
    """What lines share, in this process alone."""

    kept: Token | None = None
    calls: list[Call] = field(default_factory=list)

    def token(self) -> Token | None:
        return self.kept

    def keep_token(self, token: Token | None) -> None:
        self.kept = token

    def breaker(self) -> BreakerState:
        return BreakerState()

    def note_success(self) -> None:
        """Breakers are not what is tested here."""

    def note_failure(self, opened_at: datetime | None) -> int:
        return 1

    def may_try(self, opened_at: datetime, now: datetime) -> bool:
        return True

    def turn(self, now: datetime, interval_seconds: float, burst_seconds: float) -> float:
        return 0.0

    def note_call(self, call: Call) -> None:
        self.calls.append(call)


def line_to(settings: SourceSettings, *, seconds: float = 5.0, memory: PlainMemory | None = None) -> Line:
    """A line to the real address of a source, with its credentials made up."""
    return Line(
        settings,
        settings.address,
        {name: f"our-{name}" for name in settings.credentials},
        memory or PlainMemory(),
        now=NOW,
        real_now=lambda: NOW,
        deadline=monotonic() + seconds,
        is_sandbox=False,
    )


def payload(vendor: str, name: str) -> Any:
    """A stored answer of a vendor."""
    return json.loads((PAYLOADS / vendor / name).read_text(encoding="utf-8"))


def sent_body(request: Any) -> Mapping[str, Any]:
    """The JSON that a recorded call sent."""
    document: Mapping[str, Any] = json.loads(request.body)
    return document
