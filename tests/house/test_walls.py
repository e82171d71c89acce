"""Guards the walls between sellers, in every table there is, through the login the application uses."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from api.migrate import migrate

WITHOUT_A_SELLER = {"alembic_version", "public_rate", "seller"}
VALUES = {
    "uuid": "gen_random_uuid()",
    "text": "'x'",
    "bytea": "'\\x00'",
    "jsonb": "'{}'",
    "boolean": "false",
    "date": "'2026-01-01'",
    "timestamp with time zone": "'2026-01-01T00:00:00Z'",
    "interval": "'0'",
    "integer": "1",
    "bigint": "1",
    "smallint": "1",
    "numeric": "1",
}
TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1
"""


@dataclass
class Walled:
    """A database with one row of seller A in every table, and nothing of seller B."""

    owner: Engine
    app: Engine
    tables: list[str]
    a: UUID
    b: UUID


@pytest.fixture(scope="module")
def walled(database_urls) -> Iterator[Walled]:
    owner_url, app_url = (make_url(url) for url in database_urls)
    name = f"creditgate_walls_{uuid4().hex[:12]}"
    admin = create_engine(owner_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    here = [url.set(database=name) for url in (owner_url, app_url)]
    migrate(*(url.render_as_string(hide_password=False) for url in here))
    walled = Walled(*(create_engine(url) for url in here), [], uuid4(), uuid4())
    _fill(walled)
    yield walled
    walled.app.dispose()
    walled.owner.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))  # Waits for the connections that are closing.
    admin.dispose()


def _fill(walled: Walled) -> None:
    with walled.owner.begin() as connection:
        walled.tables = [name for name in connection.scalars(text(TABLES)) if name not in WITHOUT_A_SELLER]
        # Rows need not make sense here, so that a new table is tried without anybody writing a row for it.
        constraints = "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype IN ('c', 'f')"
        for table, constraint in connection.execute(text(f"{constraints} AND connamespace = 'public'::regnamespace")):
            connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"'))
    with walled.app.begin() as connection:
        enter(connection, walled.a)
        for table in walled.tables:
            connection.execute(text(a_row(connection, table)), {"seller_id": walled.a})


def a_row(connection: Connection, table: str) -> str:
    """Write an INSERT of a row that has something in every column."""
    columns = connection.execute(
        text("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = :table"),
        {"table": table},
    ).all()
    values = [":seller_id" if name == "seller_id" else VALUES[kind] for name, kind in columns]
    names = ", ".join(f'"{name}"' for name, _ in columns)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(values)})"


def enter(connection: Connection, seller_id: UUID | None, insurer_id: UUID | None = None) -> None:
    """Begin as the application does: for one seller, or for none."""
    scope = (
        "SELECT set_config('creditgate.seller_id', :seller, true), set_config('creditgate.insurer_id', :insurer, true)"
    )
    connection.execute(text(scope), {"seller": str(seller_id or ""), "insurer": str(insurer_id or "")})


def count(connection: Connection, table: str) -> int:
    return connection.scalar(text(f"SELECT count(*) FROM {table}"))


def test_every_table_of_a_seller_has_row_security_that_binds_its_owner_too(walled):
    with walled.owner.connect() as connection:
        for table in walled.tables:
            security = text("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = CAST(:t AS regclass)")
            assert connection.execute(security, {"t": table}).one() == (True, True), table
            policies = text("SELECT count(*) FROM pg_policies WHERE tablename = :t AND permissive = 'PERMISSIVE'")
            assert connection.scalar(policies, {"t": table}) >= 1, table


def test_a_seller_sees_its_own_row_in_every_table(walled):
    with walled.app.begin() as connection:
        enter(connection, walled.a)
        assert {table: count(connection, table) for table in walled.tables} == dict.fromkeys(walled.tables, 1)


@pytest.mark.parametrize("who", ["another seller", "nobody", "nobody who never said so", "an insurer"])
def test_no_other_sees_a_row_in_any_table(walled, who):
    with walled.app.begin() as connection:
        if who != "nobody who never said so":
            seller = {"another seller": walled.b, "nobody": None, "an insurer": walled.a}[who]
            enter(connection, seller, uuid4() if who == "an insurer" else None)
        assert {table: count(connection, table) for table in walled.tables} == dict.fromkeys(walled.tables, 0)


@pytest.mark.parametrize("seller", ["b", None])
def test_no_other_writes_a_row_into_any_table_as_that_seller(walled, seller):
    for table in walled.tables:
        with walled.app.connect() as connection:
            enter(connection, walled.b if seller else None)
            row = a_row(connection, table)
            with pytest.raises(ProgrammingError, match="row-level security"):
                connection.execute(text(row), {"seller_id": walled.a})


def test_no_other_changes_or_deletes_a_row_in_any_table(walled):
    for table in walled.tables:
        for change in (f"DELETE FROM {table}", f"UPDATE {table} SET seller_id = seller_id"):
            with walled.app.connect() as connection:
                enter(connection, walled.b)
                try:
                    changed = connection.execute(text(change)).rowcount
                except ProgrammingError as error:
                    assert "permission denied" in str(error)  # noqa: PT017
                    changed = 0
                assert changed == 0, table


def test_a_view_looks_through_the_walls_of_whoever_asks(walled):
    views = text(
        "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
        " AND NOT coalesce(reloptions @> ARRAY['security_invoker=true'], false)"
    )
    with walled.owner.connect() as connection:
        assert connection.scalars(views).all() == []


def test_the_functions_that_look_behind_the_walls_are_these(walled):
    looking = text(
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY proname"
    )
    with walled.owner.connect() as connection:
        assert connection.scalars(looking).all() == [
            "find_issuer",
            "find_key",
            "sellers_with_pending_events",
            "webhook_figures",
            "webhooks_with_work",
        ]


def test_the_walls_stand_again_after_a_transaction(walled):
    with walled.app.connect() as connection:
        with connection.begin():
            enter(connection, walled.a)
        with connection.begin():
            assert count(connection, "key") == 0
