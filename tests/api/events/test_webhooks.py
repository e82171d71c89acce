"""Webhooks over HTTP: made, shown, changed, given other secrets, tried out and deleted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError

from api.app import create_app
from api.clock import real_now
from api.config import Config
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.webhook_signing import secrets_that_count, signed_headers
from api.wiring import House
from tests.api.conftest import Client, Key
from tests.api.events.hooks import Hook
from tests.api.events.receiver import Receiver, status
from tests.web_checks import assert_documented, assert_problem

ClientOf = Callable[..., FlaskClient]
ADDRESS = "https://erp.example.com/hook"


@pytest.fixture
def client(client_of: ClientOf) -> FlaskClient:
    return client_of("integration")


@pytest.fixture(scope="module")
def private_app(config: Config, sessions: Sessions) -> Flask:
    """The app where webhooks may go to this machine."""
    app = create_app(replace(config, webhooks_private=True), sessions=sessions)
    app.test_client_class = Client
    return app


def made(client: FlaskClient, **values: Any) -> dict[str, Any]:
    answer = client.post("/v1/webhooks", json={"address": ADDRESS, **values})
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_webhook_is_made_and_shown_and_its_secret_once(app: Flask, client: FlaskClient) -> None:
    body = {"address": ADDRESS, "types": ["order.held.v1"], "description": "ERP", "ordered": True}
    answer = client.post("/v1/webhooks", json=body, headers={"Idempotency-Key": "one"})
    assert_documented(app, "post", "/v1/webhooks", 201, answer.json)
    assert answer.json["secret"].startswith("whsec_")
    again = client.post("/v1/webhooks", json=body, headers={"Idempotency-Key": "one"})
    assert again.json == {**answer.json, "secret": None}
    shown = client.get(f"/v1/webhooks/{answer.json['id']}")
    assert_documented(app, "get", "/v1/webhooks/{webhook_id}", 200, shown.json)
    assert shown.json == {name: value for name, value in answer.json.items() if name != "secret"}
    assert (shown.json["state"], shown.json["types"], shown.json["ordered"]) == ("active", ["order.held.v1"], True)
    listed = client.get("/v1/webhooks").json
    assert_documented(app, "get", "/v1/webhooks", 200, listed)
    assert listed["items"] == [shown.json]


def test_a_secret_is_kept_encrypted(client: FlaskClient, seller: Seller, sessions: Sessions, house: House) -> None:
    webhook = made(client)
    with sessions.of(seller.id) as session:
        kept = session.scalar(text("SELECT ciphertext FROM secret WHERE name = :n"), {"n": f"webhook:{webhook['id']}"})
        assert webhook["secret"].removeprefix("whsec_").encode() not in kept
        assert webhook["secret"] in house.vault.open(kept)


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {("/address", "required")}),
        ({"address": "http://erp.example.com/"}, {("/address", "not_https")}),
        ({"address": "https://127.0.0.1/"}, {("/address", "address_not_public")}),
        ({"address": "https://2130706433/"}, {("/address", "malformed")}),
        ({"address": ADDRESS, "secret": "mine"}, {("/secret", "unknown_field")}),
        (
            {"address": "", "types": ["*", "order.held"], "ordered": "yes"},
            {
                ("/address", "empty"),
                ("/types/0", "not_an_event_type"),
                ("/types/1", "not_an_event_type"),
                ("/ordered", "not_a_boolean"),
            },
        ),
        ({"address": ADDRESS, "types": []}, {("/types", "wrong_length")}),
    ],
)
def test_every_fault_is_named(
    app: Flask, client: FlaskClient, body: dict[str, Any], faults: set[tuple[str, str]]
) -> None:
    problem = assert_problem(app, client.post("/v1/webhooks", json=body), 422, "bad_input")
    assert {(each["pointer"], each["code"]) for each in problem["errors"]} == faults


def test_a_webhook_is_changed_in_the_version_that_was_read(app: Flask, client: FlaskClient) -> None:
    path = f"/v1/webhooks/{made(client)['id']}"
    etag = client.get(path).headers["ETag"]
    assert client.patch(path, json={"ordered": True}).status_code == 428
    changed = client.patch(path, json={"ordered": True, "types": ["debtor.changed.v1"]}, headers={"If-Match": etag})
    assert_documented(app, "patch", "/v1/webhooks/{webhook_id}", 200, changed.json)
    assert (changed.json["ordered"], changed.json["types"], changed.json["address"]) == (
        True,
        ["debtor.changed.v1"],
        ADDRESS,
    )
    assert_problem(app, client.patch(path, json={"ordered": False}, headers={"If-Match": etag}), 412, "stale_version")
    newer = {"If-Match": changed.headers["ETag"]}
    bad = client.patch(path, json={"address": "https://10.0.0.1/"}, headers=newer)
    assert_problem(app, bad, 422, "bad_input")
    assert_problem(app, client.patch(path, json={}, headers=newer), 422, "bad_input")
    paused = client.patch(path, json={"state": "paused", "types": None}, headers=newer)
    assert (paused.json["state"], paused.json["state_reason"], paused.json["types"]) == ("paused", "by_request", None)
    back = client.patch(path, json={"state": "active"}, headers={"If-Match": paused.headers["ETag"]})
    assert (back.json["state"], back.json["state_reason"]) == ("active", None)


def test_a_deleted_webhook_is_gone_with_its_secret(
    app: Flask, client: FlaskClient, seller: Seller, sessions: Sessions
) -> None:
    path = f"/v1/webhooks/{made(client)['id']}"
    assert client.delete(path).status_code == 204
    assert_problem(app, client.get(path), 404, "not_found")
    assert_problem(app, client.delete(path), 404, "not_found")
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM secret")) == 0


def test_another_sellers_webhook_is_not_there(
    app: Flask, client: FlaskClient, client_of: ClientOf, new_seller: Callable[..., Seller]
) -> None:
    webhook_id = made(client)["id"]
    other = client_of("integration", seller=new_seller())
    for method, path, body in (
        ("get", "", None),
        ("patch", "", {"ordered": True}),
        ("delete", "", None),
        ("get", "/deliveries", None),
        ("post", "/tests", None),
        ("post", "/secret-rotations", {}),
        ("post", "/redeliveries", {"parked_since": "2026-01-01T00:00:00Z"}),
    ):
        answer = other.open(f"/v1/webhooks/{webhook_id}{path}", method=method, json=body)
        assert_problem(app, answer, 404, "not_found")
    assert other.get("/v1/webhooks").json["items"] == []
    assert client.get(f"/v1/webhooks/{webhook_id}").status_code == 200


def _verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def test_two_secrets_count_while_they_overlap(
    app: Flask, client: FlaskClient, seller: Seller, sessions: Sessions, house: House
) -> None:
    webhook = made(client)
    path = f"/v1/webhooks/{webhook['id']}/secret-rotations"
    headers = {"Idempotency-Key": "turn"}
    rotated = client.post(path, json={"overlap_hours": 2}, headers=headers)
    assert_documented(app, "post", "/v1/webhooks/{webhook_id}/secret-rotations", 201, rotated.json)
    assert client.post(path, json={"overlap_hours": 2}, headers=headers).json["secret"] is None
    old, new, now, body = webhook["secret"], rotated.json["secret"], real_now(), b'{"a":1}'

    def signed(after: timedelta) -> dict[str, str]:
        with sessions.of(seller.id) as session:
            counting = secrets_that_count(session, house.vault, webhook["id"], now + after)
        return dict(signed_headers(counting, "id", body, now))

    during, later = signed(timedelta(hours=1)), signed(timedelta(hours=3))
    assert [_verified(each, during, body) for each in (old, new)] == [True, True]
    assert [_verified(each, later, body) for each in (old, new)] == [False, True]
    assert client.post(path, json={"overlap_hours": 0}).status_code == 201
    with sessions.of(seller.id) as session:
        counting = secrets_that_count(session, house.vault, webhook["id"], real_now())
    assert len(counting) == 1
    assert counting[0] not in (old, new)
    assert "whsec_" not in client.get(f"/v1/webhooks/{webhook['id']}").text


def test_a_webhook_is_tried_out(private_app: Flask, new_key: Callable[..., Key], receiver: Receiver) -> None:
    client = private_app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {new_key('integration').text}"
    webhook = made(client, address=receiver.address)
    path = f"/v1/webhooks/{webhook['id']}/tests"
    told = client.post(path, headers={"Idempotency-Key": "try"})
    assert_documented(private_app, "post", "/v1/webhooks/{webhook_id}/tests", 200, told.json)
    assert (told.json["succeeded"], told.json["status"], told.json["error"]) == (True, 204, None)
    assert client.post(path, headers={"Idempotency-Key": "try"}).json == told.json
    (sent,) = receiver.sent
    assert Webhook(webhook["secret"]).verify(sent.body, sent.headers)["type"] == "webhook.test.v1"
    assert sent.id == sent.event["id"] == told.json["event_id"]
    receiver.answer = status(500)
    told = client.post(path)
    assert (told.json["succeeded"], told.json["status"], told.json["error"]) == (False, 500, "refused")


def test_where_private_addresses_are_not_allowed_nothing_is_sent_to_them(
    client: FlaskClient, receiver: Receiver, seller: Seller, sessions: Sessions
) -> None:
    webhook = made(client)
    with sessions.of(seller.id) as session:  # As a name does that points elsewhere later.
        session.execute(text("UPDATE webhook SET address = :a"), {"a": receiver.address.replace("http:", "https:")})
    assert client.post(f"/v1/webhooks/{webhook['id']}/tests").json["error"] == "address_not_allowed"
    assert receiver.sent == []


def test_while_secrets_overlap_each_delivery_is_signed_by_both_and_logs_hold_none(
    new_hook: Callable[..., Hook], client: FlaskClient, receiver: Receiver, capfd: pytest.CaptureFixture[str]
) -> None:
    hook = new_hook()
    path = f"/v1/webhooks/{hook.id}/secret-rotations"
    second = client.post(path, json={"overlap_hours": 1}).json["secret"]
    hook.tell()
    hook.run_all()
    (both,) = receiver.sent
    assert len(both.headers["webhook-signature"].split()) == 2
    assert [_verified(each, both.headers, both.body) for each in (hook.secret, second)] == [True, True]
    third = client.post(path, json={"overlap_hours": 0}).json["secret"]
    hook.tell()
    receiver.answer = status(500)
    hook.run_all()
    last = receiver.sent[-1]
    assert [_verified(each, last.headers, last.body) for each in (hook.secret, second, third)] == [False, False, True]
    aged = {**last.headers, "webhook-timestamp": str(int(last.headers["webhook-timestamp"]) - 3600)}
    assert not _verified(third, aged, last.body)
    assert not _verified(third, last.headers, last.body + b" ")
    shown = [client.get(f"/v1/webhooks/{hook.id}{each}").text for each in ("", "/deliveries")]
    said = "".join([*shown, client.get("/v1/webhooks").text, *capfd.readouterr()])
    for secret in (hook.secret, second, third):
        assert secret.removeprefix("whsec_") not in said
