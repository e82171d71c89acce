"""Deliveries, run by run, to receivers of every kind, on PostgreSQL and over real HTTP."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from standardwebhooks import Webhook

from api.clock import real_now
from api.events.courier import Courier
from api.events.delivering import Turn, deliver_some
from api.events.feeding import append_to_feeds
from api.records import webhook_deliveries, webhook_leases, webhooks
from api.records.base import new_id
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.records.webhook_leases import Tried
from api.wiring import House
from api.worker import forget_old
from tests.api.events.hooks import AT_ONCE, RULES, Hook
from tests.api.events.receiver import Receiver, Sent, status
from tests.web_checks import assert_documented, assert_problem

ClientOf = Callable[..., FlaskClient]


def test_an_event_is_sent_once_signed_as_it_is_shown(
    new_hook: Callable[..., Hook], receiver: Receiver, client_of: ClientOf, app: Flask
) -> None:
    hook, client = new_hook(), client_of("integration")
    (event_id,) = hook.tell()
    assert (hook.run(), hook.run()) == (1, 0)
    (sent,) = receiver.sent
    assert sent.id == event_id
    assert Webhook(hook.secret).verify(sent.body, sent.headers)["id"] == event_id
    shown = client.get(f"/v1/events/{event_id}")
    assert_documented(app, "get", "/v1/events/{event_id}", 200, shown.json)
    assert sent.body == shown.data
    assert client.get("/v1/events").json["items"] == [shown.json]
    assert sent.headers["content-type"] == "application/json"


def test_what_happened_before_a_webhook_was_made_is_not_sent(new_hook: Callable[..., Hook], receiver: Receiver) -> None:
    new_hook().tell(3)
    later = new_hook()
    ids = later.tell(2)
    later.run_all()
    assert receiver.ids == ids


def test_only_the_types_that_are_wanted(
    new_hook: Callable[..., Hook], receiver: Receiver, client_of: ClientOf, app: Flask
) -> None:
    hook = new_hook(types=["debtor.changed.v1", "debtor.created.v1"])
    wanted = [*hook.tell(type="debtor.changed.v1"), *hook.tell(type="debtor.created.v1")]
    hook.tell(type="debtor.merged.v1")
    hook.run_all()
    assert receiver.ids == wanted
    client = client_of("integration")
    page = client.get("/v1/events?types=debtor.changed.v1,debtor.created.v1&limit=1").json
    rest = client.get(f"/v1/events?types=debtor.changed.v1,debtor.created.v1&after={page['next']}").json
    assert [each["id"] for each in page["items"] + rest["items"]] == wanted
    assert client.get("/v1/events?types=ledger.corrected.v1").json == {"items": [], "next": None}
    assert_problem(app, client.get("/v1/events?types=a,b"), 422, "bad_input")


def test_the_same_id_at_each_try_and_a_time_of_its_own(new_hook: Callable[..., Hook], receiver: Receiver) -> None:
    hook = new_hook()
    (event_id,) = hook.tell()
    answers = iter([status(500), status(302, Location="/hook"), status(200)])
    receiver.answer = lambda handler, sent: next(answers)(handler, sent)  # noqa: PLW0108
    hook.run_all(AT_ONCE)
    assert receiver.ids == [event_id] * 3
    assert len({each.body for each in receiver.sent}) == 1
    for each in receiver.sent:
        Webhook(hook.secret).verify(each.body, each.headers)
    assert hook.states() == ["delivered"]


def test_a_failed_try_waits_then_is_parked_and_sent_again_by_request(
    new_hook: Callable[..., Hook], receiver: Receiver, client_of: ClientOf, app: Flask
) -> None:
    hook, client, began = new_hook(), client_of("integration"), real_now()
    hook.tell(2)
    receiver.answer = status(503, b"down for the night " * 100)
    hook.run_all()
    assert hook.states() == ["waiting", "waiting"]
    path = f"/v1/webhooks/{hook.id}/deliveries"
    page = client.get(path).json
    assert_documented(app, "get", "/v1/webhooks/{webhook_id}/deliveries", 200, page)
    for each in page["items"]:
        assert datetime.fromisoformat(each["next_attempt_at"]) > began + timedelta(seconds=3)
        (attempt,) = each["attempts"]
        assert (attempt["status"], attempt["error"]) == (503, "refused")
    hook.alter("UPDATE webhook_delivery SET due_at = queued_at")
    hook.run_all(replace(AT_ONCE, waits=(0.0,)))
    assert hook.states() == ["parked", "parked"]
    parked = client.get(f"{path}?state=parked").json["items"]
    assert [len(each["attempts"]) for each in parked] == [2, 2]
    assert client.get(f"{path}?state=waiting").json["items"] == []
    assert "down for the night" not in client.get(path).text

    receiver.answer = status(200)
    one = f"/v1/webhook-deliveries/{parked[0]['id']}"
    again = client.post(f"{one}/redeliveries")
    assert_documented(app, "post", "/v1/webhook-deliveries/{delivery_id}/redeliveries", 202, again.json)
    assert again.json["state"] == "waiting"
    hook.run_all()
    assert [client.get(one).json["state"], len(client.get(one).json["attempts"])] == ["delivered", 3]
    since = {"parked_since": (real_now() + timedelta(hours=1)).isoformat()}
    assert client.post(f"/v1/webhooks/{hook.id}/redeliveries", json=since).json == {"count": 0}
    since = {"parked_since": began.isoformat()}
    assert client.post(f"/v1/webhooks/{hook.id}/redeliveries", json=since).json == {"count": 1}
    hook.run_all()
    assert hook.states() == ["delivered", "delivered"]
    assert client.post(f"{one}/redeliveries").status_code == 202  # What was delivered may be asked for again.
    hook.run_all()
    assert receiver.ids.count(parked[0]["event_id"]) == 4
    assert_problem(app, client.post(f"/v1/webhook-deliveries/{uuid4()}/redeliveries"), 404, "not_found")


def test_tries_go_on_for_about_a_day_and_a_half() -> None:
    now = real_now()
    for failed, wait in enumerate(RULES.waits, 1):
        for _ in range(20):
            due_at = RULES.due_at(failed, now)
            assert due_at is not None
            assert 0.8 * wait <= (due_at - now).total_seconds() <= 1.2 * wait
    assert RULES.due_at(len(RULES.waits) + 1, now) is None
    assert 34 * 3600 < sum(RULES.waits) < 37 * 3600
    assert len({RULES.due_at(1, now) for _ in range(20)}) > 1


def test_a_receiver_that_is_gone_disables_its_webhook(
    new_hook: Callable[..., Hook], receiver: Receiver, client_of: ClientOf, app: Flask
) -> None:
    hook = new_hook()
    ids = hook.tell(3)
    receiver.answer = status(410)
    hook.run_all()
    assert hook.state() == ("disabled", "gone")
    assert receiver.ids == ids[:1]
    (alert,) = client_of("finance").get("/v1/alerts?kind=webhook_paused&open=true").json["items"]
    assert (alert["subject"], alert["severity"], alert["data"]["reason"]) == (str(hook.id), "urgent", "gone")
    assert hook.run() == 0
    _take_up(app, client_of, hook)
    receiver.answer = status(200)
    hook.run_all()
    assert sorted(receiver.ids[1:]) == sorted([*ids, *_alerts(receiver)])


def _alerts(receiver: Receiver) -> list[str]:
    """The events of the webhook's own alert, which it is sent as well."""
    return [each.id for each in receiver.sent if each.event["type"].startswith("alert.")]


def _take_up(app: Flask, client_of: ClientOf, hook: Hook) -> None:
    """A machine may not take up what stopped by itself, a person may; and the alert ends."""
    append_to_feeds(hook.house)
    path = f"/v1/webhooks/{hook.id}"
    machine, person = client_of("integration"), client_of("finance", subject="ann@example.com")
    etag = {"If-Match": machine.get(path).headers["ETag"]}
    others = {"active", "paused"} - {hook.state()[0]}
    for state in others:
        assert_problem(app, machine.patch(path, json={"state": state}, headers=etag), 403, "person_needed")
    assert person.patch(path, json={"state": "active"}, headers=etag).json["state"] == "active"
    assert person.get("/v1/alerts?kind=webhook_paused&open=true").json["items"] == []
    append_to_feeds(hook.house)


def test_a_webhook_of_which_nothing_is_taken_for_long_is_paused_and_goes_on_where_it_stopped(
    new_hook: Callable[..., Hook], receiver: Receiver, client_of: ClientOf, app: Flask
) -> None:
    hook = new_hook()
    first = hook.tell(2)
    receiver.answer = status(500)
    hook.run_all()
    assert hook.state() == ("active", None)
    hook.alter("UPDATE webhook SET failing_since = failing_since - interval '25 hours'")
    hook.alter("UPDATE webhook_delivery SET due_at = queued_at")
    hook.run()
    assert hook.state() == ("paused", "failing")
    (alert,) = client_of("finance").get("/v1/alerts?kind=webhook_paused&open=true").json["items"]
    assert alert["data"]["reason"] == "failing"
    receiver.answer = status(200)
    receiver.sent.clear()
    meanwhile = hook.tell(3)
    assert (hook.run(), receiver.sent) == (0, [])
    _take_up(app, client_of, hook)
    hook.run_all()
    assert sorted(receiver.ids) == sorted([*first, *meanwhile, *_alerts(receiver)])
    assert set(hook.states()) == {"delivered"}


def test_what_is_taken_again_ends_the_failing(new_hook: Callable[..., Hook], receiver: Receiver) -> None:
    hook = new_hook()
    hook.tell(30)
    receiver.answer = status(500)
    hook.run()
    hook.alter("UPDATE webhook_delivery SET due_at = queued_at")
    hook.alter("UPDATE webhook SET failing_since = failing_since - interval '23 hours'")
    receiver.answer = status(200)
    assert hook.run() == 1  # One, to see whether it is well again.
    assert hook.run() == 29
    with hook.house.sessions.of(hook.seller.id) as session:
        assert webhooks.get(session, hook.id).failing_since is None


def test_a_receiver_that_is_not_there_is_not_asked_for_each(new_hook: Callable[..., Hook], receiver: Receiver) -> None:
    hook = new_hook()
    hook.tell(5)
    hook.alter("UPDATE webhook SET address = 'http://127.0.0.1:9/'")
    assert hook.run() == 5
    with hook.house.sessions.of(hook.seller.id) as session:
        assert session.execute(text("SELECT error, status FROM webhook_attempt")).all() == [("no_connection", None)]


def _by_debtor(sent: list[Sent]) -> dict[str, list[int]]:
    told: dict[str, list[int]] = {}
    for each in sent:
        told.setdefault(each.event["subject"], []).append(each.event["sequence"])
    return told


def test_ordered_per_debtor_the_next_waits_for_the_one_before(
    new_hook: Callable[..., Hook], receiver: Receiver, client_of: ClientOf
) -> None:
    client = client_of("integration")
    debtors = [UUID(client.post("/v1/debtors", json={"country": "NL"}).json["id"]) for _ in range(3)]
    append_to_feeds(client.application.extensions["creditgate"])
    hook = new_hook(ordered=True)
    for _ in range(4):
        for debtor_id in debtors:
            hook.tell(debtor_id=debtor_id)
    stuck = str(debtors[1])

    def refuse_second(handler: Any, sent: Sent) -> None:
        refused = sent.event["subject"] == stuck and sent.event["sequence"] == 3
        status(500 if refused else 200)(handler, sent)

    receiver.answer = refuse_second
    hook.run_all()
    assert _by_debtor(receiver.sent) == {
        str(debtors[0]): [2, 3, 4, 5],
        stuck: [2, 3],
        str(debtors[2]): [2, 3, 4, 5],
    }
    hook.alter("UPDATE webhook_delivery SET due_at = queued_at WHERE state = 'waiting'")
    receiver.answer, receiver.sent[:] = status(200), []
    hook.run_all()
    assert _by_debtor(receiver.sent) == {stuck: [3, 4, 5]}


def test_ordered_what_one_worker_holds_no_other_overtakes(
    new_hook: Callable[..., Hook], receiver: Receiver, house: House, seller: Seller
) -> None:
    hook = new_hook(ordered=True)
    hook.tell(5)
    now = real_now()
    with house.sessions.of(seller.id) as session:
        webhook = webhooks.get(session, hook.id, locked=True)
        webhook_deliveries.queue_new(session, webhook, 100, now)
        leased = webhook_leases.lease(session, webhook, new_id(), 2, now, now + timedelta(minutes=1))
    assert len(leased) == 2
    assert (hook.run(), receiver.sent) == (0, [])


def test_what_a_killed_worker_held_is_sent_again_under_the_same_id_when_its_lease_is_over(
    new_hook: Callable[..., Hook], receiver: Receiver, house: House, seller: Seller
) -> None:
    hook = new_hook()
    ids = hook.tell(3)
    assert hook.run(replace(RULES, lease_seconds=60)) == 3
    hook.alter("UPDATE webhook_delivery SET state = 'waiting', ended_at = NULL, lease_id = gen_random_uuid()")
    assert hook.run() == 0  # Its lease goes on.
    hook.alter("UPDATE webhook_delivery SET due_at = queued_at")
    assert hook.run() == 3
    assert receiver.ids == ids * 2
    assert hook.states() == ["delivered"] * 3


def test_who_lost_his_lease_puts_nothing_off_but_what_he_delivered_is_delivered(
    new_hook: Callable[..., Hook], house: House, seller: Seller
) -> None:
    hook = new_hook()
    hook.tell(2)
    now = real_now()
    with house.sessions.of(seller.id) as session:
        webhook = webhooks.get(session, hook.id, locked=True)
        webhook_deliveries.queue_new(session, webhook, 100, now)
        one, two = webhook_leases.lease(session, webhook, new_id(), 2, now, now + timedelta(minutes=1))
        tried = [
            Tried(one.id, now, 1, 500, "refused", now - timedelta(days=1)),
            Tried(two.id, now, 1, 200, None),
        ]
        webhook_leases.record(session, new_id(), tried)
    with house.sessions.of(seller.id) as session:
        kept = webhook_deliveries.get(session, one.id)
        assert (kept.state, kept.failed_count, kept.due_at > now) == ("waiting", 0, True)
        assert webhook_deliveries.get(session, two.id).state == "delivered"
        assert session.scalar(text("SELECT count(*) FROM webhook_attempt")) == 2


def test_nothing_is_sent_unsigned(new_hook: Callable[..., Hook], receiver: Receiver, sessions: Sessions) -> None:
    hook = new_hook()
    hook.tell()
    hook.alter("DELETE FROM secret")
    assert (hook.run(), receiver.sent) == (0, [])
    assert hook.states() == []  # It is queued again once there is one.
    with sessions.of_nobody() as session:  # And not found all the time meanwhile.
        assert hook.id not in {each for _, each in webhooks.with_work(session, real_now())}


def test_only_webhooks_with_work_are_found(new_hook: Callable[..., Hook], house: House, sessions: Sessions) -> None:
    hook, idle = new_hook(), new_hook(types=["policy.activated.v1"])

    def found() -> set[UUID]:
        with sessions.of_nobody() as session:
            return {each for _, each in webhooks.with_work(session, real_now())} & {hook.id, idle.id}

    assert found() == set()
    hook.tell()
    assert found() == {hook.id, idle.id}
    hook.run_all()
    idle.run_all()
    assert found() == set()


def test_two_workers_share_the_work_and_send_nothing_twice(
    new_hook: Callable[..., Hook], receiver: Receiver, house: House
) -> None:
    hook = new_hook()
    ids = hook.tell(150)
    couriers = [Courier(house, RULES), Courier(house, RULES)]
    until = time.monotonic() + 60
    while set(hook.states()) != {"delivered"} and time.monotonic() < until:
        for each in couriers:
            each.look()
        time.sleep(0.02)
    for each in couriers:
        each.close()
    assert sorted(receiver.ids) == sorted(ids)


def test_a_courier_that_stops_gives_back_what_it_has_not_sent(
    new_hook: Callable[..., Hook], receiver: Receiver, house: House, seller: Seller
) -> None:
    hook = new_hook()
    hook.tell(5)
    stops = iter([False, False, True, True, True])
    deliver_some(house, seller.id, hook.id, RULES, Turn(is_stopping=lambda: next(stops)))
    assert hook.states() == ["delivered"] * 2 + ["waiting"] * 3
    assert hook.run() == 3  # At once, and not when a lease is over.


def test_the_log_of_what_was_delivered_long_ago_is_forgotten(
    new_hook: Callable[..., Hook], receiver: Receiver, house: House
) -> None:
    hook = new_hook()
    hook.tell(3)
    hook.run_all()
    old = "UPDATE webhook_delivery SET ended_at = ended_at - interval '31 days'"
    hook.alter(
        f"{old}, state = CASE position WHEN (SELECT min(position) FROM webhook_delivery) THEN 'parked' ELSE state END"
    )
    hook.tell()
    hook.run_all()
    forget_old(house)
    assert hook.states() == ["parked", "delivered"]
    assert (hook.run(), len(receiver.sent)) == (0, 4)  # It is not queued again.
