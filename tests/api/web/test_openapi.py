"""The description of the API is that of the code, whole, and served without any outside host."""

import re

import jsonschema_rs
import pytest

from api.app import create_app, unconnected_app
from api.web import openapi
from api.web.blueprint import Blueprint, refuse_foreign_blueprints
from api.web.permissions import PERMISSIONS, RouteUnguarded, is_allowed, permission, refuse_unguarded_routes


@pytest.fixture(scope="module")
def described(app):
    return openapi.document(app)


def operations(described):
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "put", "patch", "delete"):
                yield path, method, operation


def test_every_route_is_described_with_its_problems(app, described):
    routes = {
        (re.sub(r"<(?:[\w()=]+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, method, _ in operations(described)} == routes
    for path, method, operation in operations(described):
        assert operation["summary"], path
        assert "500" in operation["responses"]
        if path.startswith("/v1") and operation.get("security") != []:
            assert operation["responses"].keys() >= {"401", "403", "422", "429", "503"}, (path, method)
            assert operation["x-permission"] in PERMISSIONS
        if "{" in path:
            assert "404" in operation["responses"]
        if method == "post":
            assert "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}, path


def test_every_problem_is_described_as_problem_json(described):
    for status, response in described["components"]["responses"].items():
        assert list(response["content"]) == ["application/problem+json"], status


def test_names_of_operations_are_unique(described):
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere_and_every_schema_is_one(described):
    text = str(described)
    for kind, name in re.findall(r"#/components/(\w+)/([\w.]+)", text):
        assert name in described["components"][kind]
    for name, schema in described["components"]["schemas"].items():
        jsonschema_rs.meta.validate({**schema, "$schema": "https://json-schema.org/draft/2020-12/schema"})
        assert schema.get("type") in ("object", None), name


def test_money_is_described_as_text(described):
    money = described["components"]["schemas"]["Money"]["properties"]
    assert (money["amount"]["type"], money["currency"]["type"]) == ("string", "string")
    assert re.match(money["amount"]["pattern"], "1250.00")
    assert not re.match(money["amount"]["pattern"], "-1")


def test_the_description_is_written_the_same_each_time_and_a_change_is_noticed(tmp_path):
    path = tmp_path / "openapi.yaml"
    assert not openapi.check(unconnected_app(), path)
    openapi.write(unconnected_app(), path)
    assert openapi.check(unconnected_app(), path)
    path.write_text(path.read_text().replace("creditgate", "another"))
    assert not openapi.check(unconnected_app(), path)


def test_the_description_is_served(app, described):
    served = app.test_client().get("/openapi.json")
    assert served.json == described
    assert served.json["openapi"].startswith("3.1")


def test_the_page_for_people_needs_no_outside_host_and_no_inline_script(app):
    client = app.test_client()
    page = client.get("/docs")
    assert (
        "'unsafe-inline'"
        not in re.search("script-src[^;]*|default-src[^;]*", page.headers["Content-Security-Policy"])[0]
    )
    sources = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert len(sources) == 4
    for source in sources:
        assert source.startswith(("/docs/", "data:"))
        if source.startswith("/docs/"):
            assert client.get(source).status_code == 200
    assert not re.search(r"<script>|\son\w+=", page.text)
    for outside in ("..%2fedge.py", "nothing.js"):
        assert client.get(f"/docs/{outside}").status_code == 404


def test_a_route_without_a_permission_keeps_the_app_from_starting(config, sessions):
    app = create_app(config, sessions=sessions)
    app.add_url_rule("/v1/open", "open", lambda: "")
    with pytest.raises(RouteUnguarded, match="/v1/open"):
        refuse_unguarded_routes(app)


def test_a_blueprint_of_another_kind_keeps_the_app_from_starting(config, sessions):
    import flask_smorest

    app = create_app(config, sessions=sessions)
    app.register_blueprint(Blueprint("ours", __name__))
    refuse_foreign_blueprints(app)
    app.register_blueprint(flask_smorest.Blueprint("theirs", __name__))
    with pytest.raises(TypeError, match="theirs"):
        refuse_foreign_blueprints(app)


def test_a_permission_that_is_not_in_the_table_cannot_be_asked_for():
    with pytest.raises(KeyError):
        permission("everything")


@pytest.mark.parametrize(
    ("name", "may", "may_not"),
    [
        ("credit_check.ask", {"sales", "finance", "credit_manager", "integration"}, {"insurer", "admin"}),
        ("ledger.write", {"finance", "credit_manager", "integration"}, {"sales", "insurer", "admin"}),
        ("policy.activate", {"credit_manager"}, {"sales", "finance", "integration", "insurer", "admin"}),
        ("key.manage", {"admin"}, {"sales", "finance", "credit_manager", "integration", "insurer"}),
    ],
)
def test_each_role_may_what_the_table_says(name, may, may_not):
    assert all(is_allowed(role, name) for role in may)
    assert not any(is_allowed(role, name) for role in may_not)


def test_no_permission_is_an_insurers_yet():
    assert not any("insurer" in roles for roles in PERMISSIONS.values())
