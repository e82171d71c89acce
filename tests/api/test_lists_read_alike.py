"""The lists of the API read alike: by pages, as CSV, of a debtor, and of what changed since a time or a day."""

import csv
import io
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from api.clock import real_now
from api.records import alerts
from api.records.events import EventRecord
from tests.web_checks import assert_documented, assert_problem

LISTS = ("debtors", "orders", "invoices", "credit-notes", "payments", "decisions", "applications")
MANY_STATES = {"orders", "invoices", "payments", "applications"}
ASKED = {"purpose": "credit_assessment", "relation": "customer"}


def euro(amount):
    return {"amount": amount, "currency": "EUR"}


@pytest.fixture
def erp(client_of):
    return client_of("integration")


@pytest.fixture
def finance(client_of):
    return client_of("finance", subject="fin@example.com")


@pytest.fixture
def debtor_id(erp, finance, house, seller):
    """A debtor of which each list has something."""
    company = {"country": "NL", "kvk_number": "90000001"}
    debtor_id = finance.post("/v1/credit-checks", json={"company": company, **ASKED}).json["debtor_id"]
    today = house.clock.today(seller)
    of = {"debtor_id": debtor_id}
    days = {"invoiced_on": str(today - timedelta(40)), "due_on": str(today - timedelta(10))}
    sent = [
        ("/v1/invoices", {**of, **days, "invoice_number": "A1", "amount": euro("100.00")}),
        ("/v1/invoices", {**of, **days, "invoice_number": "A2", "amount": euro("50.00"), "disputed": True}),
        ("/v1/credit-notes", {**of, "credit_note_number": "C1", "credited_on": str(today), "amount": euro("10.00")}),
        ("/v1/payments", {**of, "payment_reference": "P1", "paid_on": str(today), "amount": euro("5.00")}),
        ("/v1/orders", {**of, "order_reference": "O1", "amount": euro("200.00")}),
        ("/v1/applications", {**of, **ASKED, "requested_limit": euro("1000.00")}),
    ]
    for path, body in sent:
        answer = erp.post(path, json=body)
        assert answer.status_code == 201, answer.text
    return debtor_id


def listed(client, name, **query):
    answer = client.get(f"/v1/{name}", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json["items"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_pages_gives_csv_and_tells_what_changed(app, finance, debtor_id, house, seller, name):
    items = listed(finance, name)
    assert items
    assert_documented(app, "GET", f"/v1/{name}", 200, {"items": items, "next": None})
    as_csv = finance.get(f"/v1/{name}", headers={"Accept": "text/csv"})
    assert as_csv.content_type == "text/csv; charset=utf-8"
    assert [row["id"] for row in csv.DictReader(io.StringIO(as_csv.text))] == [each["id"] for each in items]
    paged, after = [], None
    while after is not None or not paged:
        page = finance.get(f"/v1/{name}", query_string={"limit": 1, **({"after": after} if after else {})}).json
        paged, after = paged + page["items"], page["next"]
        if after is None:
            break
    assert paged == items
    now, today = real_now(), house.clock.today(seller)
    for since, found in ((now - timedelta(hours=1), items), (today, items), (now + timedelta(hours=1), [])):
        assert listed(finance, name, changed_since=since.isoformat()) == found
    if name != "debtors":
        assert listed(finance, name, debtor_id=debtor_id) == items
        assert listed(finance, name, debtor_id=items[0]["id"]) == []
    fault = assert_problem(app, finance.get(f"/v1/{name}?changed_since=yesterday"), 422, "bad_input")
    assert [each["pointer"] for each in fault["errors"]] == ["/changed_since"]


@pytest.mark.parametrize("name", sorted(MANY_STATES))
def test_a_list_of_what_has_states_takes_one_and_refuses_others(app, finance, debtor_id, name):
    assert_problem(app, finance.get(f"/v1/{name}?state=asleep"), 422, "bad_input")


def test_invoices_are_found_by_their_state(erp, finance, debtor_id, house, seller):
    def numbers(**query):
        return [each["invoice_number"] for each in listed(finance, "invoices", **query)]

    assert (numbers(state="open"), numbers(open="true")) == (["A1", "A2"], ["A1", "A2"])
    assert (numbers(state="overdue"), numbers(state="disputed"), numbers(state="settled")) == (["A1", "A2"], ["A2"], [])
    before = real_now()
    paid = {"debtor_id": debtor_id, "payment_reference": "P2", "paid_on": str(house.clock.today(seller))}
    allocations = [{"invoice_number": "A1", "amount": euro("100.00")}]
    answer = erp.post("/v1/payments", json={**paid, "amount": euro("100.00"), "allocations": allocations})
    assert answer.status_code == 201, answer.text
    assert (numbers(state="settled"), numbers(open="false"), numbers(state="open")) == (["A1"], ["A1"], ["A2"])
    # What was settled since changed, what nobody touched did not; and so did the payment that was taken.
    assert numbers(changed_since=before.isoformat()) == ["A1"]
    payments = listed(finance, "payments", changed_since=before.isoformat())
    assert [each["payment_reference"] for each in payments] == ["P2"]


def test_decisions_are_found_by_kind_and_class(finance, debtor_id):
    decisions = listed(finance, "decisions", debtor_id=debtor_id)
    assert [each["kind"] for each in decisions] == ["application", "credit_check"]
    for kind in ("application", "credit_check"):
        assert {each["kind"] for each in listed(finance, "decisions", kind=kind)} == {kind}
    risk_class = decisions[0]["risk_class"]
    assert listed(finance, "decisions", risk_class=risk_class) == decisions
    assert listed(finance, "decisions", risk_class="blocked") == []


def test_debtors_are_found_by_class_of_their_limit_else_of_their_decision(finance, debtor_id):
    finance.post("/v1/debtors", json={"country": "NL", "name": "Unknown"})
    (found,) = [each for each in listed(finance, "debtors") if each["id"] == debtor_id]
    assert found["risk_class"] == "low"
    assert listed(finance, "debtors", risk_class="low") == [found]
    assert listed(finance, "debtors", risk_class="blocked") == []
    phase = found["phase"]
    assert found in listed(finance, "debtors", phase=phase, risk_class="low")


def test_an_alert_names_whom_to_tell(app, finance, debtor_id, sessions, seller):

    etag = finance.get(f"/v1/debtors/{debtor_id}").headers["ETag"]
    owners = {"account_owner": "ann@example.com", "credit_owner": "fin@example.com"}
    assert finance.patch(f"/v1/debtors/{debtor_id}", json=owners, headers={"If-Match": etag}).status_code == 200
    with sessions.of(seller.id) as session:
        alerts.open_alert(session, "over_limit", debtor_id, "urgent", {}, debtor_id=UUID(debtor_id), now=real_now())
        alerts.open_alert(session, "statement_missing", "NL1", "notice", {}, now=real_now())
    assert_documented(app, "GET", "/v1/alerts", 200, finance.get("/v1/alerts").json)
    for owner in ("ann@example.com", "FIN@example.com"):
        (found,) = listed(finance, "alerts", owner=owner, kind="over_limit")
        assert {name: found[name] for name in owners} == owners
    assert listed(finance, "alerts", owner="bob@example.com") == []
    with sessions.of(seller.id) as session:
        told = session.scalars(select(EventRecord).where(EventRecord.type == "alert.opened.v1")).all()
    (of_debtor,) = [each.data for each in told if each.data["kind"] == "over_limit"]
    assert {name: of_debtor[name] for name in owners} == owners
