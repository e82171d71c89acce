"""Guards the routes: each says who may ask it, and nobody else gets further than the door."""

import re
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from flask import Flask

from api.app import create_app
from api.clock import real_now
from api.config import Config
from api.records import keys
from api.records.keys import ROLES, NewKey
from api.web.permissions import PERMISSIONS, PUBLIC, permission_of
from tests.web_checks import assert_problem

PUBLIC_PATHS = {
    *("/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/docs/<string:name>"),
    "/v1/notices/<string:provider>/<string:token>",  # Its token is a secret, and all that it takes is kept unread.
    "/v1/mail-unsubscriptions/<string(maxlength=2000):token>",  # For who reads mail: the token says whose it is.
}


@pytest.fixture(scope="module")
def app(sessions) -> Flask:
    config = Config(secret_keys=(Fernet.generate_key().decode(),), requests_per_minute=1_000_000)
    return create_app(config, sessions=sessions)


@pytest.fixture(scope="module")
def guarded(app) -> list[tuple[str, str, str]]:
    """Every route that is not public: method, an address, and the permission it asks for."""
    return [
        (method, _address(rule.rule), permission_of(app.view_functions[rule.endpoint]))
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
        if permission_of(app.view_functions[rule.endpoint]) != PUBLIC
    ]


def _address(rule: str) -> str:
    return re.sub("<[^>]*>", lambda found: "1" if found[0].startswith("<int:") else str(uuid4()), rule)


def test_only_these_routes_are_public(app):
    public = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if permission_of(app.view_functions[rule.endpoint]) in (None, PUBLIC)
    }
    assert public == PUBLIC_PATHS


def test_nobody_gets_in_without_a_credential(app, guarded):
    assert guarded
    for number, (method, path, _) in enumerate(guarded):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"10.0.{number // 250}.{number % 250}"
        assert_problem(app, client.open(path, method=method), 401, "not_authenticated")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_without_the_permission_gets_no_further_than_the_door(app, guarded, role, sessions, new_seller):
    seller = new_seller()
    new = NewKey(role, "guard", "ann@example.com", insurer_id=uuid4() if role == "insurer" else None)
    with sessions.of(seller.id) as session:
        key = keys.add(session, seller, new, real_now())
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    for method, path, permission in guarded:
        if role not in PERMISSIONS[permission]:
            assert_problem(app, client.open(path, method=method), 403, "not_allowed")
        else:
            assert client.open(path, method=method).status_code not in (401, 403), (method, path)


def test_headers_that_a_route_reads_are_documented(app):
    """Each POST may be sent again under a key, and what changes only the version that was read asks which it was."""
    paths = app.test_client().get("/openapi.json").json["paths"]
    operations = [(method, each) for path in paths.values() for method, each in path.items() if method != "parameters"]
    for method, operation in operations:
        headers = {
            each["name"]: each.get("required") for each in operation.get("parameters", ()) if each.get("in") == "header"
        }
        if method == "post":
            assert "Idempotency-Key" in headers, operation["operationId"]
        if "428" in operation["responses"]:
            assert headers.get("If-Match"), operation["operationId"]
        elif "412" in operation["responses"]:
            assert "If-Match" in headers, operation["operationId"]
