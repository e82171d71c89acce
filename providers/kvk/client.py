"""KVK's services: searching (Zoeken v2), the base profile of a company, and the open data with insolvency."""

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from providers.errors import NothingToAskBy, NotUnderstood, SourceDown
from providers.http import Line, Reply, Request
from providers.kvk.mapping import (
    BASE_PROFILE,
    ESTABLISHMENT_PROFILE,
    OPEN_DATA_DOCUMENT,
    is_in_open_data,
    numbers_told,
    register_facts,
)
from providers.kvk.search_results import candidates
from providers.payload import Payload
from providers.ports import About, Candidate, CompanyKey, CompanyQuery, Identifier, Raw
from providers.settings import Price, Rate, SourceSettings
from scoring.facts import RegisterFacts
from scoring.identifiers import is_establishment_number, is_kvk_number, is_rsin, vat_scheme_of

# The certificate chains to a root of the Dutch state that ordinary trust stores lack (see docs/registers.md).
SETTINGS = SourceSettings(
    provider="kvk",
    address="https://api.kvk.nl/api",
    countries=frozenset({"NL"}),
    credentials=("api_key",),
    optional_credentials=("change_key",),
    price=Price(Decimal("0.02"), "EUR"),
    rate=Rate(100, 1.0),
)
OPEN_DATA = SourceSettings(
    provider="kvk_open_data",
    address="https://opendata.kvk.nl/api",
    countries=frozenset({"NL"}),
    rate=Rate(100, 300.0),
)
SEARCH_COST: tuple[Decimal, str] | None = None  # Not confirmed: free on an older price list.
RESULTS_MAX = 100  # The most that one page holds; who is not among them needs a better question.
# The company itself, not its establishments, of which there may be a thousand.
ITSELF = {"type": ("hoofdvestiging", "rechtspersoon")}
WITH_INACTIVE = {"inclusiefInactieveRegistraties": "true"}

# Error codes of KVK ("fout"); those of invalid numbers name no company either.
UNKNOWN = frozenset({"IPD0004", "IPD0005", "IPD0006", "IPD0007", "IPD0010", "IPD5200"})
UNKNOWN_OPEN_DATA = frozenset({"IPD0005", "IPD0015"})
TROUBLE = frozenset({"IPD1002", "IPD1003", "IPD9999"})
KNOWN_CODES = UNKNOWN | UNKNOWN_OPEN_DATA | TROUBLE | {"IPD0001", "IPD1998", "IPD1999", "IPD5203"}
HANDLED = (200, 400, 404)  # Beside answers, where errors come with a code that says more than the status.


class Search:
    """Companies by number or name; without a company of the number, by name, first in the place that is named."""

    def search(self, query: CompanyQuery, line: Line) -> tuple[Candidate, ...]:
        """One candidate for each company, however many establishments of it match. Raises SourceError."""
        for params in _questions(query):
            found = candidates(line.provider, _search(params, line), params.get("vestigingsnummer"))
            if found:
                return found
        return ()


class CompanyRegister:
    """What the register says of a company: its base profile and, of a BV or NV, the open data."""

    def ask(self, company: CompanyKey, line: Line) -> Raw | None:
        """The documents by name; None where KVK does not know the company. Raises SourceError.

        A procedure of insolvency is told by the open data alone. Where these cannot be had there is no answer at all,
        so that a base profile by itself never passes for the profile of a solvent company.
        """
        if not _can_ask(company):
            raise NothingToAskBy(line.provider)
        raw: Raw = {}
        number = company.number("kvk") or self._number_of_establishment(company, raw, line)
        number = number or _number_by_rsin(company, line)
        if number is None or not is_kvk_number(number):
            return None
        profile = _document(_get("basisprofiel", f"/v1/basisprofielen/{number}", line, cost=line.price), line, UNKNOWN)
        if profile is None:
            return None
        if _kvk_number(Payload(line.provider, profile)) != number:
            raise NotUnderstood(line.provider, "basisprofiel is of another company than was asked for")
        raw[BASE_PROFILE] = profile
        raw[OPEN_DATA_DOCUMENT] = None
        if is_in_open_data(line.provider, profile):
            raw[OPEN_DATA_DOCUMENT] = open_data(number, line)
        return raw

    def facts(self, raw: Raw, about: About) -> RegisterFacts:
        """The facts; pure. Raises NotUnderstood."""
        return register_facts(SETTINGS.provider, raw, about.company, about.retrieved_on)

    def numbers(self, raw: Raw, company: CompanyKey) -> tuple[Identifier, ...]:
        """The numbers of the company that it tells of; pure. Raises NotUnderstood."""
        return numbers_told(SETTINGS.provider, raw, company)

    def _number_of_establishment(self, company: CompanyKey, raw: Raw, line: Line) -> str | None:
        """The company of an establishment by its profile, which is kept in `raw`; None without one."""
        establishment = company.number("kvk_vestiging")
        if establishment is None or not is_establishment_number(establishment):
            return None
        reply = _get("vestigingsprofiel", f"/v1/vestigingsprofielen/{establishment}", line, cost=line.price)
        profile = _document(reply, line, UNKNOWN)
        if profile is None:
            return None
        raw[ESTABLISHMENT_PROFILE] = profile
        return _kvk_number(Payload(line.provider, profile))


def open_data(number: str, line: Line) -> Mapping[str, Any] | None:
    """What the open data tell of a company by its KVK number; None where they do not have it. Raises SourceError."""
    beside = line.beside(OPEN_DATA.provider)
    reply = _get("basisbedrijfsgegevens", f"/v1/hvds/basisbedrijfsgegevens/kvknummer/{number}", beside, key=False)
    return _document(reply, beside, UNKNOWN_OPEN_DATA)


def _can_ask(company: CompanyKey) -> bool:
    """Whether any number of the company is one that KVK knows companies by."""
    return any(each.scheme in ("kvk", "kvk_vestiging") for each in company.identifiers) or rsin_of(company) is not None


def rsin_of(company: CompanyKey | CompanyQuery) -> str | None:
    """The RSIN, also from the VAT number of a legal person, which is made of it; None without."""
    for each in company.identifiers:
        if each.scheme == "rsin" and is_rsin(each.value):
            return each.value
        if each.scheme == "vat" and each.country == "NL" and vat_scheme_of(each.value) == "elfproef":
            return each.value.removeprefix("NL")[:9]
    return None


def _number_by_rsin(company: CompanyKey, line: Line) -> str | None:
    rsin = rsin_of(company)
    if rsin is None:
        return None
    page = Payload(line.provider, _search({"rsin": rsin, **WITH_INACTIVE}, line) or {})
    numbers = {_kvk_number(each) for each in page.items("resultaten")}
    if len(numbers) > 1:
        raise NotUnderstood(line.provider, "an RSIN names several companies")
    return next(iter(numbers), None)


def _questions(query: CompanyQuery) -> Iterator[Mapping[str, Any]]:
    """What to ask, one after the other until something is found; by number also what has ended."""
    for each in query.identifiers:
        if each.scheme == "kvk" and is_kvk_number(each.value):
            yield {"kvkNummer": each.value, **ITSELF, **WITH_INACTIVE}
        if each.scheme == "kvk_vestiging" and is_establishment_number(each.value):
            yield {"vestigingsnummer": each.value, **WITH_INACTIVE}
    rsin = rsin_of(query)
    if rsin is not None:
        yield {"rsin": rsin, **ITSELF, **WITH_INACTIVE}
    if query.text and query.place:
        yield {"naam": query.text, "plaats": query.place}
    if query.text:
        yield {"naam": query.text}


def _search(params: Mapping[str, Any], line: Line) -> Mapping[str, Any] | None:
    found = {**params, "resultatenPerPagina": RESULTS_MAX}
    return _document(_get("zoeken", "/v2/zoeken", line, params=found, cost=SEARCH_COST), line, UNKNOWN)


def _get(
    operation: str,
    path: str,
    line: Line,
    *,
    params: Mapping[str, Any] | None = None,
    cost: tuple[Decimal, str] | None = None,
    key: bool = True,
) -> Reply:
    headers = {"apikey": line.credentials["api_key"]} if key else {}
    return line.send(Request(operation, path, params=params, headers=headers, expect=HANDLED, cost=cost))


def _document(reply: Reply, line: Line, unknown: Collection[str]) -> Mapping[str, Any] | None:
    """What was answered; None for the codes that say there is nothing. Raises SourceDown and NotUnderstood."""
    codes = {each.text("code") for each in Payload(line.provider, reply.document).items("fout")}
    if codes & TROUBLE:
        raise SourceDown(line.provider, "data are not available for now")
    if codes & set(unknown):
        return None
    if codes or reply.status != 200:
        told = ", ".join(sorted(str(code) for code in codes & KNOWN_CODES)) or "without a code that is known"
        raise NotUnderstood(line.provider, f"{reply.status}, {told}")
    document: Mapping[str, Any] = reply.document
    return document


def _kvk_number(found: Payload) -> str:
    number = found.text("kvkNummer")
    if number is None or not is_kvk_number(number):
        raise found.not_understood("kvkNummer", "is no number of a company")
    return number
