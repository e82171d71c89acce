"""Has debtors watched at the sources of the policy's plan, and no longer once they are not followed: safe to repeat."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from api.monitoring.planning import Candidates, candidates, wanted
from api.records import watches
from api.records.identities import OfficialNumber
from api.records.sellers import Seller
from api.records.watches import Watch, Watchable
from api.source_access import source_access
from api.wiring import House
from providers.catalog import Access, Source
from providers.errors import NothingToAskBy, NotUnderstood, SourceError, SourceRefused
from providers.ports import CompanyKey, Identifier
from scoring.policy.asking import SourcesPolicy

BATCH_COUNT = 500
BEFORE_ALL = UUID(int=0)
DEADLINE_SECONDS = 20.0  # For one company, while nobody waits.

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Watching:
    """How far a walk through the book has come. `failed` has the sources that failed in it, with how they did."""

    after: UUID = BEFORE_ALL
    passed_count: int = 0
    begun_count: int = 0
    ended_count: int = 0
    unknown_count: int = 0
    failed: dict[str, str] = field(default_factory=dict)


Keep = Callable[[Session, int], None]


class Watchers:
    """Whom a seller has companies watched by; each country is planned once."""

    def __init__(self, house: House, seller: Seller, policy: SourcesPolicy) -> None:
        self._house = house
        self._seller = seller
        self._policy = policy
        self._access = source_access(house, seller)
        self._by_country: dict[str, Candidates] = {}

    def of(self, country: str) -> Candidates:
        """Give who can watch companies of a country, in order of preference."""
        if country not in self._by_country:
            self._by_country[country] = candidates(country, self._policy, self._house.catalog, self._access)
        return self._by_country[country]

    def access_for(self, debtor_id: UUID) -> Access:
        """Give the access by which calls are metered for a debtor."""
        return source_access(self._house, self._seller, debtor_id=debtor_id)


def watch_all(house: House, seller: Seller, policy: SourcesPolicy, walk: Watching, keep: Keep) -> None:
    """Go on with a walk through all who are followed, or watched still; `keep` notes how far it is, with each page.

    A page is read in one transaction, and each watch kept in one of its own: what a killed walk has done is found done.
    """
    watchers = Watchers(house, seller, policy)
    with house.sessions.of(seller.id) as session:
        total = watches.count(session) + walk.passed_count
    while True:
        with house.sessions.of(seller.id) as session:
            page = watches.page(session, walk.after, BATCH_COUNT)
        if not page:
            return
        for debtor in page:
            _watch_one(house, seller, debtor, watchers, policy, walk)
        walk.after, walk.passed_count = page[-1].id, walk.passed_count + len(page)
        with house.sessions.of(seller.id) as session:
            keep(session, max(total, walk.passed_count))


def _watch_one(
    house: House, seller: Seller, debtor: Watchable, watchers: Watchers, policy: SourcesPolicy, walk: Watching
) -> None:
    now = house.clock.now(seller)
    to_do = wanted(
        debtor,
        watchers.of(debtor.country),
        now,
        natural_persons=policy.watching.natural_persons,
        left_alone=walk.failed,
    )
    for provider in to_do.begin:
        _begin(house, seller, debtor, provider, watchers, walk)
    for watch in to_do.end:
        if watch.provider not in walk.failed:
            _end(house, seller, debtor, watch, watchers, walk)


def _begin(house: House, seller: Seller, debtor: Watchable, provider: str, watchers: Watchers, walk: Watching) -> None:
    """Have a debtor watched; a source that does not know it is kept as such, one that fails is left alone."""
    source, access = house.catalog.source(provider), watchers.access_for(debtor.id)
    numbers = tuple(Identifier(each.scheme, each.country, each.value) for each in debtor.numbers)
    now = house.clock.now(seller)
    fault = None
    try:
        # No transaction is open while we wait.
        watched = _put_in(house, source, access, CompanyKey(debtor.name, debtor.country, numbers))
    except SourceError as failed:
        if not _is_about_this_one(failed):
            _note_failure(walk, provider, failed)
            return
        kept, fault = Watch(provider, "unknown", None, now), failed.code
        walk.unknown_count += 1
    else:
        number = OfficialNumber(watched.scheme, watched.country, watched.value)
        kept = Watch(provider, "watched", number, now)
        walk.begun_count += 1
    with house.sessions.of(seller.id) as session:
        watches.keep(session, debtor.id, kept, fault)


def _end(house: House, seller: Seller, debtor: Watchable, watch: Watch, watchers: Watchers, walk: Watching) -> None:
    """Have a debtor watched no longer, unless another one is by the same number."""
    assert watch.number is not None
    source, access = house.catalog.source(watch.provider), watchers.access_for(debtor.id)
    with house.sessions.of(seller.id) as session:
        is_shared = watches.is_watched_by_another(session, debtor.id, watch)
    if source.watch is not None and not is_shared and house.catalog.usable(source, access):
        line = house.catalog.line(source, access, deadline_seconds=DEADLINE_SECONDS)
        try:
            source.watch.unwatch(Identifier(watch.number.scheme, watch.number.country, watch.number.value), line)
        except SourceError as failed:
            _note_failure(walk, watch.provider, failed)
            return
    walk.ended_count += 1
    with house.sessions.of(seller.id) as session:
        ended = Watch(watch.provider, "ended", watch.number, house.clock.now(seller))
        watches.keep(session, debtor.id, ended)


def _is_about_this_one(failed: SourceError) -> bool:
    """Whether a source that works does not watch this company, or has no contract with us that covers it."""
    if isinstance(failed, SourceRefused):
        return not failed.of_credentials
    return isinstance(failed, NothingToAskBy | NotUnderstood)


def _note_failure(walk: Watching, provider: str, failed: SourceError) -> None:
    """Leave a source alone for the rest of the walk: it fails for all, and each try would wait for it."""
    log.warning("watch_failed", provider=provider, error=failed.code)
    walk.failed[provider] = failed.code


def _put_in(house: House, source: Source, access: Access, company: CompanyKey) -> Identifier:
    """Have a company watched at a source; one that tells of everybody is told nothing. Raises SourceError."""
    if source.watch is not None:
        return source.watch.watch(company, house.catalog.line(source, access, deadline_seconds=DEADLINE_SECONDS))
    assert source.change_feed is not None
    number = source.change_feed.identifier(company)
    if number is None:
        raise NothingToAskBy(source.provider)
    return number
