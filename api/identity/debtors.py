"""The debtor that a path names: found, or found and locked to change."""

from uuid import UUID

from sqlalchemy.orm import Session

from api.problems import Conflict, NotFound
from api.records import debtor_locks, debtors
from api.records.debtors import DebtorRecord


def get_debtor(session: Session, debtor_id: UUID) -> DebtorRecord:
    """Find a debtor; a merged one gives the one it points on to. Raises NotFound."""
    return _found(debtors.get(session, debtor_id))


def named_debtor(session: Session, debtor_id: UUID) -> DebtorRecord:
    """Find a debtor to read what was decided of it, also of one that was merged away. Raises NotFound."""
    return _found(debtors.named(session, debtor_id))


def _found(debtor: DebtorRecord | None) -> DebtorRecord:
    if debtor is None:
        raise NotFound("There is no such debtor.", code="debtor_not_found")
    return debtor


def locked_debtor(session: Session, debtor_id: UUID) -> DebtorRecord:
    """Find a debtor, and lock it and all above it to the end of the transaction. Raises NotFound and Conflict."""
    debtor = get_debtor(session, debtor_id)
    debtor_locks.lock(session, {debtor.id})
    if debtor.merged_into_id is not None:
        raise Conflict("It was merged into another debtor a moment ago.", code="merged_before")
    return debtor
