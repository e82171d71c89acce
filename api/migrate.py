"""Brings the database to the newest schema, as its owner; and tells whether it is there."""

from importlib.resources import files

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from api.records.sessions import connect

MIGRATIONS = str(files("migrations"))
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('creditgate migrate', 0))")


def alembic_config() -> AlembicConfig:
    """Configure Alembic without a file."""
    config = AlembicConfig()
    config.set_main_option("script_location", MIGRATIONS)
    config.set_main_option("path_separator", "os")
    return config


def migrate(owner_url: str, app_url: str) -> None:
    """Bring the database of `owner_url` to the head; rights go to the login of `app_url`. Safe to run twice at once."""
    engine = connect(owner_url, pool_size=1)
    try:
        with engine.begin() as connection:
            connection.execute(ONE_AT_A_TIME)
            config = alembic_config()
            config.attributes["connection"] = connection
            config.attributes["app_login"] = make_url(app_url).username or "creditgate_app"
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def head() -> str:
    """Give the newest revision this program knows."""
    return ScriptDirectory(MIGRATIONS).get_current_head() or ""


def current(connection: Connection) -> str | None:
    """Give the revision the database is at, or None when it was never migrated."""
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


class SchemaBehind(Exception):
    """The database is not at the schema this program was written for."""


def require_head(database_url: str) -> None:
    """Raise SchemaBehind unless the database is at the newest schema."""
    engine = connect(database_url, pool_size=1)
    try:
        with engine.connect() as connection:
            found = current(connection)
    finally:
        engine.dispose()
    if found != head():
        raise SchemaBehind(
            f"the database is at schema {found or 'none'} and this program needs {head()}: run `creditgate migrate`"
        )
