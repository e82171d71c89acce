"""What one seller can ask of webhooks is bounded: how many there are, and how many are tried out at a time."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.events import webhooks as service
from api.records import webhooks
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.web.openapi import document
from tests.api.conftest import Key
from tests.api.events.receiver import Receiver, status
from tests.api.events.test_webhooks import ADDRESS, made, private_app
from tests.web_checks import assert_problem

__all__ = ["private_app"]  # A fixture.
ClientOf = Callable[..., FlaskClient]


def test_one_test_at_a_time_holds_one_thread_however_often_it_is_asked_for(
    private_app: Flask, new_key: Callable[..., Key], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "TRY_SECONDS", 1.0)
    authorization = {"HTTP_AUTHORIZATION": f"Bearer {new_key('integration').text}"}
    first = private_app.test_client()
    first.environ_base |= authorization
    path = f"/v1/webhooks/{made(first, address=receiver.address)['id']}/tests"
    receiver.answer = lambda *_: time.sleep(3)
    count = 8
    together = Barrier(count)

    def ask(number: int) -> Any:
        client = private_app.test_client()
        client.environ_base |= authorization
        together.wait()
        return client.post(path, headers={"Idempotency-Key": f"try {number}"})

    with ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(ask, range(count)))
    tried = [each for each in answers if each.status_code == 200]
    refused = [each for each in answers if each.status_code == 429]
    assert (len(tried), len(refused), len(receiver.sent)) == (1, count - 1, 1)
    assert tried[0].json["error"] == "timeout"
    for each in refused:
        assert_problem(private_app, each, 429, "webhook_test_running")
        assert int(each.headers["Retry-After"]) >= 1
    receiver.answer = status(204)
    number = answers.index(refused[0])  # Refused, it left nothing behind: the same request may be sent again.
    assert first.post(path, headers={"Idempotency-Key": f"try {number}"}).json["succeeded"] is True


def test_another_seller_tries_out_meanwhile(
    sessions: Sessions, seller: Seller, new_seller: Callable[..., Seller]
) -> None:
    other = new_seller()
    with webhooks.trying_alone(sessions, seller.id) as alone, webhooks.trying_alone(sessions, seller.id) as second:
        assert (alone, second) == (True, False)
        with webhooks.trying_alone(sessions, other.id) as elsewhere:
            assert elsewhere
    with webhooks.trying_alone(sessions, seller.id) as again:
        assert again


def test_a_seller_has_at_most_so_many_webhooks_also_when_they_are_made_at_once(
    app: Flask, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "WEBHOOKS_MAX", 3)
    client = client_of("integration")
    first = made(client)
    together = Barrier(4)

    def make(_: int) -> Any:
        together.wait()
        return client.application.test_client().post(
            "/v1/webhooks",
            json={"address": ADDRESS},
            headers={"Authorization": client.environ_base["HTTP_AUTHORIZATION"]},
        )

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(make, range(4)))
    assert sorted(each.status_code for each in answers) == [201, 201, 409, 409]
    refused = next(each for each in answers if each.status_code == 409)
    assert_problem(app, refused, 409, "too_many_webhooks")
    assert client.delete(f"/v1/webhooks/{first['id']}").status_code == 204
    made(client)


@pytest.mark.parametrize(
    ("options", "reason"), [({}, "by_request"), ({"subject": "ann@example.com"}, "by_person")], ids=["key", "person"]
)
def test_who_paused_it_is_told_as_it_was(client_of: ClientOf, options: dict[str, str], reason: str) -> None:
    client = client_of("finance", **options)
    path = f"/v1/webhooks/{made(client)['id']}"
    etag = {"If-Match": client.get(path).headers["ETag"]}
    assert client.patch(path, json={"state": "paused"}, headers=etag).json["state_reason"] == reason


def test_a_type_that_is_named_twice_is_kept_once(client_of: ClientOf) -> None:
    types = ["order.held.v1", "alert.opened.v1", "order.held.v1"]
    assert made(client_of("finance"), types=types)["types"] == ["order.held.v1", "alert.opened.v1"]


def test_a_secret_is_rotated_without_a_body(client_of: ClientOf) -> None:
    client = client_of("finance")
    answer = client.post(f"/v1/webhooks/{made(client)['id']}/secret-rotations")
    assert (answer.status_code, answer.json["secret"][:6]) == (201, "whsec_")


@pytest.mark.parametrize("path", ["/webhooks/{webhook_id}/secret-rotations", "/alerts/{alert_id}/acknowledgements"])
def test_a_body_that_may_be_left_out_is_described_so(app: Flask, path: str) -> None:
    assert document(app)["paths"][f"/v1{path}"]["post"]["requestBody"]["required"] is False


@pytest.mark.parametrize("value", [0, 1, 0.0, "true", []])
def test_only_true_and_false_are_truths(app: Flask, client_of: ClientOf, value: Any) -> None:
    answer = client_of("finance").post("/v1/webhooks", json={"address": ADDRESS, "ordered": value})
    problem = assert_problem(app, answer, 422, "bad_input")
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [("/ordered", "not_a_boolean")]
