"""Insurance policies: the contracts with credit insurers, their terms as dated data."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Select, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session

from api.records.base import Base, WithId, new_id, reference_to


class InsurancePolicyRecord(WithId, Base):
    """One contract. `insurer_id` is the insurer as its credentials name it; `provider` the source through which cover
    is asked, None where people ask; `numbers` what that source knows the contract by.
    """

    __tablename__ = "insurance_policy"
    __table_args__ = (
        CheckConstraint("valid_until >= valid_from", name="valid_days"),
        UniqueConstraint("seller_id", "insurer_id", "policy_number"),
    )
    insurer_id: Mapped[UUID]
    insurer_name: Mapped[str]
    policy_number: Mapped[str]
    provider: Mapped[str | None]
    numbers: Mapped[dict[str, Any]]
    currency: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    added_by: Mapped[str]
    known_at: Mapped[datetime]


class InsuranceTermsRecord(WithId, Base):
    """The terms of a contract from a day on (domain 6.1); the newest version that has begun counts."""

    __tablename__ = "insurance_terms"
    __table_args__ = (
        reference_to("insurance_policy", "insurance_policy_id"),
        reference_to("document", "document_id"),
        Index(None, "seller_id", "insurance_policy_id", "valid_from"),
    )
    insurance_policy_id: Mapped[UUID]
    valid_from: Mapped[date]
    terms: Mapped[dict[str, Any]]
    source: Mapped[str]
    document_id: Mapped[UUID | None]
    added_by: Mapped[str]
    known_at: Mapped[datetime]


def add(session: Session, values: Mapping[str, Any], added_by: str, known_at: datetime) -> InsurancePolicyRecord | None:
    """Add a contract; None where the insurer has one of this number already."""
    record, own = InsurancePolicyRecord, {"seller_id": session.info["seller_id"], "id": new_id()}
    added = insert(record).values(**own, **values, added_by=added_by, known_at=known_at)
    return session.scalar(added.on_conflict_do_nothing().returning(record))


def add_terms(
    session: Session, policy_id: UUID, values: Mapping[str, Any], added_by: str, known_at: datetime
) -> InsuranceTermsRecord:
    """Add a version of the terms of a contract."""
    record = InsuranceTermsRecord(insurance_policy_id=policy_id, **values, added_by=added_by, known_at=known_at)
    session.add(record)
    session.flush()
    return record


def get(session: Session, policy_id: UUID) -> InsurancePolicyRecord | None:
    """Find a contract."""
    return session.get(InsurancePolicyRecord, (session.info["seller_id"], policy_id))


def insurer_named(session: Session, insurer_name: str) -> UUID | None:
    """Give the insurer that other contracts call so; None where there is none."""
    record = InsurancePolicyRecord
    query = select(record.insurer_id).where(record.insurer_name == insurer_name).order_by(record.id)
    return session.scalar(query.limit(1))


def listing() -> Select[InsurancePolicyRecord]:
    """Select all contracts."""
    return select(InsurancePolicyRecord)


def terms_of(session: Session, policy_ids: Sequence[UUID]) -> dict[UUID, list[InsuranceTermsRecord]]:
    """Give all versions of the terms of contracts, by contract, the newest first."""
    record = InsuranceTermsRecord
    query = select(record).where(record.insurance_policy_id.in_(policy_ids))
    rows = session.scalars(query.order_by(record.insurance_policy_id, record.valid_from.desc(), record.id.desc()))
    return {policy_id: list(versions) for policy_id, versions in groupby(rows, lambda each: each.insurance_policy_id)}
