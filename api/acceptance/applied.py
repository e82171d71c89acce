"""What is applied for, and what waits of it already: asked again it is given again, asked otherwise it is replaced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.acceptance.answers import application_answer
from api.acceptance.limit_fields import GivenLimit
from api.credit_check.asking import CheckRequest
from api.identity import identifying
from api.records import applications, debtors
from api.records.applications import WAITING, ApplicationRecord
from api.records.debtors import DebtorRecord
from api.wiring import Wiring, answer_bytes
from scoring.policy.document import Policy


@dataclass(frozen=True, slots=True)
class ApplicationRequest:
    """What is applied for. `check` is all of it that the machine judges."""

    check: CheckRequest
    limit: GivenLimit
    scope: str
    insurance_policy_id: UUID | None = None


def content(request: ApplicationRequest, policy: Policy) -> dict[str, Any]:
    """Give what is asked as an application keeps it."""
    limit, currency = request.limit.stored(policy)
    sales, days = request.check.monthly_sales, request.check.payment_term_days
    return {
        "insurance_policy_id": request.insurance_policy_id,
        "scope": request.scope,
        "requested_kind": limit.kind,
        "requested_amount": limit.amount,
        "currency": currency,
        "requested_terms": None if days is None else {"payment_term_days": days},
        "monthly_sales": None if sales is None else sales.amount,
        "monthly_sales_currency": None if sales is None else sales.currency,
    }


def given_again(request: ApplicationRequest, given: Wiring) -> bytes | None:
    """Give the application of the same content that the same caller made before and that still waits, or None."""
    with given.transaction() as session:
        debtor_id = identifying.find(session, request.check.named)
        debtor = None if debtor_id is None else debtors.get(session, debtor_id)
        if debtor is None:
            return None
        asked = content(request, given.house.policies.active(session).policy)
        for each in _waiting(session, debtor.id, request.scope):
            by_same = (each.applied_by, each.actor) == (given.caller.name, given.caller.actor)
            if by_same and all(getattr(each, name) == value for name, value in asked.items()):
                given.once.claim(session)
                answer = answer_bytes(application_answer(session, each, given))
                given.once.keep(session, 200, answer)
                return answer
        return None


def replace_open(session: Session, new: ApplicationRecord, debtor: DebtorRecord, now: datetime) -> None:
    """Withdraw what else waits of the debtor's limit of this scope, so that a person decides once; it must be locked.

    Who took it has the new one where that waits too, and not more time for it.
    """
    for each in _waiting(session, debtor.id, new.scope):
        if each.id == new.id:
            continue
        if new.state == "referred":
            new.owner, new.taken_at = new.owner or each.owner, new.taken_at or each.taken_at
            new.due_at = min(filter(None, (new.due_at, each.due_at)))
        applications.replace(session, each, new.id, now)


def _waiting(session: Session, debtor_id: UUID, scope: str) -> Sequence[ApplicationRecord]:
    return [each for each in applications.of_debtor(session, debtor_id, WAITING) if each.scope == scope]
