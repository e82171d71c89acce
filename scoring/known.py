"""What is known of a company while its sources are still being asked: enough, perhaps, to ask no further."""

from collections.abc import Collection, Iterator
from datetime import date

from scoring.facts import BureauFacts, NegativeEvent, RegisterFacts, SanctionsFacts, SourceKind
from scoring.policy.asking import Known
from scoring.policy.document import Policy

_MEANINGS: dict[str, Known] = {"insolvency": "insolvent", "not_active": "ended"}


def known(
    facts: Collection[object],
    not_found: Collection[SourceKind],
    policy: Policy,
    as_of: date,
    *,
    is_missing: bool = False,
) -> frozenset[Known]:
    """What the facts of the sources asked so far settle; `not_found` are the kinds of which nobody knows the company.

    `is_missing`: a source that the policy needs was asked in vain, so that nothing can be accepted for now.
    Events mean what the policy says they mean. A hit that is only possible settles nothing.
    """
    found: set[Known] = {"unknown"} if "company_register" in not_found else set()
    if is_missing:
        found.add("unavailable")
    for each in facts:
        if isinstance(each, RegisterFacts) and each.status != "active":
            found.add("ended")
        if isinstance(each, SanctionsFacts) and each.hit == "confirmed":
            found.add("sanctioned")
        for event in _events(each):
            meaning = policy.evidence.events.get(event.code, "")
            if meaning in _MEANINGS and event.in_force(as_of):
                found.add(_MEANINGS[meaning])
    return frozenset(found)


def _events(facts: object) -> Iterator[NegativeEvent]:
    """The negative events of one source's facts."""
    if isinstance(facts, RegisterFacts | BureauFacts):
        yield from facts.events
