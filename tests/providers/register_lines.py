"""Lines to registers as the catalog makes them, with the other hosts of a source, and companies to ask about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from providers.catalog import Access, Catalog
from providers.http import Line
from providers.ports import About, CompanyKey, Identifier
from tests.providers.wires import Kept, payload

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = date(2026, 3, 1)
KEY = "secret-key-of-the-seller"


class OwnMemory(Kept):
    """A memory that nobody shares."""


def line_to(provider: str, credentials: Mapping[str, str] | None = None) -> Line:
    """A live seller's line to a shipped source, with the credentials that it needs unless others are given.

    Nothing is tried again: that is another's work, and would only take time here.
    """
    shipped = Catalog().source(provider)
    source = replace(
        shipped,
        settings=replace(shipped.settings, retries=0),
        services=tuple(replace(each, retries=0) for each in shipped.services),
    )
    given = dict.fromkeys(source.settings.credentials, KEY) if credentials is None else credentials
    memories: dict[str, OwnMemory] = {}
    access = Access(
        mode="live",
        credentials={provider: given},
        memory=lambda name: memories.setdefault(name, OwnMemory()),
        now=NOW,
        real_now=lambda: NOW,
    )
    return Catalog((source,)).line(source, access, deadline_seconds=30)


def recorded(vendor: str, name: str) -> Any:
    """A stored payload."""
    return payload(f"{vendor}/{name}.json")


def key_of(country: str, *numbers: tuple[str, str], name: str | None = None) -> CompanyKey:
    """A company by (scheme, value) of numbers of its own country, or of the whole world for a LEI."""
    return CompanyKey(
        name, country, tuple(Identifier(scheme, "ZZ" if scheme == "lei" else country, each) for scheme, each in numbers)
    )


def about(company: CompanyKey) -> About:
    """How an answer about a company is read in these tests."""
    return About(company, "EUR", TODAY)
