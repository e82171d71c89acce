"""Where a debtor is to be watched: at the first source of each kind in the policy's plan that knows the company."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.records.watches import Watch, Watchable
from providers.catalog import Access, Catalog
from scoring.policy.asking import SourcesPolicy

ASK_AGAIN = timedelta(days=7)  # A source that did not know a company may know it later.

# For each kind of source, the providers that can watch a company, in the order of preference.
Candidates = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """At which sources a debtor is to be watched from now on, and which watches are to end."""

    begin: tuple[str, ...]
    end: tuple[Watch, ...]


def candidates(country: str, policy: SourcesPolicy, catalog: Catalog, access: Access) -> Candidates:
    """Give who can watch companies of a country (ISO 3166-1 alpha-2): whom the plan for a review names of each kind.

    Where it names nobody, those that the seller can use, as the catalog has them.
    """
    found: list[tuple[str, ...]] = []
    for step in policy.plan_for(country, "credit_review").steps:
        for kind, names in step.ask.items():
            usable = catalog.sources_for(country, kind, access)
            able = [each.provider for each in usable if catalog.tells_changes(each, access)]
            chosen = tuple(each for each in names or able if each in able)
            if chosen and chosen not in found:
                found.append(chosen)
    return tuple(found)


def wanted(
    debtor: Watchable, able: Candidates, now: datetime, *, natural_persons: bool, left_alone: Iterable[str] = ()
) -> Wanted:
    """Say where to begin and to end watching a debtor. `left_alone` are sources that failed, and are not asked now.

    Who may be a natural person is taken for one. Who is watched well stays so while a better source is down.
    """
    stands = {each.provider: each for each in debtor.watches}
    watched = {name: each for name, each in stands.items() if each.state == "watched"}
    if not debtor.is_followed or (debtor.is_natural_person is not False and not natural_persons):
        return Wanted((), tuple(watched.values()))
    silent = {name for name, each in stands.items() if each.state == "unknown" and each.since > now - ASK_AGAIN}
    begin, stay = [], set[str]()
    for names in able:
        known = [each for each in names if each not in silent]
        already = [each for each in known if each in watched]
        if already and already[0] != known[0] and known[0] in left_alone:
            stay.add(already[0])
        elif known:
            stay.add(known[0])
            if known[0] not in watched and known[0] not in left_alone:
                begin.append(known[0])
    # What it was watched at is kept until the better one is.
    ended = [each for name, each in watched.items() if name not in stay and not begin]
    return Wanted(tuple(dict.fromkeys(begin)), tuple(ended))
