"""What is stored of a company, how fresh it is, and who must therefore still be asked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from api.fresh_report.planning import Planned, Question
from api.fresh_report.source import NOT_FOUND, Source
from api.records.reports import LOST, NOT_JSON, Report
from providers.ports import Facts
from providers.stored_facts import from_document
from scoring.facts import EntityFacts, SourceKind, VatFacts
from scoring.known import known
from scoring.policy.document import Policy
from scoring.registers import is_one_of, is_other_entity

# What was no document was spoilt on its way, which another one need not be.
NO_DOCUMENT_RESTS = timedelta(days=1)
# A report that was probably charged and never came is not bought again so soon: what spoilt it most likely still holds,
# and each try would be charged.
LOSS_RESTS = timedelta(hours=1)
# What can be dear. All else is rather asked for again than missed.
DEAR: frozenset[str] = frozenset({"credit_bureau", "company_register"})


def read(
    stored: Iterable[Report], questions: Iterable[Question], fresh_days: Mapping[SourceKind, int], now: datetime
) -> list[Source]:
    """Give what the newest stored reports say of each kind: `cached` while fresh, else `stale`, else `not_asked`.

    `fresh_days` says for each kind how long an answer is used before the source is asked again.
    """
    by_kind: dict[str, list[Report]] = {}
    for report in stored:
        by_kind.setdefault(report.kind, []).append(report)
    return [read_one(by_kind.get(each.kind, ()), each, fresh_days[each.kind], now) for each in questions]


def read_one(stored: Collection[Report], question: Question, fresh_days: int, now: datetime) -> Source:
    """Give what the stored reports of one kind say, the newest of each provider."""
    since = now - timedelta(days=fresh_days)
    told = newest([each for each in stored if each.facts is not None and _is_about(each, question)])
    if told is not None and told.retrieved_at >= since:
        return _source(question, told, "cached")
    silent = _silent(stored, question, since)
    silent_ones = {each.provider for each in silent}
    is_fresh = bool(silent) and all(offer.provider in silent_ones for offer in question.offers)
    if told is not None and not is_fresh:
        return _source(question, told, "stale", is_fresh=False)
    last = newest(silent) or newest([each for each in stored if not each.is_known])
    if last is not None:
        return Source(question.kind, last.provider, "not_found", question.needed, last.retrieved_at, is_fresh=is_fresh)
    provider = question.offers[0].provider if question.offers else None
    return Source(question.kind, provider, "not_asked", question.needed, is_fresh=False, why=question.why)


def _source(question: Question, report: Report, status: Any, *, is_fresh: bool = True) -> Source:
    facts = facts_of(report)
    return Source(
        question.kind, report.provider, status, question.needed, report.retrieved_at, facts, is_fresh=is_fresh
    )


def _silent(stored: Iterable[Report], question: Question, since: datetime) -> list[Report]:
    """Who lately did not know the company, asked by all numbers that it has now."""
    since = max(since, question.numbers_since or since)
    return [each for each in stored if not each.is_known and each.retrieved_at >= since]


def _is_about(report: Report, question: Question) -> bool:
    """Whether a VAT or entity register was asked by a number that the company is asked about by now."""
    if not question.numbers or question.kind not in ("vat_register", "entity_register"):
        return True
    facts = facts_of(report)
    if isinstance(facts, VatFacts):
        numbers = [each.value for each in question.numbers if each.scheme == "vat" and each.country != "GB"]
        return not numbers or is_one_of(facts.number, numbers[:1])  # One is asked about: the first.
    return not (isinstance(facts, EntityFacts) and is_other_entity(facts, question.numbers))


def newest(stored: Iterable[Report]) -> Report | None:
    """Give the report that came last, None where there is none."""
    return max(stored, key=lambda report: (report.retrieved_at, report.id), default=None)


def facts_of(report: Report) -> Facts:
    """Give the typed facts of a stored report. Raises DocumentInvalid when what is stored breaks its promise."""
    return from_document(report.kind, report.facts or {})  # type: ignore[arg-type]


def unread(stored: Collection[Report], fresh_days: int, now: datetime) -> list[Report]:
    """Give what was lately bought and could not be read: it is read again, before anything is bought again."""
    rests = timedelta(days=fresh_days)
    return [
        each
        for each in _newest_of_each(stored)
        if each.is_unread
        and each.kind in DEAR
        and not each.is_cheap
        and each.retrieved_at >= now - (min(rests, NO_DOCUMENT_RESTS) if each.fault == NOT_JSON else rests)
    ]


def resting(stored: Collection[Report], question: Question, fresh_days: int, now: datetime) -> dict[str, str]:
    """Give the providers that are not worth asking now, and why: they would say, or fail to say, the same again."""
    lost_since = now - LOSS_RESTS
    silent = [each.provider for each in _silent(stored, question, now - timedelta(days=fresh_days))]
    lost = [each.provider for each in _newest_of_each(stored) if each.is_lost and each.retrieved_at >= lost_since]
    unreadable = [each.provider for each in unread(stored, fresh_days, now)]
    return dict.fromkeys(silent, NOT_FOUND) | dict.fromkeys(lost, LOST) | dict.fromkeys(unreadable, "not_understood")


def _newest_of_each(stored: Collection[Report]) -> list[Report]:
    """Give what each provider said last: a failure of before counts no more."""
    by_provider: dict[str, list[Report]] = {}
    for report in stored:
        by_provider.setdefault(report.provider, []).append(report)
    return [found for reports in by_provider.values() if (found := newest(reports)) is not None]


def still_to_ask(plan: Planned, sources: Sequence[Source], policy: Policy, as_of: date) -> list[Question]:
    """Give the questions that may be asked now: up to the step after which all is known that the policy waits for."""
    by_kind = {source.kind: source for source in sources}
    found: list[Question] = []
    for step in plan.steps:
        found += [each for each in step.questions if each.offers and not by_kind[each.kind].is_fresh]
        if not found and is_enough(step.stop_when, sources, policy, as_of):
            break
    return found


def is_enough(stop_when: Collection[str], sources: Collection[Source], policy: Policy, as_of: date) -> bool:
    """Whether what the sources say is enough to ask no further; a stale answer never is."""
    if not stop_when:
        return False
    fresh = [source for source in sources if source.is_fresh and not source.failed]
    facts = [source.facts for source in fresh if source.facts is not None]
    not_found = [source.kind for source in fresh if source.status == "not_found"]
    is_missing = any(source.needed and source.failed for source in sources)
    return not known(facts, not_found, policy, as_of, is_missing=is_missing).isdisjoint(stop_when)
