"""A sanctions list of one's own behind the port: who is on it is told by the test, and every call is counted."""

from collections.abc import Sequence
from typing import Any

from providers.catalog import Catalog, Source
from providers.errors import NotUnderstood, SourceDown
from providers.http import Line
from providers.opensanctions.client import SETTINGS, Screenings
from providers.ports import CompanyKey, Raw


class FakeList(Screenings):
    """Entries by the name they resemble; `down_after` calls it is down."""

    companies_max = 3

    def __init__(self) -> None:
        self.entries: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[tuple[str | None, ...]] = []
        self.now_version: str | None = "1"
        self.down_after: int | None = None

    def version(self, line: Line) -> str | None:
        return self.now_version

    def screen_many(
        self, companies: Sequence[CompanyKey], line: Line, version: str | None = None
    ) -> tuple[Raw | NotUnderstood, ...]:
        if self.down_after is not None and len(self.asked) >= self.down_after:
            raise SourceDown(line.provider, "match: 503")
        self.asked.append(tuple(company.name for company in companies))
        return tuple(self._raw(company, version) for company in companies)

    def _raw(self, company: CompanyKey, version: str | None) -> Raw | NotUnderstood:
        if company.name is None:
            return NotUnderstood("opensanctions", "no name")
        results = self.entries.get(company.name, [])
        response = {"status": 200, "results": results, "total": {"value": len(results)}}
        raw: Raw = {"match": {"responses": {"debtor": response}}}
        return raw if version is None else {**raw, "version": version}


def catalog_of(lists: FakeList) -> Catalog:
    """A catalog with this list only, for test sellers."""
    source = Source(SETTINGS, in_sandbox=True, reports={"sanctions_list": lists}, screening=lists)
    return Catalog((source,), sandbox_address="http://sandbox.invalid")


def entry(entity_id: str, score: float = 0.86, **properties: Any) -> dict[str, Any]:
    """An entry on a list of sanctions; `properties` are what it says beside its topics."""
    return {
        "id": entity_id,
        "caption": entity_id.title(),
        "schema": "Company",
        "score": score,
        "match": True,
        "datasets": ["eu_fsf"],
        "last_change": "2026-01-05T00:00:00",
        "properties": {"topics": ["sanction"], **properties},
    }
