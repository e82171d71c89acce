"""Orders that are refused for good: while they are placed, while they wait, and whatever a person says."""

from datetime import timedelta

import pytest

from api.records import held_orders
from api.records.reports import ReportRecord
from api.worker import make_queue
from tests.web_checks import assert_problem


@pytest.fixture
def bankrupt(sessions, seller, clock, debtor_id, today):
    """The register tells of a bankruptcy, as a check would keep it."""

    def tell():
        event = {"code": "bankruptcy", "occurred_on": (today() - timedelta(days=1)).isoformat(), "ended_on": None}
        report = ReportRecord(
            debtor_id=debtor_id,
            kind="company_register",
            provider="kvk",
            retrieved_at=clock.now(seller),
            raw={},
            facts={"status": "active", "events": [event]},
            purpose="credit_assessment",
            relation="customer",
        )
        with sessions.of(seller.id) as session:
            session.add(report)
            held_orders.look_again(session, [debtor_id])

    return tell


def test_it_is_refused_when_it_is_placed(placed, limited, bankrupt, exposure):
    limited("1000.00")
    bankrupt()
    first = placed("400.00")
    assert (first["state"], first["outcome"], exposure()) == ("refused", "decline", {})


def test_an_order_that_waits_is_refused_with_its_money_free_again(
    erp, placed, shown, told, *, limited, bankrupt, worker, exposure, today, debtor_id
):
    limited("1000.00")
    waits = placed("1400.00", reference="O1")
    paid = {"debtor_id": str(debtor_id), "payment_reference": "P1", "paid_on": today().isoformat()}
    body = {**paid, "amount": {"amount": "100.00", "currency": "EUR"}, "order_reference": "O1"}
    assert erp.post("/v1/payments", json=body).status_code == 201
    bankrupt()
    worker.judge()
    now = shown(waits)
    assert (now["state"], now["prepayment_required"], now["reservation"]) == ("refused", None, None)
    assert exposure() == {"unallocated": "-100.00"}
    assert told(waits)[-1] == "order.refused.v1"


def test_nobody_releases_it(app, client_of, placed, limited, bankrupt, worker):
    limited("1000.00")
    waits = placed("1400.00")
    bankrupt()
    ann = client_of("credit_manager", subject="ann@example.com")
    path, body = f"/v1/orders/{waits['id']}/releases", {"grounds": "I know him."}
    # Before the worker has looked, and after.
    assert_problem(app, ann.post(path, json=body), 409, "order_refused")
    worker.judge()
    assert_problem(app, ann.post(path, json=body), 409, "order_refused")


def test_what_was_released_before_may_not_leave_any_more(erp, placed, limited, bankrupt):
    limited("1000.00")
    first = placed("400.00")
    bankrupt()
    answer = erp.post(f"/v1/orders/{first['id']}/deliveries/preview", json={"rest": True}).json
    assert (answer["may_deliver"], [each["code"] for each in answer["reasons"]]) == (False, ["insolvency_event"])


def test_the_worker_knows_its_part(house, database_urls):
    queue = make_queue(house, database_urls[1])
    periodic = {each.task.name for each in queue.periodic_registry.periodic_tasks.values()}
    assert "creditgate.judge_held_orders" in queue.tasks
    assert {"creditgate.let_orders_time_pass", "creditgate.judge_held_of_new_days"} <= periodic
