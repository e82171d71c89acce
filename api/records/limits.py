"""Credit limits: dated versions, each with its author and grounds; a newer one replaces, none is ever changed."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Select, and_, func, or_, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, aliased

from api.records.base import Base, WithId, reference_to

SCOPES = ("own", "group")
LIMIT_KINDS = ("none", "amount", "unlimited")


class CreditLimitRecord(WithId, Base):
    """One version of a debtor's limit: its own, or of scope `group` that of the debtor with all below it.

    The newest version in its days counts. A temporary one (`is_temporary`) replaces the standing one from `valid_from`
    to the end of `valid_until`, then lapses by itself; a standing one that is decided later ends it. Of kind `none` it
    takes a limit back. `risk_class` is the debtor's when it was decided; `decided_by` a person, or `machine`.
    """

    __tablename__ = "credit_limit"
    __table_args__ = (
        CheckConstraint(f"scope IN {SCOPES}", name="scope"),
        CheckConstraint(f"limit_kind IN {LIMIT_KINDS}", name="limit_kind"),
        CheckConstraint("(limit_kind = 'amount') = (limit_amount IS NOT NULL)", name="limit_amount"),
        CheckConstraint("limit_amount >= 0", name="limit_not_negative"),
        CheckConstraint("NOT is_temporary OR valid_until IS NOT NULL", name="temporary_ends"),
        CheckConstraint("valid_until >= valid_from", name="valid_days"),
        reference_to("debtor", "debtor_id"),
        reference_to("decision", "decision_id"),
        reference_to("verdict", "verdict_id"),
        Index(None, "seller_id", "debtor_id", "scope", "id"),
    )
    debtor_id: Mapped[UUID]
    scope: Mapped[str]
    is_temporary: Mapped[bool]
    limit_kind: Mapped[str]
    limit_amount: Mapped[Decimal | None]
    currency: Mapped[str]
    risk_class: Mapped[str | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    next_review_on: Mapped[date | None]
    decided_by: Mapped[str]
    grounds: Mapped[str]
    decision_id: Mapped[UUID | None]
    verdict_id: Mapped[UUID | None]
    known_at: Mapped[datetime]


def versions(
    session: Session, debtor_id: UUID, scope: str | None = None, known_at: datetime | None = None
) -> Sequence[CreditLimitRecord]:
    """Give the versions of a debtor's limits, of one scope or of both, as they were known at a time; oldest first."""
    query = listing(debtor_id, known_at)
    if scope is not None:
        query = query.where(CreditLimitRecord.scope == scope)
    return session.scalars(query.order_by(CreditLimitRecord.id)).all()


def listing(debtor_id: UUID, known_at: datetime | None = None) -> Select[CreditLimitRecord]:
    """Select the versions of a debtor's limits, as they were known at a time or as they are known now."""
    query = select(CreditLimitRecord).where(CreditLimitRecord.debtor_id == debtor_id)
    return query if known_at is None else query.where(CreditLimitRecord.known_at <= known_at)


def applying(session: Session, debtor_id: UUID, on: date) -> CreditLimitRecord | None:
    """Give the version of a debtor's own limit that applies on a day, in force or expired; None without any."""
    record = CreditLimitRecord
    is_on = or_(record.is_temporary.is_(False), record.valid_until >= on)
    query = select(record).where(record.debtor_id == debtor_id, record.scope == "own", record.valid_from <= on, is_on)
    return session.scalars(query.order_by(record.id.desc()).limit(1)).first()


def of_verdicts(session: Session, verdict_ids: Sequence[UUID]) -> Sequence[CreditLimitRecord]:
    """Give the versions that verdicts wrote."""
    return session.scalars(select(CreditLimitRecord).where(CreditLimitRecord.verdict_id.in_(verdict_ids))).all()


def of_decision(session: Session, decision_id: UUID) -> CreditLimitRecord | None:
    """Give the version that the machine wrote by one of its decisions."""
    record = CreditLimitRecord
    query = select(record).where(record.decision_id == decision_id, record.verdict_id.is_(None))
    return session.scalars(query).first()


BOUNDED = text("""
SELECT EXISTS (
    SELECT FROM (
        SELECT DISTINCT ON (debtor_id, is_temporary) limit_kind FROM credit_limit
        WHERE debtor_id = ANY(:debtor_ids) AND scope = 'group' AND (NOT is_temporary OR valid_until >= :today)
        ORDER BY debtor_id, is_temporary, id DESC) newest
    WHERE limit_kind <> 'none')
OR EXISTS (
    SELECT FROM hold WHERE debtor_id = ANY(:debtor_ids) AND scope = 'group' AND ended_at IS NULL
        AND (ends_on IS NULL OR ends_on >= :today))
""")


def bind_a_group(session: Session, debtor_ids: Sequence[UUID], today: date) -> bool:
    """Whether any of these debtors has a limit for its group, in force, to come or expired, or holds all of it."""
    return bool(session.scalar(BOUNDED, {"debtor_ids": list(debtor_ids), "today": today}))


def due(session: Session, on: date) -> Sequence[CreditLimitRecord]:
    """Give of each debtor and scope the newest standing version that has begun, where it ended or is to be reviewed."""
    record = CreditLimitRecord
    query = (
        select(record)
        .where(record.is_temporary.is_(False), record.valid_from <= on)
        .ext(distinct_on(record.debtor_id, record.scope))
        .order_by(record.debtor_id, record.scope, record.id.desc())
        .subquery()
    )
    newest = aliased(record, query)
    is_due = or_(newest.valid_until < on, newest.next_review_on <= on)
    return session.scalars(select(newest).where(newest.limit_kind != "none", is_due)).all()


def beginning(session: Session, on: date) -> set[UUID]:
    """Give the debtors of whom a limit that was decided before begins on a day."""
    record = CreditLimitRecord
    query = select(record.debtor_id).where(record.valid_from == on, func.date(record.known_at) < on)
    return set(session.scalars(query))


def changing(session: Session, after: date, until: date) -> set[UUID]:
    """Give the debtors of whom a version of a limit begins, or is over, on one of the days after `after` to `until`."""
    record = CreditLimitRecord
    begins = and_(record.valid_from > after, record.valid_from <= until)
    # It is over on the day after its last one.
    is_over = and_(record.valid_until >= after, record.valid_until < until)
    return set(session.scalars(select(record.debtor_id).where(or_(begins, is_over)).distinct()))
