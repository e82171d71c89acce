"""What tests share: a migrated scratch database, and sellers of their own in it: no test sees another's rows."""

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from api.administration.sellers import add_seller
from api.clock import Clock
from api.embedded import scratch
from api.migrate import migrate
from api.records.sellers import Seller
from api.records.sessions import Sessions, connect
from tests.sandbox_control import SandboxControl, serving

# The same examples each time, so that nothing fails by bad luck or on a slow machine; `make prove` looks for new ones.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", UNTIMED, derandomize=True)
settings.register_profile("random", UNTIMED, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("CREDITGATE_HYPOTHESIS", "same"))


def _server() -> Iterator[tuple[URL, URL]]:
    """Give the owner's and the application's URL: of the PostgreSQL that is configured, else of one of our own."""
    app_url = os.environ.get("CREDITGATE_DATABASE_URL")
    if app_url:
        owner_url = os.environ.get("CREDITGATE_OWNER_DATABASE_URL")
        if not owner_url:
            pytest.exit(
                "CREDITGATE_OWNER_DATABASE_URL (a login with CREATEDB) is needed beside CREDITGATE_DATABASE_URL"
            )
        yield _psycopg(owner_url), _psycopg(app_url)
        return
    with scratch() as embedded:
        yield _psycopg(embedded.owner_url), _psycopg(embedded.app_url)


def _end_connections(url: str, database: str) -> None:
    engine = connect(url)
    ours = "datname = :database AND usename = current_user AND pid <> pg_backend_pid()"
    with engine.connect() as connection:
        connection.execute(
            text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}"), {"database": database}
        )
    engine.dispose()


def _psycopg(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg")


@pytest.fixture(scope="session")
def database_urls() -> Iterator[tuple[str, str]]:
    """A fresh, migrated database: the owner's URL and the application's."""
    server = _server()
    owner, app = next(server)
    name = f"creditgate_test_{uuid4().hex[:12]}"
    admin = create_engine(owner, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    owner_url = owner.set(database=name).render_as_string(hide_password=False)
    app_url = app.set(database=name).render_as_string(hide_password=False)
    migrate(owner_url, app_url)
    yield owner_url, app_url
    _end_connections(app_url, name)  # Each login may end its own only.
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    admin.dispose()
    for _ in server:
        pass


@pytest.fixture(scope="session")
def sessions(database_urls: tuple[str, str]) -> Iterator[Sessions]:
    """Transactions through the application's login."""
    engine = connect(database_urls[1])
    yield Sessions(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def new_seller(sessions: Sessions) -> Callable[..., Seller]:
    """Makes a seller that no other test uses, with the shipped policies."""

    def make(mode: str = "test", starts_on: date | None = None) -> Seller:
        return add_seller(sessions, f"Seller {uuid4()}", mode, starts_on=starts_on)

    return make


@pytest.fixture
def seller(new_seller: Callable[..., Seller]) -> Seller:
    """One test seller."""
    return new_seller()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's root."""
    return Path(__file__).parent.parent


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxControl]:
    """The sandbox on a port of this machine: every vendor's protocol, faults on request, and what was asked of it."""
    with serving() as control:
        yield control
