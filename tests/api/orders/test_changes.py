"""Orders that are changed: less is free and gives room back at once, more is asked of the gate, nothing escapes it."""

from datetime import timedelta

import pytest

from tests.web_checks import assert_documented, assert_problem


def eur(amount):
    return {"amount": amount, "currency": "EUR"}


def usd(amount):
    return {"amount": amount, "currency": "USD"}


def part(amount):
    return [{"delivery_on": "2030-01-01", "amount": eur(amount)}]


@pytest.fixture
def change(app, erp):
    def send(order, headers=None, **more):
        answer = erp.post(f"/v1/orders/{order['id']}/changes", json=more, headers=headers)
        if answer.status_code == 201:
            assert_documented(app, "POST", "/v1/orders/{order_id}/changes", 201, answer.json)
        return answer

    return send


@pytest.fixture
def deliver(erp, today):
    def send(order, amount, reference="D1"):
        asked = {"delivery_reference": reference, "delivered_on": today().isoformat(), "amount": eur(amount)}
        answer = erp.post(f"/v1/orders/{order['id']}/deliveries", json=asked)
        assert answer.status_code == 201, answer.text

    return send


def test_less_is_free_and_its_room_is_anothers_at_once(placed, shown, told, change, limited, worker, exposure):
    limited("1000.00")
    first, waits = placed("800.00"), placed("500.00")
    assert waits["state"] == "held"
    answer = change(first, amount=eur("400.00")).json
    assert (answer["applied"], answer["outcome"], answer["decision_id"]) == (True, None, None)
    assert answer["order"]["reservation"]["amount"] == eur("400.00")
    assert answer["order"]["version"] == first["version"] + 1
    worker.judge()
    assert shown(waits)["state"] == "released"
    assert exposure()["reserved"] == "900.00"
    assert told(first) == ["order.released.v1", "order.changed.v1"]


def test_more_that_fits_is_applied(placed, change, limited, exposure):
    limited("1000.00")
    first = placed("400.00")
    answer = change(first, amount=eur("1000.00")).json
    assert (answer["applied"], answer["outcome"], answer["reasons"]) == (True, "accept", [])
    assert answer["order"]["state"] == "released"
    assert answer["order"]["decision_id"] == answer["decision_id"] != first["decision_id"]
    assert exposure()["reserved"] == "1000.00"


def test_more_that_does_not_fit_leaves_a_released_order_as_it_was(placed, shown, told, change, limited, exposure):
    limited("1000.00")
    placed("500.00")
    first = placed("400.00")
    answer = change(first, amount=eur("650.00")).json
    assert (answer["applied"], answer["outcome"]) == (False, "accept_prepayment")
    assert answer["prepayment_required"] == eur("150.00")
    assert [each["code"] for each in answer["reasons"]] == ["limit_exceeded"]
    now = shown(first)
    assert {**now, "version": 0} == {**first, "version": 0} == {**answer["order"], "version": 0}
    assert exposure()["reserved"] == "900.00"
    assert told(first) == ["order.released.v1", "order.change_refused.v1"]


def test_only_the_difference_is_to_be_prepaid_when_there_is_no_limit_any_more(placed, change, limited, today):
    limited("1000.00")
    first = placed("400.00")
    limited("0.00")
    answer = change(first, amount=eur("450.00")).json
    assert (answer["applied"], answer["prepayment_required"]) == (False, eur("50.00"))


def test_a_held_order_takes_the_change_and_is_judged_as_a_whole(placed, told, change, limited):
    limited("1000.00")
    first = placed("1400.00")
    assert (first["state"], first["prepayment_required"]) == ("held", eur("400.00"))
    more = change(first, amount=eur("1500.00")).json
    assert (more["applied"], more["order"]["state"], more["prepayment_required"]) == (True, "held", eur("500.00"))
    assert more["order"]["prepay_by"] == first["prepay_by"]
    less = change(first, amount=eur("900.00")).json
    assert (less["applied"], less["order"]["state"], less["order"]["amount"]) == (True, "released", eur("900.00"))
    assert told(first) == ["order.held.v1", "order.changed.v1", "order.changed.v1", "order.released.v1"]


def test_later_is_free_but_is_not_reserved_longer(placed, change, limited, today):
    limited("1000.00")
    first = placed("400.00", delivery_on=today().isoformat())
    answer = change(first, delivery_on=(today() + timedelta(days=30)).isoformat()).json
    assert (answer["applied"], answer["outcome"]) == (True, None)
    assert answer["order"]["reservation"] == first["reservation"]


def test_beyond_the_horizon_gives_room_back_and_nearer_takes_it_again(placed, shown, change, limited, today, exposure):
    limited("1000.00")
    first = placed("800.00")
    beyond, near = (today() + timedelta(days=days) for days in (90, 10))
    assert change(first, delivery_on=beyond.isoformat()).json["applied"]
    assert exposure() == {"scheduled": "800.00"}
    second = placed("900.00")
    assert second["state"] == "released"
    answer = change(first, delivery_on=near.isoformat()).json
    assert (answer["applied"], answer["prepayment_required"]) == (False, eur("700.00"))
    assert shown(first)["delivery_on"] == beyond.isoformat()
    assert exposure() == {"reserved": "900.00", "scheduled": "800.00"}


def test_what_lies_beyond_the_horizon_counts_when_it_comes_inside(
    placed, shown, told, limited, today, exposure, worker, time
):
    limited("1000.00")
    first = placed("800.00", delivery_on=(today() + timedelta(days=90)).isoformat())
    time.pass_by(days=29)
    worker.tick()
    assert exposure() == {"scheduled": "800.00"}
    time.pass_by(days=1)
    worker.tick()
    assert exposure() == {"reserved": "800.00"}
    assert told(first) == ["order.released.v1", "order.counted.v1"]


def test_edits_and_copies_that_escape_the_check(erp, order, placed, shown, change, limited, today, exposure):
    """Whatever is edited or copied, no more than the limit is ever out."""
    limited("1000.00")
    first = placed("400.00", reference="A")
    # In small steps: each is asked.
    steps = [change(first, amount=eur(f"{amount}.00")).json["applied"] for amount in range(500, 1400, 100)]
    assert steps == [True] * 6 + [False] * 3
    # A copy is an order of its own; the same reference is no copy, whatever became of the first.
    assert placed("1.00", reference="B")["state"] == "held"
    assert erp.post("/v1/orders", json=order("400.00", "A")).status_code == 200
    assert erp.post("/v1/orders", json=order("1000.00", "A")).status_code == 409
    # By way of the far future, or in parts.
    far, near = (today() + timedelta(days=days) for days in (100, 1))
    assert change(first, delivery_on=far.isoformat()).json["applied"]
    assert change(first, amount=eur("9000.00")).json["applied"]
    for content in (
        {"delivery_on": near.isoformat()},
        {"delivery_on": None},
        {
            "call_offs": [
                {"delivery_on": near.isoformat(), "amount": eur("8999.00")},
                {"delivery_on": far.isoformat(), "amount": eur("1.00")},
            ]
        },
    ):
        assert not change(first, **content).json["applied"], content
    # Under another currency.
    other = {"amount": {"amount": "400.00", "currency": "USD"}}
    assert change(first, **other).status_code == 422
    # An order that is held, made small, released and made big again.
    assert erp.post(f"/v1/orders/{first['id']}/cancellations", json={}).status_code == 201
    held = placed("5000.00", reference="C")
    assert change(held, amount=eur("900.00")).json["order"]["state"] in ("released", "held")
    assert not change(held, amount=eur("5000.00")).json["applied"]
    assert float(exposure()["reserved"]) <= 1000
    assert shown(held)["amount"] == eur("900.00")


@pytest.mark.parametrize("gone", ["delivered"])
def test_never_below_what_went_out(app, placed, change, deliver, limited, gone):
    limited("1000.00")
    first = placed("400.00")
    deliver(first, "300.00")
    assert_problem(app, change(first, amount=eur("299.99")), 409, "below_delivered")
    answer = change(first, amount=eur("300.00")).json
    assert (answer["applied"], answer["order"]["reservation"]) == (True, None)


@pytest.mark.parametrize(
    ("sent", "codes"),
    [
        ({}, {"required"}),
        ({"amount": eur("0.00")}, {"amount_not_positive"}),
        ({"vat_amount": eur("400.01")}, {"vat_not_a_part"}),
        ({"amount": usd("1.00")}, {"another_currency"}),
        ({"amount": eur("1.00"), "vat_amount": usd("1.00")}, {"another_currency"}),
        ({"delivery_on": "2030-01-01", "call_offs": part("400.00")}, {"delivery_twice"}),
        ({"call_offs": part("399.00")}, {"not_the_amount"}),
        ({"call_offs": part("399.00"), "vat_amount": eur("401.00")}, {"not_the_amount", "vat_not_a_part"}),
        ({"state": "released"}, {"unknown_field"}),
    ],
)
def test_every_fault_is_named(placed, change, limited, sent, codes):
    limited("1000.00")
    first = placed("400.00")
    answer = change(first, **sent)
    assert answer.status_code == 422, answer.text
    assert {each["code"] for each in answer.json["errors"]} == codes


def test_the_amount_of_an_order_in_parts_is_changed_with_its_parts(placed, change, limited, today):
    limited("1000.00")
    days = [(today() + timedelta(days=each)).isoformat() for each in (1, 2)]
    first = placed("400.00", call_offs=[{"delivery_on": day, "amount": eur("200.00")} for day in days])
    assert change(first, amount=eur("300.00")).json["errors"][0]["code"] == "not_the_amount"
    parts = [{"delivery_on": day, "amount": eur("150.00")} for day in days]
    answer = change(first, amount=eur("300.00"), call_offs=parts).json
    assert (answer["applied"], answer["order"]["call_offs"]) == (True, parts)
    answer = change(first, delivery_on=days[0]).json
    assert (answer["order"]["call_offs"], answer["order"]["delivery_on"]) == (None, days[0])


def test_who_read_an_older_version_is_told_so(app, erp, placed, change, limited):
    limited("1000.00")
    first = placed("400.00")
    etag = erp.get(f"/v1/orders/{first['id']}").headers["ETag"]
    assert change(first, {"If-Match": etag}, amount=eur("500.00")).status_code == 201
    assert_problem(app, change(first, {"If-Match": etag}, amount=eur("600.00")), 412, "stale_version")


def test_a_change_sent_twice_is_one(placed, told, change, limited):
    limited("1000.00")
    first = placed("400.00")
    once = {"Idempotency-Key": "one"}
    answers = [change(first, once, amount=eur("500.00")).json for _ in range(2)]
    assert answers[0] == answers[1]
    # Without a key the same content is no change either.
    again = change(first, amount=eur("500.00")).json
    assert (again["applied"], again["order"]["version"]) == (True, answers[0]["order"]["version"])
    assert told(first) == ["order.released.v1", "order.changed.v1"]


def test_what_is_over_is_not_changed(app, erp, placed, change, limited):
    limited("1000.00")
    first = placed("400.00")
    erp.post(f"/v1/orders/{first['id']}/cancellations", json={})
    assert_problem(app, change(first, amount=eur("300.00")), 409, "order_over")


class TestRenewals:
    @pytest.fixture
    def renew(self, app, erp):
        def send(order, **more):
            answer = erp.post(f"/v1/orders/{order['id']}/renewals", json=more)
            if answer.status_code == 201:
                assert_documented(app, "POST", "/v1/orders/{order_id}/renewals", 201, answer.json)
            return answer

        return send

    def test_an_expired_order_is_asked_again(self, placed, shown, told, renew, limited, time, worker, exposure):
        limited("1000.00")
        first = placed("400.00")
        time.pass_by(days=31)
        worker.tick()
        assert exposure() == {}
        answer = renew(first).json
        assert (answer["applied"], answer["outcome"], answer["order"]["state"]) == (True, "accept", "released")
        assert exposure() == {"reserved": "400.00"}
        assert told(first) == ["order.released.v1", "order.expired.v1", "order.released.v1"]

    def test_an_expired_order_that_does_not_fit_is_held(self, placed, renew, limited, time, worker):
        limited("1000.00")
        first = placed("400.00")
        time.pass_by(days=31)
        placed("900.00")
        answer = renew(first).json
        assert (answer["applied"], answer["order"]["state"]) == (True, "held")
        assert answer["prepayment_required"] == eur("300.00")

    def test_a_released_order_is_reserved_longer_when_the_gate_says_so(
        self, placed, shown, renew, limited, held, time, today
    ):
        limited("1000.00")
        first = placed("400.00")
        time.pass_by(days=20)
        answer = renew(first).json
        assert answer["applied"]
        assert answer["order"]["reservation"]["expires_at"] > first["reservation"]["expires_at"]
        held()
        time.pass_by(days=5)
        refused = renew(first, delivery_on=(today() + timedelta(days=50)).isoformat()).json
        assert (refused["applied"], refused["outcome"]) == (False, "refer")
        assert shown(first)["reservation"] == answer["order"]["reservation"]
        assert shown(first)["delivery_on"] is None

    def test_the_order_as_it_was_placed_is_still_the_same_order(self, erp, order, placed, renew, limited, today):
        limited("1000.00")
        placed("400.00", reference="A")
        first = placed("400.00", reference="B", delivery_on=today().isoformat())
        renew(first, delivery_on=(today() + timedelta(days=9)).isoformat())
        again = erp.post("/v1/orders", json=order("400.00", "B", delivery_on=today().isoformat()))
        assert again.status_code == 200

    def test_only_what_may_be_renewed_is(self, app, erp, placed, renew, limited):
        limited("1000.00")
        first = placed("1400.00")
        assert_problem(app, renew(first), 409, "order_over")
