"""What became of one question: who was asked in vain, who told, what each cost, and what of that a source now says."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from uuid import UUID

from api.fresh_report import stored
from api.fresh_report.source import NOT_ASKED, NOT_FOUND, Attempt, Cost, Source
from api.records.reports import Report
from scoring.facts import SourceStatus


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one question: the report, or `why` there is none (None: nobody knows the company).

    `cost` is what asking `provider` was charged, `tried` are the others; `was_stored`: nobody had to be asked.
    """

    report: Report | None
    provider: str | None
    why: str | None = None
    cost: Cost | None = None
    tried: tuple[Attempt, ...] = ()
    was_stored: bool = False
    took_seconds: float | None = None


@dataclass(slots=True)
class Progress:
    """How far the question of an asker is, for whoever waits for it: an answer may come after the time is over."""

    asker: UUID
    waits_for: str | None = None
    tried: list[Attempt] = field(default_factory=list)


def told_by(report: Report, cost: Cost | None, progress: Progress) -> Told:
    """Give the report that somebody told, after the others."""
    return Told(report, report.provider, cost=cost, tried=tuple(progress.tried))


def in_vain(kept: Collection[Report], silent: Collection[Report], progress: Progress) -> Told:
    """Give what became of it where nobody told anything; `silent` says, now, that the company is not known.

    An outage weighs more than what was not asked, and both more than "not known".
    """
    tried = tuple(progress.tried)
    failures = sorted((each for each in tried if each.why != NOT_FOUND), key=lambda each: each.why in NOT_ASKED)
    if failures:
        worst = failures[0]
        return Told(None, worst.provider, worst.why, worst.cost, tuple(each for each in tried if each is not worst))
    last = stored.newest(silent) or stored.newest([each for each in kept if not each.is_known])
    if last is None:
        return Told(None, None, "nobody")
    return Told(last, last.provider, tried=tuple(each for each in tried if each.provider != last.provider))


def renewed(source: Source, told: Told, *, is_ours: bool) -> Source:
    """Put what was told now in the place of what was stored; where nothing was, that stays, and is marked so.

    `is_ours`: it was asked for this check, so that its cost is this check's.
    """
    cost = told.cost if is_ours else None
    tried = told.tried if is_ours else tuple(replace(each, cost=None) for each in told.tried)
    took = None if told.was_stored else told.took_seconds
    report = told.report
    if report is not None and told.why is None:
        is_told = report.facts is not None
        status: SourceStatus = "cached" if told.was_stored and is_told else "fresh" if is_told else "not_found"
        return replace(
            source,
            provider=report.provider,
            status=status,
            retrieved_at=report.retrieved_at,
            facts=stored.facts_of(report) if is_told else None,
            cost=cost,
            tried=tried,
            is_fresh=True,
            why=None,
            took_seconds=took,
        )
    failed = told.why not in NOT_ASKED
    has_old = source.facts is not None
    silence: SourceStatus = "stale" if has_old else "unavailable" if failed else "not_asked"
    return replace(
        source,
        provider=source.provider if has_old else told.provider,
        status=silence,
        retrieved_at=source.retrieved_at if has_old else None,
        failed=failed,
        cost=cost,
        tried=tried,
        why=told.why,
        took_seconds=took,
    )
