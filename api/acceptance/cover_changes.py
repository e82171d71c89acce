"""Records what was decided on a debtor's cover and all that follows: event, alerts, held orders and its file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from api import onboarding
from api.policy_shelf import PolicyShelf
from api.records import alerts, cover_versions, debtors, held_orders
from api.records.alerts import Severity
from api.records.cover_versions import Decided
from api.records.debtors import DebtorRecord
from api.web.money import amount_answer

REDUCED, WITHDRAWN = "cover_reduced", "cover_withdrawn"
SEVERITIES: Mapping[str, Severity] = {REDUCED: "warning", WITHDRAWN: "urgent"}
TAKEN = ("refused", "withdrawn", "cancelled", "ended")


@dataclass(frozen=True, slots=True)
class Change:
    """A decision to record: its columns and conditions, what was covered before, and whether the insurer cuts that."""

    values: Mapping[str, Any]
    conditions: Sequence[str]
    before_amount: Decimal
    is_cut: bool


def record(session: Session, debtor: DebtorRecord, change: Change, policies: PolicyShelf, now: datetime) -> Decided:
    """Add a decision on the cover of a debtor, which must be locked, and tell of it."""
    decided = cover_versions.add(session, {**change.values, "debtor_id": debtor.id, "known_at": now}, change.conditions)
    _follow_cut(session, debtor, decided, change, now)
    tell(session, debtor, decided, policies, now)
    return decided


def tell(session: Session, debtor: DebtorRecord, decided: Decided, policies: PolicyShelf, now: datetime) -> None:
    """Tell that what covers a locked debtor changed, and have looked again at what may hang on it."""
    record = decided.record
    told = {
        "insurance_policy_id": str(record.insurance_policy_id),
        "cover_decision_id": str(record.id),
        "source": record.source,
        "state": record.state,
        "amount": {"amount": amount_answer(record.amount, record.currency), "currency": record.currency},
        "valid_from": str(record.valid_from),
        "valid_until": None if record.valid_until is None else str(record.valid_until),
        "conditions_open": sum(each.met is None for each in decided.conditions),
    }
    debtors.tell(session, "debtor.cover_changed.v1", debtor.id, told, now)
    onboarding.recount(session, debtor, policies, now)
    held_orders.look_again(session, [debtor.id])


def _follow_cut(session: Session, debtor: DebtorRecord, decided: Decided, change: Change, now: datetime) -> None:
    """Open the alert of a cut, and end those that a better decision makes void."""
    record = decided.record
    subject = f"{debtor.id} {record.insurance_policy_id}"
    kind = None
    if change.is_cut:
        # One that ends on a day told before is taken back on that day.
        kind = WITHDRAWN if record.state in TAKEN or record.amount >= change.before_amount else REDUCED
        data = {
            "debtor_id": str(debtor.id),
            "insurance_policy_id": str(record.insurance_policy_id),
            "cover_decision_id": str(record.id),
            "state": record.state,
            "before": {"amount": amount_answer(change.before_amount, record.currency), "currency": record.currency},
            "after": {"amount": amount_answer(record.amount, record.currency), "currency": record.currency},
            "valid_from": str(record.valid_from),
            "valid_until": None if record.valid_until is None else str(record.valid_until),
        }
        alerts.open_alert(session, kind, subject, SEVERITIES[kind], data, debtor_id=debtor.id, now=now)
    for other in SEVERITIES:
        if other != kind:
            alerts.end_alert(session, other, subject, now=now)
