"""The sandbox behind the ports: answers from files, at once, with every date as old as the file says."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from providers.creditsafe.mapping import bureau_facts
from providers.errors import SourceDown
from providers.kvk.mapping import candidate, register_facts
from providers.names import begins_words, best_similarity
from providers.opensanctions.mapping import QUERY, sanctions_facts
from providers.ports import Answer, Candidate, CompanyKey, CompanyQuery, Facts, Identifier
from scoring.facts import SourceKind

PROVIDER = "sandbox"
NO_COST = (Decimal("0.00"), "EUR")
RETRY_AFTER_SECONDS = 60
FOUND_NAME_MIN = Decimal("0.6")  # Wide on purpose: a search offers, a person chooses.

_AGE = re.compile(r"([+-][0-9]+)d(:yyyymmdd)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class SandboxCompany:
    """One file: who the company is, what each source says of it (None: unknown there), which source is down for it."""

    fate: str
    country: str
    name: str
    identifiers: tuple[Identifier, ...]
    register: dict[str, Any] | None
    bureau: dict[str, Any] | None
    sanctions: tuple[dict[str, Any], ...]
    down: tuple[SourceKind, ...]


@cache
def companies() -> tuple[SandboxCompany, ...]:
    """All companies of the sandbox, by file name."""
    return tuple(_read(path) for path in sorted((Path(__file__).parent / "companies").glob("*.json")))


def _read(path: Path) -> SandboxCompany:
    document = json.loads(path.read_text(encoding="utf-8"))
    return SandboxCompany(
        fate=document["fate"],
        country=document["country"],
        name=document["name"],
        identifiers=tuple(Identifier(**each) for each in document["identifiers"]),
        register=document["register"],
        bureau=document["bureau"],
        sanctions=tuple(document["sanctions"]),
        down=tuple(document["down"]),
    )


def with_dates(document: Any, today: date) -> Any:
    """The document with every age (`-400d`, or `-400d:yyyymmdd` for the register) as a date seen from `today`."""
    if isinstance(document, dict):
        return {name: with_dates(each, today) for name, each in document.items()}
    if isinstance(document, list):
        return [with_dates(each, today) for each in document]
    age = _AGE.fullmatch(document) if isinstance(document, str) else None
    if age is None:
        return document
    day = today + timedelta(days=int(age[1]))
    return day.strftime("%Y%m%d") if age[2] else f"{day.isoformat()}T00:00:00Z"


class Sandbox:
    """Company register, credit bureau and sanctions list in one; it answers at once, so no deadline is ever missed."""

    def search(self, query: CompanyQuery, *, now: datetime, deadline_seconds: float) -> tuple[Candidate, ...]:
        """Companies with one of the numbers, or with a name alike or begun like the text."""
        return tuple(
            candidate(
                PROVIDER, with_dates(company.register, now.date()), company.country, company.identifiers, now.date()
            )
            for company in companies()
            if company.register is not None
            and query.country in (None, company.country)
            and (_has_number(company, query) or (query.text and _is_named(company, query.text)))
        )

    def profile(self, company: CompanyKey, *, now: datetime, deadline_seconds: float) -> Answer:
        """What the register says."""
        raw = _told("company_register", company, now)
        facts = None if raw is None else register_facts(PROVIDER, raw, company, now.date())
        return _answer("company_register", now, raw, facts)

    def report(self, company: CompanyKey, currency: str, *, now: datetime, deadline_seconds: float) -> Answer:
        """What the credit bureau says; nothing is charged."""
        raw = _told("credit_bureau", company, now)
        facts = None if raw is None else bureau_facts(PROVIDER, raw, currency, now.date())
        return _answer("credit_bureau", now, raw, facts)

    def screen(self, company: CompanyKey, *, now: datetime, deadline_seconds: float) -> Answer:
        """What the sanctions list says; it has an answer for every company, since most are not on it."""
        raw = _told("sanctions_list", company, now)
        return _answer("sanctions_list", now, raw, sanctions_facts(PROVIDER, raw, now.date()))


def _answer(kind: SourceKind, now: datetime, raw: dict[str, Any] | None, facts: Facts | None) -> Answer:
    return Answer(kind=kind, provider=PROVIDER, retrieved_at=now, raw=raw, facts=facts, cost=NO_COST)


def _told(kind: SourceKind, key: CompanyKey, now: datetime) -> dict[str, Any] | None:
    company = _find(key)
    if company is not None and kind in company.down:
        raise SourceDown(PROVIDER, f"{kind} is down for this company", retry_after_seconds=RETRY_AFTER_SECONDS)
    if kind == "sanctions_list":
        results = list(company.sanctions) if company else []
        document: Any = {
            "responses": {
                QUERY: {"status": 200, "results": results, "total": {"value": len(results), "relation": "eq"}}
            }
        }
    else:
        document = None if company is None else company.register if kind == "company_register" else company.bureau
    raw: dict[str, Any] | None = with_dates(document, now.date())
    return raw


def _find(key: CompanyKey) -> SandboxCompany | None:
    """The company with the first number that is known; by name alone nothing is looked up, names are not unique."""
    for identifier in key.identifiers:
        for company in companies():
            if identifier in company.identifiers:
                return company
    return None


def _has_number(company: SandboxCompany, query: CompanyQuery) -> bool:
    return any(identifier in company.identifiers for identifier in query.identifiers)


def _is_named(company: SandboxCompany, text: str) -> bool:
    return begins_words(text, company.name) or best_similarity(text, (company.name,)) >= FOUND_NAME_MIN
