"""Orders in the ledger, over HTTP: invoiced, prepaid, taken back and let go; never counted twice, never blocked."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from api.records.payment_returns import Return, take_back
from tests.web_checks import assert_documented, assert_problem


def money(amount, currency="EUR"):
    return {"amount": amount, "currency": currency}


pytestmark = pytest.mark.usefixtures("sound")


# --- Prepaid orders are not blocked ----------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", ["400.00", "700.00", "1000.00"])
def test_a_prepaid_order_is_not_blocked(placed, pay, shown, limited, worker, exposure, amount):
    limited("600.00")
    order = placed("1000.00", reference="O-1")
    assert (order["state"], order["prepayment_required"]["amount"]) == ("held", "400.00")
    assert pay(amount, "O-1")["order_id"] == order["id"]
    assert worker.judge() == 1
    after = shown(order)
    assert (after["state"], after["prepaid_amount"]["amount"]) == ("released", amount)
    left = 1000 - Decimal(amount)
    assert exposure() == ({"reserved": f"{left:.2f}"} if left else {})


def test_a_prepaid_order_is_not_blocked_where_there_is_no_limit_at_all(placed, pay, shown, worker, exposure):
    order = placed("250.00", reference="O-1", prepayment_reference="PRE-1")
    assert order["prepayment_required"]["amount"] == "250.00"
    pay("250.00", "PRE-1")
    worker.judge()
    assert (shown(order)["state"], exposure()) == ("released", {})


def test_a_prepaid_order_is_not_blocked_by_a_second_part_that_comes_later(placed, pay, shown, worker, limited):
    limited("600.00")
    order = placed("1000.00", reference="O-1")
    pay("150.00", "O-1")
    worker.judge()
    assert (shown(order)["state"], shown(order)["prepayment_required"]["amount"]) == ("held", "250.00")
    pay("250.00", "O-1")
    worker.judge()
    assert shown(order)["state"] == "released"


def test_a_prepaid_order_is_not_blocked_because_a_worker_came_too_late(placed, pay, shown, worker, limited, time):
    limited("600.00")
    order = placed("1000.00", reference="O-1")
    time.pass_by(days=7)
    pay("400.00", "O-1")
    time.pass_by(days=2)  # Past the day until which it was waited for.
    worker.tick()
    assert shown(order)["state"] == "released"


def test_money_of_a_prepaid_order_gives_room_to_no_other(placed, pay, limited, worker):
    limited("600.00")
    placed("1000.00", reference="O-1")
    pay("1000.00", "O-1")
    worker.judge()
    assert placed("600.00")["state"] == "released"
    assert placed("0.01")["state"] == "held"


def test_nobody_is_believed_who_only_says_that_he_paid(placed, shown, worker, limited, bill):
    limited("600.00")
    order = placed("1000.00", reference="O-1", prepayment_reference="PRE-1")
    bill("10.00")
    worker.judge()
    assert shown(order)["state"] == "held"


# --- Invoices --------------------------------------------------------------------------------------------------------


def test_an_invoice_that_names_its_order_is_counted_once(placed, bill, shown, told, limited, exposure):
    limited("1000.00")
    order = placed("800.00", reference="O-1")
    assert bill("300.00", "O-1")["order_id"] == order["id"]
    assert exposure() == {"reserved": "500.00", "invoiced": "300.00"}
    assert placed("200.00")["state"] == "released"
    bill("500.00", "O-1")
    after = shown(order)
    assert (after["state"], after["invoiced_amount"]["amount"], after["reservation"]) == ("completed", "800.00", None)
    assert told(order) == ["order.released.v1", *["order.invoiced.v1"] * 2, "order.completed.v1"]


def test_a_first_order_holds_the_next_until_its_invoice_is_paid(placed, bill, pay, shown, limited, worker):
    limited("1000.00", "normal")
    placed("100.00", reference="O-1")
    second = placed("100.00", reference="O-2")
    assert second["outcome"] == "hold_first_payment"
    bill("100.00", "O-1", invoice_number="F1")
    worker.judge()
    assert shown(second)["state"] == "held"
    pay("100.00", allocations=[{"invoice_number": "F1", "amount": money("100.00")}])
    worker.judge()
    assert shown(second)["state"] == "released"


def test_an_order_of_another_debtor_is_not_billed_and_finance_is_told(
    placed, bill, shown, limited, new_debtor, finance
):
    limited("1000.00")
    order = placed("800.00", reference="O-1")
    assert "order_id" not in bill("300.00", "O-1", debtor_id=str(new_debtor()))
    assert shown(order)["invoiced_amount"]["amount"] == "0.00"
    assert [each["kind"] for each in finance.get("/v1/alerts").json["items"]] == ["order_differs"]


# --- Money that goes back, and orders that are over ------------------------------------------------------------------


@pytest.fixture
def give_back(sessions, seller, clock):
    def run(payment, amount):
        with sessions.of(seller.id) as session:
            told = Return(UUID(payment["id"]), "r", Decimal(amount), clock.today(seller))
            take_back(session, told, clock.now(seller))

    return run


def test_a_returned_prepayment_holds_its_order_until_money_comes_again(
    placed, pay, give_back, shown, limited, worker, exposure
):
    limited("600.00")
    order = placed("1000.00", reference="O-1")
    paid = pay("400.00", "O-1")
    worker.judge()
    give_back(paid, "400.00")
    held = shown(order)
    assert (held["state"], held["prepayment_required"]["amount"]) == ("held", "400.00")
    worker.judge()
    assert (shown(order)["state"], exposure()) == ("held", {"reserved": "600.00"})
    pay("400.00", "O-1")
    worker.judge()
    assert shown(order)["state"] == "released"


def test_a_cancelled_order_loses_nobodys_money(placed, pay, erp, limited, worker, exposure):
    limited("600.00")
    order = placed("1000.00", reference="O-1")
    pay("400.00", "O-1")
    worker.judge()
    assert erp.post(f"/v1/orders/{order['id']}/cancellations", json={"grounds": "x"}).status_code == 201
    assert exposure() == {"unallocated": "-400.00"}


def test_an_expired_order_loses_nobodys_money(placed, pay, limited, worker, exposure, time, shown):
    limited("600.00")
    order = placed("1000.00", reference="O-1")
    pay("300.00", "O-1")
    time.pass_by(days=60)
    worker.tick()
    assert (shown(order)["state"], exposure()) == ("expired", {"unallocated": "-300.00"})


def test_a_lowered_order_keeps_no_more_money_than_it_is_worth(placed, pay, erp, limited, worker, exposure, shown):
    limited("1000.00")
    order = placed("1000.00", reference="O-1")
    pay("700.00", "O-1")
    answer = erp.post(f"/v1/orders/{order['id']}/changes", json={"amount": money("500.00")})
    assert answer.status_code in (200, 201), answer.text
    assert (shown(order)["prepaid_amount"]["amount"], exposure()) == ("500.00", {"unallocated": "-200.00"})


@pytest.fixture
def roomy(limited):
    """A limit of which 600.00 is free."""
    limited("600.00")


# --- What a person decides -------------------------------------------------------------------------------------------


def test_a_person_binds_a_payment_and_lets_it_go(app, placed, pay, finance, shown, roomy, worker, exposure):
    order = placed("1000.00", reference="O-1")
    payment = pay("900.00")
    url, template = f"/v1/payments/{payment['id']}/prepayments", "/v1/payments/{payment_id}/prepayments"
    answer = finance.post(url, json={"order_reference": "O-1", "amount": money("400.00")})
    assert answer.status_code == 201, answer.text
    assert_documented(app, "POST", template, 201, answer.json)
    (bound,) = answer.json["payments"]
    assert (bound["unallocated_amount"], bound["prepaid_amount"]) == (money("500.00"), money("400.00"))
    assert bound["prepayments"] == [{"order_id": order["id"], "order_reference": "O-1", "amount": money("400.00")}]
    worker.judge()
    assert (shown(order)["state"], exposure()) == ("released", {"reserved": "600.00", "unallocated": "-500.00"})
    url, template = f"/v1/payments/{payment['id']}/prepayment-releases", "/v1/payments/{payment_id}/prepayment-releases"
    answer = finance.post(url, json={"order_id": order["id"], "grounds": "It was for another."})
    assert answer.status_code == 201, answer.text
    assert_documented(app, "POST", template, 201, answer.json)
    after = shown(order)
    assert (after["state"], after["prepayment_required"]["amount"]) == ("held", "400.00")
    assert exposure() == {"reserved": "600.00", "unallocated": "-900.00"}


REFUSED = {
    "too much of the payment": ({"order_reference": "O-1", "amount": money("901.00")}, 409, "items_changed"),
    "too much of the order": ({"order_reference": "O-1", "amount": money("501.00")}, 409, "items_changed"),
    "another currency": ({"order_reference": "O-1", "amount": money("1.00", "USD")}, 422, "bad_input"),
    "no such order": ({"order_reference": "O-9"}, 404, "order_not_found"),
    "another debtor's order": ({"order_reference": "O-2"}, 422, "bad_input"),
    "no order": ({}, 422, "bad_input"),
    "two orders": ({"order_reference": "O-1", "order_id": str(uuid4())}, 422, "bad_input"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_bound_is_refused_and_changes_nothing(app, placed, pay, finance, new_debtor, exposure, case):
    asked, status, code = REFUSED[case]
    placed("500.00", reference="O-1")
    placed("500.00", reference="O-2", whom=new_debtor())
    payment = pay("900.00")
    assert_problem(app, finance.post(f"/v1/payments/{payment['id']}/prepayments", json=asked), status, code)
    assert exposure() == {"unallocated": "-900.00"}


def test_only_a_person_binds_money(app, placed, pay, client_of):
    placed("500.00", reference="O-1")
    url = f"/v1/payments/{pay('900.00')['id']}/prepayments"
    assert_problem(app, client_of("finance").post(url, json={"order_reference": "O-1"}), 403, "person_needed")
    assert client_of("sales").post(url, json={"order_reference": "O-1"}).status_code == 403


def test_a_binding_that_is_sent_twice_binds_once(placed, pay, finance, exposure):
    placed("500.00", reference="O-1")
    url, key = f"/v1/payments/{pay('900.00')['id']}/prepayments", {"Idempotency-Key": str(uuid4())}
    asked = {"order_reference": "O-1", "amount": money("100.00")}
    first, again = (finance.post(url, json=asked, headers=key) for _ in range(2))
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert exposure() == {"unallocated": "-800.00"}


def test_bound_money_is_corrected_to_nothing_else_before_it_is_let_go(app, placed, pay, bill, finance, debtor_id):
    placed("500.00", reference="O-1")
    payment = pay("500.00", "O-1")
    bill("500.00", invoice_number="F1")
    part = {
        "debtor_id": str(debtor_id),
        "amount": money("500.00"),
        "allocations": [{"invoice_number": "F1", "amount": money("500.00")}],
    }
    answer = finance.post(f"/v1/payments/{payment['id']}/corrections", json={"parts": [part]})
    assert_problem(app, answer, 409, "prepayment_bound")


def test_money_of_the_wrong_debtor_is_taken_from_his_order(placed, pay, finance, new_debtor, shown, worker, limited):
    limited("600.00")
    order = placed("1000.00", reference="O-1")
    payment = pay("400.00", "O-1")
    worker.judge()
    part = {"debtor_id": str(new_debtor()), "amount": money("400.00"), "allocations": []}
    answer = finance.post(f"/v1/payments/{payment['id']}/corrections", json={"parts": [part]})
    assert answer.status_code == 201, answer.text
    assert shown(order)["state"] == "held"
