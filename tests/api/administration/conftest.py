"""The app with sources of a test's own, so that credentials can be told from wrong ones whatever sources there are."""

import pytest
from flask import Flask

from api.app import create_app
from api.clock import Clock
from api.wiring import House
from providers.catalog import Catalog, Source
from providers.settings import SourceSettings
from tests.api.conftest import Client

BUREAU = Source(
    SourceSettings("bureau", "https://bureau.example", credentials=("username", "password")),
    services=(SourceSettings("bureau_sign_in", "https://sign-in.bureau.example"),),
)
OPEN_LIST = Source(SourceSettings("open_list", "https://list.example", optional_credentials=("requester",)))


@pytest.fixture(scope="session")
def app(config, sessions) -> Flask:
    app = create_app(
        config, sessions=sessions, clock=Clock(), catalog=Catalog((BUREAU, OPEN_LIST, Catalog().source("vies")))
    )
    app.test_client_class = Client
    return app


@pytest.fixture(scope="session")
def house(app: Flask) -> House:
    """That of this app, in whatever order the rooms are tested."""
    return app.extensions["creditgate"]
