"""The log of deliveries: filtered, all sent again since a time, and what operators see of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from api.clock import real_now
from api.events.feeding import append_to_feeds
from tests.api.events.hooks import AT_ONCE, Hook
from tests.api.events.receiver import Receiver, Sent, status
from tests.web_checks import assert_documented, assert_problem

ClientOf = Callable[..., FlaskClient]


def test_the_log_is_filtered_by_all_that_one_looks_for(
    new_hook: Callable[..., Hook], client_of: ClientOf, app: Flask
) -> None:
    client = client_of("integration")
    hook = new_hook()
    debtor_id = client.post("/v1/debtors", json={"country": "NL"}).json["id"]
    append_to_feeds(hook.house)
    (one,), (two,) = hook.tell(type="debtor.changed.v1", debtor_id=UUID(debtor_id)), hook.tell(type="debtor.merged.v1")
    hook.run_all()
    path = f"/v1/webhooks/{hook.id}/deliveries"

    def found(**query: Any) -> list[str]:
        page = client.get(path, query_string=query)
        assert_documented(app, "get", "/v1/webhooks/{webhook_id}/deliveries", 200, page.json)
        return [each["event_id"] for each in page.json["items"]]

    assert found(event_type="debtor.changed.v1") == [one]
    assert found(event_type="debtor.merged.v1", state="delivered") == [two]
    assert found(event_type="debtor.merged.v1", state="parked") == []
    assert found(subject=str(hook.seller.id)) == [two]
    assert len(found(subject=debtor_id)) == 2
    assert found(event_id=two) == [two]
    later = (real_now() + timedelta(hours=1)).isoformat()
    assert found(queued_since=later) == []
    assert len(found(queued_since=(real_now() - timedelta(hours=1)).isoformat())) == 3
    wrong = client.get(path, query_string={"event_type": "x", "queued_since": "y", "subject": "z"})
    assert len(assert_problem(app, wrong, 422, "bad_input")["errors"]) == 3


def test_all_that_ended_since_a_time_is_sent_again(
    new_hook: Callable[..., Hook], receiver: Receiver, client_of: ClientOf, app: Flask
) -> None:
    hook, client, began = new_hook(), client_of("integration"), real_now()
    ids = hook.tell(3)
    receiver.answer = lambda handler, sent: status(500 if sent.id == ids[1] else 200)(handler, sent)
    hook.run_all(AT_ONCE)
    while hook.run(AT_ONCE):
        pass
    assert sorted(hook.states()) == ["delivered", "delivered", "parked"]
    receiver.answer, receiver.sent[:] = status(200), []
    path = f"/v1/webhooks/{hook.id}/redeliveries"
    again = client.post(path, json={"ended_since": began.isoformat()})
    assert_documented(app, "post", "/v1/webhooks/{webhook_id}/redeliveries", 202, again.json)
    assert again.json == {"count": 3}
    hook.run_all()
    assert sorted(receiver.ids) == sorted(ids)
    for body in ({}, {"ended_since": began.isoformat(), "parked_since": began.isoformat()}):
        problem = assert_problem(app, client.post(path, json=body), 422, "bad_input")
        assert [each["code"] for each in problem["errors"]] == ["needs_one"]


@pytest.fixture
def figures(app: Flask) -> Callable[[], dict[tuple[str, str], float]]:
    """Gives what /metrics tells of events going out, by name and label; other tests' rows are in it."""

    def read() -> dict[tuple[str, str], float]:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = "127.0.0.1"
        return {
            (sample.name, next(iter(sample.labels.values()))): sample.value
            for family in text_string_to_metric_families(client.get("/metrics").text)
            for sample in family.samples
            if family.name.startswith(("creditgate_webhook", "creditgate_event"))
        }

    return read


def test_operators_see_how_it_goes_and_whose_of_nobody(
    new_hook: Callable[..., Hook], receiver: Receiver, figures: Callable[[], dict[tuple[str, str], float]]
) -> None:
    before = figures()
    hook = new_hook()
    hook.tell(3)
    bad = {hook.tell()[0]}

    def answer(handler: Any, sent: Sent) -> None:
        status(500 if sent.id in bad else 204)(handler, sent)

    receiver.answer = answer
    assert figures()["creditgate_event_waiting_seconds", "queue"] > 0
    hook.run()

    def more(name: str, label: str) -> float:
        return figures().get((name, label), 0) - before.get((name, label), 0)

    assert more("creditgate_webhooks", "active") == 1
    assert more("creditgate_webhook_tries", "delivered") == 3
    assert more("creditgate_webhook_tries", "refused") == 1
    assert more("creditgate_webhook_deliveries", "waiting") == 1
    assert figures()["creditgate_event_waiting_seconds", "delivery"] > 0
    hook.alter("UPDATE webhook_delivery SET state = 'parked', ended_at = now() WHERE state = 'waiting'")
    assert more("creditgate_webhook_deliveries", "parked") == 1
    assert more("creditgate_webhook_deliveries", "waiting") == 0


def test_what_is_told_of_a_debtor_that_was_merged_away_goes_out_and_stays_its_own(
    new_hook: Callable[..., Hook], receiver: Receiver, client_of: ClientOf
) -> None:
    client = client_of("finance", subject="ann@example.com")
    hook = new_hook(ordered=True)
    gone, stays = (client.post("/v1/debtors", json={"country": "NL", "name": name}).json["id"] for name in "AB")
    merged = client.post(f"/v1/debtors/{stays}/merges", json={"merged_debtor_id": gone})
    assert merged.status_code in (200, 201), merged.text
    append_to_feeds(hook.house)
    hook.run_all()
    told = {(each.event["subject"], each.event["type"]): each.event["data"] for each in receiver.sent}
    assert told[gone, "debtor.merged.v1"]["into_debtor_id"] == stays
    assert told[gone, "debtor.merged.v1"]["debtor"]["merged_into_id"] == stays
    assert told[gone, "debtor.merged.v1"]["debtor"]["id"] == gone
    assert told[stays, "debtor.took_over.v1"]["debtor"]["id"] == stays
    of_gone = [each.event["sequence"] for each in receiver.sent if each.event["subject"] == gone]
    assert of_gone == list(range(1, len(of_gone) + 1))
