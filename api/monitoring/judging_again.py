"""Judges debtors again on what is stored of them, and tells of those whose class is worse than they are served by."""

import traceback
from collections.abc import Collection, Sequence
from typing import get_args
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from api.check_facts import NOTHING_ASKED, Judged, gather_many
from api.fresh_report import stored
from api.fresh_report.planning import Subject, planned
from api.policy_shelf import Rules
from api.records import alerts, checks, debtor_classes, debtor_locks
from api.records.checks import BookDebtor
from api.wiring import Wiring
from scoring.company_numbers import CompanyNumber
from scoring.engines import judge
from scoring.facts import CheckFacts
from scoring.policy.grading import RiskClass

WORSENED = "judged_worse"
RANKS = {name: rank for rank, name in enumerate(get_args(RiskClass))}

log = structlog.get_logger(__name__)


def look(given: Wiring, debtor_ids: Collection[UUID]) -> int:
    """Judge debtors again by the active policy, without an order; gives how many alerts were opened. Safe to repeat.

    Reads in one transaction, judges with none open, and writes in another. Merged debtors are passed over.
    """
    with given.transaction() as session:
        rules = given.house.policies.active(session)
        book = checks.of_book(session, debtor_ids)
        gathered = _gathered(session, book, rules, given) if book else []
        served = debtor_classes.of_debtors(session, [each.debtor.id for each in book], given.today)
    found = {each.debtor.id: _class(facts, rules) for each, facts in zip(book, gathered, strict=True)}
    with given.transaction() as session:
        return _tell(session, found, served, given)


def _gathered(session: Session, book: Sequence[BookDebtor], rules: Rules, given: Wiring) -> list[CheckFacts]:
    """Give the facts that a check of each debtor would gather, if no source were asked."""
    policy, judged = rules.policy.sources, []
    for each in book:
        numbers = tuple(CompanyNumber(number.scheme, number.country, number.value) for number in each.numbers)
        subject = Subject(each.debtor.country, frozenset(number.scheme for number in numbers), numbers=numbers)
        plan = planned(subject, policy, rules.policy.currency)
        sources = stored.read(each.reports, plan.questions, policy.fresh_days, given.now)
        judged.append(Judged(each.debtor, NOTHING_ASKED, rules, sources, each.numbers))
    return gather_many(session, judged, rules, given.today)


def _class(facts: CheckFacts, rules: Rules) -> str | None:
    """Give the class by a judgement; None where there is none: what cannot be judged is not worse for that."""
    try:
        return judge(rules.policy.engine, facts, rules.policy).risk_class
    except Exception as error:  # One whose facts break a promise stops no other.
        log.error("debtor_not_judged", error=type(error).__name__, trace=traceback.format_exc())
        return None


def _tell(session: Session, found: dict[UUID, str | None], served: dict[UUID, str | None], given: Wiring) -> int:
    """Open the alert of each class that is worse than the one served by, and end those that are over."""
    are_open = alerts.open_among(session, [WORSENED], [str(each) for each in found])
    worse = {
        debtor_id: (before, now)
        for debtor_id, now in found.items()
        if (before := served.get(debtor_id)) is not None and now is not None and RANKS[now] > RANKS[before]
    }
    over = [each for each in found if each not in worse and (WORSENED, str(each)) in are_open]
    if not worse and not over:
        return 0
    debtor_locks.lock(session, {*worse, *over})
    opened_count = 0
    for debtor_id, (before, now) in sorted(worse.items()):
        data = {"debtor_id": str(debtor_id), "from": before, "to": now}
        opened_count += alerts.open_alert(
            session, WORSENED, str(debtor_id), "warning", data, debtor_id=debtor_id, now=given.now
        )
    for debtor_id in sorted(over):
        alerts.end_alert(session, WORSENED, str(debtor_id), now=given.now)
    return opened_count
