"""North Data: companies of Germany and its neighbours, from their registers; every company that is told is charged."""

from typing import Any

from providers.errors import NothingToAskBy, NotUnderstood
from providers.http import Line, Request
from providers.north_data.mapping import COMPANY, candidates, question_about, register_facts
from providers.payload import Payload
from providers.ports import About, Candidate, CompanyKey, CompanyQuery, Raw
from providers.settings import SourceSettings
from scoring.facts import RegisterFacts

_COUNTRIES = "AT BE CH CY CZ DE DK ES FI FR GR IE LI LU MT NO PL PT SE"
SETTINGS = SourceSettings(
    provider="north_data",
    address="https://www.northdata.com/_api",
    countries=frozenset(_COUNTRIES.split()),  # Those with a register of their own among our sources are left out.
    credentials=("api_key",),
    price=None,
)
RESULTS_MAX = 5  # Each is charged.
EVENTS = "Insolvency|InsolvencyChange|Liquidation|Continuation|Termination|NewCompany"


class Search:
    """Companies by words of their name and place."""

    def search(self, query: CompanyQuery, line: Line) -> tuple[Candidate, ...]:
        """Companies that may be the one meant; a search by number alone finds nothing here. Raises SourceError.

        What it costs is told as if all results came that may come.
        """
        if not query.text:
            return ()
        params = {
            "query": " ".join(filter(None, [query.text, query.place])),
            "domain": "company",
            "limit": RESULTS_MAX,
            **({"countries": query.country} if query.country else {}),
        }
        price = line.price
        cost = None if price is None else (price[0] * RESULTS_MAX, price[1])
        request = Request(
            "search", "/search/v1/universal", params=params, headers=_key(line), cost=cost, repeatable=False
        )
        return candidates(line.provider, line.send(request).document)


class CompanyRegister:
    """What the register says of a company, with the events of its life."""

    def ask(self, company: CompanyKey, line: Line) -> Raw | None:
        """The company; None where it is not known. Raises SourceError."""
        question = question_about(company)
        if question is None:
            raise NothingToAskBy(line.provider)
        params = {**question, "events": "true", "eventType": EVENTS}
        reply = line.send(
            Request(
                "company",
                "/company/v1/company",
                params=params,
                headers=_key(line),
                expect=(200, 404),
                cost=line.price,
                repeatable=False,
            )
        )
        return None if reply.status == 404 else {COMPANY: _company(reply.document, line)}

    def facts(self, raw: Raw, about: About) -> RegisterFacts:
        """The facts; pure. Raises NotUnderstood."""
        return register_facts(SETTINGS.provider, raw, about)


def _company(document: Any, line: Line) -> Any:
    if document is None or not Payload(line.provider, document).names():
        raise NotUnderstood(line.provider, "the company is empty")
    return document


def _key(line: Line) -> dict[str, str]:
    return {"X-Api-Key": line.credentials["api_key"]}
