"""Lets versions in shadow judge what the active one decided: behind its back, from kept facts, without any effect."""

import traceback
from collections.abc import Callable
from typing import Any

import orjson
import structlog
from sqlalchemy.orm import Session

from api.policy_shelf import PolicyShelf
from api.records import policies, sellers, shadow_decisions
from api.records.sellers import Seller
from api.records.shadow_decisions import Said, ShadowDecision, Waiting
from api.wiring import House
from scoring.canonical import facts_from_document
from scoring.engines import judge
from scoring.facts import CheckFacts
from scoring.judgement import Judgement

BATCH_COUNT = 200
COMPARED = ("outcome", "risk_class", "grade", "limit", "binding")

log = structlog.get_logger(__name__)


def judge_shadows(house: House, *, whole: bool) -> None:
    """Judge what waits, of every seller and version in shadow; a version that cannot go on stops no other.

    `whole` looks at all since each version went into shadow; else at what came in, or was committed late within an
    hour of the last one judged.
    """
    with house.sessions.of_nobody() as session:
        everyone = sellers.every(session)
    for seller in everyone:
        judge_shadows_of(house, seller, whole=whole)


def judge_shadows_of(house: House, seller: Seller, *, whole: bool) -> None:
    """Judge what waits of one seller."""
    with house.sessions.of(seller.id) as session:
        versions = policies.in_shadow(session)
    for version in versions:
        try:
            judge_waiting(house, seller, version, whole=whole)
        except Exception as error:
            name, trace = type(error).__name__, traceback.format_exc()
            log.error("shadow_failed", seller_id=str(seller.id), policy_version=version, error=name, trace=trace)


def judge_waiting(house: House, seller: Seller, version: int, *, whole: bool) -> int:
    """Judge the decisions that wait for one version, batch by batch, each in a transaction of its own; gives how many.

    Leaves at once where another worker is at it.
    """
    after, count = None, 0
    while True:
        with house.sessions.of(seller.id) as session:
            if not shadow_decisions.alone(session, version):
                return count
            record = policies.get(session, version)
            if record is None or record.state != "shadow":
                return count
            if after is None:
                after = shadow_decisions.first_place(record, seller.clock_ahead)
                after = after if whole else max(after, shadow_decisions.last_place(session, version) or after)
            batch = shadow_decisions.waiting(session, record, after, BATCH_COUNT)
            if not batch:
                return count
            judge_by = _judge_by(session, version, house.policies)
            judged = [_shadow_decision(each, judge_by) for each in batch]
            shadow_decisions.add(session, version, judged, house.clock.now(seller))
        after, count = batch[-1].decision_id, count + len(batch)


def _judge_by(session: Session, version: int, shelf: PolicyShelf) -> Callable[[CheckFacts], Judgement]:
    """Give what judges by a version; where its document cannot be read any more, each judgement raises that."""
    try:
        policy = shelf.version(session, version).policy
    except Exception as error:
        unreadable = error

        def refuse(_: CheckFacts) -> Judgement:
            raise unreadable

        return refuse
    return lambda facts: judge(policy.engine, facts, policy)


def _shadow_decision(waiting: Waiting, judge_by: Callable[[CheckFacts], Judgement]) -> ShadowDecision:
    """Judge one decision again. Whatever goes wrong is kept with it: the policy is on trial, not this program."""
    decision_id, binding = waiting.decision_id, waiting.decided.binding
    if waiting.facts is None:
        return ShadowDecision(decision_id, "erased", Said(), binding)
    try:
        facts = facts_from_document(orjson.loads(waiting.facts))
        said = said_of(judge_by(facts))
    except Exception as error:
        return ShadowDecision(decision_id, "failed", Said(), binding, error=f"{type(error).__name__}: {error}")
    differs = differences(waiting.decided, said)
    return ShadowDecision(decision_id, "judged", said, binding, facts.asked.order_amount, differs)


def said_of(judgement: Judgement) -> Said:
    """Give what a judgement comes down to."""
    return Said(
        outcome=judgement.outcome,
        risk_class=judgement.risk_class,
        grade=judgement.grade,
        pd=judgement.pd,
        limit_kind=judgement.limit.kind,
        limit_amount=judgement.limit.amount,
        currency=judgement.currency,
        binding=judgement.binding,
    )


def differences(decided: Said, said: Said) -> tuple[str, ...]:
    """Name what two judgements differ in. A probability alone is no difference: nobody decides by its last places."""
    pairs: dict[str, tuple[Any, Any]] = {
        "outcome": (decided.outcome, said.outcome),
        "risk_class": (decided.risk_class, said.risk_class),
        "grade": (decided.grade, said.grade),
        "limit": ((decided.limit_kind, decided.limit_amount), (said.limit_kind, said.limit_amount)),
        "binding": (decided.binding, said.binding),
    }
    return tuple(name for name in COMPARED if pairs[name][0] != pairs[name][1])
