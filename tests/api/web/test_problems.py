"""Whatever goes wrong, the answer has one form and tells nothing it should not."""

import pytest
from marshmallow import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import NotAcceptable

from api import problems
from api.problems import Fault
from api.web.faults import faults_of, raise_faults
from tests.web_checks import assert_problem

PATH = "/v1/things/00000000-0000-0000-0000-000000000000"


def raising(error):
    def fail():
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (problems.NotFound("x"), 404, "not_found"),
        (problems.BadInput("x"), 422, "bad_input"),
        (problems.NotAuthenticated("x"), 401, "not_authenticated"),
        (problems.NotAllowed("x"), 403, "not_allowed"),
        (problems.Conflict("x", code="reference_taken"), 409, "reference_taken"),
        (problems.Gone("x", code="facts_erased"), 410, "facts_erased"),
        (problems.StaleVersion("x"), 412, "stale_version"),
        (problems.InProgress("x", retry_after_seconds=3), 409, "in_progress"),
        (NotAcceptable(), 406, "not_acceptable"),
        (OperationalError("SELECT", {}, Exception("secret")), 503, "unavailable"),
        (PoolTimeout("secret"), 503, "unavailable"),
        (ValueError("secret"), 500, "internal_error"),
        (KeyError("secret"), 500, "internal_error"),
    ],
)
def test_each_error_has_its_status_and_code(app, client_of, told, error, status, code, capsys):
    told.inside = raising(error)
    answer = client_of("sales").get(PATH)
    assert_problem(app, answer, status, code)
    assert "secret" not in answer.text + capsys.readouterr().out


def test_what_may_be_tried_again_says_when(client_of, told):
    told.inside = raising(problems.InProgress("x", retry_after_seconds=3))
    assert client_of("sales").get(PATH).headers["Retry-After"] == "3"
    told.inside = raising(PoolTimeout("x"))
    assert int(client_of("sales").get(PATH).headers["Retry-After"]) > 0


def test_a_fault_of_the_database_that_will_not_pass_is_internal(app, client_of, told, house):
    def divide():
        with house.sessions.of_nobody() as session:
            session.execute(text("SELECT 1/0"))

    told.inside = divide
    assert_problem(app, client_of("sales").get(PATH), 500, "internal_error")


def test_an_address_that_does_not_exist_is_not_found_whoever_asks(app, client_of):
    for client in (app.test_client(), client_of("sales")):
        for path in ("/", "/v1", "/v1/nothing", "/v1/things/7", "/v1//things", "/v1/things/", "/docs/../app.py"):
            assert_problem(app, client.get(path), 404, "not_found")


def test_a_method_that_is_not_taken_is_answered_with_those_that_are(app, client_of):
    answer = client_of("sales").delete("/v1/things")
    assert_problem(app, answer, 405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_no_other_site_may_call_from_a_browser(app):
    answer = app.test_client().options(
        "/v1/things", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    )
    assert_problem(app, answer, 405, "method_not_allowed")
    assert not any(name.startswith("Access-Control") for name, _ in answer.headers.to_wsgi_list())


def test_who_may_not_is_told_so_before_the_body_is_read(app, client_of):
    assert_problem(app, client_of("sales").post("/v1/things", data=b"{", content_type="text/plain"), 403, "not_allowed")


def test_a_head_is_answered_without_a_body(client_of):
    answer = client_of("sales").head(PATH)
    assert (answer.status_code, answer.data) == (200, b"")


def test_faults_of_a_field_and_of_what_stands_in_it_are_told_together() -> None:
    faults = [
        Fault("/terms/0", "b", "B."),
        Fault("/terms", "a", "A."),
        Fault("", "c", "C."),
        Fault("/terms/0", "d", "D."),
    ]
    with pytest.raises(ValidationError) as raised:
        raise_faults(faults)
    assert sorted(map(str, faults_of(raised.value.messages))) == sorted(map(str, faults))
