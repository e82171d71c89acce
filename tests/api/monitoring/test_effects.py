"""What an alert brings about by itself, one effect after the other, end to end over HTTP; and what its end lets go."""

import copy
from datetime import timedelta

import pytest

from api.orders.rejudging import judge_held_orders
from api.records import limits
from scoring.policy.document import shipped


def eur(amount):
    return {"amount": amount, "currency": "EUR"}


@pytest.fixture
def with_effect(client_of):
    """Activates a policy in which overdue items bring something about."""

    def activate(effect):
        document = copy.deepcopy(shipped()["default"])
        document["alerts"]["effects"] = {"overdue_items": effect}
        document["alerts"]["overdue_item_days"] = [14, 30]
        ann, bob = (client_of("credit_manager", subject=f"{name}@example.com") for name in ("ann", "bob"))
        version = ann.post("/v1/policies", json={"name": "t", "document": document}).json["version"]
        assert bob.post(f"/v1/policies/{version}/approvals", json={}).status_code == 201
        assert bob.post(f"/v1/policies/{version}/activations", json={}).status_code == 201

    return activate


@pytest.fixture
def story(watch, limited, placed, bill, time, today, debtor_id, with_effect):
    """A released order of a debtor whose only invoice is overdue for two weeks."""

    def begin(effect):
        with_effect(effect)
        limited("1000.00")
        released = placed("100.00", reference="A")
        bill("100.00", invoice_number="I1", due_on=(today() + timedelta(1)).isoformat())
        watch.minute()
        time.pass_by(days=15)
        watch.minute()
        assert "overdue_items" in watch.alerts(debtor_id)
        return released

    return begin


def followed(client, debtor_id):
    """What the history of the debtor's alert of overdue items says was done."""
    (alert,) = client.get(f"/v1/alerts?debtor_id={debtor_id}&kind=overdue_items").json["items"]
    history = client.get(f"/v1/alerts/{alert['id']}").json["history"]
    return [each["note"] for each in history if each["kind"] == "followed"]


def newest_limit(watch, debtor_id):
    """The amount of the debtor's limit, and whether it is to be reviewed."""
    with watch.sessions.of(watch.seller.id) as session:
        newest = limits.versions(session, debtor_id, "own")[-1]
    return newest.limit_amount, newest.next_review_on is not None


@pytest.mark.parametrize(
    ("effect", "outcome", "done"),
    [
        ("none", None, []),
        ("look_again", None, ["look_again"]),
        ("review", None, ["review"]),
        ("lower", None, ["review"]),  # Nobody declines: it is put up for review.
        ("lower", "decline", ["lower"]),
        ("stop_supply", None, ["stop_supply"]),
    ],
)
def test_each_effect_is_done_once(watch, story, *, client_of, erp, placed, decided, debtor_id, effect, outcome, done):
    if outcome:
        decided(debtor_id, outcome, "high")
    released = story(effect)
    finance = client_of("finance", subject="fin@example.com")
    watch.minute()
    assert followed(finance, debtor_id) == done
    amount = 0 if done == ["lower"] else 1000
    assert newest_limit(watch, debtor_id) == (amount, done in (["review"], ["lower"]))
    is_due = erp.get(f"/v1/orders/{released['id']}").json["check_due"]
    assert is_due is (done != [])
    holds = finance.get(f"/v1/debtors/{debtor_id}/holds").json["items"]
    assert [each["kind"] for each in holds] == (["stop_supply"] if done == ["stop_supply"] else [])
    assert holds == [] or placed("10.00")["state"] == "held"


def test_what_is_over_lets_orders_go_again_but_for_what_only_a_person_lets_go(
    watch, story, placed, pay, shown, house, seller, debtor_id
):
    story("look_again")
    waits = placed("10.00")
    assert waits["state"] == "held"  # All that is open is overdue.
    pay("100.00", allocations=[{"invoice_number": "I1", "amount": eur("100.00")}])
    watch.minute()
    assert watch.events("overdue_items") == ["opened", "ended"]
    judge_held_orders(house, seller, debtor_id)
    assert shown(waits)["state"] == "released"


def test_stopped_supply_stays_so_until_a_person_ends_it(
    watch, story, *, client_of, placed, pay, shown, house, seller, debtor_id
):
    story("stop_supply")
    waits = placed("10.00")
    pay("100.00", allocations=[{"invoice_number": "I1", "amount": eur("100.00")}])
    watch.minute()
    judge_held_orders(house, seller, debtor_id)
    assert (watch.events("overdue_items"), shown(waits)["state"]) == (["opened", "ended"], "held")
    finance = client_of("finance", subject="fin@example.com")
    (hold,) = finance.get(f"/v1/debtors/{debtor_id}/holds").json["items"]
    ended = finance.post(f"/v1/debtors/{debtor_id}/holds/{hold['id']}/ends", json={"grounds": "they paid"})
    assert ended.status_code in (200, 201), ended.text
    judge_held_orders(house, seller, debtor_id)
    assert shown(waits)["state"] == "released"


def test_an_alert_that_is_raised_is_followed_once_more(watch, story, client_of, time, debtor_id):
    story("look_again")
    time.pass_by(days=16)
    watch.minute()
    watch.minute()
    assert watch.events("overdue_items") == ["opened", "raised"]
    assert followed(client_of("finance", subject="fin@example.com"), debtor_id) == ["look_again", "look_again"]
