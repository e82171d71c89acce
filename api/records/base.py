"""The common base of every table: column types, constraint names, and the seller each row belongs to."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, MetaData, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column
from uuid_utils.compat import uuid7

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> UUID:
    """Give a new UUIDv7: unique, and in the order of its making."""
    return UUID(int=uuid7().int)


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map: ClassVar = {
        str: Text,
        UUID: Uuid,
        Decimal: Numeric(20, 4),
        datetime: TIMESTAMP(timezone=True),
        dict[str, Any]: JSONB(none_as_null=True),
        list[Any]: JSONB(none_as_null=True),
    }


class OfSeller:
    """A table whose rows belong to one seller; `Sessions` fills in whose."""

    # First in every table, and so first in every primary key.
    seller_id: Mapped[UUID] = mapped_column(ForeignKey("seller.id"), primary_key=True, sort_order=-2)


def unchecked_seller() -> MappedColumn[UUID]:
    """Give the column of a table that every request writes: each check would lock the one row of the seller.

    Row security takes rows of the transaction's seller only, who is one that was found.
    """
    return mapped_column(primary_key=True, sort_order=-2)


class WithId(OfSeller):
    """A seller's table whose rows have an id of their own."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)


def reference_to(table: str, column: str, **options: Any) -> ForeignKeyConstraint:
    """Refer to `id` of a seller's own table, so that a row can never point at another seller's."""
    return ForeignKeyConstraint(["seller_id", column], [f"{table}.seller_id", f"{table}.id"], **options)
