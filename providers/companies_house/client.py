"""Companies House of the United Kingdom: companies found, and the profile with what was filed of insolvency."""

from typing import Any
from urllib.parse import quote

from providers.companies_house.insolvency import insolvency_events
from providers.companies_house.mapping import (
    CHARGES,
    INSOLVENCY,
    OFFICERS,
    PROFILE,
    candidates,
    company_number_of,
    profile_candidate,
    register_facts,
)
from providers.errors import NothingToAskBy, NotUnderstood
from providers.http import Line, Request
from providers.payload import Payload
from providers.ports import About, Candidate, CompanyKey, CompanyQuery, Raw
from providers.settings import Rate, SourceSettings
from scoring.facts import NegativeEvent, RegisterFacts

SETTINGS = SourceSettings(
    provider="companies_house",
    address="https://api.company-information.service.gov.uk",
    countries=frozenset({"GB"}),
    credentials=("api_key",),
    optional_credentials=("stream_key",),
    rate=Rate(600, 300.0),
)
STREAM = SourceSettings(
    provider="companies_house_stream",
    address="https://stream.companieshouse.gov.uk",
    countries=frozenset({"GB"}),
    credentials=("stream_key",),
)
RESULTS_MAX = 50
ITEMS_MAX = 100


class Search:
    """Companies by number, or by words of their name; both also find what has ended."""

    def search(self, query: CompanyQuery, line: Line) -> tuple[Candidate, ...]:
        """Companies that may be the one meant. Raises SourceError."""
        number = company_number_of(query)
        profile = None if number is None else _get("company", f"/company/{quote(number)}", line)
        if profile is not None:
            return (profile_candidate(line.provider, profile),)
        if not query.text:
            return ()
        params = {"q": query.text, "items_per_page": RESULTS_MAX}
        reply = line.send(Request("search", "/search/companies", params=params, basic=_key(line)))
        return candidates(line.provider, reply.document)


class CompanyRegister:
    """What the register says of a company: its profile, insolvency cases, charges and officers."""

    def ask(self, company: CompanyKey, line: Line) -> Raw | None:
        """The documents by name, None where there is none of a kind; None for an unknown company. Raises SourceError.

        That there is no insolvency case is said by 404, also of a company whose profile does not mention any.
        """
        number = company_number_of(company)
        if number is None:
            raise NothingToAskBy(line.provider)
        path = f"/company/{quote(number)}"
        profile = _get("company", path, line)
        if profile is None:
            return None
        return {
            PROFILE: profile,
            INSOLVENCY: _get("insolvency", f"{path}/insolvency", line),
            CHARGES: _get("charges", f"{path}/charges", line, {"items_per_page": ITEMS_MAX}),
            OFFICERS: _get("officers", f"{path}/officers", line, {"items_per_page": ITEMS_MAX}),
        }

    def facts(self, raw: Raw, about: About) -> RegisterFacts:
        """The facts; pure. Raises NotUnderstood."""
        return register_facts(SETTINGS.provider, raw, about)


def standing_events(number: str, line: Line) -> tuple[NegativeEvent, ...]:
    """The insolvency cases of a company that are in force now, and what its status says. Raises SourceError."""
    path, today = f"/company/{quote(number)}", line.now.date()
    profile = _get("company", path, line)
    if profile is None:
        raise NotUnderstood(line.provider, "a company that changed is not there")
    cases = Payload(line.provider, _get("insolvency", f"{path}/insolvency", line) or {})
    events = insolvency_events(Payload(line.provider, profile), cases, today)
    return tuple(each for each in events if each.in_force(today))


def _get(operation: str, path: str, line: Line, params: dict[str, Any] | None = None) -> Any:
    """The document; None where Companies House itself says that there is none. Raises SourceError."""
    reply = line.send(Request(operation, path, params=params, basic=_key(line), expect=(200, 404)))
    document = Payload(line.provider, {} if reply.document is None else reply.document)
    if reply.status == 404 and document.names() in ([], ["errors"]):
        return None
    if reply.status == 404 or not document.names() or "errors" in document.names():
        raise NotUnderstood(line.provider, f"{operation}: {reply.status} with neither a document nor its absence")
    return reply.document


def _key(line: Line) -> tuple[str, str]:
    """The key is the user, without a password."""
    return line.credentials["api_key"], ""
