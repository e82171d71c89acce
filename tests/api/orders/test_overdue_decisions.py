"""Held orders on finance's desk that nobody has decided on in time: told of once, until somebody has."""

from datetime import timedelta

import pytest

from scoring.policy.document import parse_policy, shipped
from tests.web_checks import assert_documented

DAYS = timedelta(days=parse_policy(shipped()["default"]).authority.referral_days)


@pytest.fixture
def overdue(app, erp):
    """Gives the orders of which an alert is open, with their owners."""

    def found(state="open=true"):
        answer = erp.get(f"/v1/alerts?kind=held_order_overdue&{state}")
        assert_documented(app, "GET", "/v1/alerts", 200, answer.json)
        return [(each["data"]["order_id"], each["data"]["owner"]) for each in answer.json["items"]]

    return found


@pytest.fixture
def waiting(placed, limited, held):
    """An order that waits for a person."""
    limited("1000.00")
    end = held()
    order = placed("100.00")
    assert (order["state"], order["outcome"]) == ("held", "refer")
    return order, end


def test_it_is_told_once_when_its_deadline_has_passed_as_the_desk_shows_it(
    waiting, finance, overdue, worker, time, debtor_id
):
    order, _ = waiting
    path = f"/v1/referrals/{order['id']}/takes"
    assert finance.post(path, json={}).status_code == 201
    time.pass_by(seconds=DAYS.total_seconds() - 60)
    worker.tick()
    assert (overdue(), finance.get("/v1/referrals?overdue=true").json["items"]) == ([], [])
    time.pass_by(seconds=120)
    for _ in range(2):
        worker.tick()
        assert overdue("debtor_id=" + str(debtor_id)) == [(order["id"], "finance@example.com")]
    assert [each["id"] for each in finance.get("/v1/referrals?overdue=true").json["items"]] == [order["id"]]


def test_who_releases_it_ends_it_at_once(waiting, client_of, overdue, worker, time):
    order, _ = waiting
    time.pass_by(seconds=DAYS.total_seconds() + 60)
    worker.tick()
    assert len(overdue()) == 1
    ann = client_of("finance", subject="ann@example.com")
    assert ann.post(f"/v1/orders/{order['id']}/releases", json={"grounds": "He called."}).json["in_force"]
    assert (overdue(), len(overdue("open=false"))) == ([], 1)


@pytest.mark.parametrize("how", ["its cause goes", "it is cancelled"])
def test_it_ends_when_the_order_waits_for_nobody_any_more(waiting, erp, overdue, worker, time, how):
    order, end = waiting
    time.pass_by(seconds=DAYS.total_seconds() + 60)
    worker.tick()
    assert len(overdue()) == 1
    if how == "its cause goes":
        end()
        time.pass_by(days=1)
    else:
        assert erp.post(f"/v1/orders/{order['id']}/cancellations", json={"grounds": "x"}).status_code == 201
    worker.tick()
    worker.tick()
    assert overdue() == []


def test_what_waits_for_money_has_no_such_deadline(placed, limited, overdue, worker, time):
    limited("100.00")
    assert placed("300.00")["outcome"] == "accept_prepayment"
    time.pass_by(seconds=DAYS.total_seconds() + 60)
    worker.tick()
    assert overdue() == []
