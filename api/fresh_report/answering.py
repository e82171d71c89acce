"""Asks one kind of question: one provider after the other, until one knows the company, within time and money."""

import traceback
from collections.abc import Collection
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, replace
from decimal import Decimal
from threading import Thread

import structlog

from api.clock import real_now
from api.fresh_report import keeping, stored
from api.fresh_report.inquiry import Inquiry
from api.fresh_report.planning import Offer, Question
from api.fresh_report.source import NOT_ASKED, Source
from api.records.reports import Report
from providers.errors import NotUnderstood, SourceDown, SourceError, SourceLate, SourceRefused
from scoring.facts import SourceStatus

# What is paid for may come later than anybody waits: it is kept, and not bought again.
LATE_ANSWER_SECONDS = 20.0
# Who has not begun by then says so while it is still heard: to have waited for a turn is no lateness of the source.
LAST_SECONDS = 0.1

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one question: the report, or `why` there is none (None: nobody knows the company).

    `cost` (amount, currency) is what asking was charged; `was_stored`: nobody had to be asked.
    """

    report: Report | None
    provider: str | None
    why: str | None = None
    cost: tuple[Decimal, str] | None = None
    was_stored: bool = False
    took_seconds: float | None = None


@dataclass(slots=True)
class Progress:
    """How far a question is, for whoever waits for it: whose answer may still come after the time is over."""

    waits_for: str | None = None


def ask(inquiry: Inquiry, question: Question, kept: Collection[Report], progress: Progress) -> Told:
    """Ask; `kept` are the newest stored reports of the kind. Everything that comes is kept, whatever becomes of it."""
    fresh_days = inquiry.policy.sources.fresh_days[question.kind]
    unread = stored.unread(kept, fresh_days, inquiry.now)
    for each in unread:
        report = keeping.read_again(inquiry, each)
        if report.facts is not None:
            return Told(report, report.provider, was_stored=True)
    tried = _Tried([(each.provider, "not_understood") for each in unread])
    offers = stored.not_yet_asked(kept, question, fresh_days, inquiry.now)
    left = [offer for offer in offers if offer.provider not in {each.provider for each in unread}]
    for place, offer in enumerate(left):
        why = "late" if inquiry.seconds_left() <= 0 else inquiry.budget.take(offer)
        if why is not None:
            tried.fail(offer.provider, why)
            continue
        report_or_why = _ask_in_time(inquiry, question, offer, len(left) - place - 1, progress)
        if isinstance(report_or_why, str):
            tried.fail(offer.provider, report_or_why)
            continue
        tried.note(offer, report_or_why)
        if report_or_why.facts is not None:
            return Told(report_or_why, offer.provider, cost=tried.cost)
        if report_or_why.is_known:
            tried.fail(offer.provider, "not_understood")
    return tried.in_vain(kept)


class _Tried:
    """Whom was asked in vain so far, and what that cost."""

    def __init__(self, failures: list[tuple[str, str]]) -> None:
        self._failures = failures
        self._silent: Report | None = None
        self.cost: tuple[Decimal, str] | None = None

    def fail(self, provider: str, why: str) -> None:
        """Note why a provider told nothing."""
        self._failures.append((provider, why))

    def note(self, offer: Offer, report: Report) -> None:
        """Note what came: what it cost, and whether it is that the company is not known."""
        if not report.is_known:
            self._silent = report
        elif offer.price is not None:
            amount, currency = offer.price.amount, offer.price.currency
            before = self.cost[0] if self.cost is not None and self.cost[1] == currency else Decimal(0)
            self.cost = (before + amount, currency)

    def in_vain(self, kept: Collection[Report]) -> Told:
        """Give what became of it: an outage weighs more than what was not asked, and both more than "not known"."""
        failures = sorted(self._failures, key=lambda each: each[1] in NOT_ASKED)
        if failures:
            return Told(None, *failures[0], cost=self.cost)
        silent = self._silent or stored.newest([each for each in kept if not each.is_known])
        return Told(None, None, "nobody") if silent is None else Told(silent, silent.provider, cost=self.cost)


def _ask_in_time(
    inquiry: Inquiry, question: Question, offer: Offer, others_count: int, progress: Progress
) -> Report | str:
    """Ask one provider; whoever has others behind it leaves them their share of the time.

    What it has sold by then is still kept when it comes.
    """
    seconds = inquiry.seconds_left() / (1 + others_count)
    if offer.is_free:
        return _ask_one(inquiry, question, offer, seconds, 0.0)
    times = (seconds - LAST_SECONDS, LATE_ANSWER_SECONDS + LAST_SECONDS)
    if not others_count:
        progress.waits_for = offer.provider
        return _ask_one(inquiry, question, offer, *times)
    answer: Future[Report | str] = Future()
    # A thread of its own: those of the pool all may wait just here. It ends soon after its time, and a stop awaits it.
    Thread(target=_answer, args=(answer, inquiry, question, offer, *times), name="asking-on").start()
    try:
        return answer.result(timeout=seconds)
    except NotYet:
        answer.add_done_callback(_log_fault)
        inquiry.access.memory(offer.provider).note_failure(real_now())
        return SourceLate.code


def _answer(
    answer: "Future[Report | str]",
    inquiry: Inquiry,
    question: Question,
    offer: Offer,
    seconds: float,
    late_seconds: float,
) -> None:
    """Ask one provider for whoever may wait for it."""
    try:
        answer.set_result(_ask_one(inquiry, question, offer, seconds, late_seconds))
    except BaseException as error:  # Given to whoever waits, whose exception it is.
        answer.set_exception(error)


def _log_fault(answer: "Future[Report | str]") -> None:
    """Write down a fault of ours that nobody waited for."""
    error = answer.exception()
    if error is not None:
        log.error("source_broke", error=type(error).__name__, trace="".join(traceback.format_exception(error)))


def _ask_one(inquiry: Inquiry, question: Question, offer: Offer, seconds: float, late_seconds: float) -> Report | str:
    """Ask one provider, and keep what comes; gives the report, or the code of how it failed."""
    try:
        raw = inquiry.house.catalog.ask(
            question.kind,
            offer.provider,
            inquiry.company,
            inquiry.access,
            deadline_seconds=seconds,
            late_seconds=late_seconds,
        )
    except NotUnderstood as error:
        log.warning("source_not_understood", provider=error.provider, kind=question.kind, detail=error.detail)
        if error.body is not None and not offer.is_free:
            return keeping.keep_body(inquiry, question.kind, offer, error.body)
        return error.code
    except SourceError as error:
        log.warning("source_failed", provider=error.provider, kind=question.kind, error=error.code)
        if not _may_have_sold(error):
            inquiry.budget.give_back(offer)
        return error.code
    if raw is None:
        inquiry.budget.give_back(offer)
    return keeping.keep_answer(inquiry, question.kind, offer, raw)


def _may_have_sold(error: SourceError) -> bool:
    """Whether a report may be charged that we have not got."""
    if isinstance(error, SourceDown):
        return error.may_have_sold
    return not isinstance(error, SourceRefused)


def renewed(source: Source, told: Told, *, is_ours: bool) -> Source:
    """Put what was told now in the place of what was stored; where nothing was, that stays, and is marked so.

    `is_ours`: it was asked for this check, so that its cost is this check's.
    """
    cost = told.cost if is_ours else None
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
        why=told.why,
        took_seconds=took,
    )
