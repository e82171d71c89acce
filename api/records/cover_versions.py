"""What was decided on cover: each version with its conditions and what met them, and the facts a judgement needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.records.base import new_id
from api.records.covers import ConditionMetRecord, CoverConditionRecord, CoverDecisionRecord
from scoring.cover import CoverSource, CoverState, CoverVersion

# What is so covers nothing, and has no amount but zero.
AMOUNTLESS = ("refused", "withdrawn", "cancelled", "ended")


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a decision, and what met it: None while nothing has."""

    record: CoverConditionRecord
    met: ConditionMetRecord | None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision on cover with its conditions, in the insurer's order."""

    record: CoverDecisionRecord
    conditions: tuple[Condition, ...]

    @property
    def version(self) -> CoverVersion:
        """The decision as it is judged."""
        record = self.record
        return CoverVersion(
            source=cast(CoverSource, record.source),
            state=cast(CoverState, record.state),
            amount=record.amount,
            decided_on=record.decided_on,
            valid_from=record.valid_from,
            valid_until=record.valid_until,
            conditions_met_on=tuple(None if each.met is None else each.met.met_on for each in self.conditions),
        )


def of_debtor(session: Session, debtor_id: UUID, policy_id: UUID | None = None) -> list[Decided]:
    """Give what was decided on a debtor, under one contract or all, in the order in which it was recorded."""
    record = CoverDecisionRecord
    query = select(record).where(record.debtor_id == debtor_id).order_by(record.id)
    if policy_id is not None:
        query = query.where(record.insurance_policy_id == policy_id)
    decisions = session.scalars(query).all()
    conditions = _conditions(session, [each.id for each in decisions])
    return [Decided(each, tuple(conditions.get(each.id, ()))) for each in decisions]


def newest_of_insurer(decided: Sequence[Decided]) -> Decided | None:
    """Give the insurer's newest decision: of one day the one that was recorded later."""
    of_insurer = [each for each in decided if each.record.source == "insurer"]
    return max(of_insurer, key=lambda each: (each.record.decided_on, each.record.id), default=None)


def _conditions(session: Session, decision_ids: Sequence[UUID]) -> dict[UUID, list[Condition]]:
    condition, met = CoverConditionRecord, ConditionMetRecord
    query = select(condition, met).outerjoin(
        met, (met.seller_id == condition.seller_id) & (met.cover_condition_id == condition.id)
    )
    found: dict[UUID, list[Condition]] = {}
    if decision_ids:
        rows = session.execute(query.where(condition.cover_decision_id.in_(decision_ids)).order_by(condition.id))
        for each, proof in rows:
            found.setdefault(each.cover_decision_id, []).append(Condition(each, proof))
    return found


def add(session: Session, values: Mapping[str, Any], conditions: Sequence[str] = ()) -> Decided:
    """Add a decision with its conditions. The debtor must be locked, so that versions stand in one order."""
    record = CoverDecisionRecord(id=new_id(), **values)
    session.add(record)
    session.flush()
    texts = [CoverConditionRecord(id=new_id(), cover_decision_id=record.id, text=each) for each in conditions]
    session.add_all(texts)
    session.flush()
    return Decided(record, tuple(Condition(each, None) for each in texts))


def with_conditions(session: Session, decision: CoverDecisionRecord) -> Decided:
    """Give a decision with its conditions as they stand now."""
    return Decided(decision, tuple(_conditions(session, [decision.id]).get(decision.id, ())))


def decision_of_condition(session: Session, condition_id: UUID) -> CoverDecisionRecord | None:
    """Find the decision that a condition is of."""
    decision, condition = CoverDecisionRecord, CoverConditionRecord
    joined = (decision.seller_id == condition.seller_id) & (decision.id == condition.cover_decision_id)
    return session.scalar(select(decision).join(condition, joined).where(condition.id == condition_id))


def is_met(session: Session, condition_id: UUID) -> bool:
    """Whether somebody ticked a condition."""
    query = select(ConditionMetRecord.id).where(ConditionMetRecord.cover_condition_id == condition_id)
    return session.scalar(query) is not None


def meet(
    session: Session, condition_id: UUID, document_id: UUID, met_on: date, ticked_by: str, known_at: datetime
) -> ConditionMetRecord:
    """Note that a condition is met, with the paper that proves it. The debtor must be locked."""
    record = ConditionMetRecord(
        cover_condition_id=condition_id,
        document_id=document_id,
        met_on=met_on,
        ticked_by=ticked_by,
        known_at=known_at,
    )
    session.add(record)
    session.flush()
    return record
