"""One line of the list of evidence: a fact with its source, its age and what became of it, or why it is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from scoring.canonical import plain
from scoring.dates import months_later
from scoring.events import events_of
from scoring.facts import CheckFacts, RegisterFacts, SanctionsFacts, SourceKind
from scoring.policy.document import Policy

Freshness = Literal["fresh", "stale", "too_old", "missing"]
Use = Literal["used", "shown"]
EvidenceUnit = Literal[
    "amount", "share", "pd", "days", "months", "years", "count", "score", "grade", "word", "text", "on", "flag"
]
EvidenceValue = Decimal | date | str | bool

_NO_ANSWER: Mapping[str, str] = {
    "unavailable": "source_unavailable",
    "not_asked": "source_not_asked",
    "not_found": "source_not_found",
}


@dataclass(frozen=True, slots=True)
class EvidenceEntry:
    """A fact as it was known. `value` None is not known, and `why` then says the reason; never zero in its place.

    `why` also tells why a value is too old to count. `dated_on` is the day the value speaks of, `age_days` its age on
    the day of the judgement; `used` bore on the judgement by the policy, `shown` did not. `zone` is that of a score,
    `ended_on` the end of an event.
    """

    fact: str
    value: EvidenceValue | None
    unit: EvidenceUnit
    source: str | None
    dated_on: date | None
    retrieved_on: date | None
    age_days: int | None
    freshness: Freshness
    use: Use
    why: str | None = None
    zone: str | None = None
    ended_on: date | None = None

    def document(self) -> dict[str, Any]:
        """The entry as a plain document."""
        document: dict[str, Any] = plain(self)
        return document


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a group of facts comes from; `absent` is why there is none of them, `why` why they are too old."""

    source: str | None
    dated_on: date | None
    retrieved_on: date | None
    as_of: date
    freshness: Freshness
    absent: str | None = None
    why: str | None = None

    def entry(
        self,
        fact: str,
        unit: EvidenceUnit,
        value: EvidenceValue | None,
        *,
        used: bool = False,
        missing: str = "not_in_report",
        zone: str | None = None,
        dated_on: date | None = None,
        ended_on: date | None = None,
    ) -> EvidenceEntry:
        """An entry of this origin; `missing` says why, where the source is there and the value is not."""
        if value is None:
            why = self.absent or missing
            return EvidenceEntry(fact, None, unit, self.source, None, self.retrieved_on, None, "missing", "shown", why)
        dated_on = dated_on or self.dated_on
        age_days = None if dated_on is None else (self.as_of - dated_on).days
        use: Use = "used" if used and self.freshness != "too_old" else "shown"
        return EvidenceEntry(
            fact,
            value,
            unit,
            self.source,
            dated_on,
            self.retrieved_on,
            age_days,
            self.freshness,
            use,
            self.why if self.freshness == "too_old" else None,
            zone,
            ended_on,
        )


def told(group: object, name: str) -> Any:
    """A field of a group of facts; None where there is no such group."""
    return None if group is None else getattr(group, name)


def origin_of_ledger(facts: CheckFacts) -> Origin:
    """Our own books, counted as of the day of the judgement."""
    absent = None if facts.behaviour is not None else "no_settled_invoice"
    return Origin("own_ledger", facts.as_of, facts.as_of, facts.as_of, "fresh", absent)


def origin_of_register(facts: CheckFacts, policy: Policy) -> Origin:
    """The company register; stale once it would be asked again."""
    return _looked_up("company_register", facts.register, facts, policy)


def origin_of_sanctions(facts: CheckFacts, policy: Policy) -> Origin:
    """The sanctions list; stale once it would be asked again."""
    return _looked_up("sanctions_list", facts.sanctions, facts, policy)


def origin_of_report(facts: CheckFacts, policy: Policy) -> Origin:
    """The credit report, as old as its score; an event since then makes it stale at once."""
    report = facts.bureau
    if report is None:
        return _absent("credit_bureau", facts)
    dated_on, evidence = report.dated_on, policy.evidence
    age_days = (facts.as_of - dated_on).days
    freshness: Freshness = "fresh"
    if age_days > evidence.report_usable_days:
        freshness = "too_old"
    elif age_days > evidence.report_fresh_days or any(
        dated_on < each.occurred_on <= facts.as_of for each in events_of(facts, policy)
    ):
        freshness = "stale"
    return Origin(report.provider, dated_on, report.retrieved_on, facts.as_of, freshness, why="report_too_old")


def origin_of_accounts(facts: CheckFacts, policy: Policy) -> Origin:
    """The annual figures, which come with the report and are as old as their year end."""
    report = facts.bureau
    if report is None:
        return _absent("credit_bureau", facts)
    accounts, of_report = report.financials, origin_of_report(facts, policy)
    if accounts is None:
        absent = "no_annual_figures" if report.financials_currency is None else "other_currency"
        return Origin(report.provider, None, report.retrieved_on, facts.as_of, "missing", absent)
    freshness, why = of_report.freshness, of_report.why
    if months_later(accounts.year_end_on, policy.evidence.financials_usable_months) < facts.as_of:
        freshness, why = "too_old", "stale_financials"
    return Origin(report.provider, accounts.year_end_on, report.retrieved_on, facts.as_of, freshness, why=why)


def _looked_up(
    kind: SourceKind, found: RegisterFacts | SanctionsFacts | None, facts: CheckFacts, policy: Policy
) -> Origin:
    """A source that tells how things stood on the day it was asked."""
    if found is None:
        return _absent(kind, facts)
    is_fresh = (facts.as_of - found.retrieved_on).days <= policy.sources.fresh_days[kind]
    freshness: Freshness = "fresh" if is_fresh else "stale"
    return Origin(found.provider, found.retrieved_on, found.retrieved_on, facts.as_of, freshness)


def _absent(kind: SourceKind, facts: CheckFacts) -> Origin:
    """A source that gave nothing, with how it answered."""
    source = next((each for each in facts.sources if each.kind == kind), None)
    why = "source_not_asked" if source is None else _NO_ANSWER.get(source.status, "source_not_found")
    provider = None if source is None else source.provider
    return Origin(provider, None, None if source is None else source.retrieved_on, facts.as_of, "missing", why)
