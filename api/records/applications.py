"""Applications: credit asked for a debtor, what the machine said, and who must decide by when."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Select, select, text
from sqlalchemy.orm import Mapped, Session

from api.records import alerts, debtors
from api.records.base import Base, WithId, reference_to

# `seconding`: a verdict was given that needs a second person. What is over stays over: one applies again.
APPLICATION_STATES = ("approved", "prepayment_offered", "referred", "seconding", "declined", "agreed", "withdrawn")
WAITING = ("referred", "seconding")
OVERDUE = "referral_overdue"


class ApplicationRecord(WithId, Base):
    """One application. `decision_id` is the machine's decision, which no verdict changes.

    `because` is the reason why it is not as the machine answered: what a person decided before, or a limit in force.
    `applied_by` is the credential's name, `actor` whom a machine named; neither may decide it. A referral has an
    `owner` once somebody took it, and must be decided by `due_at`. `withdrawn_by` and why are of one that was withdrawn
    by who asked it, not of one that a newer one replaced.
    """

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint(f"state IN {APPLICATION_STATES}", name="state"),
        CheckConstraint("requested_amount >= 0", name="requested_amount"),
        reference_to("debtor", "debtor_id"),
        reference_to("decision", "decision_id"),
        reference_to("insurance_policy", "insurance_policy_id"),
        Index(None, "seller_id", "debtor_id", "id"),
        Index(
            "ix_application_waiting",
            "seller_id",
            "due_at",
            postgresql_where=text("state IN ('referred', 'seconding')"),
        ),
    )
    debtor_id: Mapped[UUID]
    decision_id: Mapped[UUID]
    insurance_policy_id: Mapped[UUID | None]
    scope: Mapped[str]
    requested_kind: Mapped[str]
    requested_amount: Mapped[Decimal | None]
    currency: Mapped[str]
    requested_terms: Mapped[dict[str, Any] | None]
    monthly_sales: Mapped[Decimal | None]
    monthly_sales_currency: Mapped[str | None]
    state: Mapped[str]
    because: Mapped[str | None]
    owner: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    applied_by: Mapped[str]
    actor: Mapped[str | None]
    applied_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int]
    withdrawn_by: Mapped[str | None]
    withdrawal_reason: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]


class AgreedTermsRecord(WithId, Base):
    """Terms that a debtor accepted in writing: which text (its SHA-256 and version), who, when and by what channel.

    The newest counts. `document_id` is the stored paper, where it was stored.
    """

    __tablename__ = "agreed_terms"
    __table_args__ = (
        CheckConstraint("payment_term_days >= 0", name="payment_term_days"),
        reference_to("debtor", "debtor_id"),
        reference_to("application", "application_id"),
        reference_to("document", "document_id"),
        Index(None, "seller_id", "debtor_id", "id"),
    )
    debtor_id: Mapped[UUID]
    application_id: Mapped[UUID | None]
    document_id: Mapped[UUID | None]
    document_sha256: Mapped[str]
    terms_version: Mapped[str]
    payment_term_days: Mapped[int]
    expressly_agreed: Mapped[bool]
    debtor_size: Mapped[str | None]
    accepted_by: Mapped[str]
    accepted_on: Mapped[date]
    channel: Mapped[str]
    recorded_by: Mapped[str]
    known_at: Mapped[datetime]


def get(session: Session, application_id: UUID) -> ApplicationRecord | None:
    """Find an application, as it is now. It is changed only under its debtor's lock."""
    query = select(ApplicationRecord).where(ApplicationRecord.id == application_id)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def of_debtor(session: Session, debtor_id: UUID, states: Iterable[str]) -> Sequence[ApplicationRecord]:
    """Give a debtor's applications in some states, the newest first."""
    record = ApplicationRecord
    query = select(record).where(record.debtor_id == debtor_id, record.state.in_(states)).order_by(record.id.desc())
    return session.scalars(query.execution_options(populate_existing=True)).all()


def of_decisions(session: Session, decision_ids: Iterable[UUID]) -> dict[UUID, ApplicationRecord]:
    """Give the applications that decisions are of, by the ids of the decisions."""
    query = select(ApplicationRecord).where(ApplicationRecord.decision_id.in_(list(decision_ids)))
    return {each.decision_id: each for each in session.scalars(query)}


def newest(session: Session, debtor_id: UUID) -> ApplicationRecord | None:
    """Give a debtor's newest application, whatever became of it."""
    query = select(ApplicationRecord).where(ApplicationRecord.debtor_id == debtor_id)
    return session.scalars(query.order_by(ApplicationRecord.id.desc()).limit(1)).first()


def past_due(session: Session, now: datetime) -> Sequence[ApplicationRecord]:
    """Give the applications that wait for a person past their deadline, the oldest deadline first."""
    record = ApplicationRecord
    query = select(record).where(record.state.in_(WAITING), record.due_at < now).order_by(record.due_at, record.id)
    return session.scalars(query).all()


def listing(
    state: str | None, debtor_id: UUID | None, owner: str | None, changed_since: datetime | None
) -> Select[ApplicationRecord]:
    """Select applications; what is None does not matter."""
    record = ApplicationRecord
    query = select(record)
    if state is not None:
        query = query.where(record.state == state)
    if debtor_id is not None:
        query = query.where(record.debtor_id == debtor_id)
    if owner is not None:
        query = query.where(record.owner == owner)
    return query if changed_since is None else query.where(record.changed_at >= changed_since)


def newest_terms(session: Session, debtor_id: UUID) -> AgreedTermsRecord | None:
    """Give the terms that count for a debtor, or None while none were agreed."""
    record = AgreedTermsRecord
    query = select(record).where(record.debtor_id == debtor_id).order_by(record.id.desc())
    return session.scalars(query.limit(1)).first()


def terms_of_version(session: Session, debtor_id: UUID, terms_version: str) -> AgreedTermsRecord | None:
    """Find what a debtor accepted of one version of the terms, last."""
    record = AgreedTermsRecord
    query = select(record).where(record.debtor_id == debtor_id, record.terms_version == terms_version)
    return session.scalars(query.order_by(record.id.desc()).limit(1)).first()


def enter(application: ApplicationRecord, state: str, now: datetime, due_at: datetime | None = None) -> None:
    """Move an application, whose debtor is locked, to a state; who waits for nobody has no deadline."""
    application.state, application.due_at = state, due_at
    application.changed_at, application.version = now, application.version + 1


def replace(session: Session, application: ApplicationRecord, by_id: UUID, now: datetime) -> None:
    """Withdraw an application that another one replaces, and tell so; nobody need decide on it any more."""
    _withdraw(session, application, {"replaced_by": str(by_id)}, now)


def withdraw(session: Session, application: ApplicationRecord, by: str, reason: str, now: datetime) -> None:
    """Withdraw an application for who asked it, and tell so; nobody can decide on it any more."""
    application.withdrawn_by, application.withdrawal_reason, application.withdrawn_at = by, reason, now
    _withdraw(session, application, {"replaced_by": None, "by": by, "reason": reason}, now)


def _withdraw(session: Session, application: ApplicationRecord, why: dict[str, str | None], now: datetime) -> None:
    enter(application, "withdrawn", now)
    told = {"application_id": str(application.id), "state": application.state, **why}
    debtors.tell(session, "application.withdrawn.v1", application.debtor_id, told, now)
    alerts.end_alert(session, OVERDUE, str(application.id), now=now)
