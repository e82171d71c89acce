"""The life of an alert over HTTP: acknowledged, snoozed and come back by people; raised and ended by what happens."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from api.clock import real_now
from api.records import alert_handling, alerts, debtors
from api.records.alerts import AlertRecord, Called
from api.records.events import EventRecord
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.web_checks import assert_documented, assert_problem

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ONE = Called("overdue_items", "d/overdue", "notice", {"days": 30}, level=1)


@dataclass
class Alerts:
    """The alerts of one test's seller."""

    sessions: Sessions
    seller: Seller

    def call(self, *called: Called, now: datetime = NOW) -> set[tuple[str, str]]:
        with self.sessions.of(self.seller.id) as session:
            return alerts.open_alerts(session, called, now=now)

    def id_of(self, called: Called = ONE) -> str:
        with self.sessions.of(self.seller.id) as session:
            query = select(AlertRecord.id).where(AlertRecord.kind == called.kind, AlertRecord.ended_at.is_(None))
            return str(session.scalars(query).one())

    def events(self) -> list[str]:
        with self.sessions.of(self.seller.id) as session:
            told = select(EventRecord.type).where(EventRecord.type.startswith("alert.")).order_by(EventRecord.sequence)
            return [each.removeprefix("alert.").removesuffix(".v1") for each in session.scalars(told)]


@pytest.fixture
def kept(sessions: Sessions, seller: Seller) -> Alerts:
    return Alerts(sessions, seller)


@pytest.fixture
def finance(client_of: Callable[..., FlaskClient]) -> FlaskClient:
    return client_of("finance", subject="fin@example.com")


def post(client: FlaskClient, alert_id: str, what: str, body: dict[str, Any], key: str | None = None) -> Any:
    headers = {"Idempotency-Key": key or str(uuid4())}
    return client.post(f"/v1/alerts/{alert_id}/{what}", json=body, headers=headers)


def day(days: int) -> str:
    return str((real_now() + timedelta(days=days)).date())


def test_a_person_acknowledges_once_per_request_and_is_named(kept: Alerts, finance: FlaskClient, app: Flask) -> None:
    kept.call(ONE)
    alert_id = kept.id_of()
    for _ in range(2):
        answer = post(finance, alert_id, "acknowledgements", {"note": "I call them"}, "same key")
        assert answer.status_code == 201
    assert_documented(app, "post", "/v1/alerts/{alert_id}/acknowledgements", 201, answer.json)
    read = finance.get(f"/v1/alerts/{alert_id}").json
    assert_documented(app, "get", "/v1/alerts/{alert_id}", 200, read)
    assert read["state"] == "acknowledged"
    (step,) = read["history"]
    shown = {name: step[name] for name in ("kind", "severity", "note", "done_by", "until_on")}
    assert shown == {
        "kind": "acknowledged",
        "severity": "notice",
        "note": "I call them",
        "done_by": "fin@example.com",
        "until_on": None,
    }
    assert kept.events() == ["opened", "acknowledged"]


@pytest.mark.parametrize(
    ("called", "then"),
    [
        (ONE, "acknowledged"),
        (replace(ONE, data={"days": 31}), "acknowledged"),
        (replace(ONE, level=0), "acknowledged"),
        (replace(ONE, level=2), "open"),
        (replace(ONE, severity="urgent", level=0), "open"),
    ],
)
def test_only_what_is_graver_brings_an_alert_back(
    kept: Alerts, finance: FlaskClient, called: Called, then: str
) -> None:
    kept.call(ONE)
    alert_id = kept.id_of()
    post(finance, alert_id, "acknowledgements", {})
    assert kept.call(called) == set()
    assert kept.call(called) == set()
    read = finance.get(f"/v1/alerts/{alert_id}").json
    assert (read["state"], read["severity"], read["data"]) == (then, called.severity, called.data)
    is_raised = then == "open"
    assert kept.events() == ["opened", "acknowledged", *(["raised"] if is_raised else [])]
    assert [each["kind"] for each in read["history"]] == ["acknowledged", *(["raised"] if is_raised else [])]


def test_a_snoozed_alert_is_away_to_the_end_of_its_day_and_comes_back_once(
    kept: Alerts, finance: FlaskClient, app: Flask
) -> None:
    kept.call(ONE)
    alert_id = kept.id_of()
    answer = post(finance, alert_id, "snoozes", {"until_on": day(2), "note": "promised"})
    assert answer.status_code == 201
    assert_documented(app, "post", "/v1/alerts/{alert_id}/snoozes", 201, answer.json)
    assert [each["id"] for each in finance.get("/v1/alerts?state=snoozed").json["items"]] == [alert_id]
    assert finance.get("/v1/alerts?state=open").json["items"] == []
    last_day = (real_now() + timedelta(days=2)).date()
    for today, returned in ((last_day, 0), (last_day + timedelta(1), 1), (last_day + timedelta(2), 0)):
        with kept.sessions.of(kept.seller.id) as session:
            assert alert_handling.come_back(session, today, NOW) == returned
    read = finance.get(f"/v1/alerts/{alert_id}").json
    assert (read["state"], [each["kind"] for each in read["history"]]) == ("open", ["snoozed", "returned"])
    assert read["history"][1]["done_by"] == "machine"
    assert kept.events() == ["opened", "snoozed", "returned"]


def test_a_graver_one_comes_back_before_its_day(kept: Alerts, finance: FlaskClient) -> None:
    kept.call(ONE)
    post(finance, kept.id_of(), "snoozes", {"until_on": day(30)})
    kept.call(replace(ONE, severity="warning"))
    assert [each["state"] for each in finance.get("/v1/alerts").json["items"]] == ["open"]


@pytest.mark.parametrize("what", ["acknowledgements", "snoozes"])
def test_a_machine_is_refused(kept: Alerts, client_of: Callable[..., FlaskClient], what: str) -> None:
    kept.call(ONE)
    body = {"until_on": day(1)} if what == "snoozes" else {}
    answer = post(client_of("finance"), kept.id_of(), what, body)
    assert (answer.status_code, answer.json["code"]) == (403, "person_needed")
    assert kept.events() == ["opened"]


def test_an_alert_is_put_off_for_a_year_and_no_longer(kept: Alerts, finance: FlaskClient) -> None:
    kept.call(ONE)
    alert_id = kept.id_of()
    far = post(finance, alert_id, "snoozes", {"until_on": day(368)})
    faults = [(each["pointer"], each["code"]) for each in far.json["errors"]]
    assert (far.status_code, faults) == (422, [("/until_on", "too_far_ahead")])
    assert finance.get(f"/v1/alerts/{alert_id}").json["state"] == "open"
    assert post(finance, alert_id, "snoozes", {"until_on": day(365)}).status_code == 201


def test_a_kind_that_is_not_is_told(app: Flask, finance: FlaskClient) -> None:
    answer = finance.get("/v1/alerts?kind=foo")
    assert_problem(app, answer, 422, "bad_input")
    (fault,) = answer.json["errors"]
    assert (fault["pointer"], fault["code"]) == ("/kind", "not_a_choice")
    assert "over_limit" in fault["detail"]


def test_what_cannot_be_is_told(kept: Alerts, finance: FlaskClient) -> None:
    kept.call(ONE)
    alert_id = kept.id_of()
    past = post(finance, alert_id, "snoozes", {"until_on": day(-2)})
    assert (past.status_code, [each["pointer"] for each in past.json["errors"]]) == (422, ["/until_on"])
    with kept.sessions.of(kept.seller.id) as session:
        alerts.end_alert(session, ONE.kind, ONE.subject, now=NOW)
    over = post(finance, alert_id, "acknowledgements", {})
    assert (over.status_code, over.json["code"]) == (409, "alert_ended")
    assert finance.get(f"/v1/alerts/{alert_id}").json["state"] == "ended"
    assert post(finance, str(uuid4()), "acknowledgements", {}).status_code == 404


def test_sales_sees_and_handles_what_is_for_sales_only(kept: Alerts, client_of: Callable[..., FlaskClient]) -> None:
    first = Called("first_payment_received", "d", "notice", {})
    kept.call(ONE, first)
    sales = client_of("sales", subject="sal@example.com")
    items = sales.get("/v1/alerts").json["items"]
    assert [(each["kind"], each["for_role"]) for each in items] == [("first_payment_received", "sales")]
    assert sales.get(f"/v1/alerts/{kept.id_of()}").status_code == 404
    assert post(sales, kept.id_of(), "acknowledgements", {}).status_code == 404
    assert post(sales, kept.id_of(first), "acknowledgements", {}).status_code == 201


def test_the_owner_is_the_one_whose_kind_it_is(kept: Alerts, finance: FlaskClient) -> None:
    owners = {"account_owner": "sal@example.com", "credit_owner": "fin@example.com"}
    with kept.sessions.of(kept.seller.id) as session:
        debtor_id = debtors.add(session, {"country": "NL", **owners}, phase="monitoring", names=(), now=NOW).id
    kept.call(replace(ONE, debtor_id=debtor_id), Called("first_payment_due", "d", "notice", {}, debtor_id))
    items = finance.get("/v1/alerts").json["items"]
    assert {each["kind"]: each["owner"] for each in items} == {
        "overdue_items": "fin@example.com",
        "first_payment_due": "sal@example.com",
    }


def test_lists_by_severity_and_by_change(kept: Alerts, finance: FlaskClient) -> None:
    kept.call(ONE)
    kept.call(Called("cover_stopped", "d", "urgent", {}), now=NOW + timedelta(days=2))
    for query, kinds in {
        "severity=urgent": ["cover_stopped"],
        "severity=warning": [],
        "changed_since=2026-06-02": ["cover_stopped"],
        "changed_since=2026-06-01": ["cover_stopped", "overdue_items"],
        "state=open": ["cover_stopped", "overdue_items"],
        "state=ended": [],
    }.items():
        assert [each["kind"] for each in finance.get(f"/v1/alerts?{query}").json["items"]] == kinds, query
    assert finance.get("/v1/alerts?state=gone").status_code == 422


def test_another_seller_finds_nothing(kept: Alerts, client_of: Callable[..., FlaskClient], new_seller: Any) -> None:
    kept.call(ONE)
    stranger = client_of("finance", subject="fin@example.com", seller=new_seller())
    assert stranger.get(f"/v1/alerts/{kept.id_of()}").status_code == 404
    assert post(stranger, kept.id_of(), "snoozes", {"until_on": day(1)}).status_code == 404
