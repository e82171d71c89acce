"""Finding a company: every register of the seller's mode is asked, and what they offer is merged by number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any, Literal

from api.problems import BadInput, Fault
from api.prospect.company_numbers import read_numbers
from providers.catalog import Catalog
from providers.errors import SourceError
from providers.names import begins_words, best_similarity, normalised
from providers.ports import Candidate, CompanyQuery, Identifier
from scoring.facts import RegisterStatus

RESULTS_MAX = 20
TEXT_LETTERS_MIN = 2
DEADLINE_SECONDS = 5.0
NAME_CONFIDENCE_MAX = Decimal("0.99")  # Names are not unique: only a number is certain.
OTHER_PLACE_FACTOR = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class FoundCompany:
    """One company as all registers together offer it; `confidence`, 0 to 1, that it is the one meant."""

    name: str
    trade_names: tuple[str, ...]
    country: str
    identifiers: tuple[Identifier, ...]
    address: str | None
    legal_form: str | None
    status: RegisterStatus
    sources: tuple[str, ...]
    confidence: Decimal


@dataclass(frozen=True, slots=True)
class AskedRegister:
    """One register and whether it answered, so that nobody takes silence for "there is no such company"."""

    provider: str | None
    status: Literal["fresh", "unavailable", "not_asked"]


@dataclass(frozen=True, slots=True)
class CompanySearch:
    """What was found, the best first, and who was asked."""

    companies: tuple[FoundCompany, ...]
    registers: tuple[AskedRegister, ...]


def read_query(given: Mapping[str, str | None]) -> CompanyQuery:
    """The query in `q`, `country`, `kvk_number`, `vat_number`, `lei`. Raises BadInput, naming every fault."""
    identifiers, faults = read_numbers(given)
    text = given.get("q")
    if text is not None and len(normalised(text)) < TEXT_LETTERS_MIN:
        faults.append(Fault("/q", "too_short", f"Give at least {TEXT_LETTERS_MIN} letters or digits."))
    if all(given.get(name) is None for name in ("q", "kvk_number", "vat_number", "lei")):
        faults.append(Fault("", "nothing_to_search", "Give q, kvk_number, vat_number or lei."))
    if faults:
        raise BadInput("The company cannot be searched with this.", faults=faults)
    return CompanyQuery(text, given.get("country"), identifiers)


def search_companies(query: CompanyQuery, catalog: Catalog, mode: str, now: datetime) -> CompanySearch:
    """Search all registers that serve a seller of this mode; one that fails is named and does not spoil the others."""
    offered: list[Candidate] = []
    asked: list[AskedRegister] = []
    for provider in catalog.registers(mode, query.country):
        try:
            offered += catalog.search(provider, mode, query, now=now, deadline_seconds=DEADLINE_SECONDS)
            asked.append(AskedRegister(provider, "fresh"))
        except SourceError:
            asked.append(AskedRegister(provider, "unavailable"))
    companies = [_company(group, query) for group in _same_companies(offered)]
    companies.sort(key=lambda company: (-company.confidence, company.name, str(company.identifiers)))
    return CompanySearch(tuple(companies[:RESULTS_MAX]), tuple(asked) or (AskedRegister(None, "not_asked"),))


def search_answer(search: CompanySearch, mode: str) -> dict[str, Any]:
    """The search as it is sent; `CompanySearchAnswer` documents it."""
    return {
        "mode": mode,
        "items": [
            {
                "name": company.name,
                "trade_names": list(company.trade_names),
                "country": company.country,
                "identifiers": [
                    {"scheme": each.scheme, "country": each.country, "value": each.value}
                    for each in company.identifiers
                ],
                "address": company.address,
                "legal_form": company.legal_form,
                "status": company.status,
                "sources": list(company.sources),
                "confidence": str(company.confidence),
            }
            for company in search.companies
        ],
        "sources": [
            {"kind": "company_register", "provider": register.provider, "status": register.status}
            for register in search.registers
        ],
    }


def _same_companies(offered: Sequence[Candidate]) -> list[list[Candidate]]:
    """Candidates in groups of one company each; within a group the register asked first stands first."""
    groups: list[list[int]] = []
    for place, candidate in enumerate(offered):
        merged, others = [place], []
        known = candidate.identifiers
        for group in groups:
            ones = _identifiers([offered[each] for each in group])
            if _is_same(ones, known):
                merged, known = sorted([*group, *merged]), (*ones, *known)
            else:
                others.append(group)
        groups = [*others, merged]
    return [[offered[each] for each in group] for group in groups]


def _is_same(ones: Sequence[Identifier], others: Sequence[Identifier]) -> bool:
    """One number in common and none that contradicts: members of a fiscal unity share a VAT number, yet are several."""
    if not set(ones) & set(others):
        return False
    known = {(each.scheme, each.country): each.value for each in ones}
    return all(known.get((each.scheme, each.country), each.value) == each.value for each in others)


def _identifiers(group: Sequence[Candidate]) -> tuple[Identifier, ...]:
    return tuple(dict.fromkeys(identifier for candidate in group for identifier in candidate.identifiers))


def _company(group: Sequence[Candidate], query: CompanyQuery) -> FoundCompany:
    first = group[0]
    names = tuple(dict.fromkeys(name for each in group for name in (each.name, *each.trade_names)))
    identifiers = _identifiers(group)
    address = next((each.address for each in group if each.address), None)
    agreement = _agreement(identifiers, query)
    return FoundCompany(
        name=first.name,
        trade_names=names[1:],
        country=first.country,
        identifiers=identifiers,
        address=address,
        legal_form=next((each.legal_form for each in group if each.legal_form), None),
        # When registers disagree, the one that says it ended must be seen.
        status=next((each.status for each in group if each.status != "active"), "active"),
        sources=tuple(dict.fromkeys(each.provider for each in group)),
        confidence=agreement if agreement is not None else _likeness(names, address, query),
    )


def _agreement(identifiers: Sequence[Identifier], query: CompanyQuery) -> Decimal | None:
    """The share of the numbers asked for that agree, of those the company has; None when it has none of them."""
    asked = {(each.scheme, each.country): each.value for each in query.identifiers}
    has = {(each.scheme, each.country): each.value for each in identifiers}
    agreements = [asked[kind] == has[kind] for kind in asked if kind in has]
    return (Decimal(sum(agreements)) / len(agreements)).quantize(Decimal("0.01")) if agreements else None


def _likeness(names: tuple[str, ...], address: str | None, query: CompanyQuery) -> Decimal:
    """How alike the likest name is, less when the company is known to be in another place."""
    likeness = min(best_similarity(query.text or "", names), NAME_CONFIDENCE_MAX)
    if query.place and address and not begins_words(query.place, address):
        return (likeness * OTHER_PLACE_FACTOR).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    return likeness
