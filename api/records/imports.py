"""Imports: files of ledger lines, what was taken from them, and each line that was refused, with the reason."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, Select, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller, WithId, reference_to

CHUNK_BYTES = 1_000_000


class ImportRecord(WithId, Base):
    """One file, `format` as it was ordered: what it is, its report says. The counts are of lines.

    One whose content is known by `content_sha256` goes on where it was killed when the same is imported again.
    """

    __tablename__ = "ledger_import"
    __table_args__ = (CheckConstraint("state IN ('queued', 'running', 'finished', 'failed')", name="state"),)
    file_name: Mapped[str]
    format: Mapped[str]
    content_sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
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


def start(
    session: Session,
    *,
    file_name: str,
    format: str,
    content_sha256: bytes | None,
    mapping: Mapping[str, Any] | None,
    dry_run: bool,
    started_by: str,
    created_at: datetime,
) -> ImportRecord:
    """Add an import that has not read a line yet."""
    record = ImportRecord(
        file_name=file_name,
        format=format,
        content_sha256=content_sha256,
        mapping=dict(mapping) if mapping is not None else None,
        dry_run=dry_run,
        state="queued",
        started_by=started_by,
        created_at=created_at,
        finished_at=None,
        lines_count=0,
        taken_count=0,
        known_count=0,
        refused_count=0,
        report=None,
    )
    session.add(record)
    session.flush()
    return record


def unfinished(session: Session, content_sha256: bytes, mapping: Mapping[str, Any] | None) -> ImportRecord | None:
    """Find an import of the same content with the same mapping that began to run and did not end."""
    record = ImportRecord
    query = select(record).where(
        record.content_sha256 == content_sha256, record.state == "running", record.dry_run.is_(False)
    )
    found = session.scalars(query.order_by(record.created_at.desc())).all()
    return next((each for each in found if each.mapping == (dict(mapping) if mapping is not None else None)), None)


def get(session: Session, import_id: UUID) -> ImportRecord | None:
    """Find an import by id."""
    return session.get(ImportRecord, (session.info["seller_id"], import_id))


def add_chunks(session: Session, import_id: UUID, stream: BinaryIO) -> None:
    """Keep a file until its job has run, a piece at a time."""
    position = 0
    while content := stream.read(CHUNK_BYTES):
        session.execute(
            insert(ImportChunkRecord),
            {
                "seller_id": session.info["seller_id"],
                "import_id": import_id,
                "position": position,
                "content": content,
            },
        )
        position += 1


def chunk(session: Session, import_id: UUID, position: int) -> bytes | None:
    """Give one piece of a file, or None behind the last."""
    record = ImportChunkRecord
    return session.scalar(select(record.content).where(record.import_id == import_id, record.position == position))


def drop_chunks(session: Session, import_id: UUID) -> None:
    """Forget the file of an import that is finished."""
    session.execute(delete(ImportChunkRecord).where(ImportChunkRecord.import_id == import_id))


def count(session: Session, import_id: UUID, *, lines: int, taken: int, known: int, refused: int) -> None:
    """Add to the counts of an import, in the transaction that took the lines; so it can go on where it was."""
    record = ImportRecord
    session.execute(
        update(record)
        .where(record.id == import_id)
        .values(
            state="running",
            lines_count=record.lines_count + lines,
            taken_count=record.taken_count + taken,
            known_count=record.known_count + known,
            refused_count=record.refused_count + refused,
        )
    )


def finish(session: Session, import_id: UUID, state: str, report: Mapping[str, Any], finished_at: datetime) -> None:
    """Close an import as `finished` or `failed`, with its report."""
    session.execute(
        update(ImportRecord)
        .where(ImportRecord.id == import_id)
        .values(state=state, report=dict(report), finished_at=finished_at)
    )


def refuse(session: Session, import_id: UUID, refusals: Iterable[Mapping[str, Any]]) -> None:
    """Keep the faults of refused lines: line, fault (its number in the line), column_name, code, detail, text."""
    rows = [{"seller_id": session.info["seller_id"], "import_id": import_id, **refusal} for refusal in refusals]
    if rows:
        session.execute(insert(ImportRefusalRecord), rows)


def refusals(import_id: UUID) -> Select[Any]:
    """Select the faults of an import's refused lines."""
    return select(ImportRefusalRecord).where(ImportRefusalRecord.import_id == import_id)


def codes(session: Session, import_id: UUID) -> dict[str, int]:
    """Count an import's faults by code."""
    record = ImportRefusalRecord
    query = select(record.code, func.count()).where(record.import_id == import_id).group_by(record.code)
    return {code: number for code, number in session.execute(query.order_by(record.code))}  # noqa: C416
