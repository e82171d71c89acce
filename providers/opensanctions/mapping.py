"""The sanctions screening of the sandbox, in the shape of a yente match answer, as facts of ours."""

from datetime import date

from providers.payload import Payload
from scoring.facts import SanctionsFacts, SanctionsHit

QUERY = "debtor"  # The name we give our question; the answer comes under the same name.
LISTED_TOPICS = {"sanction"}
LINKED_TOPICS = {"sanction.linked", "sanction.control"}  # Owned or controlled: how much, a person finds out.


def sanctions_facts(provider: str, raw: object, retrieved_on: date) -> SanctionsFacts:
    """The heaviest hit of all results. Raises NotUnderstood."""
    response = Payload(provider, raw).section("responses", QUERY)
    if response.number("status") != 200:
        raise response.not_understood("status", "is not 200")
    if "results" not in response.names() and response.section("total").number("value") != 0:
        raise response.not_understood("results", "are missing")
    hits = {_hit(each) for each in response.items("results")}
    worst: SanctionsHit = "confirmed" if "confirmed" in hits else "possible" if "possible" in hits else "none"
    return SanctionsFacts(provider=provider, retrieved_on=retrieved_on, hit=worst)


def _hit(result: Payload) -> SanctionsHit:
    """A full score of a listed company is a hit; what only resembles it, or is linked to one, a person looks at.

    People share names, so a person is never a hit by score alone (domain 5.9). Other topics, such as political
    exposure, are no sanction.
    """
    score = result.number("score")
    if score is None:
        raise result.not_understood("score", "is missing")
    topics = set(result.section("properties").texts("topics"))
    if result.flag("match") is not True or not topics & (LISTED_TOPICS | LINKED_TOPICS):
        return "none"
    if score >= 1 and topics & LISTED_TOPICS and result.text("schema") != "Person":
        return "confirmed"
    return "possible"
