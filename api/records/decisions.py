"""Decisions: what the machine judged, from which facts, by which policy; never changed, so that it can be replayed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import CheckConstraint, Index, Numeric, Select, cast, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller, WithId, reference_to

MONITORING = "monitoring"  # Judged again on what is stored; nobody asked for it, and nobody was answered.
KINDS = ("credit_check", "application", MONITORING)
OUTCOMES = ("accept", "accept_prepayment", "hold_first_payment", "refer", "decline")


class DecisionRecord(WithId, Base):
    """One decision. `judgement` is canonical JSON text, compared byte by byte in a replay."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        reference_to("debtor", "debtor_id"),
        Index(None, "seller_id", "debtor_id", "id"),
    )
    kind: Mapped[str]
    debtor_id: Mapped[UUID]
    as_of: Mapped[date]
    decided_at: Mapped[datetime]
    outcome: Mapped[str]
    risk_class: Mapped[str | None]
    grade: Mapped[str | None]
    pd: Mapped[Decimal | None] = mapped_column(Numeric(12, 10))
    limit_kind: Mapped[str]
    limit_amount: Mapped[Decimal | None]
    currency: Mapped[str]
    judgement: Mapped[str]
    policy_version: Mapped[int]
    policy_digest: Mapped[str]
    engine_version: Mapped[str]
    sources: Mapped[list[Any]]
    asked_by: Mapped[str]
    actor: Mapped[str | None]


class DecisionFactsRecord(OfSeller, Base):
    """What a decision was made from, as canonical JSON text: a row of its own, so that retention may erase it."""

    __tablename__ = "decision_facts"
    __table_args__ = (reference_to("decision", "decision_id"),)
    decision_id: Mapped[UUID] = mapped_column(primary_key=True)
    facts: Mapped[str]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision as it leaves this module; `judgement` is the document of the judgement."""

    id: UUID
    kind: str
    debtor_id: UUID
    as_of: date
    decided_at: datetime
    judgement: Mapping[str, Any]
    policy_version: int
    policy_digest: str
    engine_version: str
    sources: Sequence[Mapping[str, Any]]
    asked_by: str
    actor: str | None
    behaviour: Mapping[str, Any] | None  # Of the facts, while they are kept.


# Decision and facts in one statement: a check is asked often, and each round trip shows.
ADD = text(
    "WITH decided AS (INSERT INTO decision (seller_id, id, kind, debtor_id, as_of, decided_at, outcome, risk_class,"
    " grade, pd, limit_kind, limit_amount, currency, judgement, policy_version, policy_digest, engine_version, sources,"
    " asked_by, actor) VALUES (:seller_id, :id, :kind, :debtor_id, :as_of, :decided_at, :outcome, :risk_class, :grade,"
    " :pd, :limit_kind, :limit_amount, :currency, :judgement, :policy_version, :policy_digest, :engine_version,"
    " CAST(:sources AS jsonb), :asked_by, :actor) RETURNING seller_id, id)"
    " INSERT INTO decision_facts (seller_id, decision_id, facts) SELECT seller_id, id, :facts FROM decided"
)


def add(session: Session, decision: Decision, judgement: bytes, facts: bytes) -> None:
    """Keep a decision. `judgement` and `facts` are the canonical JSON that a replay compares and starts from."""
    said = decision.judgement
    session.execute(
        ADD,
        {
            "seller_id": session.info["seller_id"],
            "id": decision.id,
            "kind": decision.kind,
            "debtor_id": decision.debtor_id,
            "as_of": decision.as_of,
            "decided_at": decision.decided_at,
            "outcome": said["outcome"],
            "risk_class": said["risk_class"],
            "grade": said["grade"],
            "pd": said["pd"],
            "limit_kind": said["limit"]["kind"],
            "limit_amount": said["limit"]["amount"],
            "currency": said["currency"],
            "judgement": judgement.decode(),
            "policy_version": decision.policy_version,
            "policy_digest": decision.policy_digest,
            "engine_version": decision.engine_version,
            "sources": orjson.dumps(decision.sources, default=str).decode(),
            "asked_by": decision.asked_by,
            "actor": decision.actor,
            "facts": facts.decode(),
        },
    )


def get(session: Session, decision_id: UUID) -> Decision | None:
    """Find a decision."""
    row = session.execute(listing().where(DecisionRecord.id == decision_id)).one_or_none()
    return from_row(*row) if row else None


def from_row(record: DecisionRecord, behaviour: Mapping[str, Any] | None) -> Decision:
    """Give the value of a row of a listing."""
    return Decision(
        record.id,
        record.kind,
        record.debtor_id,
        record.as_of,
        record.decided_at,
        orjson.loads(record.judgement),
        record.policy_version,
        record.policy_digest,
        record.engine_version,
        record.sources,
        record.asked_by,
        record.actor,
        behaviour,
    )


def to_replay(session: Session, decision_id: UUID) -> tuple[str, str | None] | None:
    """Give the stored judgement and facts of a decision as text; the facts are None once they were erased."""
    row = session.execute(
        select(DecisionRecord.judgement, DecisionFactsRecord.facts)
        .outerjoin(DecisionFactsRecord, DecisionFactsRecord.decision_id == DecisionRecord.id)
        .where(DecisionRecord.id == decision_id)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def judgements(session: Session, decision_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Give the judgements, as canonical JSON text, of several decisions by their ids."""
    record = DecisionRecord
    rows = session.execute(select(record.id, record.judgement).where(record.id.in_(decision_ids)))
    return {row.id: row.judgement for row in rows}


def newest(session: Session, debtor_id: UUID) -> DecisionRecord | None:
    """Give the newest decision on a debtor, of any kind."""
    record = DecisionRecord
    return session.scalars(
        select(record).where(record.debtor_id == debtor_id).order_by(record.id.desc()).limit(1)
    ).first()


@dataclass(frozen=True, slots=True)
class Newest:
    """What the newest decision on a debtor says."""

    id: UUID
    kind: str
    outcome: str
    risk_class: str | None


def newest_of(session: Session, debtor_ids: Sequence[UUID]) -> dict[UUID, Newest]:
    """Give what the newest decision, of any kind, says of each of some debtors that have one."""
    rows = session.execute(NEWEST_OF, {"debtor_ids": list(debtor_ids)})
    return {row.debtor_id: Newest(row.id, row.kind, row.outcome, row.risk_class) for row in rows}


# Each is found at the end of its debtor's part of the index, however long its history is.
NEWEST_OF = text("""
SELECT d.id, d.debtor_id, d.kind, d.outcome, d.risk_class FROM unnest(CAST(:debtor_ids AS uuid[])) AS asked (id)
CROSS JOIN LATERAL (SELECT * FROM decision WHERE debtor_id = asked.id ORDER BY id DESC LIMIT 1) d
""")


def known_classes(session: Session, debtor_id: UUID) -> tuple[str | None, ...]:
    """Give the class of the newest decision that answered somebody, and of one of monitoring that came since.

    Each is None where none was decided; without any decision that answered, the first is.
    """
    record = DecisionRecord
    query = select(record.id, record.risk_class).where(record.debtor_id == debtor_id).order_by(record.id.desc())
    answered = session.execute(query.where(record.kind != MONITORING).limit(1)).first()
    judged_again = session.execute(query.where(record.kind == MONITORING).limit(1)).first()
    answer = answered.risk_class if answered else None
    if judged_again is None or (answered is not None and answered.id > judged_again.id):
        return (answer,)
    return (answer, judged_again.risk_class)


def newest_facts(session: Session, debtor_id: UUID) -> str | None:
    """Give what a debtor's newest decision was made from, as canonical JSON text; None without any that is kept."""
    record, kept = DecisionRecord, DecisionFactsRecord
    query = select(kept.facts).join(record, record.id == kept.decision_id).where(record.debtor_id == debtor_id)
    return session.scalars(query.order_by(record.id.desc()).limit(1)).first()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decisions; what is None does not matter. `since`: decided then or later."""

    debtor_id: UUID | None = None
    kind: str | None = None
    outcome: str | None = None
    risk_class: str | None = None
    since: datetime | None = None


def listing(wanted: Wanted = Wanted()) -> Select[DecisionRecord, Any]:
    """Select decisions, each with the payment behaviour it was made from."""
    behaviour = cast(DecisionFactsRecord.facts, JSONB)["behaviour"]
    query = select(DecisionRecord, behaviour).outerjoin(
        DecisionFactsRecord, DecisionFactsRecord.decision_id == DecisionRecord.id
    )
    for name in ("debtor_id", "kind", "outcome", "risk_class"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(getattr(DecisionRecord, name) == value)
    return query if wanted.since is None else query.where(DecisionRecord.decided_at >= wanted.since)
