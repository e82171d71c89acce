"""What the monitoring room answers about alerts."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from api.alert_answer import STEP_TOLD, TOLD, alert_body
from api.records import alert_steps, debtors
from api.records.alert_handling import state_of
from api.records.alerts import AlertRecord


def alert_answer(
    record: AlertRecord, account_owner: str | None, credit_owner: str | None, *, today: date
) -> dict[str, Any]:
    """Give an alert as it is told in lists."""
    told = {name: getattr(record, name) for name in TOLD}
    return alert_body(told, account_owner, credit_owner, state=state_of(record, today))


def whole_answer(session: Session, record: AlertRecord, today: date) -> dict[str, Any]:
    """Give an alert with its history."""
    debtor = None if record.debtor_id is None else debtors.get(session, record.debtor_id)
    owners = (None, None) if debtor is None else (debtor.account_owner, debtor.credit_owner)
    steps = alert_steps.of_alert(session, record.id)
    history = [{name: getattr(each, name) for name in STEP_TOLD} for each in steps]
    return alert_answer(record, *owners, today=today) | {"history": history}
