"""Finance's desk over HTTP: what waits, by its deadline; who takes it; and what became late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from api.acceptance.ticks import pass_time_of
from api.clock import Clock
from api.records.base import new_id
from api.records.orders import OrderDecisionRecord, OrderRecord
from api.records.sellers import Seller
from api.records.sessions import Sessions
from api.wiring import House
from tests.api.acceptance.conftest import GOOD, UNKNOWN, WEAK, Office, euro
from tests.web_checks import assert_documented, assert_problem


def hold_an_order(sessions: Sessions, seller: Seller, debtor_id: str, at: datetime) -> str:
    """An order that the gate held for a person."""
    decision_id, order_id = new_id(), new_id()
    judgement = '{"reasons":[{"code":"account_on_hold","effect":"refer","params":{}}]}'
    with sessions.of(seller.id) as session:
        session.add(
            OrderDecisionRecord(
                id=decision_id,
                seller_id=seller.id,
                order_id=order_id,
                debtor_id=UUID(debtor_id),
                asked="placed",
                as_of=at.date(),
                decided_at=at,
                outcome="refer",
                judgement=judgement,
                facts=None,
                policy_version=1,
                policy_digest="x",
                engine_version="2",
                asked_by="sam@example.com",
                actor=None,
            )
        )
        amounts = dict.fromkeys(("scheduled", "reserved", "to_invoice", "delivered", "invoiced", "prepaid"), 0)
        session.add(
            OrderRecord(
                id=order_id,
                seller_id=seller.id,
                debtor_id=UUID(debtor_id),
                order_reference="PO-1",
                amount=700,
                currency="EUR",
                state="held",
                outcome="refer",
                decision_id=decision_id,
                is_first=False,
                check_due=False,
                placed_by="sam@example.com",
                placed_at=at,
                judged_at=at,
                changed_at=at,
                version=1,
                **{f"{name}_amount": amount for name, amount in amounts.items()},
            )
        )
    return str(order_id)


def test_the_desk_shows_what_waits_by_its_deadline(
    office: Office, app: Flask, sessions: Sessions, seller: Seller
) -> None:
    weak, unknown = office.apply(WEAK), office.apply(UNKNOWN)
    office.apply(GOOD)
    order_id = hold_an_order(sessions, seller, weak["debtor_id"], datetime.now(UTC) - timedelta(days=1))
    seconding = office.apply(GOOD, "1000000.00")
    office.decide(office.finance, seconding["id"], "300000.00")
    page = office.finance.get("/v1/referrals").json
    assert_documented(app, "get", "/v1/referrals", 200, page)
    assert [each["id"] for each in page["items"]] == [order_id, weak["id"], unknown["id"], seconding["id"]]
    order, first, nobody, second = page["items"]
    assert (order["kind"], order["amount"]["amount"]) == ("order", euro("700.00"))
    assert [each["code"] for each in order["reasons"]] == ["account_on_hold"]
    assert (first["kind"], first["risk_class"], first["needs_second"]) == ("application", "high", False)
    assert [each["code"] for each in first["reasons"]] == ["asked_above_limit"]
    assert nobody["risk_class"] is None
    assert second["needs_second"]
    queries: dict[str, list[str]] = {
        "kind=order": [order_id],
        "kind=application&limit=200": [weak["id"], unknown["id"], seconding["id"]],
        f"debtor_id={weak['debtor_id']}": [order_id, weak["id"]],
        "overdue=true": [],
        "owner=fleur@example.com": [],
    }
    for query, expected in queries.items():
        items = office.finance.get(f"/v1/referrals?{query}").json["items"]
        assert [each["id"] for each in items] == expected, query
    walked, path = [], "/v1/referrals?limit=1"
    while path:
        page = office.finance.get(path).json
        walked += [each["id"] for each in page["items"]]
        path = page["next"] and f"/v1/referrals?limit=1&after={page['next']}"
    assert walked == [order_id, weak["id"], unknown["id"], seconding["id"]]
    assert_problem(app, office.sales.get("/v1/referrals"), 403, "not_allowed")


def test_who_takes_a_referral_is_seen_and_another_takes_over_with_grounds_only(office: Office, app: Flask) -> None:
    made = office.apply(WEAK)
    path = f"/v1/referrals/{made['id']}"
    taken = office.finance.post(f"{path}/takes", json={})
    assert_documented(app, "post", "/v1/referrals/{referral_id}/takes", 201, taken.json)
    assert taken.json["owner"] == "fleur@example.com"
    assert office.finance.post(f"{path}/takes", json={}).json["owner"] == "fleur@example.com"
    problem = assert_problem(app, office.manager.post(f"{path}/takes", json={}), 409, "taken_by_another")
    assert "fleur@example.com" in problem["detail"]
    over = office.manager.post(f"{path}/takes", json={"grounds": "She is on leave."})
    assert over.json["owner"] == "mia@example.com"
    assert_problem(app, office.finance.post(f"{path}/releases", json={}), 409, "taken_by_another")
    released = office.manager.post(f"{path}/releases", json={})
    assert (released.status_code, released.json["owner"]) == (201, None)
    assert_problem(app, office.manager.post(f"{path}/releases", json={}), 409, "not_taken")


def test_what_waits_for_nobody_cannot_be_taken(office: Office, app: Flask) -> None:
    made = office.apply(GOOD)
    assert_problem(app, office.finance.post(f"/v1/referrals/{made['id']}/takes", json={}), 409, "not_waiting")
    missing = "/v1/referrals/0197f0a0-0000-7000-8000-000000000000/takes"
    assert_problem(app, office.finance.post(missing, json={}), 404, "referral_not_found")


def held(office: Office, debtor_id: str, reference: str, client: Any = None, amount: str = "100.00") -> Any:
    body = {"debtor_id": debtor_id, "order_reference": reference, "amount": euro(amount)}
    answer = (client or office.sales).post("/v1/orders", json=body).json
    assert (answer["state"], answer["outcome"]) == ("held", "refer")
    return answer


def test_a_held_order_is_taken_like_an_application_until_it_waits_no_more(
    office: Office, app: Flask, client_of: Any, sessions: Sessions, seller: Seller
) -> None:
    debtor_id = office.apply(GOOD)["debtor_id"]
    holds = f"/v1/debtors/{debtor_id}/holds"
    hold = office.finance.post(holds, json={"kind": "account_on_hold", "grounds": "x"}).json
    order = held(office, debtor_id, "PO-1")
    path = f"/v1/referrals/{order['id']}"
    taken = office.finance.post(f"{path}/takes", json={})
    assert_documented(app, "post", "/v1/referrals/{referral_id}/takes", 201, taken.json)
    assert (taken.json["kind"], taken.json["owner"]) == ("order", "fleur@example.com")
    assert_problem(app, office.manager.post(f"{path}/takes", json={}), 409, "taken_by_another")
    own = client_of("finance", subject="sam@example.com").post(f"{path}/takes", json={"grounds": "x"})
    assert_problem(app, own, 403, "own_request")
    (waiting,) = office.finance.get("/v1/referrals?owner=fleur@example.com").json["items"]
    assert waiting["id"] == order["id"]
    # Judged again and still waiting, it has the same owner and no more time.
    renewed = office.sales.post(f"/v1/orders/{order['id']}/changes", json={"amount": euro("90.00")})
    assert renewed.status_code in (200, 201), renewed.text
    (again,) = office.finance.get("/v1/referrals").json["items"]
    assert (again["owner"], again["due_at"]) == ("fleur@example.com", waiting["due_at"])
    back = office.finance.post(f"{path}/releases", json={})
    assert_documented(app, "post", "/v1/referrals/{referral_id}/releases", 201, back.json)
    assert back.json["owner"] is None
    office.finance.post(f"{path}/takes", json={})
    assert office.finance.post(f"/v1/orders/{order['id']}/cancellations", json={"grounds": "x"}).status_code == 201
    assert_problem(app, office.finance.post(f"{path}/takes", json={}), 409, "not_waiting")
    with sessions.of(seller.id) as session:
        assert session.execute(text("SELECT owner, waits_since FROM sales_order")).one() == (None, None)
    assert office.finance.post(f"{holds}/{hold['id']}/ends", json={"grounds": "x"}).status_code == 201


def test_who_was_named_by_a_number_is_shown_by_the_registers_name(
    office: Office, sessions: Sessions, seller: Seller
) -> None:
    weak, person = office.apply(WEAK), office.apply("90000013")
    named = {each["id"]: each["debtor_name"] for each in office.finance.get("/v1/referrals").json["items"]}
    assert named[weak["id"]]
    assert named[person["id"]]
    debtor = office.finance.get(f"/v1/debtors/{weak['debtor_id']}").json
    assert (debtor["name"], debtor["legal_form"], debtor["is_natural_person"]) == (named[weak["id"]], "bv", False)
    assert office.finance.get(f"/v1/debtors/{person['debtor_id']}").json["is_natural_person"] is True
    with sessions.of(seller.id) as session:
        told = session.scalars(text("SELECT data ->> 'changed' FROM event WHERE type = 'debtor.changed.v1'")).all()
    assert told == ['["is_natural_person", "legal_form", "name"]'] * 2
    office.apply(WEAK, "6000.00")
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM event WHERE type = 'debtor.changed.v1'")) == 2


@pytest.fixture
def later(house: House, seller: Seller) -> Any:
    """Lets time pass for the seller: so many days after now."""

    def pass_days(days: int) -> None:
        clock = Clock(lambda: datetime.now(UTC) + timedelta(days=days))
        pass_time_of(replace(house, clock=clock), seller)

    return pass_days


def open_alerts(office: Office, kind: str) -> list[Any]:
    return list(office.finance.get(f"/v1/alerts?kind={kind}&open=true").json["items"])


def test_a_referral_past_its_deadline_raises_one_alert_that_ends_with_the_decision(office: Office, later: Any) -> None:
    made = office.apply(WEAK)
    office.finance.post(f"/v1/referrals/{made['id']}/takes", json={})
    later(1)
    assert open_alerts(office, "referral_overdue") == []
    later(3)
    later(4)
    (alert,) = open_alerts(office, "referral_overdue")
    assert alert["data"]["application_id"] == made["id"]
    assert alert["data"]["owner"] == "fleur@example.com"
    office.decide(office.finance, made["id"], "1000.00")
    assert open_alerts(office, "referral_overdue") == []


def test_a_limit_that_is_due_or_ended_raises_one_alert_until_somebody_decides(office: Office, later: Any) -> None:
    made = office.apply(WEAK, "1000.00")  # Class high: reviewed after three months, ended after six.
    kinds = ("review_due", "limit_expired")
    later(80)
    assert [len(open_alerts(office, kind)) for kind in kinds] == [0, 0]
    later(100)
    later(101)
    assert [len(open_alerts(office, kind)) for kind in kinds] == [1, 0]
    later(190)
    assert [len(open_alerts(office, kind)) for kind in kinds] == [0, 1]
    (alert,) = open_alerts(office, "limit_expired")
    assert (alert["debtor_id"], alert["data"]["limit_id"]) == (made["debtor_id"], made["limit"]["id"])
    body = {"limit": euro("800.00"), "grounds": "Looked at again."}
    office.finance.post(f"/v1/debtors/{made['debtor_id']}/limits", json=body)
    assert [len(open_alerts(office, kind)) for kind in kinds] == [0, 0]


def test_a_file_that_a_screening_completes_is_agreed_by_itself(
    office: Office, later: Any, sessions: Sessions, seller: Seller
) -> None:
    made = office.apply(GOOD)
    with sessions.of(seller.id) as session:  # As if the lists had not been asked when it was accepted.
        session.execute(text("UPDATE debtor SET onboarding_missing = '[\"sanctions_clear\"]'"))
        statement = "INSERT INTO agreed_terms SELECT seller_id, :id, debtor_id, id, NULL, 'a', '1', 30, false, NULL,"
        values = " 'x', date '2026-01-01', 'portal', 'x', applied_at FROM application"
        session.execute(text(statement + values), {"id": new_id()})
    later(0)
    assert office.shown(made["id"])["state"] == "agreed"
