"""Orders that a person releases: within authority, seconded above it, never one's own, and with their grounds kept."""

from datetime import timedelta

import pytest

from tests.web_checks import assert_documented, assert_problem

GROUNDS = "He paid by telephone this morning."


def eur(amount):
    return {"amount": amount, "currency": "EUR"}


@pytest.fixture
def person(client_of, time):
    """A client of a person: `person("ann", "finance")`."""
    return lambda name, role="finance": client_of(role, subject=f"{name}@example.com")


@pytest.fixture
def release(app, person):
    def send(order, who, role="finance", **more):
        answer = person(who, role).post(f"/v1/orders/{order['id']}/releases", json={"grounds": GROUNDS, **more})
        if answer.status_code == 201:
            assert_documented(app, "POST", "/v1/orders/{order_id}/releases", 201, answer.json)
        return answer

    return send


@pytest.fixture
def second(app, person):
    def send(order, verdict, who, role="credit_manager", approved=True):
        path = f"/v1/orders/{order['id']}/releases/{verdict['id']}/approvals"
        answer = person(who, role).post(path, json={"approved": approved, "grounds": "I called him too."})
        if answer.status_code == 201:
            path = "/v1/orders/{order_id}/releases/{verdict_id}/approvals"
            assert_documented(app, "POST", path, 201, answer.json)
        return answer

    return send


def test_within_authority_it_goes_out_at_once(placed, shown, told, release, limited, exposure):
    limited("1000.00")
    first = placed("1400.00")
    answer = release(first, "ann").json
    assert (answer["in_force"], answer["needs_second"], answer["waiting"]) == (True, False, False)
    assert (answer["grounds"], answer["authority_amount"]) == (GROUNDS, eur("1400.00"))
    now = shown(first)
    assert (now["state"], now["released_by"]) == ("released", "ann@example.com")
    # The machine's decision stays what it was.
    assert (now["outcome"], [each["code"] for each in now["reasons"]]) == ("accept_prepayment", ["limit_exceeded"])
    assert now["prepayment_required"] is None
    assert exposure() == {"reserved": "1400.00"}
    assert told(first) == ["order.held.v1", "order.released.v1"]


def test_what_goes_above_the_limit_is_at_stake_where_it_is_more_than_the_order(placed, release, limited):
    limited("70000.00")
    placed("70000.00")
    limited("1000.00")
    answer = release(placed("200.00"), "ann").json
    assert (answer["authority_amount"], answer["needs_second"]) == (eur("69200.00"), True)


def test_above_it_a_second_person_agrees(app, placed, shown, told, release, second, limited, exposure):
    limited("1000.00")
    first = placed("60000.00")
    waiting = release(first, "ann").json
    assert (waiting["waiting"], waiting["may_second"]) == (True, ["credit_manager"])
    assert shown(first)["state"] == "held"
    assert_problem(app, second(first, waiting, "bob", "finance"), 403, "beyond_authority")
    assert_problem(app, second(first, waiting, "Ann"), 403, "second_approver_needed")
    answer = second(first, waiting, "carl").json
    assert (answer["in_force"], answer["approval"]["given_by"]) == (True, "carl@example.com")
    assert (shown(first)["state"], shown(first)["released_by"]) == ("released", "ann@example.com")
    assert exposure() == {"reserved": "60000.00"}
    assert_problem(app, second(first, waiting, "dora"), 409, "order_not_held")
    assert told(first) == ["order.held.v1", "order.release_waits.v1", "order.released.v1"]


def test_what_the_second_refuses_stays_held(app, placed, shown, release, second, limited):
    limited("1000.00")
    first = placed("60000.00")
    waiting = release(first, "ann").json
    answer = second(first, waiting, "carl", approved=False).json
    assert (answer["in_force"], answer["waiting"], shown(first)["state"]) == (False, False, "held")
    assert_problem(app, second(first, waiting, "dora"), 409, "verdict_not_waiting")


@pytest.mark.parametrize(
    ("risk_class", "amount", "who", "expected"),
    [
        ("low", "50000.00", "finance", "at once"),
        ("low", "50000.01", "finance", "seconded"),
        ("low", "500000.01", "finance", "never"),
        ("low", "500000.01", "credit_manager", "seconded"),
        ("high", "5000.00", "finance", "at once"),
        ("high", "5000.01", "finance", "seconded"),
        ("blocked", "0.01", "finance", "never"),
        (None, "0.01", "credit_manager", "seconded"),
    ],
)
def test_authority(app, placed, release, limited, *, risk_class, amount, who, expected):
    limited("0.00", risk_class)
    answer = release(placed(amount), "ann", who)
    if expected == "never":
        assert_problem(app, answer, 403, "beyond_authority")
    else:
        assert answer.json["in_force"] == (expected == "at once")


def test_nobody_releases_his_own_order(app, erp, order, person, placed, release, limited):
    limited("1000.00")
    mine = person("ann", "sales").post("/v1/orders", json=order("1400.00")).json
    assert_problem(app, release(mine, "ANN"), 403, "own_request")
    named = erp.post("/v1/orders", json=order("1400.00"), headers={"Creditgate-Actor": "ann@example.com"}).json
    assert_problem(app, release(named, "ann"), 403, "own_request")
    raised = placed("1400.00")
    person("ann").post(f"/v1/orders/{raised['id']}/changes", json={"amount": eur("1500.00")})
    assert_problem(app, release(raised, "ann"), 403, "own_request")
    assert release(raised, "bob").status_code == 201


def test_a_machine_releases_nothing(app, client_of, placed, limited):
    limited("1000.00")
    first = placed("1400.00")
    answer = client_of("finance").post(f"/v1/orders/{first['id']}/releases", json={"grounds": GROUNDS})
    assert_problem(app, answer, 403, "person_needed")
    for role in ("sales", "integration", "admin"):
        answer = client_of(role, subject="x@example.com").post(f"/v1/orders/{first['id']}/releases", json={})
        assert_problem(app, answer, 403, "not_allowed")


def test_what_nobody_releases(app, placed, release, limited, held):
    limited("1000.00")
    assert_problem(app, release(placed("400.00"), "ann"), 409, "order_not_held")
    waits = placed("1400.00")
    held("stop_supply")
    assert_problem(app, release(waits, "ann"), 409, "supply_stopped")


def test_a_release_that_waits_does_not_hold_for_another_amount(app, erp, placed, release, second, limited):
    limited("1000.00")
    first = placed("60000.00")
    waiting = release(first, "ann").json
    erp.post(f"/v1/orders/{first['id']}/changes", json={"amount": eur("90000.00")})
    assert_problem(app, second(first, waiting, "carl"), 409, "order_changed")


class TestUntil:
    def test_what_is_not_delivered_by_then_is_held_again(
        self, erp, placed, shown, told, release, *, limited, today, time, worker, exposure
    ):
        limited("1000.00")
        first = placed("1400.00", delivery_on=(today() + timedelta(days=5)).isoformat())
        release(first, "ann", until=(today() + timedelta(days=2)).isoformat())
        assert exposure() == {"reserved": "1400.00"}
        asked = {"delivery_reference": "D", "delivered_on": today().isoformat(), "amount": eur("200.00")}
        erp.post(f"/v1/orders/{first['id']}/deliveries", json=asked)
        time.pass_by(days=2)
        worker.tick()
        assert shown(first)["state"] == "released"
        time.pass_by(days=1)
        worker.tick()
        now = shown(first)
        assert (now["state"], now["released_by"], now["released_until"]) == ("held", None, None)
        assert now["prepayment_required"] == eur("400.00")
        assert exposure() == {"reserved": "800.00", "delivered": "200.00"}
        assert told(first)[-2:] == ["order.held.v1", "order.judged.v1"]

    def test_one_without_an_end_holds_as_long_as_any_reservation(self, placed, shown, release, limited, time, worker):
        limited("1000.00")
        first = placed("1400.00")
        release(first, "ann")
        time.pass_by(days=31)
        worker.tick()
        assert shown(first)["state"] == "expired"

    def test_a_day_that_is_over_is_refused(self, placed, release, limited, today):
        limited("1000.00")
        answer = release(placed("1400.00"), "ann", until=(today() - timedelta(days=1)).isoformat())
        assert [each["code"] for each in answer.json["errors"]] == ["in_the_past"]


class TestDeliveryOfWhatAPersonReleased:
    @pytest.fixture
    def may(self, erp):
        def ask(order):
            answer = erp.post(f"/v1/orders/{order['id']}/deliveries/preview", json={"rest": True}).json
            return [each["code"] for each in answer["reasons"]]

        return ask

    def test_it_stands_against_what_it_was_given_for(self, placed, release, may, limited, time):
        limited("1000.00")
        first = placed("1400.00")
        release(first, "ann")
        time.pass_by(days=3)
        assert may(first) == []

    def test_but_not_against_what_came_later(self, placed, release, may, limited, held):
        limited("1000.00")
        first = placed("1400.00")
        release(first, "ann")
        held("account_on_hold")
        held("stop_supply")
        assert may(first) == ["account_on_hold", "stop_supply"]

    def test_a_hold_that_it_was_released_from_stands_no_more(self, placed, release, may, limited, held):
        limited("1000.00")
        held("account_on_hold")
        first = placed("400.00")
        release(first, "ann")
        assert may(first) == []


def test_sales_sees_who_released_it_and_not_why(client_of, placed, release, limited):
    limited("1000.00")
    first = placed("1400.00")
    release(first, "ann")
    entries = client_of("sales").get(f"/v1/orders/{first['id']}/history").json["items"]
    (told,) = (each["release"] for each in entries if each["kind"] == "release")
    assert told["given_by"] == "ann@example.com"
    assert "grounds" not in told
    assert "authority_amount" not in told


@pytest.mark.usefixtures("sound")
def test_what_counts_only_now_and_does_not_fit_is_released_again_by_a_person(
    app, erp, placed, shown, release, *, person, limited, today, time, worker
):
    limited("1000.00")
    placed("1000.00", delivery_on=(today() + timedelta(days=80)).isoformat())
    later = placed("700.00", delivery_on=(today() + timedelta(days=81)).isoformat())
    assert_problem(app, release(later, "ann"), 409, "order_not_held")
    time.pass_by(days=22)
    worker.tick()

    def may():
        answer = erp.post(f"/v1/orders/{later['id']}/deliveries/preview", json={"rest": True}).json
        return answer["may_deliver"], [each["code"] for each in answer["reasons"]]

    assert (shown(later)["state"], shown(later)["check_due"], may()) == ("released", True, (False, ["limit_exceeded"]))
    mine = person("ann", "finance").post(f"/v1/orders/{later['id']}/changes", json={"amount": eur("650.00")})
    assert mine.status_code == 201
    answer = release(later, "bob").json
    assert (answer["in_force"], answer["grounds"], answer["authority_amount"]) == (True, GROUNDS, eur("650.00"))
    now = shown(later)
    assert (now["state"], now["check_due"], now["released_by"]) == ("released", False, "bob@example.com")
    assert (now["outcome"], may()) == ("accept_prepayment", (True, []))
    assert_problem(app, release(later, "bob"), 409, "order_not_held")


def test_above_his_authority_what_counts_only_now_waits_for_a_second_person(
    app, placed, shown, release, second, limited, today, time, *, worker
):
    limited("60000.00")
    placed("60000.00", delivery_on=(today() + timedelta(days=80)).isoformat())
    later = placed("60000.00", delivery_on=(today() + timedelta(days=81)).isoformat())
    time.pass_by(days=22)
    worker.tick()
    waiting = release(later, "ann").json
    assert (waiting["waiting"], shown(later)["check_due"], shown(later)["released_by"]) == (True, True, None)
    assert second(later, waiting, "carl").json["in_force"]
    assert (shown(later)["check_due"], shown(later)["released_by"]) == (False, "ann@example.com")
