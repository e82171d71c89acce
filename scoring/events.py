"""Negative events as they count: one that two sources tell of is one event."""

from scoring.facts import CheckFacts, NegativeEvent, SourceKind
from scoring.policy.document import Policy


def events_of(facts: CheckFacts, policy: Policy) -> tuple[NegativeEvent, ...]:
    """The events that a judgement counts, the register's first; engine 1 counted those of each source apart."""
    if policy.engine == "1":
        return tuple(facts.events())
    return tuple(event for _, event in events_told_once(facts))


def events_told_once(facts: CheckFacts) -> tuple[tuple[SourceKind, NegativeEvent], ...]:
    """Every event with the source that tells of it; one that register and bureau both tell of, by who knows its day."""
    of_bureau = list(() if facts.bureau is None else facts.bureau.events)
    found: list[tuple[SourceKind, NegativeEvent]] = []
    for event in () if facts.register is None else facts.register.events:
        twin = next((each for each in of_bureau if _is_same(event, each)), None)
        if twin is None or not event.undated:
            found.append(("company_register", event))
            if twin is not None:
                of_bureau.remove(twin)
    return (*found, *(("credit_bureau", event) for event in of_bureau))


def _is_same(one: NegativeEvent, other: NegativeEvent) -> bool:
    """Whether two sources tell of one event: the same in all that both of them know."""
    if one.undated or other.undated:
        return (one.code, one.ended_on) == (other.code, other.ended_on)
    return one == other
