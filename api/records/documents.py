"""Documents: papers as evidence, each stored once by its hash, with where it came from and of which day it is."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Select, UniqueConstraint, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from api.records.base import Base, OfSeller, WithId, new_id, reference_to

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


class DocumentDebtorRecord(OfSeller, Base):
    """A further debtor that a paper names, such as one of a group under one guarantee; it is evidence of that too."""

    __tablename__ = "document_debtor"
    __table_args__ = (
        reference_to("document", "document_id"),
        reference_to("debtor", "debtor_id"),
        Index(None, "seller_id", "debtor_id"),
    )
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    debtor_id: Mapped[UUID] = mapped_column(primary_key=True)
    named_by: Mapped[str]
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
    """Find a document that is of a debtor, names it, or is of none: the paper of another one is no evidence of his."""
    record = get(session, document_id)
    if record is None or record.debtor_id in (None, debtor_id):
        return record
    key = (session.info["seller_id"], document_id, debtor_id)
    return None if session.get(DocumentDebtorRecord, key) is None else record


def name_debtor(session: Session, document_id: UUID, debtor_id: UUID, named_by: str, known_at: datetime) -> bool:
    """Keep that a document names a further debtor; gives whether that is new."""
    record, seller_id = DocumentDebtorRecord, session.info["seller_id"]
    values = {"document_id": document_id, "debtor_id": debtor_id, "named_by": named_by, "known_at": known_at}
    added = insert(record).values(seller_id=seller_id, **values).on_conflict_do_nothing()
    return session.execute(added.returning(record.debtor_id)).first() is not None


def also_named(session: Session, document_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Give the further debtors that documents name, by document, in the order in which they were told."""
    record = DocumentDebtorRecord
    query = select(record.document_id, record.debtor_id).where(record.document_id.in_(list(document_ids)))
    found: dict[UUID, list[UUID]] = {}
    for document_id, debtor_id in session.execute(query.order_by(record.known_at, record.debtor_id)):
        found.setdefault(document_id, []).append(debtor_id)
    return found


def listing(debtor_id: UUID | None = None, type: str | None = None) -> Select[DocumentRecord]:
    """Select documents: of a debtor, of a type, or all."""
    query = select(DocumentRecord)
    if debtor_id is not None:
        named = select(DocumentDebtorRecord.document_id).where(DocumentDebtorRecord.debtor_id == debtor_id)
        query = query.where(or_(DocumentRecord.debtor_id == debtor_id, DocumentRecord.id.in_(named)))
    return query if type is None else query.where(DocumentRecord.type == type)
