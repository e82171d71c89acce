"""What every answer carries, what the log tells and keeps to itself, what is counted and what is bounded."""

import json
import re
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
import structlog

from api.app import create_app
from api.records.sessions import Sessions, connect
from api.web.log import configure_log
from tests.web_checks import assert_problem

PATH = f"/v1/things/{UUID(int=1)}"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize("path", [PATH, "/nothing", "/healthz", "/docs"])
def test_every_answer_is_guarded_against_browsers(client_of, path):
    headers = client_of("sales").get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in headers
    assert "Server" not in headers


def test_an_answer_is_never_cached_and_over_https_says_to_stay_there(client_of):
    headers = client_of("sales").get(PATH, base_url="https://creditgate.example").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (f"00-{TRACE}-00f067aa0ba902b7-01", True),
        (f"cc-{TRACE}-00f067aa0ba902b7-01-what-comes-later", True),
        (f"00-{TRACE.upper()}-00f067aa0ba902b7-01", False),
        (f"ff-{TRACE}-00f067aa0ba902b7-01", False),
        (f"00-{'0' * 32}-00f067aa0ba902b7-01", False),
        (f"00-{TRACE}-{'0' * 16}-01", False),
        ("nonsense", False),
        ("", False),
    ],
)
def test_a_trace_is_followed_when_it_is_one(app, given, kept):
    trace_id = app.test_client().get("/healthz", headers={"traceparent": given}).headers["Trace-Id"]
    assert re.fullmatch("[0-9a-f]{32}", trace_id)
    assert (trace_id == TRACE) == kept


@pytest.fixture
def log_lines(capsys):
    configure_log()
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    structlog.reset_defaults()


def test_the_log_has_one_line_a_request_with_its_template_and_its_caller(client_of, log_lines, seller):
    answer = client_of("sales").get(PATH)
    [line] = log_lines()
    assert (
        line.items()
        >= {
            "event": "request",
            "method": "GET",
            "route": "/v1/things/<uuid:thing_id>",
            "status": 200,
            "trace_id": answer.headers["Trace-Id"],
            "seller_id": str(seller.id),
            "role": "sales",
        }.items()
    )
    assert line["duration_ms"] >= 0


def test_the_log_tells_no_secret_and_nothing_personal(app, new_key, log_lines, told):
    key = new_key("admin", subject="ann@example.com")
    client = app.test_client()

    def fail():
        raise ValueError("open sesame")

    told.inside = fail
    headers = {"Authorization": f"Bearer {key.text}", "Creditgate-Actor": "Bob Bobson", "Idempotency-Key": "key-1"}
    client.post("/v1/keys", json={"name": "n4me", "role": "admin", "subject": "eve@example.com"}, headers=headers)
    credential = {"values": {"username": "eve@example.com", "password": "open sesame"}}
    client.put("/v1/provider-credentials/creditsafe", json=credential, headers=headers)
    client.get("/v1/keys?after=open-sesame", headers=headers)
    client.get("/somebody@example.com/open-sesame", headers=headers)
    client.get(PATH, headers={"Authorization": f"Bearer {new_key('sales').text}"})
    client.get(PATH, headers={"Authorization": "Bearer open.sesame.now"})
    lines = log_lines()
    written = json.dumps(lines)
    assert [line["status"] for line in lines if line["event"] == "request"] == [201, 200, 422, 404, 500, 401]
    secret = key.text.rpartition("_")[2]
    for hidden in (secret, "sesame", "ann@", "eve@", "Bobson", "n4me", "key-1", "somebody", "cg_test"):
        assert hidden not in written


def test_requests_are_counted_by_template_without_naming_anybody(app, client_of, seller):
    client_of("sales").get(PATH)
    app.test_client().get("/v1/no-such-thing")
    app.test_client().open("/healthz", method="BREW")
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = "127.0.0.1"
    counted = client.get("/metrics").text
    assert 'creditgate_requests_total{method="GET",route="/v1/things/<uuid:thing_id>",status="200"}' in counted
    assert 'creditgate_requests_total{method="GET",route="unknown",status="404"}' in counted
    assert 'method="other"' in counted
    for hidden in ("no-such-thing", "BREW", str(seller.id), PATH):
        assert hidden not in counted


def test_without_a_token_the_metrics_are_for_this_machine_alone(app, client_of):
    assert_problem(app, app.test_client().get("/metrics"), 401, "not_authenticated")
    assert_problem(app, client_of("admin").get("/metrics"), 401, "not_authenticated")
    proxy = app.test_client()
    proxy.environ_base["REMOTE_ADDR"] = "127.0.0.1"
    assert_problem(app, proxy.get("/metrics", headers={"X-Forwarded-For": "1.2.3.4"}), 401, "not_authenticated")


def test_with_a_token_the_metrics_need_it_from_everywhere(make_app, config):
    app = make_app(replace(config, metrics_token="geheim"))
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = "127.0.0.1"
    assert_problem(app, client.get("/metrics"), 401, "not_authenticated")
    assert client.get("/metrics", headers={"Authorization": "Bearer geheim"}).status_code == 200


def test_a_caller_that_asks_too_much_is_told_when_to_come_back(make_app, config, new_key):
    app = make_app(replace(config, requests_per_minute=3))
    client, other = app.test_client(), app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {new_key('sales').text}"
    other.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {new_key('sales').text}"
    assert [client.get(PATH).status_code for _ in range(3)] == [200] * 3
    refused = client.get(PATH)
    assert_problem(app, refused, 429, "too_many_requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert (refused.headers["RateLimit-Limit"], refused.headers["RateLimit-Remaining"]) == ("3", "0")
    assert other.get(PATH).status_code == 200
    assert {client.get("/healthz").status_code for _ in range(5)} == {200}


def test_an_address_that_goes_on_guessing_is_slowed_down_and_others_there_are_not(app, new_key):
    client = app.test_client()
    bad = {"Authorization": f"Bearer cg_test_{uuid4().hex}_{'0' * 64}"}
    answers = [client.get(PATH, headers=bad).status_code for _ in range(61)]
    assert answers == [401] * 60 + [429]
    assert client.get(PATH, headers={"Authorization": f"Bearer {new_key('sales').text}"}).status_code == 200
    assert app.test_client().get(PATH, headers=bad).status_code == 401


@pytest.mark.parametrize("says_length", [True, False])
def test_a_body_may_be_large_only_where_it_must(make_app, config, new_key, says_length):
    app = make_app(replace(config, body_bytes_max=1000, import_bytes_max=5000))
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {new_key('finance').text}"

    def post(path: str, length: int):
        options = (
            {}
            if says_length
            else {"environ_overrides": {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}}
        )
        body = b'{"name":"' + b"x" * (length - 11) + b'"}'
        return client.post(path, data=body, content_type="application/json", **options)

    assert post("/v1/things", 999).status_code == 422
    assert_problem(app, post("/v1/things", 1001), 413, "too_large")
    assert post("/v1/large-things", 4999).json == {"length": 4999}
    assert_problem(app, post("/v1/large-things", 5001), 413, "too_large")


@pytest.mark.parametrize(("proxies", "scheme"), [(0, None), (1, "https")])
def test_what_a_proxy_says_is_believed_only_behind_one(make_app, config, proxies, scheme):
    app = make_app(replace(config, trusted_proxies=proxies))
    headers = app.test_client().get("/healthz", headers={"X-Forwarded-Proto": "https"}).headers
    assert ("Strict-Transport-Security" in headers) == (scheme == "https")


def test_the_process_is_ready_only_with_its_own_schema(app, config, database_urls, house, monkeypatch):
    assert app.test_client().get("/readyz").status_code == 200
    monkeypatch.setattr("api.migrate.head", lambda: "9999")
    assert_problem(app, app.test_client().get("/readyz"), 503, "schema_behind")


def test_without_its_database_the_process_lives_and_is_not_ready(config, client_class):
    app = create_app(config, sessions=Sessions(connect("postgresql://creditgate_app@127.0.0.1:1/nothing")))
    assert app.test_client().get("/healthz").status_code == 200
    for path in ("/readyz", "/v1/settings"):
        headers = {"Authorization": f"Bearer cg_test_{uuid4().hex}_{'0' * 64}"}
        answer = app.test_client().get(path, headers=headers)
        assert_problem(app, answer, 503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0
