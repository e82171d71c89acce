"""Inserts many rows with one statement: quicker than one for each, where COPY is refused under row security."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records.base import Base


def insert_many(session: Session, record: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that name the same columns; the rest are left to their defaults. `seller_id` is filled in."""
    if not rows:
        return
    table = record.__tablename__
    named = {column.name for column in record.__table__.columns}
    if not named.issuperset(rows[0]):
        raise KeyError(f"{table} has no column {', '.join(set(rows[0]) - named)}")
    columns = ", ".join(f'"{name}"' for name in rows[0])
    told = orjson.dumps([dict(row) for row in rows], default=str).decode()
    session.execute(
        text(
            f"INSERT INTO {table} (seller_id, {columns}) SELECT CAST(:seller_id AS uuid), {columns}"  # noqa: S608
            f" FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb))"
        ),
        {"seller_id": session.info["seller_id"], "rows": told},
    )
