"""Creditsafe Connect: signing in, finding companies, and the credit report, which is what is charged."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from providers.creditsafe.extract import candidates, register_facts
from providers.creditsafe.mapping import bureau_facts
from providers.creditsafe.searching import PROVIDER, connect_id, contradicts, criteria, is_named_so, the_one
from providers.errors import NothingToAskBy, NotUnderstood
from providers.http import Line, Request, Signature
from providers.memory import Token
from providers.payload import Payload
from providers.ports import About, Candidate, CompanyKey, CompanyQuery, Raw
from providers.settings import SourceSettings
from providers.sign_in import token_of_jwt
from scoring.facts import BureauFacts, RegisterFacts

SETTINGS = SourceSettings(
    provider=PROVIDER,
    address="https://connect.creditsafe.com/v1",
    credentials=("username", "password"),
    price=None,  # By contract, and not published.
    read_seconds=20.0,
    answer_bytes_max=20_000_000,  # That of a large group; one that is cut short would be paid for again and again.
)
TOKEN_LIVES = timedelta(minutes=55)  # Of the hour it has, where it does not tell its own end.
FOUND_MAX = 50
GOOD_NAME = 898  # The score of a match on the name alone; what is better has more of the address.
CUSTOM_DATA = {"DE": "de_reason_code::1"}  # German law wants a reason for each report; 1 is a credit decision.
NOT_FOUND = 404


def sign_in(line: Line) -> Token:
    """A token for an hour; more than a few wrong ones in two minutes lock the account, so all calls share it."""
    asked = {"username": line.credentials["username"], "password": line.credentials["password"]}
    reply = line.send(Request("sign_in", "/authenticate", method="POST", json=asked))
    return token_of_jwt(Payload(PROVIDER, reply.document), "token", now=line.real_now(), assumed=TOKEN_LIVES)


SIGNATURE = Signature(sign_in, lambda token: {"Authorization": f"Bearer {token}"})


@dataclass(frozen=True, slots=True)
class Found:
    """A company that was found by a number of it, with the answer that says so."""

    connect_id: str
    country: str
    document: object


def find(company: CompanyKey, line: Line) -> Found | None:
    """The company by the first of its numbers that Creditsafe knows; a name is not enough to order a report by.

    Raises NotUnderstood for one that another of its numbers contradicts.
    """
    questions = [(number, asked) for number in company.identifiers if (asked := criteria(number)) is not None]
    if not questions:
        raise NothingToAskBy(line.provider)
    for number, asked in questions:
        reply = line.send(Request("find_company", "/companies", params=asked, signature=SIGNATURE))
        found = the_one(reply.document, number)
        if found is None or not is_named_so(found, number, company.name):
            continue
        if contradicts(found, company):
            raise found.not_understood("regNo", "contradicts a number of the company asked for")
        return Found(connect_id(found), number.country, reply.document)
    return None


class Search:
    """Companies by number, else by name in one country; with a place, those that match it come first."""

    def search(self, query: CompanyQuery, line: Line) -> tuple[Candidate, ...]:
        """Companies that may be meant; empty without a country, since Creditsafe searches in named countries only."""
        for number in query.identifiers:
            if (asked := criteria(number)) is not None:
                reply = line.send(Request("search_number", "/companies", params=asked, signature=SIGNATURE))
                if found := candidates(reply.document):
                    return found
        if query.text is None or query.country is None:
            return ()
        matched = self._match(query.text, query.country, query.place, line) if query.place else ()
        named = {"countries": query.country, "name": query.text, "page": 1, "pageSize": FOUND_MAX}
        reply = line.send(Request("search_name", "/companies", params=named, signature=SIGNATURE))
        return tuple({each.identifiers: each for each in (*matched, *candidates(reply.document))}.values())

    def _match(self, name: str, country: str, place: str, line: Line) -> tuple[Candidate, ...]:
        asked = {"country": country, "matchThreshold": GOOD_NAME, "name": name, "city": place}
        reply = line.send(Request("match_company", "/companies/match", params=asked, signature=SIGNATURE))
        return candidates(reply.document)


class RegisterExtract:
    """What a search tells of a company's registration: free, for countries whose register we do not ask ourselves."""

    def ask(self, company: CompanyKey, line: Line) -> Raw | None:
        """The answer to the search, and the number of the company in it."""
        found = find(company, line)
        return None if found is None else {"search": found.document, "connect_id": found.connect_id}

    def facts(self, raw: Raw, about: About) -> RegisterFacts:
        """Status, name and legal form, and where they differ from what we were told."""
        kept = Payload(PROVIDER, raw)
        asked = kept.text("connect_id")
        for company in kept.section("search").items("companies"):
            if asked is not None and company.text("id") == asked:
                return register_facts(company, about.company, about.retrieved_on)
        raise kept.not_understood("search", "does not have the company")


class CreditReport:
    """The full report. It is ordered by the number that a free search confirms, so that nobody else's is paid for."""

    def ask(self, company: CompanyKey, line: Line) -> Raw | None:
        """The search that found the company, and its report; None where there is none of it."""
        found = find(company, line)
        if found is None:
            return None
        params = {"language": "en"}  # The words of rulings are read in English.
        if found.country in CUSTOM_DATA:
            params["customData"] = CUSTOM_DATA[found.country]
        reply = line.send(
            Request(
                "credit_report",
                f"/companies/{quote(found.connect_id, safe='')}",
                params=params,
                signature=SIGNATURE,
                expect=(200, NOT_FOUND),
                cost=line.price,
                repeatable=False,
            )
        )
        if reply.status == NOT_FOUND:
            if Payload(PROVIDER, reply.document).text("message") is None:
                raise NotUnderstood(line.provider, "credit_report: 404 without a word of Creditsafe's")
            return None
        return {"search": found.document, "connect_id": found.connect_id, "report": reply.document}

    def facts(self, raw: Raw, about: About) -> BureauFacts:
        """The report as facts. Raises NotUnderstood, also for a report of another company than was ordered."""
        kept = Payload(PROVIDER, raw)
        report = kept.section("report")
        ordered, told = kept.text("connect_id"), report.text("companyId")
        if ordered is not None and told is not None and ordered != told:
            raise report.not_understood("companyId", "is another company than was ordered")
        return bureau_facts(PROVIDER, raw.get("report"), about.currency, about.retrieved_on)


@dataclass(frozen=True, slots=True)
class Quota:
    """How many reports of a country a contract has, and how many of them are used; None where that is not told."""

    country: str
    template: str | None
    paid: int | None
    used: int | None
    starts_on: date | None
    ends_on: date | None


def quota(line: Line) -> tuple[Quota, ...]:
    """What is left to be ordered online, by country. Raises SourceError."""
    reply = line.send(Request("quota", "/access", signature=SIGNATURE))
    services = Payload(PROVIDER, reply.document).section("countryAccess").items("creditsafeConnectOnlineReports")
    return tuple(_quota(each) for each in services)


def _quota(service: Payload) -> Quota:
    country = service.text("countryIso2")
    if country is None:
        raise service.not_understood("countryIso2", "is missing")
    paid, used = service.number("paid"), service.number("used")
    return Quota(
        country=country,
        template=service.text("templateName"),
        paid=None if paid is None else int(paid),
        used=None if used is None else int(used),
        starts_on=service.day("startDate"),
        ends_on=service.day("expireDate"),
    )
