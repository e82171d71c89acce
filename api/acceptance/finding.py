"""Finds an application, and locks what it stands on: it changes only under its debtor's lock."""

from uuid import UUID

from sqlalchemy.orm import Session

from api.identity.debtors import locked_debtor
from api.problems import NotFound
from api.records import applications, decisions
from api.records.applications import ApplicationRecord
from api.records.debtors import DebtorRecord
from api.records.decisions import Decision


def get_application(session: Session, application_id: UUID) -> ApplicationRecord:
    """Find an application. Raises NotFound."""
    record = applications.get(session, application_id)
    if record is None:
        raise NotFound("There is no such application.", code="application_not_found")
    return record


def locked_application(session: Session, application_id: UUID) -> tuple[ApplicationRecord, DebtorRecord]:
    """Find an application and lock its debtor; gives both as they are then. Raises NotFound and Conflict."""
    debtor = locked_debtor(session, get_application(session, application_id).debtor_id)
    return get_application(session, application_id), debtor


def decision_of(session: Session, application: ApplicationRecord) -> Decision:
    """Give the machine's decision on an application."""
    decision = decisions.get(session, application.decision_id)
    assert decision is not None
    return decision
