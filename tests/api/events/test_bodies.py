"""What an event tells of is, byte by byte, what GET gave at that version, however late somebody reads it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.events.feeding import append_to_feeds
from api.records import alerts, debtors
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.wiring import House
from tests.web_checks import assert_documented

ClientOf = Callable[..., FlaskClient]
ANN = "ann@example.com"


@pytest.fixture
def client(client_of: ClientOf) -> FlaskClient:
    return client_of("integration")


@pytest.fixture
def told(client: FlaskClient, house: House, app: Flask) -> Callable[[], list[dict[str, Any]]]:
    """Gives all events of the seller as the feed shows them, each the same by itself."""

    def read() -> list[dict[str, Any]]:
        append_to_feeds(house)
        page = client.get("/v1/events?limit=200")
        assert_documented(app, "get", "/v1/events", 200, page.json)
        for each in page.json["items"]:
            assert client.get(f"/v1/events/{each['id']}").data == orjson.dumps(each)
        return list(page.json["items"])

    return read


def test_each_version_of_an_order_is_told_as_it_was_shown_then(
    client: FlaskClient, told: Callable[[], list[dict[str, Any]]]
) -> None:
    debtor_id = client.post("/v1/debtors", json={"country": "NL", "name": "Houtwerk"}).json["id"]
    order = {"debtor_id": debtor_id, "order_reference": "4711", "amount": {"amount": "90.00", "currency": "EUR"}}
    path = f"/v1/orders/{client.post('/v1/orders', json=order).json['id']}"
    shown = [client.get(path).data]
    assert client.post(f"{path}/cancellations", json={"grounds": "They called it off."}).status_code == 201
    shown.append(client.get(path).data)
    bodies = [each["data"]["order"] for each in told() if each["type"].startswith("order.")]
    assert len(set(shown)) == len(shown)  # Each version is another one.
    assert [orjson.dumps(each) for each in bodies] == shown


def test_a_debtor_is_told_as_it_was_listed_then(client: FlaskClient, told: Callable[[], list[dict[str, Any]]]) -> None:
    new = {
        "country": "NL",
        "name": "Jan Smit Klusbedrijf",
        "legal_form": "eenmanszaak",
        "identifiers": [{"scheme": "vat", "value": "NL111222333B01"}],
        "references": [{"system": "erp", "value": "7"}],
    }

    def listed(debtor_id: str) -> bytes:
        (found,) = [each for each in client.get("/v1/debtors?limit=200").json["items"] if each["id"] == debtor_id]
        return orjson.dumps(found)

    made = client.post("/v1/debtors", json=new)
    assert made.status_code == 201, made.text
    debtor_id = made.json["id"]
    shown = [listed(debtor_id)]
    path = f"/v1/debtors/{debtor_id}"
    etag = {"If-Match": client.get(path).headers["ETag"]}
    changed = client.patch(path, json={"account_owner": ANN}, headers=etag)
    assert changed.status_code == 200, changed.text
    shown.append(listed(debtor_id))
    client.post(f"{path}/references", json={"references": [{"system": "crm", "value": "x"}]})
    shown.append(listed(debtor_id))
    bodies = [each["data"]["debtor"] for each in told()]
    assert [orjson.dumps(each) for each in bodies] == shown
    assert "*" in bodies[0]["identifiers"][0]["value"]  # It may hold a citizen number.


def test_the_database_keeps_no_citizen_number_in_an_event(
    client: FlaskClient, seller: Seller, sessions: Sessions
) -> None:
    new = {"country": "NL", "legal_form": "eenmanszaak", "identifiers": [{"scheme": "vat", "value": "NL111222333B01"}]}
    assert client.post("/v1/debtors", json=new).status_code == 201
    with sessions.of(seller.id) as session:
        kept = session.connection().exec_driver_sql("SELECT snapshot::text FROM event").scalars().all()
    assert kept
    assert not any("111222333" in each for each in kept)


def test_an_alert_is_told_as_it_was_shown_then(
    client: FlaskClient,
    client_of: ClientOf,
    told: Callable[[], list[dict[str, Any]]],
    seller: Seller,
    sessions: Sessions,
    house: House,
) -> None:
    debtor_id = client.post("/v1/debtors", json={"country": "NL", "account_owner": ANN}).json["id"]
    now = house.clock.now(seller)

    def opened(severity: alerts.Severity) -> None:
        with sessions.of(seller.id) as session:
            debtor = debtors.named(session, debtor_id)
            assert debtor is not None
            alerts.open_alert(session, "over_limit", "x", severity, {"a": ["1.00"]}, debtor_id=debtor.id, now=now)

    opened("warning")
    (alert,) = client.get("/v1/alerts").json["items"]
    path, person = f"/v1/alerts/{alert['id']}", client_of("finance", subject=ANN)
    shown = [client.get(path).data]

    def post(what: str, body: dict[str, Any]) -> None:
        assert person.post(f"{path}/{what}", json=body).status_code == 201
        shown.append(client.get(path).data)

    post("acknowledgements", {"note": "Called: they pay."})
    post("snoozes", {"until_on": str(house.clock.today(seller) + timedelta(days=30)), "note": None})
    opened("urgent")
    shown.append(client.get(path).data)
    with sessions.of(seller.id) as session:
        alerts.end_alert(session, "over_limit", "x", now=now)
    shown.append(client.get(path).data)
    events = [each for each in told() if each["type"].startswith("alert.")]
    names = ["opened", "acknowledged", "snoozed", "raised", "ended"]
    assert [each["type"] for each in events] == [f"alert.{name}.v1" for name in names]
    assert [orjson.dumps(each["data"]["alert"]) for each in events] == shown
