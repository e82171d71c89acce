"""The risk class of debtors: by which their orders are judged, and where that is nobody's yet, of the last decision.

The last decision may be one of monitoring: the class is what is known of a debtor, and grants nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from api.records import debtors
from api.records.debtors import DebtorRecord
from api.records.decisions import DecisionRecord
from api.records.limits import CreditLimitRecord


def risk_class(today: date) -> ColumnElement[Any]:
    """Give the column of a debtor's class on a day: of its own limit that applies, else of its newest decision."""
    limit, decision = CreditLimitRecord, DecisionRecord
    of_limit = (
        select(limit.risk_class)
        .where(limit.seller_id == DebtorRecord.seller_id, limit.debtor_id == DebtorRecord.id, limit.scope == "own")
        .where(limit.valid_from <= today, or_(limit.is_temporary.is_(False), limit.valid_until >= today))
        .order_by(limit.id.desc())
        .limit(1)
    )
    of_decision = (
        select(decision.risk_class)
        .where(decision.seller_id == DebtorRecord.seller_id, decision.debtor_id == DebtorRecord.id)
        .order_by(decision.id.desc())
        .limit(1)
    )
    return func.coalesce(
        of_limit.correlate(DebtorRecord).scalar_subquery(), of_decision.correlate(DebtorRecord).scalar_subquery()
    )


def of_debtors(session: Session, debtor_ids: Sequence[UUID], today: date) -> dict[UUID, str | None]:
    """Give the class of each of some debtors on a day, None where nobody knows it, in one statement."""
    query = select(DebtorRecord.id, risk_class(today).label("risk_class")).where(DebtorRecord.id.in_(debtor_ids))
    return {row.id: row.risk_class for row in session.execute(query)}


def tell_changes(session: Session, before: Mapping[UUID, str | None], on: date, now: datetime) -> None:
    """Tell of each locked debtor whose class on a day is not what it was before something was written."""
    after = of_debtors(session, list(before), on)
    for debtor_id in sorted(before):
        if after.get(debtor_id) != before[debtor_id]:
            told = {"from": before[debtor_id], "to": after.get(debtor_id), "on": str(on)}
            debtors.tell(session, "debtor.class_changed.v1", debtor_id, told, now)
