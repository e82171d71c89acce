"""Documents: papers as evidence, each stored once by its hash, with where it came from and of which day it is."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Select, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from api.records.base import Base, WithId, new_id, reference_to

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
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    debtor_id: Mapped[UUID | None]
    added_by: Mapped[str]
    known_at: Mapped[datetime]


def add(session: Session, values: Mapping[str, Any]) -> tuple[DocumentRecord, bool]:
    """Keep a document, unless its bytes are kept already; gives the one that is kept, and whether it is new."""
    record, seller_id = DocumentRecord, session.info["seller_id"]
    added = insert(record).values(seller_id=seller_id, id=new_id(), **values)
    is_new = session.scalar(added.on_conflict_do_nothing().returning(record.id)) is not None
    return session.scalars(select(record).where(record.sha256 == values["sha256"])).one(), is_new


def get(session: Session, document_id: UUID) -> DocumentRecord | None:
    """Find a document; its bytes are read when they are asked for."""
    return session.get(DocumentRecord, (session.info["seller_id"], document_id))


def of_debtor(session: Session, document_id: UUID, debtor_id: UUID) -> DocumentRecord | None:
    """Find a document that is of a debtor, or of none: the paper of another one is no evidence of his."""
    record = get(session, document_id)
    return record if record is not None and record.debtor_id in (None, debtor_id) else None


def listing(debtor_id: UUID | None = None, type: str | None = None) -> Select[DocumentRecord]:
    """Select documents: of a debtor, of a type, or all."""
    query = select(DocumentRecord)
    if debtor_id is not None:
        query = query.where(DocumentRecord.debtor_id == debtor_id)
    return query if type is None else query.where(DocumentRecord.type == type)
