"""Held orders are judged again when their cause goes: oldest first, each released once, and time alone is a cause."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from api.orders.rejudging import judge_held_orders
from api.records import held_orders


@pytest.fixture
def look_again(sessions, seller, worker, debtor_id):
    """What happens after a cause has gone."""

    def look(*debtor_ids):
        with sessions.of(seller.id) as session:
            held_orders.look_again(session, debtor_ids or [debtor_id])
        return worker.judge()

    return look


def test_a_held_order_is_released_when_its_cause_goes(placed, shown, told, limited, held, look_again):
    limited("1000.00")
    end = held()
    first = placed("400.00")
    assert (first["state"], first["outcome"], first["reservation"]) == ("held", "refer", None)
    look_again()
    assert shown(first)["state"] == "held"
    end()
    look_again()
    now = shown(first)
    assert (now["state"], now["reservation"]["amount"]["amount"]) == ("released", "400.00")
    assert told(first) == ["order.held.v1", "order.released.v1"]


def test_the_oldest_goes_first_and_the_rest_waits_for_what_is_missing(placed, shown, limited, held, look_again):
    limited("1000.00")
    end = held()
    waiting = [placed(amount) for amount in ("600.00", "600.00", "300.00")]
    end()
    look_again()
    now = [shown(each) for each in waiting]
    assert [each["state"] for each in now] == ["released", "held", "held"]
    assert [each["outcome"] for each in now[1:]] == ["accept_prepayment", "accept_prepayment"]
    # The second keeps what fits for itself, so that nothing is left for the third.
    assert now[1]["reservation"]["amount"]["amount"] == "400.00"
    assert now[1]["prepayment_required"]["amount"] == "200.00"
    assert now[2]["prepayment_required"]["amount"] == "300.00"


def test_a_new_order_does_not_jump_the_queue(erp, order, placed, shown, limited, held):
    limited("1000.00")
    end = held()
    older = placed("700.00")
    end()
    # Nobody has judged the older one again yet.
    preview = erp.post("/v1/orders/preview", json=order("600.00")).json
    assert (preview["state"], preview["prepayment_required"]["amount"]) == ("held", "300.00")
    assert shown(older)["state"] == "held"
    newer = placed("600.00")
    assert (newer["state"], newer["prepayment_required"]["amount"]) == ("held", "300.00")
    assert shown(older)["state"] == "released"


def test_the_same_answer_again_is_no_new_decision(placed, shown, told, limited, held, look_again, time):
    limited("1000.00")
    held()
    first = placed("400.00")
    time.pass_by(hours=1)
    look_again()
    now = shown(first)
    assert now["judged_at"] > first["judged_at"]
    assert {**now, "judged_at": None} == {**first, "judged_at": None}
    assert told(first) == ["order.held.v1"]


def test_another_answer_is_told(placed, shown, told, limited, held, look_again):
    limited("1000.00")
    end = held()
    first = placed("1400.00")
    end()
    look_again()
    now = shown(first)
    assert (now["state"], now["outcome"], now["prepayment_required"]["amount"]) == (
        "held",
        "accept_prepayment",
        "400.00",
    )
    assert now["decision_id"] != first["decision_id"]
    assert told(first) == ["order.held.v1", "order.judged.v1"]


def test_an_older_order_that_fits_meanwhile_goes_first(placed, shown, limited, house, seller, debtor_id, monkeypatch):
    """Room comes back between the turns of two orders: the younger one must not take it."""
    from api.orders import rejudging

    limited("500.00")
    older, younger = placed("800.00"), placed("600.00")
    turns = []
    real = rejudging._judge_next

    def slowly(session, **given):
        if len(turns) == 1:
            limited("800.00")
        turns.append(given["after"])
        return real(session, **given)

    monkeypatch.setattr(rejudging, "_judge_next", slowly)
    judge_held_orders(house, seller, debtor_id)
    assert (shown(older)["state"], shown(younger)["state"]) == ("released", "held")


def test_many_workers_release_each_order_once(placed, shown, told, limited, held, house, seller, debtor_id):
    limited("1000.00")
    end = held()
    waiting = [placed("100.00") for _ in range(12)]
    end()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: judge_held_orders(house, seller, debtor_id), range(4)))
    now = [shown(each) for each in waiting]
    assert [each["state"] for each in now] == ["released"] * 10 + ["held"] * 2
    for each in waiting[:10]:
        assert told(each) == ["order.held.v1", "order.released.v1"]


def test_room_of_one_member_frees_the_order_of_another(erp, new_debtor, placed, shown, limited, worker):
    top = new_debtor()
    one, other = (new_debtor(parent_id=str(top)) for _ in range(2))
    limited("1000.00", whom=top, scope="group")
    for each in (one, other):
        limited("5000.00", whom=each)
    takes = placed("900.00", whom=one, delivery_on="2020-01-01")
    waits = placed("300.00", whom=other)
    assert (takes["state"], waits["state"]) == ("released", "held")
    assert waits["prepayment_required"]["amount"] == "200.00"
    erp.post(f"/v1/orders/{takes['id']}/cancellations", json={})
    worker.judge()
    assert shown(waits)["state"] == "released"


class TestTime:
    def test_a_reservation_ends_by_itself_and_its_room_is_anothers(self, placed, shown, told, limited, worker, time):
        limited("1000.00")
        first, second = placed("900.00"), placed("900.00")
        assert second["prepayment_required"]["amount"] == "800.00"
        time.pass_by(days=31)
        worker.tick()
        assert [shown(each)["state"] for each in (first, second)] == ["expired", "expired"]
        assert shown(first)["reservation"] is None
        assert told(first) == ["order.released.v1", "order.expired.v1"]

    def test_room_of_an_expired_order_goes_to_who_waits(self, placed, shown, limited, worker, time, today):
        limited("1000.00")
        first = placed("900.00", delivery_on=today().isoformat())
        time.pass_by(days=10)
        second = placed("900.00")
        assert second["state"] == "held"
        time.pass_by(days=5)
        worker.tick()
        assert [shown(each)["state"] for each in (first, second)] == ["expired", "released"]

    def test_the_gate_lets_time_pass_before_the_tick_does(self, placed, shown, limited, time):
        limited("1000.00")
        first = placed("900.00")
        time.pass_by(days=31)
        assert placed("900.00")["state"] == "released"
        assert shown(first)["state"] == "expired"

    @pytest.mark.parametrize("lapses", ["limit", "hold"])
    def test_a_day_alone_cures(self, placed, shown, limited, held, worker, time, today, lapses):
        if lapses == "hold":
            limited("1000.00")
            held(ends_on=today())
        else:
            # A temporary limit that begins tomorrow.
            limited("100.00")
            tomorrow = today() + timedelta(days=1)
            limited("900.00", is_temporary=True, valid_from=tomorrow, valid_until=tomorrow)
        first = placed("500.00")
        worker.tick()
        assert shown(first)["state"] == "held"
        time.pass_by(days=1)
        worker.tick()
        assert shown(first)["state"] == "released"
