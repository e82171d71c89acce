"""GLEIF, the register of legal entity identifiers (LEI): companies found, and the group a company belongs to."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from providers.errors import NothingToAskBy
from providers.gleif.mapping import (
    DIRECT_PARENT,
    DIRECT_PARENT_EXCEPTION,
    RECORDS,
    ULTIMATE_PARENT,
    candidate,
    completed_leis,
    entity_facts,
    is_void,
    national_number,
    numbers_told,
    parent_link,
    record_asked_for,
    records,
)
from providers.http import Line, Request
from providers.payload import Payload
from providers.ports import About, Candidate, CompanyKey, CompanyQuery, Identifier, Raw
from providers.settings import Rate, SourceSettings
from scoring.facts import EntityFacts
from scoring.identifiers import is_lei

# No limit is published; it is said to throttle at sixty calls a minute.
SETTINGS = SourceSettings(provider="gleif", address="https://api.gleif.org/api/v1", rate=Rate(60, 60.0), at_once=2)
JSON_API = "application/vnd.api+json"
RESULTS_MAX = 20


class Search:
    """Entities by LEI, by the number of their national register, or by name, however misspelled."""

    def search(self, query: CompanyQuery, line: Line) -> tuple[Candidate, ...]:
        """Entities that may be the one meant; of those found by number also the parent. Raises SourceError."""
        for params in _numbers(query):
            found = _kept(_list(params, line), line)
            if found:
                return tuple(candidate(line.provider, each, _parent(each, DIRECT_PARENT, line)) for each in found)
        if query.text:
            return tuple(candidate(line.provider, each, None) for each in _by_name(query.text, query.country, line))
        return ()


class EntityRegister:
    """Whether an entity still exists, and who consolidates it."""

    def ask(self, company: CompanyKey, line: Line) -> Raw | None:
        """Its record and those of its parents, or why it names none; None where it has no LEI. Raises SourceError."""
        questions = tuple(_numbers(company))
        if not questions:
            raise NothingToAskBy(line.provider)
        for params in questions:
            document = _list(params, line)
            if not records(line.provider, document):
                continue
            raw: Raw = {RECORDS: document}
            entity = record_asked_for(line.provider, raw, company)
            raw[DIRECT_PARENT] = _parent(entity, DIRECT_PARENT, line)
            raw[ULTIMATE_PARENT] = _parent(entity, ULTIMATE_PARENT, line)
            raw[DIRECT_PARENT_EXCEPTION] = _parent(entity, DIRECT_PARENT_EXCEPTION, line)
            return raw
        return None

    def facts(self, raw: Raw, about: About) -> EntityFacts:
        """The facts; pure. Raises NotUnderstood."""
        return entity_facts(SETTINGS.provider, raw, about)

    def numbers(self, raw: Raw, company: CompanyKey) -> tuple[Identifier, ...]:
        """The numbers of the entity that it tells of; pure. Raises NotUnderstood."""
        return numbers_told(SETTINGS.provider, raw, company)


def _numbers(company: CompanyKey | CompanyQuery) -> Iterator[Mapping[str, Any]]:
    """The filters that name the company: its LEI, or a number of a register that has a code with GLEIF."""
    for each in company.identifiers:
        if each.scheme == "lei" and is_lei(each.value):
            yield {"filter[lei]": each.value}
        authority = national_number(each)
        if authority is not None:
            yield {"filter[entity.registeredAs]": authority[1], "filter[entity.registeredAt]": authority[0]}


def _by_name(text: str, country: str | None, line: Line) -> list[Payload]:
    """By all words first; where they find nothing, by names that are spelled alike."""
    in_country = {"filter[entity.addresses.country]": country} if country else {}
    found = _kept(_list({"filter[fulltext]": text, **in_country}, line), line)
    if not found:
        params = {"field": "entity.legalName", "q": text}
        completions = _get("fuzzycompletions", "/fuzzycompletions", line, params)
        leis = completed_leis(line.provider, completions)[:RESULTS_MAX]
        found = _kept(_list({"filter[lei]": ",".join(leis), **in_country}, line), line) if leis else []
    return found


def _kept(document: Any, line: Line) -> list[Payload]:
    return [each for each in records(line.provider, document) if not is_void(each)]


def _list(filters: Mapping[str, Any], line: Line) -> Any:
    return _get("lei-records", "/lei-records", line, {**filters, "page[size]": RESULTS_MAX, "page[number]": 1})


def _parent(entity: Payload, name: str, line: Line) -> Any:
    """The parent's record, or why there is none; None where the entity's own record does not point to it."""
    lei = parent_link(entity, name)
    return None if lei is None else _get(name, f"/lei-records/{quote(lei)}/{name}", line, expect=(200, 404))


def _get(
    operation: str,
    path: str,
    line: Line,
    params: Mapping[str, Any] | None = None,
    *,
    expect: Collection[int] = (200,),
) -> Any:
    reply = line.send(Request(operation, path, params=params, headers={"Accept": JSON_API}, expect=expect))
    return None if reply.status == 404 else reply.document
