"""The story of an order: what the gate decided, what people did, what was delivered, in one list by time."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from api.decision_answer import reasons_answer
from api.order_answer import exposure_answer
from api.orders.delivering import delivery_answer
from api.orders.verdict_answers import verdict_answer
from api.policy_shelf import PolicyShelf
from api.problems import Gone, NotFound
from api.records import order_decisions, order_deliveries, order_rows, order_steps, verdicts
from api.records.order_rows import Order
from api.records.orders import OrderDecisionRecord
from api.web.money import money_or_none
from api.wiring import Wiring
from scoring.canonical import canonical_json, digest
from scoring.engines import judge_order
from scoring.orders import order_facts_from_document

# These are told by rows of their own.
TOLD_ELSEWHERE = frozenset({"delivered", "released", "release_waits", "release_refused"})
NOTHING = {"actor": None, "grounds": None, "data": None, "decision": None, "delivery": None, "release": None}


def history_answer(session: Session, order_id: UUID, given: Wiring) -> dict[str, Any]:
    """Give all that happened to an order, the first first, as the caller's role may see it. Raises NotFound."""
    order = order_rows.get(session, order_id)
    if order is None:
        raise NotFound("There is no such order.", code="order_not_found")
    entries = [*_decisions(session, order, given), *_steps(session, order), *_deliveries(session, order, given)]
    entries += _releases(session, order, given)
    # Stable: what was decided comes before what came of it at the same moment.
    return {"items": sorted(entries, key=lambda each: each["at"])}


def _decisions(session: Session, order: Order, given: Wiring) -> Iterator[dict[str, Any]]:
    for each in order_decisions.of_order(session, order.id):
        yield NOTHING | {
            "at": each.decided_at,
            "kind": each.asked,
            "by": each.asked_by,
            "actor": each.actor,
            "decision": decision_answer(each, given),
        }


def _steps(session: Session, order: Order) -> Iterator[dict[str, Any]]:
    for each in order_steps.of_order(session, order.id):
        if each.kind not in TOLD_ELSEWHERE:
            yield NOTHING | {
                "at": each.happened_at,
                "kind": each.kind,
                "by": each.done_by,
                "actor": each.actor,
                "grounds": each.grounds,
                "data": each.data,
            }


def _deliveries(session: Session, order: Order, given: Wiring) -> Iterator[dict[str, Any]]:
    for each in order_deliveries.of_order(session, order.id):
        yield NOTHING | {
            "at": each.known_at,
            "kind": "delivery",
            "by": each.booked_by,
            "delivery": delivery_answer(each, order.currency, given),
        }


def _releases(session: Session, order: Order, given: Wiring) -> Iterator[dict[str, Any]]:
    policy = given.house.policies.active(session).policy
    for each in verdicts.of_order(session, order.id):
        release = verdict_answer(each, given.caller.role, policy)
        yield NOTHING | {"at": each.record.given_at, "kind": "release", "by": each.record.given_by, "release": release}
        if each.approval is not None:
            kind = "release_seconded" if each.approval.approved else "release_refused"
            yield NOTHING | {
                "at": each.approval.given_at,
                "kind": kind,
                "by": each.approval.given_by,
                "release": release,
            }


def decision_answer(record: OrderDecisionRecord, given: Wiring) -> dict[str, Any]:
    """Give a decision of the gate as the caller's role may see it."""
    judgement: dict[str, Any] = orjson.loads(record.judgement)
    required, role = judgement["prepayment_required"], given.caller.role
    answer = {
        "id": record.id,
        "order_id": record.order_id,
        "asked": record.asked,
        "as_of": record.as_of,
        "decided_at": record.decided_at,
        "outcome": record.outcome,
        "reasons": reasons_answer(judgement["reasons"], role, given.language),
        "prepayment_required": money_or_none(None if required is None else Decimal(required), judgement["currency"]),
        "policy_version": record.policy_version,
        "engine_version": record.engine_version,
        "asked_by": record.asked_by,
        "actor": record.actor,
    }
    return answer | exposure_answer(judgement, role)


def get_decision(session: Session, order_id: UUID, decision_id: UUID) -> OrderDecisionRecord:
    """Find a decision of an order. Raises NotFound."""
    record = order_decisions.get(session, order_id, decision_id)
    if record is None:
        raise NotFound("There is no such decision of this order.", code="decision_not_found")
    return record


def replay(record: OrderDecisionRecord, session: Session, shelf: PolicyShelf) -> dict[str, Any]:
    """Judge a decision's own facts again by its own policy and engine, and compare byte by byte. Raises Gone."""
    if record.facts is None:
        raise Gone("The facts of this decision were erased, so it cannot be replayed.", code="facts_erased")
    rules = shelf.version(session, record.policy_version)
    facts = order_facts_from_document(orjson.loads(record.facts))
    replayed = canonical_json(judge_order(record.engine_version, facts, rules.policy).document()).decode()
    before, after = orjson.loads(record.judgement), orjson.loads(replayed)
    return {
        "identical": replayed == record.judgement and rules.digest == record.policy_digest,
        "decision_id": record.id,
        "policy_version": record.policy_version,
        "policy_digest": record.policy_digest,
        "engine_version": record.engine_version,
        "as_of": record.as_of,
        "judgement_digest": digest(before),
        "differences": sorted(name for name in {*before, *after} if before.get(name) != after.get(name)),
    }
