"""Lists page by a cursor that says after which row to go on; callers cannot read it and need not."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from api.problems import BadInput, Fault

BIGINT_DIGITS = 18
Key = ColumnElement[Any] | InstrumentedAttribute[Any]


def _whole(text: str) -> int:
    if not text.isdecimal() or len(text) > BIGINT_DIGITS:
        raise ValueError("not a whole number of the database")
    return int(text)


READERS: dict[type, Any] = {
    UUID: UUID,
    int: _whole,
    str: str,
    Decimal: Decimal,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and the cursor of the next ones, or None at the end."""

    items: list[Any]
    next: str | None


def page_of(
    session: Session,
    query: Select[*tuple[Any, ...]],
    keys: Sequence[Key],
    limit: int,
    after: str | None,
    *,
    newest_first: bool = False,
) -> Page:
    """Give one page of a query, ordered by `keys`: columns that together tell rows apart and are never null.

    An item is the record itself when the query selects one thing, else a row of what it selects. Raises BadInput for
    a cursor that is not one of this list.
    """
    ordered = query.order_by(*(key.desc() if newest_first else key.asc() for key in keys))
    if after is not None:
        place = tuple_(*keys)
        values = tuple_(*read_cursor(after, [key.type.python_type for key in keys]))
        ordered = ordered.where(place < values if newest_first else place > values)
    rows = session.execute(ordered.add_columns(*keys).limit(limit + 1)).all()
    shown = rows[:limit]
    more = len(rows) > limit
    width = len(keys)
    items = [row[0] if len(row) == width + 1 else row[:-width] for row in shown]
    return Page(items, cursor_of(shown[-1][-width:]) if more else None)


def cursor_of(values: Sequence[Any]) -> str:
    """Write the cursor of the row with these key values."""
    return base64.urlsafe_b64encode(orjson.dumps([_as_text(value) for value in values])).decode().rstrip("=")


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def read_cursor(after: str, kinds: Sequence[type]) -> list[Any]:
    """Read the values of a cursor, of these kinds. Raises BadInput for one that is not of this list."""
    try:
        values = orjson.loads(base64.b64decode(after + "=" * (-len(after) % 4), altchars=b"-_", validate=True))
        if not isinstance(values, list) or any(not isinstance(value, str) or "\0" in value for value in values):
            raise ValueError("a cursor is a list of texts")
        return [READERS[kind](value) for kind, value in zip(kinds, values, strict=True)]
    except (ValueError, binascii.Error, InvalidOperation) as error:
        fault = Fault("/after", "bad_cursor", "Send the `next` of a page of this very list.")
        raise BadInput("The cursor is not one of this list.", faults=[fault]) from error
