"""Writes limits: a new version with its author and grounds, told and looked at by whatever waits for it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from api.records import alerts, debtor_classes, debtors, held_orders, jobs
from api.records.debtors import DebtorRecord
from api.records.limits import CreditLimitRecord
from api.web.money import money_or_none
from scoring.facts import CreditLimit

EXPIRED, REVIEW, NOT_TAKEN_OVER = "limit_expired", "review_due", "limit_not_taken_over"
OF_LIMITS = (EXPIRED, REVIEW, NOT_TAKEN_OVER)


@dataclass(frozen=True, slots=True)
class NewLimit:
    """A version to be written; see `credit_limit` for what each part means."""

    scope: str
    limit: CreditLimit
    currency: str
    risk_class: str | None
    valid_from: date
    valid_until: date | None
    next_review_on: date | None
    decided_by: str
    grounds: str
    is_temporary: bool = False
    decision_id: UUID | None = None
    verdict_id: UUID | None = None


def write_limit(session: Session, debtor: DebtorRecord, new: NewLimit, now: datetime) -> CreditLimitRecord:
    """Add a version to a debtor, which must be locked. What was due of the version before is over with it."""
    classes = debtor_classes.of_debtors(session, [debtor.id], new.valid_from)
    record = CreditLimitRecord(
        debtor_id=debtor.id,
        scope=new.scope,
        is_temporary=new.is_temporary,
        limit_kind=new.limit.kind,
        limit_amount=new.limit.amount,
        currency=new.currency,
        risk_class=new.risk_class,
        valid_from=new.valid_from,
        valid_until=new.valid_until,
        next_review_on=new.next_review_on,
        decided_by=new.decided_by,
        grounds=new.grounds,
        decision_id=new.decision_id,
        verdict_id=new.verdict_id,
        known_at=now,
    )
    session.add(record)
    session.flush()
    told = {
        "limit_id": str(record.id),
        "scope": new.scope,
        "is_temporary": new.is_temporary,
        "limit": {"kind": new.limit.kind, "amount": money_or_none(new.limit.amount, new.currency)},
        "valid_from": str(new.valid_from),
        "valid_until": str(new.valid_until) if new.valid_until else None,
        "by": new.decided_by,
    }
    debtors.tell(session, "debtor.limit_changed.v1", debtor.id, told, now)
    debtor_classes.tell_changes(session, classes, new.valid_from, now)
    if not new.is_temporary:
        for kind in OF_LIMITS:
            alerts.end_alert(session, kind, alert_subject(debtor.id, new.scope), now=now)
    held_orders.look_again(session, [debtor.id])
    jobs.defer(session, "tell_over_limit", debtor_id=debtor.id)  # It may be lower than what is outstanding.
    return record


def alert_subject(debtor_id: UUID, scope: str) -> str:
    """Name the one cause of a limit's alerts: the limit of a debtor, whichever its versions."""
    return f"{debtor_id}/{scope}"
