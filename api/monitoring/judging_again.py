"""Judges debtors again on what is stored of them: a decision of its own kind, where it differs from the newest one.

Nobody asked for it and it grants nothing. What follows from it, the next look at the debtor says.
"""

import traceback
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from api.check_facts import NOTHING_ASKED, Judged, gather_many
from api.fresh_report import stored
from api.fresh_report.planning import Subject, planned
from api.fresh_report.source import described
from api.policy_shelf import Rules
from api.records import checks, debtor_classes, debtor_locks, debtors, decisions, looks
from api.records.base import new_id
from api.records.checks import BookDebtor
from api.records.decisions import MONITORING, Decision, Newest
from api.wiring import Wiring
from scoring.canonical import canonical_json, facts_document
from scoring.company_numbers import CompanyNumber
from scoring.documents import DocumentInvalid
from scoring.engines import judge
from scoring.facts import CheckFacts
from scoring.judgement import Judgement
from scoring.monitoring.again import Before, is_news

JUDGED_AGAIN = "debtor.judged_again.v1"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _News:
    """A judgement that differs from what stood before, with all that is kept of it."""

    about: Judged
    facts: CheckFacts
    judgement: Judgement
    before: Before


def judge_again(given: Wiring, debtor_ids: Collection[UUID]) -> int:
    """Judge debtors again by the active policy, without an order; gives how many decisions that made. Safe to repeat.

    Reads in one transaction, judges with none open, and writes in another. Prospects and merged ones are passed over.
    """
    with given.transaction() as session:
        rules = given.house.policies.active(session)
        book = checks.of_book(session, debtor_ids)
        if not book:
            return 0
        about = [each for debtor in book if (each := _about(debtor, rules, given)) is not None]
        gathered = gather_many(session, about, rules, given.today)
        ids = [each.debtor.id for each in about]
        newest = decisions.newest_of(session, ids)
        classes = debtor_classes.of_debtors(session, ids, given.today)
    found = {}
    for each, facts in zip(about, gathered, strict=True):
        debtor_id = each.debtor.id
        judgement, before = _judgement(facts, rules), _before(newest.get(debtor_id), classes.get(debtor_id))
        if judgement is not None and is_news(before, judgement.outcome, judgement.risk_class):
            found[debtor_id] = _News(each, facts, judgement, before)
    if not found:
        return 0
    with given.transaction() as session:
        return _keep(session, found, newest, rules, given)


def _about(debtor: BookDebtor, rules: Rules, given: Wiring) -> Judged | None:
    """Give what a check of a debtor would be about, if no source were asked; None where a stored report is broken."""
    policy = rules.policy
    numbers = tuple(CompanyNumber(number.scheme, number.country, number.value) for number in debtor.numbers)
    subject = Subject(debtor.debtor.country, frozenset(number.scheme for number in numbers), numbers=numbers)
    plan = planned(subject, policy.sources, policy.currency)
    try:
        sources = stored.read(debtor.reports, plan.questions, policy.sources.fresh_days, given.now)
    except DocumentInvalid as invalid:
        # One debtor of whom a report breaks its promise stops no other.
        paths = [each.path for each in invalid.faults]
        log.error("stored_report_invalid", debtor_id=str(debtor.debtor.id), faults=paths)
        return None
    return Judged(debtor.debtor, NOTHING_ASKED, rules, sources, debtor.numbers)


def _judgement(facts: CheckFacts, rules: Rules) -> Judgement | None:
    """Judge; None where that fails: what cannot be judged is not worse for that."""
    try:
        return judge(rules.policy.engine, facts, rules.policy)
    except Exception as error:  # One whose facts break a promise stops no other.
        log.error("debtor_not_judged", error=type(error).__name__, trace=traceback.format_exc())
        return None


def _before(newest: Newest | None, risk_class: str | None) -> Before:
    if newest is None:
        return Before(None, risk_class)
    return Before(newest.outcome, newest.risk_class, newest.kind == MONITORING)


def _keep(
    session: Session, found: Mapping[UUID, _News], newest: Mapping[UUID, Newest], rules: Rules, given: Wiring
) -> int:
    """Keep the decisions of debtors on whom nobody else has decided meanwhile, and have those debtors looked at."""
    debtor_locks.lock(session, found.keys())
    now_newest = decisions.newest_of(session, list(found))
    mine = [each for each in sorted(found) if now_newest.get(each) == newest.get(each)]
    classes = debtor_classes.of_debtors(session, mine, given.today)
    for debtor_id in mine:
        _keep_one(session, debtor_id, found[debtor_id], rules, given)
    debtor_classes.tell_changes(session, classes, given.today, given.now)
    looks.mark(session, mine)
    return len(mine)


def _keep_one(session: Session, debtor_id: UUID, news: _News, rules: Rules, given: Wiring) -> None:
    document, judgement = facts_document(news.facts), news.judgement.document()
    decision = Decision(
        id=new_id(),
        kind=MONITORING,
        debtor_id=debtor_id,
        as_of=news.facts.as_of,
        decided_at=given.now,
        judgement=judgement,
        policy_version=rules.version,
        policy_digest=rules.digest,
        engine_version=rules.policy.engine,
        sources=[described(source, given.now) for source in news.about.sources],
        asked_by=given.caller.name,
        actor=None,
        behaviour=document["behaviour"],
    )
    decisions.add(session, decision, canonical_json(judgement), canonical_json(document))
    told = {
        "decision_id": str(decision.id),
        "outcome": judgement["outcome"],
        "risk_class": judgement["risk_class"],
        "outcome_before": news.before.outcome,
        "risk_class_before": news.before.risk_class,
    }
    debtors.tell(session, JUDGED_AGAIN, debtor_id, told, given.now)
