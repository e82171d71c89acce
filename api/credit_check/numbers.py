"""What a check makes of the name and numbers it was asked by: whom it asks about, what stays with the debtor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from api.check_facts import Judged
from api.fresh_report.keeping import as_came
from api.fresh_report.source import Source
from api.identity.company_merging import as_number
from api.identity.naming import CompanyNamed
from api.identity.number_owners import with_held
from api.records import identities, reports
from api.records.checks import CheckStart
from api.records.identities import OfficialNumber
from api.web.permissions import is_allowed
from api.wiring import Wiring
from providers.errors import NotUnderstood
from providers.ports import About, CompanyKey, Identifier
from scoring.company_numbers import contradictions
from scoring.facts import CheckFacts, RegisterFacts, VatFacts


@dataclass(frozen=True, slots=True)
class Asked:
    """By what a debtor was named in a check, beside what it `had`; `at` is when, so before any source was asked."""

    had: tuple[OfficialNumber, ...]
    at: datetime
    name: str | None = None
    given: tuple[OfficialNumber, ...] = ()
    found: tuple[OfficialNumber, ...] = ()

    @property
    def new(self) -> tuple[OfficialNumber, ...]:
        """The given numbers that the debtor does not have."""
        return tuple(each for each in self.given if each not in self.had)


def with_given(start: CheckStart, company: CompanyNamed | None, now: datetime) -> tuple[CheckStart, Asked]:
    """The start of a check with the given numbers added, before those of their scheme that the debtor has."""
    if company is None:
        return start, Asked(start.numbers, now)
    asked = Asked(start.numbers, now, company.name, company.numbers, company.found)
    new = dict.fromkeys((*asked.new, *(each for each in asked.found if each not in start.numbers)))
    if not new:
        return start, asked
    numbers = sorted((*new, *start.numbers), key=lambda each: each.scheme)
    since = now if asked.new else start.numbers_since
    return replace(start, numbers=tuple(numbers), numbers_since=since), asked


def compared(session: Session, judged: Judged, asked: Asked, given: Wiring) -> Judged:
    """Hold what the company register told, however long ago, beside the name and numbers that are given now."""
    sources = tuple(_compared(session, each, judged, asked, given) for each in judged.sources)
    return replace(judged, sources=sources)


def _compared(session: Session, source: Source, judged: Judged, asked: Asked, given: Wiring) -> Source:
    facts = source.facts
    if not isinstance(facts, RegisterFacts) or source.provider is None:
        return source
    if source.provider not in {each.provider for each in given.house.catalog.sources}:
        return source  # It was asked when it was still among them.
    name = asked.name or judged.debtor.name
    if name == judged.debtor.name and not asked.new and not facts.identity_mismatch:
        return source
    kept = reports.latest_raw(session, judged.debtor.id, source.kind, source.provider)
    raw = None if kept is None else as_came(kept)
    if raw is None:
        return source
    day = facts.retrieved_on
    about = About(replace(_company(judged), name=name), judged.rules.policy.currency, day)
    try:
        now = given.house.catalog.facts("company_register", source.provider, raw, about)
    except NotUnderstood:
        return source
    assert isinstance(now, RegisterFacts)
    return replace(source, facts=replace(facts, identity_mismatch=now.identity_mismatch))


def keep_numbers(session: Session, judged: Judged, facts: CheckFacts, asked: Asked, given: Wiring) -> None:
    """Leave with the debtor what registers told of it now, and of what was given what they bear out.

    What they say nothing of is kept where nothing differs from the register and the caller may change debtors. What
    contradicts a number of the debtor is not kept, and what another debtor has stays with that one.
    """
    told: list[OfficialNumber] = list(asked.found)
    refused = {each for each in asked.new if each.scheme == "vat" and each.value in _invalid(judged)}
    had = [as_number(each) for each in asked.had]
    for numbers in _told(session, judged, given):
        if contradictions(had, [as_number(each) for each in numbers]):
            refused |= {*numbers} - {*asked.had}  # It tells of another company.
        else:
            told += numbers
    sure = {held for each in (*told, *asked.had) for held in with_held(each)}
    may_add = is_allowed(given.caller.role, "debtor.write") and not _is_in_doubt(judged, facts)
    borne_out = [
        each for each in asked.new if each not in refused and (may_add or not sure.isdisjoint(with_held(each)))
    ]
    new = [each for each in dict.fromkeys((*told, *borne_out)) if each not in asked.had]
    fitting: list[OfficialNumber] = []
    for each in new:
        if not contradictions([*had, *map(as_number, fitting)], [as_number(each)]):
            fitting.append(each)
    identities.add_free(session, judged.debtor.id, fitting, asked.at)


def _told(session: Session, judged: Judged, given: Wiring) -> Iterator[Sequence[OfficialNumber]]:
    """The numbers of the company as each register tells them that has answered in this check."""
    for source in judged.sources:
        if source.status != "fresh" or source.provider is None or source.facts is None:
            continue
        if source.kind not in ("company_register", "entity_register"):
            continue
        kept = reports.latest_raw(session, judged.debtor.id, source.kind, source.provider)
        raw = None if kept is None else as_came(kept)
        if raw is None:
            continue
        try:
            numbers = given.house.catalog.numbers(source.kind, source.provider, raw, _company(judged))
        except NotUnderstood:
            continue
        yield [OfficialNumber(each.scheme, each.country, each.value) for each in numbers]


def _is_in_doubt(judged: Judged, facts: CheckFacts) -> bool:
    return bool(_invalid(judged)) or (facts.register is not None and bool(facts.register.identity_mismatch))


def _invalid(judged: Judged) -> set[str]:
    """The VAT numbers that their register calls invalid."""
    told = (each.facts for each in judged.sources)
    return {facts.number for facts in told if isinstance(facts, VatFacts) and not facts.valid}


def _company(judged: Judged) -> CompanyKey:
    numbers = tuple(Identifier(each.scheme, each.country, each.value) for each in judged.numbers)
    return CompanyKey(judged.debtor.name, judged.debtor.country, numbers)
