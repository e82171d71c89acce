"""How a person's release of an order is shown, to each role what it may see."""

from typing import Any, cast

from api.decision_answer import SEE_EVERYTHING
from api.records.verdicts import Verdict
from api.web.money import money_or_none
from scoring.acceptance import roles_within
from scoring.policy.document import Policy
from scoring.policy.grading import RiskClass


def verdict_answer(verdict: Verdict, role: str, policy: Policy) -> dict[str, Any]:
    """Give a release; who does not decide sees who released and whom to ask, not on which grounds.

    `may_second` are the roles that may agree while it waits.
    """
    record, approval = verdict.record, verdict.approval
    risk_class = cast(RiskClass | None, record.risk_class)
    answer: dict[str, Any] = {
        "id": record.id,
        "until": record.valid_until,
        "given_by": record.given_by,
        "given_at": record.given_at,
        "needs_second": record.needs_second,
        "in_force": verdict.in_force,
        "waiting": verdict.waiting,
        "may_second": list(roles_within(record.authority_amount, risk_class, policy)) or ["credit_manager"]
        if verdict.waiting
        else [],
    }
    if role not in SEE_EVERYTHING:
        return answer
    return answer | {
        "grounds": record.grounds,
        "role": record.role,
        "authority_amount": money_or_none(record.authority_amount, record.currency),
        "approval": approval
        and {
            "approved": approval.approved,
            "grounds": approval.grounds,
            "given_by": approval.given_by,
            "role": approval.role,
            "given_at": approval.given_at,
        },
    }
