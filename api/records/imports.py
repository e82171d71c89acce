"""Imports: files of ledger lines, what was taken from them, and each line that was refused, with the reason."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from api.records.base import Base, OfSeller, WithId, reference_to


class ImportRecord(WithId, Base):
    """One file. The counts are of lines."""

    __tablename__ = "ledger_import"
    __table_args__ = (CheckConstraint("state IN ('queued', 'running', 'finished', 'failed')", name="state"),)
    file_name: Mapped[str]
    format: Mapped[str]
    mapping: Mapped[dict[str, Any] | None]
    dry_run: Mapped[bool]
    state: Mapped[str]
    started_by: Mapped[str]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    lines_count: Mapped[int]
    taken_count: Mapped[int]
    known_count: Mapped[int]
    refused_count: Mapped[int]
    report: Mapped[dict[str, Any] | None]


class ImportChunkRecord(OfSeller, Base):
    """A piece of an uploaded file, kept until its job has run."""

    __tablename__ = "import_chunk"
    __table_args__ = (reference_to("ledger_import", "import_id"),)
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRefusalRecord(OfSeller, Base):
    """A fault in one line: `line` counts from 1 with the header, `column_name` as in the file."""

    __tablename__ = "import_refusal"
    __table_args__ = (reference_to("ledger_import", "import_id"),)
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    fault: Mapped[int] = mapped_column(primary_key=True)
    column_name: Mapped[str | None]
    code: Mapped[str]
    detail: Mapped[str]
    text: Mapped[str | None]
