"""Requests, decisions and conditions of cover as they are shown."""

from typing import Any

from api.records.cover_versions import Condition, Decided
from api.records.covers import CoverRequestRecord
from api.web.money import money_answer

REQUEST_COLUMNS = (
    *("id", "kind", "replaces_id", "debtor_id", "insurance_policy_id", "application_id", "job_id", "state"),
    *("starts_on", "fault", "asked_by", "asked_at", "changed_at", "look_again_at"),
)
DECISION_COLUMNS = (
    *("id", "debtor_id", "insurance_policy_id", "cover_request_id", "source", "state", "valid_from", "valid_until"),
    *("decided_on", "response_code", "reason_code", "evidence", "document_id", "recorded_by", "known_at"),
)


def request_answer(record: CoverRequestRecord) -> dict[str, Any]:
    """Give a request as it is shown."""
    key = record.key or {}
    return {name: getattr(record, name) for name in REQUEST_COLUMNS} | {
        "amount": money_answer(record.requested_amount, record.currency),
        "buyer_name": key.get("buyer_name"),
        "insurer_reference": key.get("reference", key.get("old_reference")),
    }


def decision_answer(decided: Decided) -> dict[str, Any]:
    """Give a decision as it is shown, with its conditions."""
    record = decided.record
    return {name: getattr(record, name) for name in DECISION_COLUMNS} | {
        "amount": money_answer(record.amount, record.currency),
        "conditions": [condition_answer(each) for each in decided.conditions],
    }


def condition_answer(condition: Condition) -> dict[str, Any]:
    """Give a condition as it is shown."""
    met = condition.met
    return {
        "id": condition.record.id,
        "text": condition.record.text,
        "met_on": None if met is None else met.met_on,
        "document_id": None if met is None else met.document_id,
        "ticked_by": None if met is None else met.ticked_by,
    }
