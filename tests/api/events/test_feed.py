"""The feed of events, on PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from flask.testing import FlaskClient

from api.events.feeding import append_to_feeds
from api.records import events
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.wiring import House
from tests.web_checks import assert_documented

ClientOf = Callable[..., FlaskClient]


def test_what_happened_comes_in_order_and_the_cursor_goes_on(client_of: ClientOf, app: Flask, house: House) -> None:
    client = client_of("integration")
    assert client.get("/v1/events").json == {"items": [], "next": None}
    ids = [client.post("/v1/debtors", json={"country": "NL", "name": name}).json["id"] for name in ("A", "B")]
    client.post(f"/v1/debtors/{ids[0]}/references", json={"references": [{"system": "erp", "value": "7"}]})
    append_to_feeds(house)
    page = client.get("/v1/events?limit=2").json
    assert_documented(app, "get", "/v1/events", 200, page)
    rest = client.get(f"/v1/events?after={page['next']}").json
    told = [(each["subject"], each["sequence"], each["type"]) for each in page["items"] + rest["items"]]
    assert sorted(told) == sorted(
        [
            (ids[0], 1, "debtor.created.v1"),
            (ids[0], 2, "debtor.changed.v1"),
            (ids[1], 1, "debtor.created.v1"),
        ]
    )
    assert client.get(f"/v1/events?after={rest['next']}").json == {"items": [], "next": rest["next"]}


def test_writers_at_once_leave_no_gap_and_no_double(
    sessions: Sessions, seller: Seller, client_of: ClientOf, house: House
) -> None:
    debtor_id = client_of("finance").post("/v1/debtors", json={"country": "NL"}).json["id"]
    now = house.clock.now(seller)

    def write(_: int) -> None:
        with sessions.of(seller.id) as session:
            events.add(session, "debtor.changed.v1", {}, debtor_id=debtor_id, happened_at=now, known_at=now)

    def append(_: int) -> None:
        with sessions.of(seller.id) as session:
            events.append_to_feed(session)

    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(write if number % 3 else append, number) for number in range(90)]
        for each in done:
            each.result()
    append(0)
    items = client_of("integration").get("/v1/events?limit=200").json["items"]
    sequences = [each["sequence"] for each in items]
    assert sequences == list(range(1, len(items) + 1))
    assert len(items) == 61


def test_an_event_of_a_change_that_was_rolled_back_is_never_told(
    sessions: Sessions, seller: Seller, client_of: ClientOf, house: House
) -> None:
    now = house.clock.now(seller)
    with sessions.of(seller.id) as session:
        events.add(session, "debtor.changed.v1", {}, happened_at=now, known_at=now)
        session.rollback()
    with sessions.of(seller.id) as session:
        events.add(session, "debtor.changed.v1", {}, happened_at=now, known_at=now)
    with sessions.of(seller.id) as session:
        events.append_to_feed(session)
    assert [each["sequence"] for each in client_of("integration").get("/v1/events").json["items"]] == [1]
