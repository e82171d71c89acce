"""Orders that are cancelled: room comes back, and a first order of which nothing went out was none."""

from uuid import uuid4

import pytest

from tests.web_checks import assert_documented, assert_problem


@pytest.fixture
def cancel(app, erp):
    def send(order, **more):
        answer = erp.post(f"/v1/orders/{order['id']}/cancellations", json=more)
        if answer.status_code == 201:
            assert_documented(app, "POST", "/v1/orders/{order_id}/cancellations", 201, answer.json)
        return answer

    return send


@pytest.fixture
def deliver(erp, today):
    def send(order, amount):
        money = {"amount": amount, "currency": "EUR"}
        asked = {"delivery_reference": str(uuid4()), "delivered_on": today().isoformat(), "amount": money}
        assert erp.post(f"/v1/orders/{order['id']}/deliveries", json=asked).status_code == 201

    return send


def test_room_comes_back_and_who_waits_for_it_goes_out(placed, shown, told, cancel, limited, worker, exposure):
    limited("1000.00")
    first, waits = placed("900.00"), placed("500.00")
    answer = cancel(first, grounds="The buyer withdrew.").json
    assert (answer["state"], answer["reservation"]) == ("cancelled", None)
    worker.judge()
    assert (shown(waits)["state"], exposure()) == ("released", {"reserved": "500.00"})
    assert told(first) == ["order.released.v1", "order.cancelled.v1"]


def test_only_what_is_not_delivered_ends(placed, cancel, deliver, limited, exposure):
    limited("1000.00")
    first = placed("900.00")
    deliver(first, "300.00")
    assert cancel(first).json["state"] == "cancelled"
    assert exposure() == {"delivered": "300.00"}


def test_cancelling_twice_is_once(placed, told, cancel, limited):
    limited("1000.00")
    first = placed("900.00")
    assert cancel(first).json == cancel(first).json
    assert told(first) == ["order.released.v1", "order.cancelled.v1"]


def test_what_waits_is_cancelled_with_what_it_keeps(placed, cancel, limited, exposure):
    limited("1000.00")
    waits = placed("1400.00")
    assert exposure() == {"reserved": "1000.00"}
    assert cancel(waits).json["prepayment_required"] is None
    assert exposure() == {}


def test_nothing_is_left_of_what_was_delivered(app, placed, cancel, deliver, limited):
    limited("1000.00")
    first = placed("900.00")
    deliver(first, "900.00")
    assert_problem(app, cancel(first), 409, "nothing_left")
    assert_problem(app, cancel({"id": uuid4()}), 404, "order_not_found")


@pytest.mark.parametrize("delivered", [False, True])
def test_the_first_order_cancelled(placed, shown, cancel, deliver, limited, worker, delivered):
    """A first order of which nothing went out was none, so the next one is the first; else its payment is awaited."""
    limited("1000.00", "normal")
    first, second = placed("100.00"), placed("200.00")
    assert (first["is_first_order"], second["outcome"]) == (True, "hold_first_payment")
    if delivered:
        deliver(first, "40.00")
    cancel(first)
    worker.judge()
    now = shown(second)
    if delivered:
        assert (now["state"], shown(first)["is_first_order"]) == ("held", True)
    else:
        assert (now["state"], now["is_first_order"], shown(first)["is_first_order"]) == ("released", True, False)
