"""What happens at once: whoever comes first, the limit holds, and nothing is counted twice or lost."""

from decimal import Decimal
from uuid import uuid4

import pytest

from api.orders import ticks
from api.orders.rejudging import judge_held_orders

TIMES = 4


def eur(amount):
    return {"amount": amount, "currency": "EUR"}


def test_two_orders_at_once_on_the_same_headroom(post, order, limited, at_once, sums):
    limited("1000.00")
    answers = at_once(*(post("/v1/orders", order("400.00")) for _ in range(6)))
    assert all(each.status_code == 201 for each in answers)
    assert sorted(each.json["state"] for each in answers) == ["held"] * 4 + ["released"] * 2
    assert sums() == Decimal(1000)


def test_two_changes_at_once(post, placed, shown, limited, at_once, sums):
    limited("1000.00")
    orders = [placed("400.00") for _ in range(2)]
    answers = at_once(*(post(f"/v1/orders/{each['id']}/changes", {"amount": eur("600.00")}) for each in orders))
    assert sorted(each.json["applied"] for each in answers) == [False, True]
    assert sorted(shown(each)["amount"]["amount"] for each in orders) == ["400.00", "600.00"]
    assert sums() == Decimal(1000)


def test_two_changes_of_one_order(post, placed, shown, limited, at_once, sums):
    limited("1000.00")
    one = placed("400.00")
    answers = at_once(*(post(f"/v1/orders/{one['id']}/changes", {"amount": eur(f"{n}00.00")}) for n in (5, 6, 7)))
    assert all(each.json["applied"] for each in answers)
    assert shown(one)["version"] == 4
    assert Decimal(shown(one)["amount"]["amount"]) == sums()


@pytest.mark.parametrize("_", range(TIMES))
def test_a_change_against_a_cancellation(post, placed, shown, limited, at_once, sums, _):
    limited("1000.00")
    one = placed("400.00")
    change = post(f"/v1/orders/{one['id']}/changes", {"amount": eur("900.00")})
    cancel = post(f"/v1/orders/{one['id']}/cancellations", {})
    changed, cancelled = at_once(change, cancel)
    assert changed.status_code in (201, 409)
    assert (cancelled.status_code, shown(one)["state"]) == (201, "cancelled")
    assert sums() == 0


@pytest.mark.parametrize("_", range(TIMES))
def test_an_expiry_against_a_delivery(post, placed, shown, *, limited, at_once, sums, house, seller, time, today, _):
    limited("1000.00")
    one = placed("400.00")
    time.pass_by(days=31)
    asked = {"delivery_reference": "D", "delivered_on": today().isoformat(), "rest": True}
    delivered, _ = at_once(
        post(f"/v1/orders/{one['id']}/deliveries", asked), lambda: ticks.let_time_pass_of(house, seller)
    )
    assert delivered.status_code == 201
    # Its time was over: whichever was first, it went past the gate.
    assert (delivered.json["passed_the_gate"], shown(one)["state"]) == (False, "expired")
    assert sums() == Decimal(400)


def test_the_same_delivery_sent_at_once(post, placed, limited, at_once, sums, today):
    limited("1000.00")
    one = placed("400.00")
    asked = {"delivery_reference": "D", "delivered_on": today().isoformat(), "amount": eur("300.00")}
    answers = at_once(*(post(f"/v1/orders/{one['id']}/deliveries", asked) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [200, 200, 200, 201]
    assert len({each.json["id"] for each in answers}) == 1
    assert sums() == Decimal(400)


def test_held_orders_are_judged_beside_new_ones(
    post, order, placed, shown, *, limited, held, at_once, sums, house, seller, debtor_id
):
    limited("1000.00")
    end = held()
    waiting = [placed("300.00") for _ in range(5)]
    end()
    judges = [lambda: judge_held_orders(house, seller, debtor_id) for _ in range(2)]
    answers = at_once(*judges, *(post("/v1/orders", order("300.00")) for _ in range(3)))[2:]
    assert [shown(each)["state"] for each in waiting] == ["released"] * 3 + ["held"] * 2
    assert all(each.json["state"] == "held" for each in answers)
    assert sums() == Decimal(1000)


def test_two_people_release_at_once(client_of, placed, shown, limited, at_once, sums):
    limited("1000.00")
    one = placed("1400.00")
    people = [client_of("finance", subject=f"{name}@example.com") for name in ("ann", "bob")]
    path, body = f"/v1/orders/{one['id']}/releases", {"grounds": "He paid."}
    answers = at_once(*(lambda each=each: each.post(path, json=body) for each in people))
    assert sorted(each.status_code for each in answers) == [201, 409]
    assert sums() == Decimal(1400)


def test_a_group_on_one_headroom(post, order, new_debtor, shown, limited, at_once, sums):
    top = new_debtor()
    members = [new_debtor(parent_id=str(top)) for _ in range(3)]
    limited("1000.00", whom=top, scope="group")
    for each in members:
        limited("5000.00", whom=each)
    asked = [post("/v1/orders", order("250.00", whom=each, reference=str(uuid4()))) for each in members * 2]
    answers = at_once(*asked)
    assert sorted(each.json["state"] for each in answers) == ["held"] * 2 + ["released"] * 4
    assert sums() == Decimal(1000)
