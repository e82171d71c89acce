"""Asks one kind of question: one provider after the other, until one knows the company, within time and money."""

import traceback
from collections.abc import Collection
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from threading import Thread
from uuid import UUID

import structlog

from api.clock import real_now
from api.fresh_report import keeping, stored
from api.fresh_report.inquiry import Inquiry
from api.fresh_report.planning import Offer, Question
from api.fresh_report.source import NOT_FOUND, Attempt, Cost
from api.fresh_report.told import Progress, Told, in_vain, told_by
from api.records import source_questions
from api.records.reports import Report
from providers.errors import NothingToAskBy, NotUnderstood, SourceDown, SourceError, SourceLate, SourceRefused
from scoring.facts import SourceKind

# What is paid for may come later than anybody waits: it is kept, and not bought again.
LATE_ANSWER_SECONDS = 20.0
# Who has not begun by then says so while it is still heard: to have waited for a turn is no lateness of the source.
LAST_SECONDS = 0.1

log = structlog.get_logger(__name__)

# What is ordered is charged each time, and an order is remembered from before it is sent.
ORDERED: frozenset[SourceKind] = frozenset({"credit_bureau"})


@dataclass(frozen=True, slots=True)
class Answer:
    """How one provider answered: its report, or why there is none, and what that was charged (amount, currency)."""

    provider: str
    report: Report | None = None
    why: str | None = None
    cost: Cost | None = None


def ask(inquiry: Inquiry, question: Question, kept: Collection[Report], progress: Progress) -> Told:
    """Ask; `kept` are the newest stored reports of the kind. Everything that comes is kept, whatever becomes of it."""
    fresh_days = inquiry.policy.sources.fresh_days[question.kind]
    for each in stored.unread(kept, fresh_days, inquiry.now):
        report = keeping.read_again(inquiry, each)
        if report.facts is not None:
            return Told(report, report.provider, was_stored=True)
    resting = stored.resting(kept, question, fresh_days, inquiry.now)
    others_count = sum(offer.provider not in resting for offer in question.offers)
    silent = []
    for offer in question.offers:
        if offer.provider in resting:
            progress.tried.append(Attempt(offer.provider, resting[offer.provider]))
            continue
        others_count -= 1
        why = "late" if inquiry.seconds_left() <= 0 else inquiry.budget.take(offer)
        if why is not None:
            progress.tried.append(Attempt(offer.provider, why))
            continue
        answer = _ask_in_time(inquiry, question, offer, others_count, progress)
        if answer.report is not None and answer.report.facts is not None:
            return told_by(answer.report, answer.cost, progress)
        if answer.report is not None and not answer.report.is_known:
            silent.append(answer.report)
        progress.tried.append(Attempt(offer.provider, answer.why or NOT_FOUND, answer.cost))
    return in_vain(kept, silent, progress)


def _ask_in_time(inquiry: Inquiry, question: Question, offer: Offer, others_count: int, progress: Progress) -> Answer:
    """Ask one provider; whoever has others behind it leaves them their share of the time.

    What it has sold by then is still kept when it comes.
    """
    seconds = inquiry.seconds_left() / (1 + others_count)
    if offer.is_free:
        return _ask_one(inquiry, question, offer, progress.asker, seconds, 0.0)
    times = (seconds - LAST_SECONDS, LATE_ANSWER_SECONDS + LAST_SECONDS)
    if not others_count:
        progress.waits_for = offer.provider
        return _ask_one(inquiry, question, offer, progress.asker, *times)
    answer: Future[Answer] = Future()
    # A thread of its own: those of the pool all may wait just here. It ends soon after its time, and a stop awaits it.
    Thread(target=_answer, args=(answer, inquiry, question, offer, progress.asker, *times), name="asking-on").start()
    try:
        return answer.result(timeout=seconds)
    except NotYet:
        answer.add_done_callback(_log_fault)
        inquiry.access.memory(offer.provider).note_failure(real_now())
        return Answer(offer.provider, why=SourceLate.code)


def _answer(
    answer: "Future[Answer]",
    inquiry: Inquiry,
    question: Question,
    offer: Offer,
    asker: UUID,
    seconds: float,
    late_seconds: float,
) -> None:
    """Ask one provider for whoever may wait for it."""
    try:
        answer.set_result(_ask_one(inquiry, question, offer, asker, seconds, late_seconds))
    except BaseException as error:  # Given to whoever waits, whose exception it is.
        answer.set_exception(error)


def _log_fault(answer: "Future[Answer]") -> None:
    """Write down a fault of ours that nobody waited for."""
    error = answer.exception()
    if error is not None:
        log.error("source_broke", error=type(error).__name__, trace="".join(traceback.format_exception(error)))


def _ask_one(
    inquiry: Inquiry, question: Question, offer: Offer, asker: UUID, seconds: float, late_seconds: float
) -> Answer:
    """Ask one provider, and keep what comes, or that what was ordered is lost."""
    if question.kind in ORDERED and not offer.is_free:
        with inquiry.transaction() as session:
            source_questions.order(session, inquiry.debtor_id, question.kind, asker, offer.provider)
    try:
        raw = inquiry.house.catalog.ask(
            question.kind,
            offer.provider,
            inquiry.company,
            inquiry.access,
            deadline_seconds=seconds,
            late_seconds=late_seconds,
        )
    except NothingToAskBy as error:
        inquiry.budget.give_back(offer)
        return Answer(offer.provider, why=error.code)
    except SourceError as error:
        return _failed(inquiry, question, offer, error)
    if raw is None:
        inquiry.budget.give_back(offer)
    report = keeping.keep_answer(inquiry, question.kind, offer, raw)
    why = NotUnderstood.code if report.is_unread else None
    return Answer(offer.provider, report, why, offer.cost if report.is_known else None)


def _failed(inquiry: Inquiry, question: Question, offer: Offer, error: SourceError) -> Answer:
    """Keep what is left of a failure that was charged, so that it is not bought again by whoever asks next."""
    if isinstance(error, NotUnderstood):
        log.warning("source_not_understood", provider=error.provider, kind=question.kind, detail=error.detail)
    else:
        log.warning("source_failed", provider=error.provider, kind=question.kind, error=error.code)
    if not _may_have_sold(error):
        inquiry.budget.give_back(offer)
    if isinstance(error, NotUnderstood) and error.body is not None and not offer.is_free:
        report = keeping.keep_body(inquiry, question.kind, offer, error.body)
        return Answer(offer.provider, report, error.code, offer.cost)
    if error.lost_report and not offer.is_free:
        keeping.keep_loss(inquiry, question.kind, offer.provider, error.charged)
    return Answer(offer.provider, why=error.code, cost=error.charged)


def _may_have_sold(error: SourceError) -> bool:
    """Whether a report may be charged that we have not got."""
    if isinstance(error, SourceDown):
        return error.may_have_sold
    return not isinstance(error, SourceRefused)
