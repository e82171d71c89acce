"""A match answer of OpenSanctions or yente as facts of ours: the heaviest hit, and the entries that caused it."""

from datetime import date

from providers.errors import NotUnderstood
from providers.payload import Payload
from scoring.canonical import digest
from scoring.facts import SanctionsFacts, SanctionsHit, SanctionsMatch

QUERY = "debtor"  # The name we give our question; the answer comes under the same name.
LISTED_TOPICS = {"sanction"}
LINKED_TOPICS = {"sanction.linked", "sanction.control"}  # Owned or controlled: how much, a person finds out.


def sanctions_facts(provider: str, raw: object, retrieved_on: date, *, version: object = None) -> SanctionsFacts:
    """The heaviest hit of all results, and every result that is one. Raises NotUnderstood."""
    response = Payload(provider, raw).section("responses", QUERY)
    if response.number("status") != 200:
        raise response.not_understood("status", "is not 200")
    total = response.section("total").number("value")
    if "results" not in response.names() and total != 0:
        raise response.not_understood("results", "are missing")
    results = response.items("results")
    matches = tuple(match for each in results if (match := _match(each)) is not None)
    hits = {each.hit for each in matches}
    worst: SanctionsHit = "confirmed" if "confirmed" in hits else "possible" if "possible" in hits else "none"
    left_out = 0 if total is None else int(total) - len(results)
    return SanctionsFacts(
        provider=provider,
        retrieved_on=retrieved_on,
        hit=worst,
        matches=matches,
        left_out_count=left_out if matches and left_out > 0 else None,
        list_version=version if isinstance(version, str) else None,
    )


def _match(result: Payload) -> SanctionsMatch | None:
    """A result that is a hit of some weight; other topics, such as political exposure, are no sanction."""
    score = result.number("score")
    if score is None:
        raise result.not_understood("score", "is missing")
    properties = result.section("properties")
    topics = tuple(dict.fromkeys(properties.texts("topics")))
    # Without topics it is not told why an entry is there: unless it is no target of a list, a person looks.
    is_untold = not topics and result.flag("target") is not False
    if result.flag("match") is not True or not (is_untold or set(topics) & (LISTED_TOPICS | LINKED_TOPICS)):
        return None
    schema, lists = result.text("schema"), tuple(dict.fromkeys(result.texts("datasets")))
    entity_id, caption = result.text("id"), result.text("caption")
    if entity_id is None:
        raise result.not_understood("id", "is missing")
    # A full score of a listed company is a hit; what only resembles it, or is linked to one, a person looks at.
    # People share names, so a person is never a hit by score alone (domain 5.9).
    is_listed = score >= 1 and bool(set(topics) & LISTED_TOPICS) and schema != "Person"
    return SanctionsMatch(
        entity_id=entity_id,
        caption=caption,
        score=score,
        hit="confirmed" if is_listed else "possible",
        schema=schema,
        topics=topics,
        lists=lists,
        last_change_on=result.day("last_change"),
        entry_digest=_digest(result, properties, [caption, schema, sorted(lists)]),
    )


def _digest(result: Payload, properties: Payload, told: list[object]) -> str:
    """What tells the entry from itself after a change: all that it says, and not when it was last looked at."""
    try:
        return digest({"told": told, "properties": properties.document})
    except (TypeError, ValueError) as unreadable:
        raise result.not_understood("properties", "are no JSON") from unreadable


def list_version(provider: str, raw: object, dataset: str) -> str | None:
    """The version of a list that answers are given from now; None where it is not told. Raises NotUnderstood."""
    for each in Payload(provider, raw).items("datasets"):
        if each.text("name") == dataset:
            # What is loaded may be older than what there is.
            return each.text("index_version") or each.text("version") or each.text("updated_at")
    raise NotUnderstood(provider, f"datasets do not have {dataset}")
