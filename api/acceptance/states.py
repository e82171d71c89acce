"""The states of an application: what each outcome and verdict leads to, and the moves between them."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from api.records import alerts, debtors
from api.records.applications import OVERDUE, ApplicationRecord
from api.records.debtors import DebtorRecord
from scoring.applications import ON_LIMIT_IN_FORCE
from scoring.policy.document import Policy

BY_OUTCOME = {
    "accept": "approved",
    "hold_first_payment": "approved",
    "accept_prepayment": "prepayment_offered",
    "refer": "referred",
    "decline": "declined",
}
BY_VERDICT = {"accept": "approved", "accept_prepayment": "prepayment_offered", "decline": "declined"}
ACCEPTED = ("approved", "prepayment_offered")


def deadline(now: datetime, policy: Policy) -> datetime:
    """Say until when a person must have decided."""
    return now + timedelta(days=policy.authority.referral_days)


def of_machine(application: ApplicationRecord, outcome: str) -> str:
    """Give the state in which the machine left an application, by the outcome of its decision and what stood then."""
    if application.because is None:
        return BY_OUTCOME[outcome]
    return "approved" if application.because == ON_LIMIT_IN_FORCE else "referred"


def tell_referred(session: Session, application: ApplicationRecord, debtor: DebtorRecord, now: datetime) -> None:
    """Tell that a person must decide, and until when."""
    told = {"application_id": str(application.id), "state": application.state, "due_at": str(application.due_at)}
    debtors.tell(session, "application.referred.v1", debtor.id, told, now)


def tell_decided(
    session: Session, application: ApplicationRecord, debtor: DebtorRecord, by: str, now: datetime
) -> None:
    """Tell what was decided and by whom; nothing is overdue any more."""
    told = {"application_id": str(application.id), "state": application.state, "by": by}
    debtors.tell(session, "application.decided.v1", debtor.id, told, now)
    alerts.end_alert(session, OVERDUE, str(application.id), now=now)
