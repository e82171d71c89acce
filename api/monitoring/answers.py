"""How an alert is told: what it is, whose it is, and how it stands."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from api.records import alert_steps, debtors
from api.records.alert_handling import state_of
from api.records.alerts import AlertRecord
from scoring.monitoring.kinds import owner_of

TOLD = (
    *("id", "kind", "subject", "severity", "debtor_id", "data", "due_on", "opened_at", "ended_at"),
    *("acknowledged_at", "snoozed_until", "changed_at"),
)
STEP_TOLD = ("kind", "severity", "until_on", "note", "done_by", "happened_at")


def alert_answer(
    record: AlertRecord, account_owner: str | None, credit_owner: str | None, *, today: date
) -> dict[str, Any]:
    """Give an alert as it is told in lists."""
    for_role = owner_of(record.kind)
    return {name: getattr(record, name) for name in TOLD} | {
        "state": state_of(record, today),
        "for_role": for_role,
        "owner": account_owner if for_role == "sales" else credit_owner,
        "account_owner": account_owner,
        "credit_owner": credit_owner,
    }


def whole_answer(session: Session, record: AlertRecord, today: date) -> dict[str, Any]:
    """Give an alert with its history."""
    debtor = None if record.debtor_id is None else debtors.get(session, record.debtor_id)
    owners = (None, None) if debtor is None else (debtor.account_owner, debtor.credit_owner)
    steps = alert_steps.of_alert(session, record.id)
    history = [{name: getattr(each, name) for name in STEP_TOLD} for each in steps]
    return alert_answer(record, *owners, today=today) | {"history": history}
