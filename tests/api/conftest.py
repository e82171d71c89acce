"""What the tests of every room share: the app on the scratch database, and clients that carry a key."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Any
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient

from api.app import create_app
from api.clock import Clock, real_now
from api.config import Config
from api.records import keys
from api.records.keys import NewKey
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.wiring import House
from providers.catalog import Catalog
from tests.sandbox_control import SandboxControl

# Sources that a live seller could ask without credentials: no test reaches outside the machine.
FREE_FOR_ALL, NOWHERE = ("gleif", "vies"), "http://127.0.0.1:9"


@dataclass(frozen=True)
class Key:
    """A key's text and what it was made for."""

    text: str
    seller: Seller
    role: str


class Client(FlaskClient):
    """A client at an address of its own, so that one test's failures never slow another down."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.environ_base = {**self.environ_base, "REMOTE_ADDR": str(IPv6Address(uuid4().int))}


@pytest.fixture(scope="session")
def config(database_urls: tuple[str, str]) -> Config:
    return Config(
        database_url=database_urls[1],
        secret_keys=(Fernet.generate_key().decode(),),
        requests_per_minute=1_000_000,
    )


@pytest.fixture(scope="session")
def client_class() -> type[FlaskClient]:
    return Client


@pytest.fixture(scope="session")
def app(config: Config, sessions: Sessions, sandbox: SandboxControl) -> Flask:
    """The app, whose test sellers the sandbox answers.

    It keeps nothing of one test for another but what stands in the database.
    """
    catalog = Catalog(sandbox_address=sandbox.address, addresses=dict.fromkeys(FREE_FOR_ALL, NOWHERE))
    app = create_app(config, sessions=sessions, clock=Clock(), catalog=catalog)
    app.test_client_class = Client
    return app


@pytest.fixture(scope="session")
def house(app: Flask) -> House:
    return app.extensions["creditgate"]


@pytest.fixture
def new_key(sessions: Sessions, seller: Seller) -> Callable[..., Key]:
    """Makes a key: of the test's seller, unless another is named."""

    def make(role: str, seller: Seller = seller, subject: str | None = None, **options: Any) -> Key:
        if role == "insurer":
            options.setdefault("insurer_id", uuid4())
        with sessions.of(seller.id) as session:
            key = keys.add(session, seller, NewKey(role, f"test {role}", subject, **options), real_now())
        return Key(key, seller, role)

    return make


@pytest.fixture
def client_of(app: Flask, new_key: Callable[..., Key]) -> Callable[..., FlaskClient]:
    """Makes a client that sends a key of this role: `client_of("finance")`, `client_of("sales", seller=other)`."""

    def make(role: str, **options: Any) -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {new_key(role, **options).text}"
        return client

    return make
