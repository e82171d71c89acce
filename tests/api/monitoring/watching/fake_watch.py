"""A source of one's own behind the port that watches companies: what it tells is said by the test."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from providers.catalog import Catalog, Source
from providers.creditsafe.client import SETTINGS
from providers.errors import NotUnderstood, SourceDown
from providers.http import Line
from providers.ports import Change, CompanyKey, Identifier

PROVIDER, SCHEME = "creditsafe", "fake"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def of(number: str) -> Identifier:
    """Under which number a company is watched, by its KVK number."""
    return Identifier(SCHEME, "NL", f"W{number}")


def change(number: str, kind: str = "score", new: str | None = "31", key: str | None = None) -> Change:
    return Change(key or f"{number} {kind} {new}", of(number), kind, LONG_AGO, None, new)


class FakeWatch:
    """Knows every company but those in `unknown`; `is_down` for all. Every call is counted."""

    def __init__(self) -> None:
        self.unknown: set[str] = set()
        self.is_down = False
        self.told: Callable[[datetime], list[Change]] = lambda since: []
        self.watched: list[str] = []
        self.unwatched: list[str] = []
        self.asked_since: list[datetime] = []
        self.holds: int | None = None  # How many it says that it watches.

    def watch(self, company: CompanyKey, line: Line) -> Identifier:
        self._refuse_when_down(line)
        number = company.number("kvk")
        if number is None or number in self.unknown:
            raise NotUnderstood(line.provider, "no such company")
        self.watched.append(number)
        return of(number)

    def unwatch(self, watched: Identifier, line: Line) -> None:
        self._refuse_when_down(line)
        self.unwatched.append(watched.value)

    def changes(self, since: datetime, line: Line) -> tuple[Change, ...]:
        self._refuse_when_down(line)
        self.asked_since.append(since)
        return tuple(self.told(since))

    def watched_count(self, line: Line) -> int | None:
        self._refuse_when_down(line)
        return self.holds

    def _refuse_when_down(self, line: Line) -> None:
        if self.is_down:
            raise SourceDown(line.provider, "503")


def catalog_of(watch: Any) -> Catalog:
    """A catalog with this source only, for test sellers; nothing asks it for a report."""
    reports: Any = {"credit_bureau": object()}
    source = Source(SETTINGS, in_sandbox=True, reports=reports, watch=watch)
    return Catalog((source,), sandbox_address="http://sandbox.invalid")
