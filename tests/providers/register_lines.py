"""Lines to registers as the catalog makes them, stored payloads, and answers played on the wire."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from providers.catalog import Access, Catalog
from providers.http import Line
from providers.memory import BreakerState, Call, Token
from providers.ports import About, CompanyKey, Identifier

PAYLOADS = Path(__file__).parent / "payloads"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = date(2026, 3, 1)
KEY = "secret-key-of-the-seller"


class OwnMemory:
    """A memory that nobody shares: never busy, never broken; it keeps what was metered."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.calls: list[Call] = []
        self._token: Token | None = None

    def token(self) -> Token | None:
        """The token that was kept last."""
        return self._token

    def keep_token(self, token: Token | None) -> None:
        """Keep a token."""
        self._token = token

    def breaker(self) -> BreakerState:
        """Closed."""
        return BreakerState()

    def note_success(self) -> None:
        """Nothing to close."""

    def note_failure(self, opened_at: datetime | None) -> int:
        """Never enough to open."""
        return 1

    def may_try(self, opened_at: datetime, now: datetime) -> bool:
        """Always."""
        return True

    def turn(self, now: datetime, interval_seconds: float, burst_seconds: float) -> float:
        """At once."""
        return 0.0

    def note_call(self, call: Call) -> None:
        """Keep the call."""
        self.calls.append(call)


def line_to(provider: str, credentials: Mapping[str, str] | None = None) -> Line:
    """A live seller's line to a shipped source, with the credentials that it needs unless others are given."""
    catalog = Catalog()
    source = catalog.source(provider)
    given = dict.fromkeys(source.settings.credentials, KEY) if credentials is None else credentials
    memories: dict[str, OwnMemory] = {}
    access = Access(
        mode="live",
        credentials={provider: given},
        memory=lambda name: memories.setdefault(name, OwnMemory()),
        now=NOW,
        real_now=lambda: NOW,
    )
    return catalog.line(source, access, deadline_seconds=30)


def recorded(vendor: str, name: str) -> Any:
    """A stored payload."""
    return json.loads((PAYLOADS / vendor / f"{name}.json").read_text(encoding="utf-8"))


def key_of(country: str, *numbers: tuple[str, str], name: str | None = None) -> CompanyKey:
    """A company by (scheme, value) of numbers of its own country, or of the whole world for a LEI."""
    return CompanyKey(
        name, country, tuple(Identifier(scheme, "ZZ" if scheme == "lei" else country, each) for scheme, each in numbers)
    )


def about(company: CompanyKey) -> About:
    """How an answer about a company is read in these tests."""
    return About(company, "EUR", TODAY)
