"""Lets one of all who need the same report ask for it, in whatever thread or process, and the others wait for it."""

import traceback
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic, sleep
from uuid import UUID

import structlog

from api.clock import real_now
from api.fresh_report import answering, keeping, stored
from api.fresh_report.answering import LATE_ANSWER_SECONDS
from api.fresh_report.inquiry import Inquiry
from api.fresh_report.planning import Question
from api.fresh_report.source import NOT_ASKED
from api.fresh_report.told import Progress, Told
from api.records import reports, source_questions
from api.records.base import new_id
from api.records.reports import Report
from api.records.source_questions import Claim, Held
from api.shared_work import Work

LATE = "late"
FAILED = "failed"
# A failure is the answer of all who waited for it, and of who comes just after: a dead source is not tried in turn.
FAILURE_SHARED = timedelta(seconds=1)
# So long after its time is over a question is still held, so that whoever waited can say that the answer is late.
HELD_LONGER = timedelta(seconds=1)
FIRST_LOOK_SECONDS, LONGEST_LOOK_SECONDS, LOOKS_SLOWER = 0.03, 0.25, 1.5

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question under way. `is_ours`: it was begun for this check, and not joined."""

    question: Question
    work: Work
    asker: UUID
    is_ours: bool
    started: float
    progress: Progress


def begin(inquiry: Inquiry, question: Question) -> Asked:
    """Begin to ask, or join those of this process who do."""
    asker, started = new_id(), monotonic()
    progress = Progress(asker)
    # Who asks anew does not join who may be content with what is stored.
    key = (inquiry.seller.id, inquiry.debtor_id, question.kind, inquiry.not_used is not None)
    work, is_ours = inquiry.house.shared_work.begin_or_join(
        key, inquiry.deadline, lambda: _safely(inquiry, question, asker, progress)
    )
    return Asked(question, work, asker, is_ours, started, progress)


def note_late(inquiry: Inquiry, asked: Asked) -> None:
    """Keep others from asking while an answer that was paid for may still come: for this company or for any.

    Its source has used up the time of whoever waited, as a dead one does, so its breaker opens, though an answer come.
    """
    provider = asked.progress.waits_for
    if provider is None:
        return
    now = real_now()
    with inquiry.transaction() as session:
        held_until = now + timedelta(seconds=LATE_ANSWER_SECONDS)
        source_questions.hold(session, inquiry.debtor_id, asked.question.kind, asked.asker, held_until)
    inquiry.access.memory(provider).note_failure(now)


def _safely(inquiry: Inquiry, question: Question, asker: UUID, progress: Progress) -> Told:
    """Ask in a thread of the pool: a fault of ours in one source spoils neither the others nor who waits."""
    started = monotonic()
    try:
        told = _ask_or_wait(inquiry, question, asker, progress)
    except Exception as error:
        name, trace = type(error).__name__, traceback.format_exc()
        log.error("source_broke", kind=question.kind, error=name, trace=trace)
        told = Told(None, None, FAILED)
    return replace(told, took_seconds=round(monotonic() - started, 3))


def _ask_or_wait(inquiry: Inquiry, question: Question, asker: UUID, progress: Progress) -> Told:
    """Ask where nobody does, else wait for whoever does; a question nobody finished is taken over."""
    look_seconds = FIRST_LOOK_SECONDS
    waited_for: UUID | None = None
    while (left := inquiry.seconds_left()) > 0:
        now = real_now()
        answer_by = now + timedelta(seconds=left)
        with inquiry.transaction() as session:
            claim = source_questions.claim(
                session,
                inquiry.debtor_id,
                question.kind,
                asker,
                now=now,
                answer_by=answer_by,
                held_until=answer_by + HELD_LONGER,
            )
            held = None if claim else source_questions.held(session, inquiry.debtor_id, question.kind)
            # Whoever asked before has let go after its report was committed: so it is seen here.
            kept = reports.latest(session, [inquiry.debtor_id], question.kind) if claim else []
        if claim:
            kept = [*_used(inquiry, kept), *_lost_by_another(inquiry, question, asker, claim)]
            found = _found_meanwhile(inquiry, question, kept)
            if found is not None:
                _let_go(inquiry, question, asker, found)
                return replace(found, was_stored=waited_for is None)  # Where we waited, it was asked for meanwhile.
            return _ask_as(asker, inquiry, question, kept, progress)
        if held is None:
            continue  # It was answered this moment.
        waited_for = held.asker
        told = _told_by(held)
        if told is not None:
            return told
        sleep(min(look_seconds, max(left, 0)))
        look_seconds = min(look_seconds * LOOKS_SLOWER, LONGEST_LOOK_SECONDS)
    return Told(None, None, LATE)


def _used(inquiry: Inquiry, kept: Collection[Report]) -> list[Report]:
    """Leave out what this check is to ask anew; what came since it began is as new as what it would get."""
    return [each for each in kept if each.id not in (inquiry.not_used or ())]


def _lost_by_another(inquiry: Inquiry, question: Question, asker: UUID, claim: Claim) -> list[Report]:
    """Keep that a report was ordered by somebody who was killed, or has hung: it was probably charged."""
    if claim.ordered_of is None:
        return []
    loss = keeping.keep_loss(inquiry, question.kind, claim.ordered_of, None)
    with inquiry.transaction() as session:
        source_questions.order(session, inquiry.debtor_id, question.kind, asker, None)
    return [loss]


def _told_by(held: Held) -> Told | None:
    """Give what is known of a question that somebody else holds: that it failed, that it is late, or nothing yet."""
    if held.why is not None:
        return Told(None, held.provider, held.why)
    return Told(None, held.provider, LATE) if held.answer_by <= real_now() else None


def _ask_as(asker: UUID, inquiry: Inquiry, question: Question, kept: Collection[Report], progress: Progress) -> Told:
    """Ask as the one who holds the question, and let go of it however that ends."""
    told = Told(None, None, FAILED)
    try:
        told = answering.ask(inquiry, question, kept, progress)
        return told
    finally:
        _let_go(inquiry, question, asker, told)


def _let_go(inquiry: Inquiry, question: Question, asker: UUID, told: Told) -> None:
    """Let the others have the answer, which is stored, or hear why there is none.

    Where only this check's money did not reach, they hear nothing: another may spend more.
    """
    with inquiry.transaction() as session:
        if told.why is None or told.why in NOT_ASKED:
            source_questions.answered(session, inquiry.debtor_id, question.kind, asker)
        else:
            source_questions.failed(
                session,
                inquiry.debtor_id,
                question.kind,
                asker,
                provider=told.provider,
                why=told.why,
                held_until=real_now() + FAILURE_SHARED,
            )


def _found_meanwhile(inquiry: Inquiry, question: Question, kept: Collection[Report]) -> Told | None:
    """Give the report where another one has got it since we looked."""
    fresh_days = inquiry.policy.sources.fresh_days[question.kind]
    if not stored.read_one(kept, question, fresh_days, inquiry.now).is_fresh:
        return None
    told = [each for each in kept if each.facts is not None]
    report = stored.newest(told or [each for each in kept if not each.is_known])
    return None if report is None else Told(report, report.provider, was_stored=True)
