"""Why an order stands as it does: its history, its decisions and their replay, and the list of orders."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.web_checks import assert_documented, assert_problem


def eur(amount):
    return {"amount": amount, "currency": "EUR"}


@pytest.fixture
def story(app, erp):
    def tell(order, client=erp):
        answer = client.get(f"/v1/orders/{order['id']}/history")
        assert_documented(app, "GET", "/v1/orders/{order_id}/history", 200, answer.json)
        return answer.json["items"]

    return tell


@pytest.fixture
def lived(erp, client_of, placed, limited, held, worker, time, today):
    """An order to which much has happened."""
    limited("1000.00")
    end = held()
    order = placed("1200.00")
    time.pass_by(minutes=1)
    erp.post(f"/v1/orders/{order['id']}/changes", json={"amount": eur("1300.00")})
    time.pass_by(minutes=1)
    end()
    worker.tick()
    time.pass_by(days=1)
    worker.tick()
    person = client_of("finance", subject="ann@example.com")
    person.post(f"/v1/orders/{order['id']}/releases", json={"grounds": "He is good for it."})
    time.pass_by(minutes=1)
    asked = {"delivery_reference": "D1", "delivered_on": today().isoformat(), "amount": eur("300.00")}
    erp.post(f"/v1/orders/{order['id']}/deliveries", json=asked)
    time.pass_by(minutes=1)
    erp.post(f"/v1/orders/{order['id']}/changes", json={"amount": eur("9000.00")})
    time.pass_by(minutes=1)
    erp.post(f"/v1/orders/{order['id']}/cancellations", json={"grounds": "He wants no more."})
    return order


def test_nobody_knows_why(client_of, lived, story):
    """Whatever happened stands there with who did it and why, in its order."""
    entries = story(lived, client_of("finance"))
    assert [each["kind"] for each in entries] == [
        "placed",
        *("changed", "changed"),
        *("judged_again", "judged_again"),
        *("released", "release"),
        "delivery",
        *("changed", "change_refused"),
        "cancelled",
    ]
    by_kind = {each["kind"]: each for each in entries}
    assert [each["code"] for each in entries[0]["decision"]["reasons"]] == ["account_on_hold", "limit_exceeded"]
    assert [each["code"] for each in entries[3]["decision"]["reasons"]] == ["limit_exceeded"]
    assert by_kind["release"]["release"]["grounds"] == "He is good for it."
    assert by_kind["delivery"]["delivery"]["delivery_reference"] == "D1"
    assert by_kind["cancelled"]["grounds"] == "He wants no more."
    assert all(each["by"] for each in entries)


def test_sales_sees_the_same_story_without_the_figures(client_of, lived, story):
    entries = story(lived, client_of("sales"))
    assert len(entries) == 11
    decisions = [each["decision"] for each in entries if each["decision"]]
    assert decisions
    for each in decisions:
        assert not {"exposure_before", "exposure_after"} & each.keys()
        assert all(not reason["params"] for reason in each["reasons"])


@pytest.mark.parametrize(("limit", "headroom"), [("1000.00", "400.00"), ("500.00", "0.00")])
def test_sales_sees_what_it_can_still_sell(client_of, erp, order, placed, limited, limit, headroom):
    """And of an overdrawn limit not by how much: that is what the debtor owes."""
    limited("1000.00")
    placed("600.00")
    limited(limit)
    answer = client_of("sales").post("/v1/orders/preview", json=order("2000.00")).json
    assert answer["headroom"] == {"amount": headroom, "currency": "EUR"}
    assert not {"exposure_before", "exposure_after"} & answer.keys()
    seen = erp.post("/v1/orders/preview", json=order("2000.00")).json
    assert seen["headroom"]["amount"] == ("400.00" if limit == "1000.00" else "-100.00")


def test_each_decision_can_be_replayed(app, client_of, lived, story):
    finance = client_of("finance")
    decisions = [each["decision"] for each in story(lived, finance) if each["decision"]]
    assert len(decisions) == 5
    for each in decisions:
        path = f"/v1/orders/{lived['id']}/decisions/{each['id']}"
        shown = finance.get(path)
        assert_documented(app, "GET", "/v1/orders/{order_id}/decisions/{decision_id}", 200, shown.json)
        assert shown.json == each
        replayed = finance.post(f"{path}/replay", json={})
        assert_documented(app, "POST", "/v1/orders/{order_id}/decisions/{decision_id}/replay", 200, replayed.json)
        assert (replayed.json["identical"], replayed.json["differences"]) == (True, [])


def test_a_decision_whose_facts_were_erased(app, client_of, sessions, seller, lived):
    with sessions.of(seller.id) as session:
        session.execute(text("UPDATE order_decision SET facts = NULL"))
    path = f"/v1/orders/{lived['id']}/decisions/{lived['decision_id']}"
    finance = client_of("finance")
    assert finance.get(path).status_code == 200
    assert_problem(app, finance.post(f"{path}/replay", json={}), 410, "facts_erased")
    other = f"/v1/orders/{lived['decision_id']}/decisions/{lived['decision_id']}"
    assert_problem(app, finance.get(other), 404, "decision_not_found")


class TestList:
    @pytest.fixture
    def listed(self, app, erp):
        def ask(**query):
            answer = erp.get("/v1/orders", query_string=query)
            assert answer.status_code == 200, answer.text
            assert_documented(app, "GET", "/v1/orders", 200, answer.json)
            return [each["id"] for each in answer.json["items"]]

        return ask

    def test_filters(self, placed, new_debtor, limited, listed, debtor_id):
        limited("1000.00")
        released, held = placed("900.00", reference="A"), placed("900.00", reference="B")
        other = placed("1.00", whom=new_debtor())
        assert listed() == [each["id"] for each in (other, held, released)]
        assert listed(debtor_id=debtor_id) == [held["id"], released["id"]]
        assert listed(state="held") == [other["id"], held["id"]]
        assert listed(outcome="accept") == [released["id"]]
        assert listed(order_reference="B") == [held["id"]]

    def test_changed_since(self, erp, placed, limited, listed, time, clock, seller, today):
        limited("1000.00")
        first, second = placed("100.00"), placed("100.00")
        time.pass_by(days=2)
        since = clock.now(seller).isoformat().replace("+00:00", "Z")
        assert listed(changed_since=since) == []
        erp.post(f"/v1/orders/{first['id']}/changes", json={"amount": eur("50.00")})
        assert listed(changed_since=since) == [first["id"]]
        assert listed(changed_since=today().isoformat()) == [first["id"]]
        assert listed(changed_since=(today() - timedelta(days=2)).isoformat()) == [first["id"], second["id"]]

    def test_pages_and_csv(self, erp, placed, limited):
        limited("1000.00")
        placed("100.00", reference="A")
        placed("200.00", reference="B")
        page = erp.get("/v1/orders?limit=1").json
        rest = erp.get(f"/v1/orders?limit=1&after={page['next']}").json
        assert [each["order_reference"] for each in page["items"] + rest["items"]] == ["B", "A"]
        assert rest["next"] is None
        answer = erp.get("/v1/orders", headers={"Accept": "text/csv"})
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert [(each["order_reference"], each["amount"], each["amount_currency"]) for each in rows] == [
            ("B", "200.00", "EUR"),
            ("A", "100.00", "EUR"),
        ]
