"""Coface business information: a company found by its number, and its risk assessment and credit opinion, ordered."""

from providers.coface.mapping import bureau_facts
from providers.coface.orders import order_of, publications_of
from providers.coface.searching import PROVIDER, Found, external_id, the_one
from providers.coface.signing import DATA, NOT_THERE, is_not_there, send
from providers.errors import NothingToAskBy
from providers.http import Line, Request
from providers.payload import Payload
from providers.ports import About, CompanyKey, Raw
from providers.settings import SourceSettings
from scoring.facts import BureauFacts

SETTINGS = SourceSettings(
    provider=PROVIDER,
    address="https://api.coface.com",
    credentials=("username", "password", "api_key"),
    price=None,  # By contract, and not published.
    read_seconds=15.0,
)
FOUND, PARTLY = 200, 206


def find(company: CompanyKey, line: Line) -> Found | None:
    """The company by the first of its numbers that Coface knows; a name is not enough to order by."""
    questions = [(number, asked) for number in company.identifiers if (asked := external_id(number)) is not None]
    if not questions:
        raise NothingToAskBy(line.provider)
    for number, asked in questions:
        finding = Request(
            "find_company",
            f"{DATA}/companies",
            params={"countryCode": number.country, "externalId": asked},
            expect=(FOUND, PARTLY, NOT_THERE),
        )
        reply = send(line, finding)
        if not is_not_there(reply, line) and (found := the_one(reply.document, asked, number.country)) is not None:
            return found
    return None


class Assessments:
    """Debtor risk assessment and credit opinion. Both are ordered, and may be finished only days later."""

    def ask(self, company: CompanyKey, line: Line) -> Raw | None:
        """What was published, with the order; None for a company that Coface does not know.

        Raises SourceLate while the order is unfinished: the same question later reads the order that was placed.
        """
        found = find(company, line)
        if found is None:
            return None
        order = order_of(found, line)
        return {
            "companies": found.document,
            "company_id": found.company_id,
            "order": order,
            "publications": publications_of(order, line),
        }

    def facts(self, raw: Raw, about: About) -> BureauFacts:
        """What was published as facts. Raises NotUnderstood."""
        kept = Payload(PROVIDER, raw)
        return bureau_facts(raw.get("publications"), kept.text("company_id"), about.currency, about.retrieved_on)
