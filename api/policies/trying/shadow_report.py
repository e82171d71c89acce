"""Tells what a version in shadow says beside the active one: in sums, and decision by decision."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from api.decision_answer import limit_answer
from api.policies import service
from api.policies.trying.comparison_answer import comparison_answer, evidence_differences
from api.policy_shelf import Rules
from api.problems import Conflict
from api.records import jobs, shadow_decisions, shadow_report
from api.records.policies import PolicyRecord
from api.records.shadow_decisions import STATES, Decided, ShadowDecisionRecord
from api.web.money import money_or_none
from api.wiring import Wiring
from scoring.documents import DocumentInvalid


def get_shadow(session: Session, version: int) -> PolicyRecord:
    """Find a version that is, or was, in shadow. Raises NotFound and Conflict."""
    record = service.get_version(session, version)
    if record.shadowed_at is None:
        raise Conflict("This version was never in shadow.", code="never_in_shadow")
    return record


def report_answer(session: Session, version: int, asked_loss_given_default: Decimal | None, given: Wiring) -> Any:
    """Give the report of a version, as far as it has judged; what waits is judged by the worker soon after."""
    record = get_shadow(session, version)
    active = given.house.policies.active(session)
    waiting = 0
    if record.state == "shadow":
        first = shadow_decisions.first_place(record, given.seller.clock_ahead)
        waiting = shadow_decisions.count_waiting(session, record, first)
    if waiting:
        jobs.defer(session, "judge_shadows_of", lane=jobs.LONG)
    counts = shadow_report.states(session, record)
    answer: dict[str, Any] = {
        "policy_version": version,
        "active_version": active.version,
        "state": record.state,
        "shadowed_at": record.shadowed_at,
        "waiting_count": waiting,
        **{f"{state}_count": counts.get(state, 0) for state in STATES},
    }
    rules = _readable(session, version, given)
    if rules is None:  # Then all of its judgements failed, and there is nothing to compare.
        return answer | {"comparison": None, "evidence_differences": []}
    groups = shadow_report.groups(session, record)
    return answer | {
        "comparison": comparison_answer(groups, active.policy, rules.policy, asked_loss_given_default),
        "evidence_differences": evidence_differences(active.policy, rules.policy),
    }


def _readable(session: Session, version: int, given: Wiring) -> Rules | None:
    """Give a version, None where this program cannot read its document any more."""
    try:
        return given.house.policies.version(session, version)
    except DocumentInvalid:
        return None


def decision_item(shadow: ShadowDecisionRecord, decided: Decided) -> dict[str, Any]:
    """Give one decision with what both sides said of it."""
    return {
        "decision_id": shadow.decision_id,
        "debtor_id": decided.debtor_id,
        "decided_at": decided.decided_at,
        "judged_at": shadow.judged_at,
        "state": shadow.state,
        "error": shadow.error,
        "differs": shadow.differs,
        "order_amount": money_or_none(shadow.order_amount, decided.currency),
        "active": _side(decided, shadow.decided_binding) | {"policy_version": decided.policy_version},
        "version": None
        if shadow.state != "judged"
        else _side(shadow, shadow.binding) | {"policy_version": shadow.policy_version},
    }


def _side(said: Any, binding: str | None) -> dict[str, Any]:
    limit = {"kind": said.limit_kind, "amount": said.limit_amount}
    return {
        "outcome": said.outcome,
        "risk_class": said.risk_class,
        "grade": said.grade,
        "pd": None if said.pd is None else format(said.pd, "f"),
        "credit_limit": limit_answer(limit, said.currency),
        "binding": binding,
    }
