"""Deliveries: each is booked once, from what was reserved, and one that went past the gate is told with its reasons."""

from datetime import timedelta
from uuid import uuid4

import pytest

from api.clock import real_now
from api.orders.deadlines import end_of_day
from tests.web_checks import assert_documented, assert_problem


def eur(amount):
    return {"amount": amount, "currency": "EUR"}


@pytest.fixture
def deliver(app, erp, today):
    def send(order, amount=None, reference=None, sent=None):
        content = {"rest": True} if amount is None else {"amount": eur(amount)}
        asked = {"delivery_reference": reference or str(uuid4()), "delivered_on": today().isoformat()}
        answer = erp.post(f"/v1/orders/{order['id']}/deliveries", json={**asked, **content, **(sent or {})})
        if answer.status_code in (200, 201):
            path = "/v1/orders/{order_id}/deliveries"
            assert_documented(app, "POST", path, answer.status_code, answer.json)
        return answer

    return send


@pytest.fixture
def may(app, erp):
    def ask(order, amount=None):
        content = {"rest": True} if amount is None else {"amount": eur(amount)}
        answer = erp.post(f"/v1/orders/{order['id']}/deliveries/preview", json=content)
        assert_documented(app, "POST", "/v1/orders/{order_id}/deliveries/preview", 200, answer.json)
        return answer.json

    return ask


@pytest.fixture
def alerts(erp):
    def found():
        items = erp.get("/v1/alerts?kind=delivered_past_the_gate").json["items"]
        return [[each["code"] for each in item["data"]["reasons"]] for item in items]

    return found


def codes(answer):
    return [each["code"] for each in answer["reasons"]]


def test_what_is_delivered_moves_from_what_was_reserved(placed, shown, told, deliver, limited, exposure, alerts):
    limited("1000.00")
    first = placed("900.00")
    answer = deliver(first, "300.00").json
    assert (answer["passed_the_gate"], answer["reasons"], answer["amount"]) == (True, [], eur("300.00"))
    assert exposure() == {"reserved": "600.00", "delivered": "300.00"}
    rest = deliver(first).json
    assert rest["amount"] == eur("600.00")
    assert exposure() == {"delivered": "900.00"}
    now = shown(first)
    assert (now["state"], now["delivered_amount"], now["reservation"]) == ("released", eur("900.00"), None)
    assert (alerts(), told(first)) == ([], ["order.released.v1", "order.delivered.v1", "order.delivered.v1"])


def test_all_that_is_delivered_does_not_expire(placed, shown, deliver, limited, time, worker, exposure):
    limited("1000.00")
    first = placed("900.00")
    deliver(first)
    time.pass_by(days=60)
    worker.tick()
    assert (shown(first)["state"], exposure()) == ("released", {"delivered": "900.00"})


def test_amounts_counted_twice(placed, deliver, limited, exposure, app):
    """The same delivery twice is one; the same reference for another is refused."""
    limited("1000.00")
    first = placed("900.00")
    one, again = (deliver(first, "300.00", "D1") for _ in range(2))
    assert (one.status_code, again.status_code, again.json["id"]) == (201, 200, one.json["id"])
    assert_problem(app, deliver(first, "301.00", "D1"), 409, "reference_taken")
    rest = [deliver(first, reference="D2") for _ in range(2)]
    assert [each.status_code for each in rest] == [201, 200]
    assert exposure() == {"delivered": "900.00"}
    assert_problem(app, deliver(first, reference="D3"), 409, "nothing_left")


def test_block_after_shipping(placed, deliver, may, *, limited, held, exposure, alerts):
    """What may not leave is said before it is shipped; what left all the same is booked, told, and never refused."""
    limited("1000.00")
    first = placed("900.00")
    assert may(first)["may_deliver"]
    end = held("stop_supply")
    before = may(first, "300.00")
    assert (before["may_deliver"], codes(before)) == (False, ["stop_supply"])
    assert exposure() == {"reserved": "900.00"}
    answer = deliver(first, "300.00")
    assert (answer.status_code, answer.json["passed_the_gate"], codes(answer.json)) == (201, False, ["stop_supply"])
    assert alerts() == [["stop_supply"]]
    assert exposure() == {"reserved": "600.00", "delivered": "300.00"}
    end()
    assert may(first)["may_deliver"]
    assert deliver(first).json["passed_the_gate"]


@pytest.mark.parametrize("state", ["held", "expired", "cancelled"])
def test_a_delivery_of_an_order_that_is_not_released(
    erp, placed, shown, deliver, may, *, limited, held, time, worker, exposure, alerts, state
):
    limited("1000.00")
    if state == "held":
        held()
    first = placed("400.00")
    if state == "expired":
        time.pass_by(days=31)
        worker.tick()
    elif state == "cancelled":
        erp.post(f"/v1/orders/{first['id']}/cancellations", json={})
    before = may(first)
    assert not before["may_deliver"]
    assert codes(before)[0] == "order_not_released"
    answer = deliver(first, "400.00").json
    assert answer["order"]["state"] == state == shown(first)["state"]
    assert alerts() == [codes(before)]
    assert exposure() == {"delivered": "400.00"}


def test_what_a_waiting_order_keeps_is_delivered_first(placed, deliver, limited, exposure):
    limited("1000.00")
    waits = placed("1400.00")
    assert exposure() == {"reserved": "1000.00"}
    deliver(waits, "600.00")
    assert exposure() == {"reserved": "400.00", "delivered": "600.00"}
    deliver(waits, "800.00")
    assert exposure() == {"delivered": "1400.00"}


class TestChecksThatAreOld:
    def test_a_fresh_check_holds_although_the_limit_went(self, placed, may, limited, time):
        limited("1000.00")
        first = placed("900.00")
        limited("0.00")
        assert may(first)["may_deliver"]
        time.pass_by(hours=25)
        assert codes(may(first)) == ["limit_exceeded"]

    def test_what_forbids_every_order_is_seen_at_once(self, placed, may, limited, held):
        limited("1000.00")
        first = placed("900.00")
        held("account_on_hold")
        assert codes(may(first)) == ["account_on_hold"]

    def test_a_check_that_is_made_again_is_fresh(self, placed, shown, deliver, may, limited, time):
        limited("1000.00")
        first = placed("900.00")
        time.pass_by(hours=25)
        answer = deliver(first, "100.00").json["order"]
        assert answer["judged_at"] > first["judged_at"]
        assert answer["decision_id"] != first["decision_id"]
        limited("0.00")
        assert may(first)["may_deliver"]

    def test_one_that_fails_is_kept_beside_the_order_it_let_go(self, placed, shown, deliver, limited, time, alerts):
        limited("1000.00")
        first = placed("900.00")
        limited("0.00")
        time.pass_by(hours=25)
        answer = deliver(first, "100.00").json
        assert (codes(answer), alerts()) == (["limit_exceeded"], [["limit_exceeded"]])
        assert (answer["order"]["state"], answer["order"]["decision_id"]) == ("released", first["decision_id"])


class TestMoreThanWasOrdered:
    @pytest.mark.parametrize(
        ("limit", "amount", "found"),
        [
            ("1000.00", "420.00", []),
            ("1000.00", "420.01", ["delivered_above_order"]),
            ("400.00", "410.00", ["limit_exceeded"]),
            ("400.00", "500.00", ["delivered_above_order", "limit_exceeded"]),
        ],
    )
    def test_a_little_is_tolerated_where_it_fits(self, placed, deliver, may, limited, exposure, limit, amount, found):
        limited(limit)
        first = placed("400.00")
        assert codes(may(first, amount)) == found
        assert codes(deliver(first, amount).json) == found
        assert exposure() == {"delivered": amount}


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"delivered_on": "2099-01-01"}, "in_the_future"),
        ({"amount": {"amount": "1.00", "currency": "USD"}}, "another_currency"),
        ({"document_id": str(uuid4())}, "document_not_found"),
        ({"amount": eur("0.00")}, "amount_not_positive"),
        ({"rest": True}, "required"),
    ],
)
def test_faults_are_named(placed, deliver, limited, sent, code):
    limited("1000.00")
    answer = deliver(placed("400.00"), "100.00", sent=sent)
    assert answer.status_code == 422
    assert [each["code"] for each in answer.json["errors"]] == [code]


def test_a_preview_has_no_effect(placed, shown, may, limited, time, told):
    limited("1000.00")
    first = placed("400.00")
    time.pass_by(hours=30)
    may(first)
    assert shown(first) == first
    assert told(first) == ["order.released.v1"]


def test_parts_are_delivered_earliest_first(placed, deliver, limited, today, exposure):
    limited("1000.00")
    days = [(today() + timedelta(days=each)).isoformat() for each in (1, 90)]
    first = placed("800.00", call_offs=[{"delivery_on": day, "amount": eur("400.00")} for day in days])
    assert exposure() == {"reserved": "400.00", "scheduled": "400.00"}
    deliver(first, "500.00")
    assert exposure() == {"delivered": "500.00", "scheduled": "300.00"}


class TestWhatDidNotCountYet:
    """What lies beyond the horizon was never weighed against the limit: it is before it leaves."""

    @pytest.fixture
    def far(self, today):
        return lambda days=90: (today() + timedelta(days=days)).isoformat()

    def test_it_is_judged_before_it_leaves(self, placed, deliver, may, *, limited, far, exposure, alerts):
        limited("1000.00")
        placed("1000.00")
        later = placed("50000.00", delivery_on=far())
        assert later["state"] == "released"
        assert (may(later)["may_deliver"], codes(may(later))) == (False, ["limit_exceeded"])
        answer = deliver(later).json
        assert (answer["passed_the_gate"], codes(answer)) == (False, ["limit_exceeded"])
        assert alerts() == [["limit_exceeded"]]
        assert exposure() == {"reserved": "1000.00", "delivered": "50000.00"}

    def test_it_leaves_where_it_fits(self, placed, deliver, may, limited, far, exposure):
        limited("1000.00")
        placed("400.00")
        later = placed("600.00", delivery_on=far())
        assert may(later)["may_deliver"]
        assert not may(later, "600.01")["may_deliver"]
        answer = deliver(later).json
        assert (answer["passed_the_gate"], answer["order"]["decision_id"] == later["decision_id"]) == (True, False)
        assert exposure() == {"reserved": "400.00", "delivered": "600.00"}

    def test_what_was_put_off_gave_its_room_back(self, erp, placed, may, limited, far):
        limited("2000.00")
        first = placed("1500.00")
        answer = erp.post(f"/v1/orders/{first['id']}/changes", json={"delivery_on": far()})
        assert answer.json["applied"]
        placed("1900.00")
        assert codes(may(first)) == ["limit_exceeded"]
        assert may(first, "100.00")["may_deliver"]
        back = erp.post(f"/v1/orders/{first['id']}/changes", json={"delivery_on": far(10)}).json
        assert (back["applied"], codes(back)) == (False, ["limit_exceeded"])

    def test_only_the_part_that_did_not_count_is_new(self, placed, deliver, may, limited, far):
        limited("1000.00")
        days = [{"delivery_on": far(each), "amount": eur("800.00")} for each in (1, 90)]
        parts = placed("1600.00", call_offs=days)
        limited("800.00")
        assert may(parts, "800.00")["may_deliver"]
        assert codes(may(parts, "800.01")) == ["limit_exceeded"]
        deliver(parts, "700.00")
        assert may(parts, "100.00")["may_deliver"]
        assert codes(may(parts, "100.01")) == ["limit_exceeded"]

    def test_what_came_inside_by_time_was_judged_for_less(
        self, placed, may, *, limited, far, time, worker, exposure, seller, today
    ):
        """However fresh its check is: nobody was asked for what counts since midnight."""
        time.ahead = end_of_day(today(), seller) - timedelta(minutes=1) - real_now()
        limited("1000.00")
        placed("1000.00", delivery_on=far(2))
        later = placed("500.00", delivery_on=far(61))
        time.pass_by(minutes=2)
        worker.tick()
        assert exposure() == {"reserved": "1500.00"}
        limited("1400.00")
        assert codes(may(later)) == ["limit_exceeded"]
        limited("1500.00")
        assert may(later)["may_deliver"]

    def test_a_person_released_it_from_what_stood_against_it_then(self, finance, placed, may, *, limited, held, far):
        limited("1000.00")
        end = held()
        later = placed("500.00", delivery_on=far())
        released = finance.post(f"/v1/orders/{later['id']}/releases", json={"grounds": "They called us"})
        assert released.status_code == 201, released.text
        assert may(later)["may_deliver"]
        end()
        placed("1000.00")
        assert codes(may(later)) == ["limit_exceeded"]

    def test_what_is_paid_takes_no_room(self, placed, deliver, may, pay, *, limited, far, exposure):
        limited("1000.00")
        placed("1000.00")
        later = placed("500.00", delivery_on=far())
        assert codes(may(later)) == ["limit_exceeded"]
        pay("500.00", later["order_reference"])
        assert deliver(later).json["passed_the_gate"]
        assert exposure() == {"reserved": "1000.00"}
