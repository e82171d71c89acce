"""Statements of the busiest routes, handed to the driver itself: SQLAlchemy's own work on each takes longer than it."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection, RawCursor
from psycopg.pq import ExecStatus
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

PARAMETER = re.compile(r"(?<![:\w]):([a-z_]\w*)")


class Quick:
    """A statement with `:names` for its values, as in SQLAlchemy's `text`; it runs in a session's transaction.

    Errors are SQLAlchemy's, as those of any other statement.
    """

    def __init__(self, sql: str) -> None:
        self._names = tuple(dict.fromkeys(PARAMETER.findall(sql)))
        self._sql = PARAMETER.sub(lambda found: f"${self._names.index(found[1]) + 1}", sql).encode()

    def first(self, session: Session, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Give the first row that comes back, None without any."""
        with self._done(session, values) as cursor:
            return cursor.fetchone()

    def all(self, session: Session, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Give all rows that come back."""
        with self._done(session, values) as cursor:
            return cursor.fetchall()

    def count(self, session: Session, values: Mapping[str, Any]) -> int:
        """Do it, and give how many rows it wrote."""
        with self._done(session, values) as cursor:
            return cursor.rowcount

    def _done(self, session: Session, values: Mapping[str, Any]) -> RawCursor[tuple[Any, ...]]:
        cursor = RawCursor(driver(session))
        try:
            return cursor.execute(self._sql, [values[name] for name in self._names])
        except psycopg.Error as error:
            cursor.close()
            # Values are left out: rows of ledgers are personal data, and errors are logged.
            raise DBAPIError.instance(self._sql.decode(), None, error, psycopg.Error, hide_parameters=True) from error


def driver(session: Session) -> Connection[tuple[Any, ...]]:
    """Give the driver's connection of a session's transaction."""
    connection: Connection[tuple[Any, ...]] = session.connection().connection.driver_connection  # type: ignore[assignment]
    return connection


def array(values: Iterable[UUID | Decimal | str]) -> str:
    """Write ids, amounts or words as PostgreSQL writes an array: the driver looks long at a list for what it is of."""
    return "{" + ",".join(map(str, values)) + "}"


def begin(session: Session, settings: str) -> bool:
    """Begin a session's transaction and set it up in one round trip, where the driver would take two.

    `settings` is SQL without values. Gives False where that failed: nothing can be done in it then.
    """
    answer = driver(session).pgconn.exec_(f"BEGIN; {settings}".encode())
    return answer.status == ExecStatus.TUPLES_OK
