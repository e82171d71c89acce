"""Insurance policies: the contracts with credit insurers, their terms as dated data."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from api.records.base import Base, WithId, reference_to


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
