"""Documents: papers as evidence, each stored once by its hash, with where it came from and of which day it is."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from api.records.base import Base, WithId, reference_to

DOCUMENT_TYPES = (
    *("terms", "signed_terms", "order", "order_confirmation", "delivery_note", "invoice", "correspondence"),
    *("cover_decision", "condition_evidence", "discretionary_evidence", "guarantee", "identity", "insurance_policy"),
    "other",
)


class DocumentRecord(WithId, Base):
    """One paper. The same bytes are the same document; `sha256` is in hexadecimal."""

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint(f"type IN {DOCUMENT_TYPES}", name="type"),
        reference_to("debtor", "debtor_id"),
        UniqueConstraint("seller_id", "sha256"),
        Index(None, "seller_id", "debtor_id"),
    )
    sha256: Mapped[str]
    type: Mapped[str]
    source: Mapped[str]
    dated_on: Mapped[date]
    file_name: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    debtor_id: Mapped[UUID | None]
    added_by: Mapped[str]
    known_at: Mapped[datetime]
