"""A source behind the port that tells of everybody: what it tells, and how it fails, is said by the test."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from providers.catalog import Catalog, Source
from providers.creditsafe import client as creditsafe
from providers.errors import SourceError
from providers.http import Line
from providers.kvk.client import SETTINGS
from providers.ports import Change, CompanyKey, Identifier, Part

PROVIDER = "kvk"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def change(number: str, kind: str = "directors", key: str | None = None, new: str | None = None) -> Change:
    return Change(key or f"{number} {kind}", Identifier("kvk", "NL", number), kind, LONG_AGO, None, new)


class FakeFeed:
    """Tells `parts`, then raises `error` where there is one; `wholes` are errors or kinds by the key of a change."""

    def __init__(self, *, is_stream: bool = False) -> None:
        self.is_stream = is_stream
        self.told: list[Part] = []
        self.error: SourceError | None = None
        self.wholes: dict[str, SourceError | str] = {}
        self.asked: list[str] = []
        self.begun: list[tuple[datetime, str | None]] = []
        self.during: Callable[[], Any] = lambda: None

    def identifier(self, company: CompanyKey) -> Identifier | None:
        number = company.number("kvk")
        return None if number is None else Identifier("kvk", "NL", number)

    def parts(self, since: datetime, position: str | None, line: Line) -> Iterator[Part]:
        self.begun.append((since, position))
        for part in self.told:
            self.during()
            yield part
        if self.error is not None:
            raise self.error

    def whole(self, change: Change, line: Line) -> Change:
        self.asked.append(change.id)
        found = self.wholes.get(change.id, change.kind)
        if isinstance(found, SourceError):
            raise found
        return replace(change, kind=found)


def catalog_of(feed: Any) -> Catalog:
    """A catalog with this source, and one that watches nobody, for test sellers; nothing asks them for a report."""
    reports: Any = {"company_register": object()}
    source = Source(SETTINGS, in_sandbox=True, reports=reports, change_feed=feed)
    return Catalog((source, Source(creditsafe.SETTINGS, in_sandbox=True)), sandbox_address="http://sandbox.invalid")
