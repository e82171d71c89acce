"""Shadow decisions: what a policy version in shadow says of a decision that was made without it; add-only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Numeric, Select, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller, reference_to
from api.records.decisions import DecisionRecord
from api.records.many import insert_many
from api.records.policies import PolicyRecord

STATES = ("judged", "erased", "failed")
CLOCKS_APART = timedelta(days=1)  # Ids bear the time of the machine that made them; no two machines are so far apart.
LATE_COMMIT = timedelta(hours=1)
ERROR_LENGTH_MAX = 300


class ShadowDecisionRecord(OfSeller, Base):
    """One decision judged again by one version. `decided_binding` is the binding of the decision itself.

    No facts are kept here but the amount of the order, which the losses of both sides are reckoned over.
    """

    __tablename__ = "shadow_decision"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("(state = 'judged') = (outcome IS NOT NULL)", name="outcome"),
        reference_to("decision", "decision_id"),
        ForeignKeyConstraint(["seller_id", "policy_version"], ["policy.seller_id", "policy.version"]),
    )
    policy_version: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    outcome: Mapped[str | None]
    risk_class: Mapped[str | None]
    grade: Mapped[str | None]
    pd: Mapped[Decimal | None] = mapped_column(Numeric(12, 10))
    limit_kind: Mapped[str | None]
    limit_amount: Mapped[Decimal | None]
    currency: Mapped[str | None]
    binding: Mapped[str | None]
    decided_binding: Mapped[str | None]
    order_amount: Mapped[Decimal | None]
    differs: Mapped[list[Any]]
    error: Mapped[str | None]
    judged_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Said:
    """What a judgement comes down to, where two of them are held beside each other."""

    outcome: str | None = None
    risk_class: str | None = None
    grade: str | None = None
    pd: Decimal | None = None
    limit_kind: str | None = None
    limit_amount: Decimal | None = None
    currency: str | None = None
    binding: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decision that a version has not judged yet. `facts` are canonical JSON, None once they were erased."""

    decision_id: UUID
    decided: Said
    facts: str | None


@dataclass(frozen=True, slots=True)
class ShadowDecision:
    """What became of one decision. `error` says why a judgement failed."""

    decision_id: UUID
    state: str
    said: Said
    decided_binding: str | None
    order_amount: Decimal | None = None
    differs: tuple[str, ...] = ()
    error: str | None = None


# Decisions of the versions that were active by then: what a manager tries out by another version is none of these.
OF_VERSION = """
FROM decision d JOIN policy p ON p.version = d.policy_version AND p.activated_at <= d.decided_at
WHERE d.id > :after AND d.decided_at >= :shadowed_at AND d.policy_version <> :version
    AND d.kind IN ('credit_check', 'application')
    AND NOT EXISTS (SELECT FROM shadow_decision s
        WHERE s.policy_version = :version AND s.decision_id = d.id OFFSET 0)
"""
WAITING = text(f"""
SELECT w.id, w.outcome, w.risk_class, w.grade, w.pd, w.limit_kind, w.limit_amount, w.currency,
    CAST(w.judgement AS jsonb) ->> 'binding' AS binding, f.facts
FROM (SELECT d.* {OF_VERSION} ORDER BY d.id LIMIT :count) w
LEFT JOIN decision_facts f ON f.decision_id = w.id ORDER BY w.id
""")  # noqa: S608
COUNT_WAITING = text(f"SELECT count(*) {OF_VERSION}")
LAST = text("SELECT decision_id FROM shadow_decision WHERE policy_version = :version ORDER BY decision_id DESC LIMIT 1")
ALONE = text("SELECT pg_try_advisory_xact_lock(hashtextextended('shadow ' || :seller_id || ' ' || :version, 0))")


def alone(session: Session, version: int) -> bool:
    """Whether nobody else judges by this version now; nobody will until the transaction ends."""
    values = {"seller_id": str(session.info["seller_id"]), "version": str(version)}
    return bool(session.scalar(ALONE, values))


def first_place(record: PolicyRecord, clock_ahead: timedelta) -> UUID:
    """Give an id below those of all decisions made since a version went into shadow.

    A seller's clock is only ever moved forward, so that taking off what it is ahead now never comes out too late.
    """
    assert record.shadowed_at is not None
    return _id_at(record.shadowed_at - clock_ahead - CLOCKS_APART)


def last_place(session: Session, version: int) -> UUID | None:
    """Give an id to go on from: an hour before the last judged decision, for those committed after it was."""
    last: UUID | None = session.scalar(LAST, {"version": version})
    return None if last is None else UUID(int=max(0, last.int - (int(LATE_COMMIT.total_seconds() * 1000) << 80)))


def _id_at(time: datetime) -> UUID:
    """The least UUIDv7 of a time."""
    return UUID(int=int(time.timestamp() * 1000) << 80)


def waiting(session: Session, record: PolicyRecord, after: UUID, count: int) -> list[Waiting]:
    """Give the decisions after a place that a version has not judged, in the order of their ids."""
    rows = session.execute(WAITING, _since(record, after) | {"count": count})
    return [Waiting(row[0], Said(*row[1:9]), row[9]) for row in rows]


def count_waiting(session: Session, record: PolicyRecord, after: UUID) -> int:
    """Count the decisions after a place that a version has not judged."""
    return int(session.scalar(COUNT_WAITING, _since(record, after)) or 0)


def _since(record: PolicyRecord, after: UUID) -> dict[str, Any]:
    return {"after": after, "shadowed_at": record.shadowed_at, "version": record.version}


def add(session: Session, version: int, judged: Sequence[ShadowDecision], now: datetime) -> None:
    """Keep what a version says of decisions. What the database cannot hold is kept as failed, and stops no other."""
    rows = [_row(version, each, now) for each in judged]
    try:
        with session.begin_nested():
            insert_many(session, ShadowDecisionRecord, rows)
    except DBAPIError:
        for each, row in zip(judged, rows, strict=True):
            _add_alone(session, version, each, row, now)


def _add_alone(session: Session, version: int, judged: ShadowDecision, row: Mapping[str, Any], now: datetime) -> None:
    try:
        with session.begin_nested():
            insert_many(session, ShadowDecisionRecord, [row])
    except DBAPIError as error:
        failed = ShadowDecision(
            judged.decision_id, "failed", Said(), judged.decided_binding, error=type(error.orig).__name__
        )
        insert_many(session, ShadowDecisionRecord, [_row(version, failed, now)])


def _row(version: int, judged: ShadowDecision, now: datetime) -> dict[str, Any]:
    return {
        "policy_version": version,
        "decision_id": judged.decision_id,
        "state": judged.state,
        **asdict(judged.said),
        "decided_binding": judged.decided_binding,
        "order_amount": judged.order_amount,
        "differs": judged.differs,
        "error": None if judged.error is None else judged.error.replace("\0", "")[:ERROR_LENGTH_MAX],
        "judged_at": now,
    }


# Without the judgement, which is most of a row.
DECIDED: Iterable[Any] = (
    DecisionRecord.debtor_id,
    DecisionRecord.decided_at,
    DecisionRecord.policy_version,
    DecisionRecord.outcome,
    DecisionRecord.risk_class,
    DecisionRecord.grade,
    DecisionRecord.pd,
    DecisionRecord.limit_kind,
    DecisionRecord.limit_amount,
    DecisionRecord.currency,
)


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision beside a shadow decision, without its judgement."""

    debtor_id: UUID
    decided_at: datetime
    policy_version: int
    outcome: str
    risk_class: str | None
    grade: str | None
    pd: Decimal | None
    limit_kind: str
    limit_amount: Decimal | None
    currency: str


def listing(record: PolicyRecord, *, changed: bool | None = None) -> Select[Any]:
    """Select what a version said since it went into shadow, each beside its decision; changed ones, others, or all."""
    query = (
        select(ShadowDecisionRecord, *DECIDED)
        .join(DecisionRecord, DecisionRecord.id == ShadowDecisionRecord.decision_id)
        .where(ShadowDecisionRecord.policy_version == record.version, DecisionRecord.decided_at >= record.shadowed_at)
    )
    if changed is None:
        return query
    has_changed = text("(shadow_decision.differs <> '[]') = :changed").bindparams(changed=changed)
    return query.where(ShadowDecisionRecord.state == "judged", has_changed)
