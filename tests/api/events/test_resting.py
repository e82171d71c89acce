"""Receivers that ask us to wait, and those that answer too late."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from api.clock import real_now
from api.records import webhooks
from tests.api.events.hooks import AT_ONCE, Hook
from tests.api.events.receiver import Receiver, Sent, status
from tests.web_checks import assert_documented

ClientOf = Callable[..., FlaskClient]


def rests_for(hook: Hook) -> float | None:
    """Gives for how many seconds from now it rests."""
    with hook.house.sessions.of(hook.seller.id) as session:
        webhook = webhooks.get(session, hook.id)
        assert webhook is not None
        until = webhook.resting_until
    return None if until is None else (until - real_now()).total_seconds()


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize("ordered", [False, True], ids=["any", "ordered"])
def test_nothing_of_it_is_sent_before_the_receiver_wants_it(
    new_hook: Callable[..., Hook], receiver: Receiver, code: int, ordered: bool
) -> None:
    hook = new_hook(ordered=ordered)
    hook.tell(3)
    receiver.answer = status(code, **{"Retry-After": "120"})
    hook.run_all(AT_ONCE)
    assert len(receiver.sent) == 1
    assert 100 < (rests_for(hook) or 0) <= 120
    receiver.answer = status(200)
    hook.tell()
    with hook.house.sessions.of_nobody() as session:
        assert hook.id not in {each for _, each in webhooks.with_work(session, real_now())}
        assert hook.id in {each for _, each in webhooks.with_work(session, real_now() + timedelta(seconds=121))}
    assert hook.run(AT_ONCE) == 0
    hook.alter("UPDATE webhook SET resting_until = now() - interval '1 second'")
    hook.alter("UPDATE webhook_delivery SET due_at = queued_at")
    hook.run_all(AT_ONCE)
    assert set(hook.states()) == {"delivered"}
    assert len(set(receiver.ids)) == 4


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", None),
        ("999999999", 3600),
        ("999999999999999999999", 3600),
        ("9" * 5000, 3600),
        ("00000000000", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600),
    ],
    ids=lambda value: str(value)[:25],
)
def test_what_cannot_be_meant_is_passed_over_and_more_than_an_hour_is_an_hour(
    new_hook: Callable[..., Hook], receiver: Receiver, told: str, seconds: int | None
) -> None:
    hook = new_hook()
    hook.tell()
    receiver.answer = status(503, **{"Retry-After": told})
    assert hook.run() == 1
    rests = rests_for(hook)
    assert (rests is None) if seconds is None else (seconds - 60 < (rests or 0) <= seconds)


def test_a_person_who_says_that_it_is_well_ends_the_rest(
    new_hook: Callable[..., Hook], receiver: Receiver, client_of: ClientOf, app: Flask
) -> None:
    hook, client = new_hook(), client_of("finance", subject="ann@example.com")
    hook.tell()
    receiver.answer = status(429, **{"Retry-After": "600"})
    hook.run_all(AT_ONCE)
    path = f"/v1/webhooks/{hook.id}"
    shown = client.get(path)
    assert_documented(app, "get", "/v1/webhooks/{webhook_id}", 200, shown.json)
    assert shown.json["resting_until"] is not None
    etag = {"If-Match": shown.headers["ETag"]}
    assert client.patch(path, json={"state": "active"}, headers=etag).json["resting_until"] is None
    (again,) = client.get(f"{path}/deliveries").json["items"]
    client.post(f"/v1/webhook-deliveries/{again['id']}/redeliveries")
    receiver.answer = status(200)
    assert hook.run(AT_ONCE) == 1


def test_who_answers_too_late_gets_it_again_under_the_same_id(
    new_hook: Callable[..., Hook], receiver: Receiver
) -> None:
    hook = new_hook()
    (event_id,) = hook.tell()

    def late(handler: Any, sent: Sent) -> None:
        receiver.answer = status(200)
        time.sleep(1.5)
        status(200)(handler, sent)

    receiver.answer = late
    hook.run_all(AT_ONCE)
    assert receiver.ids == [event_id] * 2
    assert hook.states() == ["delivered"]
    with hook.house.sessions.of(hook.seller.id) as session:
        tries = session.execute(text("SELECT error, status FROM webhook_attempt ORDER BY id")).all()
    assert tries == [("timeout", None), (None, 200)]
