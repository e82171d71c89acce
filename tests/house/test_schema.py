"""Guards the schema: one head, and a migrated database that is what the code says."""

import pkgutil
from importlib import import_module

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

import api.records
from api import migrate
from api.app import unconnected_app
from api.records.base import Base
from api.web import openapi

for module in pkgutil.iter_modules(api.records.__path__):  # Also those that only the worker uses.
    import_module(f"api.records.{module.name}")


def test_there_is_one_head():
    assert len(ScriptDirectory(migrate.MIGRATIONS).get_heads()) == 1


def test_the_migrated_database_is_at_the_head_and_is_what_the_code_says(database_urls):
    engine = create_engine(database_urls[0])
    with engine.connect() as connection:
        assert migrate.current(connection) == migrate.head()
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_the_written_description_of_the_api_is_that_of_the_code(project):
    assert openapi.check(unconnected_app(), project / "openapi.yaml"), "run `make openapi`"
