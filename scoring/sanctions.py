"""What a person cleared: entries of a sanctions list that only resemble the debtor, for as long as neither changes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from scoring.canonical import digest
from scoring.facts import MatchClearance, SanctionsFacts, SanctionsHit, SanctionsMatch


@dataclass(frozen=True, slots=True)
class Clearance:
    """A person found that the entry `entity_id` is not the debtor, when both were as their digests tell."""

    entity_id: str
    entry_digest: str
    subject_digest: str
    cleared_by: str
    cleared_on: date


def subject_digest(name: str | None, country: str, numbers: Iterable[tuple[str, str, str]]) -> str:
    """What tells a debtor from itself after a change of name, country or official numbers (scheme, country, value)."""
    return digest({"name": name, "country": country, "numbers": sorted(list(each) for each in numbers)})


def may_clear(match: SanctionsMatch) -> bool:
    """Whether a person may clear a match: only one that is possible. A full match is a hit by law (domain 5.9)."""
    return match.hit == "possible"


def waits(facts: SanctionsFacts | None) -> bool:
    """Whether there is anything that clearances could be about."""
    return facts is not None and any(may_clear(each) for each in facts.matches)


def with_clearances(facts: SanctionsFacts, clearances: Iterable[Clearance], subject: str) -> SanctionsFacts:
    """The screening with what was cleared of it, for a debtor who is now as `subject` (its digest) tells.

    The hit is none once every match is cleared; matches that the source left out keep it possible.
    """
    held = {(each.entity_id, each.entry_digest): each for each in clearances if each.subject_digest == subject}
    matches = tuple(_cleared(each, held.get((each.entity_id, each.entry_digest))) for each in facts.matches)
    if matches == facts.matches:
        return facts
    is_open = facts.left_out_count is not None or any(each.clearance is None for each in matches)
    hit: SanctionsHit = facts.hit if facts.hit != "possible" or is_open else "none"
    return replace(facts, matches=matches, hit=hit)


def _cleared(match: SanctionsMatch, clearance: Clearance | None) -> SanctionsMatch:
    """The match as it stands; a clearance says nothing of a full match, whenever it became one."""
    if clearance is None or not may_clear(match):
        return match
    return replace(match, clearance=MatchClearance(clearance.cleared_by, clearance.cleared_on))
