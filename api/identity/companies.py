"""Finding a company: every register that serves the seller is asked at once, and what they offer is merged."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from time import monotonic
from typing import Literal

from api.identity.company_merging import same_companies
from api.identity.company_numbers import NUMBER_FIELDS, read_numbers
from api.identity.company_ranking import FoundCompany, ranked
from api.problems import BadInput, Fault
from providers.catalog import Access, Catalog
from providers.errors import SourceError
from providers.names import normalised
from providers.ports import Candidate, CompanyQuery
from scoring.company_numbers import WORLD
from scoring.countries import country_fault
from scoring.names.script import in_latin_letters

RESULTS_MAX = 20
TEXT_LETTERS_MIN = 2
DEADLINE_SECONDS = 5.0
GRACE_SECONDS = 0.5  # For a source that ends its call at the deadline to say so.
AT_ONCE_MAX = 16


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
    """The query in `q`, `country`, `place` and NUMBER_FIELDS. Raises BadInput, naming every fault."""
    identifiers, faults = read_numbers(given)
    text, country = given.get("q"), given.get("country")
    if country is not None and (fault := country_fault(country)):
        faults.append(Fault("/country", "not_a_country", f"{fault}."))
    if text is not None and len(normalised(text)) < TEXT_LETTERS_MIN:
        faults.append(Fault("/q", "too_short", f"Give at least {TEXT_LETTERS_MIN} letters or digits."))
    if all(given.get(name) is None for name in ("q", *NUMBER_FIELDS)):
        faults.append(Fault("", "nothing_to_search", f"Give q, or one of: {', '.join(NUMBER_FIELDS)}."))
    if faults:
        raise BadInput("The company cannot be searched with this.", faults=faults)
    return CompanyQuery(text, country, identifiers, given.get("place"))


def search_companies(
    query: CompanyQuery, catalog: Catalog, access: Access, deadline_seconds: float = DEADLINE_SECONDS
) -> CompanySearch:
    """Search all registers side by side; one that fails or is late is named, and does not spoil the others.

    No transaction may be open meanwhile.
    """
    providers = [source.provider for source in catalog.searches_for(_country(query), access)]
    if not providers:
        return CompanySearch((), (AskedRegister(None, "not_asked"),))
    pool = ThreadPoolExecutor(min(len(providers), AT_ONCE_MAX), thread_name_prefix="company-search")
    try:
        asked = [
            pool.submit(_search, catalog, provider, query, access, monotonic() + deadline_seconds)
            for provider in providers
        ]
        wait(asked, timeout=deadline_seconds + GRACE_SECONDS)
        answers = [_answer(each) for each in asked]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # Who is late even so is not waited for.
    registers = tuple(
        AskedRegister(provider, "unavailable" if answer is None else "fresh")
        for provider, answer in zip(providers, answers, strict=True)
    )
    offered = [candidate for answer in answers for candidate in answer or ()]
    companies = ranked(same_companies(offered), query, all_answered=None not in answers)
    return CompanySearch(tuple(companies[:RESULTS_MAX]), registers)


def _search(
    catalog: Catalog, provider: str, query: CompanyQuery, access: Access, deadline: float
) -> tuple[Candidate, ...]:
    """Search one register: by the name as it was typed, then in Latin letters, in which most registers keep it."""
    found = catalog.search(provider, query, access, deadline_seconds=deadline - monotonic())
    latin = in_latin_letters(query.text) if query.text and not found else None
    if latin is None:
        return found
    return catalog.search(provider, replace(query, text=latin), access, deadline_seconds=deadline - monotonic())


def _answer(asked: Future[tuple[Candidate, ...]]) -> tuple[Candidate, ...] | None:
    """What a register offers; None where it failed or is late."""
    if not asked.done():
        return None
    try:
        return asked.result()
    except SourceError:
        return None


def _country(query: CompanyQuery) -> str | None:
    """The country to search in: what was asked for, else that of all its numbers."""
    issuers = {each.country for each in query.identifiers} - {WORLD}
    return query.country or (issuers.pop() if len(issuers) == 1 and not query.text else None)
