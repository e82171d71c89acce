"""The stored report while it is fresh, else a new one: the one step that several rooms share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from api.records.reports import Report, ReportRecord
from providers.catalog import Catalog, SourceSpec
from providers.errors import SourceError
from providers.ports import Answer, CompanyKey
from providers.stored_facts import as_document, from_document
from scoring.facts import SourceFacts, SourceKind

DEADLINE_SECONDS = 10.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """What one source says, and how we came by it. `failed` says that it was asked now, in vain."""

    kind: str
    provider: str | None
    status: str
    needed: bool
    retrieved_at: datetime | None = None
    facts: Any = None
    cost: tuple[Decimal, str] | None = None
    failed: bool = False
    is_fresh: bool = True

    def as_facts(self) -> SourceFacts:
        """Give what a judgement sees: a source that failed is down, however much it told us before."""
        return SourceFacts(
            kind=self.kind,  # type: ignore[arg-type]
            provider=self.provider,
            status="unavailable" if self.failed else self.status,  # type: ignore[arg-type]
            needed=self.needed,
            retrieved_on=self.retrieved_at.date() if self.retrieved_at else None,
        )


def read(
    stored: Iterable[Report], specs: Iterable[SourceSpec], fresh_days: Mapping[SourceKind, int], now: datetime
) -> list[Source]:
    """Give what the newest stored reports say of each kind: `cached` while fresh, else `stale`, else `not_asked`.

    `fresh_days` says for each kind how long an answer is used before the source is asked again.
    """
    by_kind = {report.kind: report for report in stored}
    return [_stored(spec, by_kind.get(spec.kind), now - timedelta(days=fresh_days[spec.kind])) for spec in specs]


def _stored(spec: SourceSpec, report: Report | None, fresh_since: datetime) -> Source:
    if report is None:
        return Source(spec.kind, spec.provider, "not_asked", spec.needed, is_fresh=False)
    is_fresh = report.retrieved_at >= fresh_since
    if report.facts is None:
        return Source(spec.kind, report.provider, "not_found", spec.needed, report.retrieved_at, is_fresh=is_fresh)
    status = "cached" if is_fresh else "stale"
    facts = facts_of(report)
    return Source(spec.kind, report.provider, status, spec.needed, report.retrieved_at, facts, is_fresh=is_fresh)


def facts_of(report: Report) -> Any:
    """Give the typed facts of a stored report. Raises DocumentInvalid when what is stored breaks its promise."""
    return from_document(report.kind, report.facts or {})  # type: ignore[arg-type]


def to_ask(sources: Iterable[Source], specs: Iterable[SourceSpec]) -> list[SourceSpec]:
    """Give the sources that must be asked, since nothing fresh of their kind is stored."""
    fresh = {source.kind for source in sources if source.is_fresh}
    return [spec for spec in specs if spec.provider is not None and spec.kind not in fresh]


def askable(
    specs: Iterable[SourceSpec], company: CompanyKey, needed_without_number: Iterable[SourceKind]
) -> tuple[SourceSpec, ...]:
    """Give the specs as they hold for this company: without an official number, only a sanctions list can be asked.

    What is needed then is for the policy to say: it may let our own payment history be enough, or not.
    """
    return tuple(specs) if company.identifiers else without_number(specs, needed_without_number)


def without_number(specs: Iterable[SourceSpec], needed_without_number: Iterable[SourceKind]) -> tuple[SourceSpec, ...]:
    """Give the specs as they hold for a company without an official number."""
    needed = set(needed_without_number)
    return tuple(
        replace(spec, provider=spec.provider if spec.kind == "sanctions_list" else None, needed=spec.kind in needed)
        for spec in specs
    )


def ask(
    catalog: Catalog, specs: Iterable[SourceSpec], company: CompanyKey, currency: str, now: datetime
) -> list[Answer | SourceError]:
    """Ask each source once; one that fails is an answer too. No transaction may be open."""
    answers: list[Answer | SourceError] = []
    for spec in specs:
        try:
            answers.append(catalog.ask(spec, company, currency=currency, now=now, deadline_seconds=DEADLINE_SECONDS))
        except SourceError as error:
            log.warning("source_failed", provider=spec.provider, kind=spec.kind, error=type(error).__name__)
            answers.append(error)
    return answers


def keep(
    session: Session, debtor_id: UUID, answers: Iterable[Answer], *, purpose: str | None, relation: str | None
) -> None:
    """Store what was bought, before anything is judged by it. `purpose` and `relation`: why it was allowed."""
    session.add_all(
        ReportRecord(
            debtor_id=debtor_id,
            kind=answer.kind,
            provider=answer.provider,
            retrieved_at=answer.retrieved_at,
            raw=answer.raw,
            facts=None if answer.facts is None else as_document(answer.facts),
            cost_amount=answer.cost[0] if answer.cost else None,
            cost_currency=answer.cost[1] if answer.cost else None,
            purpose=purpose,
            relation=relation,
        )
        for answer in answers
    )


def renewed(
    sources: Sequence[Source], specs: Sequence[SourceSpec], answers: Sequence[Answer | SourceError]
) -> list[Source]:
    """Put the new answers in the place of what was stored; what failed stays, and is marked so."""
    new = dict(zip((spec.kind for spec in specs), answers, strict=True))
    return [_renewed(source, new[source.kind]) if source.kind in new else source for source in sources]


def _renewed(source: Source, answer: Answer | SourceError) -> Source:
    if isinstance(answer, SourceError):
        status = "stale" if source.facts is not None else "unavailable"
        return replace(source, provider=source.provider or answer.provider, status=status, failed=True)
    status = "fresh" if answer.facts is not None else "not_found"
    return replace(
        source,
        provider=answer.provider,
        status=status,
        retrieved_at=answer.retrieved_at,
        facts=answer.facts,
        cost=answer.cost,
    )


def described(source: Source, now: datetime) -> dict[str, Any]:
    """Describe a source as an answer shows it, its age in days counted at `now`."""
    return {
        "kind": source.kind,
        "provider": source.provider,
        "status": source.status,
        "retrieved_at": source.retrieved_at,
        "age_days": (now - source.retrieved_at).days if source.retrieved_at else None,
        "cost": {"amount": str(source.cost[0]), "currency": source.cost[1]} if source.cost else None,
    }
