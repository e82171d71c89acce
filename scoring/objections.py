"""What forbids an answer by itself: facts that decline, and facts that leave it to a person."""

from collections.abc import Iterator

from scoring.events import events_of
from scoring.evidence import Evidence
from scoring.facts import CheckFacts, NegativeEvent
from scoring.grading import Grading
from scoring.judgement import Effect, Reason, reason
from scoring.policy.document import Policy
from scoring.reasons import Params


def objections(facts: CheckFacts, evidence: Evidence, grading: Grading, policy: Policy) -> Iterator[Reason]:
    """Every reason that declines or refers; all of them, never only the first."""
    yield from _of_sanctions(facts)
    yield from _of_register(facts)
    yield from _of_events(facts, policy)
    yield from _of_adverse_events(facts, policy)
    if facts.debtor.on_hold:
        yield reason("account_on_hold", "refer")
    if facts.debtor.parent_insolvent:
        yield reason("parent_insolvent", "refer")
    yield from _of_sources(facts)
    if facts.exposure.other_currencies:
        yield reason("currency_not_converted", "refer", {"currencies": facts.exposure.other_currencies})
    if facts.converted:
        currencies = tuple(sorted({each.currency for each in facts.converted}))
        earliest = min(each.rate_on for each in facts.rates)
        yield reason("currency_converted", params={"currencies": currencies, "rate_on": earliest})
    if grading.pd is None:
        yield reason("no_pd", "refer")
    elif evidence.confidence < policy.evidence.confidence_min:
        shares: Params = {
            "confidence_share": round(evidence.confidence, 4),
            "minimum_share": policy.evidence.confidence_min,
        }
        yield reason("confidence_low", "refer", shares)


def _of_sanctions(facts: CheckFacts) -> Iterator[Reason]:
    """A confirmed hit declines, a possible one waits for a person, and what a person cleared is told."""
    found = facts.sanctions
    if found is None:
        return
    cleared = [each.clearance for each in found.matches if each.clearance is not None]
    if cleared:
        latest = max(each.cleared_on for each in cleared)
        yield reason("sanctions_cleared", params={"matches_count": len(cleared), "cleared_on": latest})
    if found.hit == "none":
        return
    params: Params = {"provider": found.provider, "retrieved_on": found.retrieved_on}
    if found.hit == "confirmed":
        yield reason("sanctions_hit", "decline", params)
    else:
        # A likeness is not yet the person: somebody compares before anybody is refused.
        yield reason("sanctions_possible", "refer", params)


def _of_register(facts: CheckFacts) -> Iterator[Reason]:
    """What the company register says against the debtor."""
    register = facts.register
    if register is None:
        return
    if register.status != "active":
        yield reason("debtor_not_active", "decline", {"status": register.status})
    if register.identity_mismatch:
        yield reason("identity_mismatch", "refer", {"fields": register.identity_mismatch})


def _of_events(facts: CheckFacts, policy: Policy) -> Iterator[Reason]:
    """What each event in force calls for, by the meaning the policy gives it."""
    # Register and bureau often tell of one and the same event.
    told: set[str] = set() if facts.register is None else {facts.register.status}
    for event in events_of(facts, policy):
        if event.code in told or not event.in_force(facts.as_of):
            continue
        told.add(event.code)
        kind = policy.evidence.events.get(event.code)
        if kind == "insolvency":
            yield reason("insolvency_event", "decline", _params_of(event))
        elif kind == "not_active":
            yield reason("debtor_not_active", "decline", {"status": event.code})
        elif kind == "hold":
            yield reason("held_by_procedure", "refer", _params_of(event))
        elif kind is None:
            yield reason("event_unknown", "refer", _params_of(event))


def _of_adverse_events(facts: CheckFacts, policy: Policy) -> Iterator[Reason]:
    """What is reported against the debtor without forbidding anything: each kind with how many are in force."""
    if policy.engine == "1":
        return
    kinds = policy.evidence.events
    found = [each for each in events_of(facts, policy) if each.in_force(facts.as_of)]
    for code in dict.fromkeys(each.code for each in found if kinds.get(each.code) == "adverse"):
        days = [each.occurred_on for each in found if each.code == code]
        yield reason("adverse_event", params={"event": code, "occurred_on": max(days), "events_count": len(days)})


def _params_of(event: NegativeEvent) -> Params:
    """The event with the day of it, or with the day on which it was told where nobody tells since when."""
    return {"event": event.code, "told_on" if event.undated else "occurred_on": event.occurred_on}


_MISSING = {"unavailable": "source_unavailable", "not_asked": "source_not_asked", "not_found": "source_not_found"}


def _of_sources(facts: CheckFacts) -> Iterator[Reason]:
    """Sources that gave nothing to judge on; a needed one leaves the answer to a person."""
    for source in facts.sources:
        if source.status in _MISSING:
            # A bureau that does not know the company says nothing against it: our own history may be enough.
            is_silent = source.kind == "credit_bureau" and source.status == "not_found"
            effect: Effect = "refer" if source.needed and not is_silent else "none"
            yield reason(_MISSING[source.status], effect, {"source": source.kind})
