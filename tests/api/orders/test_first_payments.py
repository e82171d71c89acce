"""The first payment, over HTTP: the next order waits until all of the first one's invoices are paid in full."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from api.records.payment_returns import Return, take_back


def eur(amount):
    return {"amount": amount, "currency": "EUR"}


class Story:
    """A new debtor of class normal: its first order of 400, the next one of 100, and what follows."""

    def __init__(self, erp, placed, shown, worker, debtor_id, today):
        self.erp, self.shown, self.worker, self.debtor_id, self.today = erp, shown, worker, str(debtor_id), today
        self.first, self.next = placed("400.00", reference="O1"), placed("100.00", reference="O2")
        self.payments = []
        assert (self.first["state"], self.first["is_first_order"]) == ("released", True)
        assert (self.next["state"], self.next["outcome"]) == ("held", "hold_first_payment")

    def post(self, path, **body):
        answer = self.erp.post(f"/v1/{path}", json={"debtor_id": self.debtor_id, **body})
        assert answer.status_code == 201, answer.text
        return answer.json

    def bill(self, amount="400.00", number="F1", **more):
        on = self.today()
        days = {"invoiced_on": on.isoformat(), "due_on": (on + timedelta(days=10)).isoformat()}
        told = {"invoice_number": number, "order_reference": "O1", "amount": eur(amount)}
        self.post("invoices", **{**told, **days, **more})

    def pay(self, amount="400.00", number="F1"):
        paid = {"payment_reference": str(uuid4()), "paid_on": self.today().isoformat(), "amount": eur(amount)}
        parts = [{"invoice_number": number, "amount": eur(amount)}]
        self.payments.append(self.post("payments", **paid, allocations=parts)["id"])

    def credit(self, amount, number="F1"):
        note = {"credit_note_number": str(uuid4()), "credited_on": self.today().isoformat(), "amount": eur(amount)}
        self.post("credit-notes", **note, invoice_number=number)

    @property
    def outcome(self):
        self.worker.judge()
        now = self.shown(self.next)
        return "released" if now["state"] == "released" else now["outcome"]


@pytest.fixture
def story(erp, placed, shown, worker, limited, debtor_id, today):
    limited("1000.00", "normal")
    return Story(erp, placed, shown, worker, debtor_id, today)


def test_delivered_and_invoiced_it_still_waits(story, today):
    asked = {"delivery_reference": "D", "delivered_on": today().isoformat(), "rest": True}
    assert story.erp.post(f"/v1/orders/{story.first['id']}/deliveries", json=asked).status_code == 201
    assert story.outcome == "hold_first_payment"
    story.bill()
    assert story.outcome == "hold_first_payment"


def test_paid_in_full_it_waits_no_more(story):
    story.bill()
    story.pay()
    assert story.outcome == "released"
    assert story.shown(story.next)["is_first_order"] is False


def test_a_part_is_no_payment(story):
    story.bill()
    story.pay("399.99")
    assert story.outcome == "hold_first_payment"
    story.pay("0.01")
    assert story.outcome == "released"


def test_all_invoices_of_the_first_order_count(story):
    story.bill("150.00", "F1")
    story.bill("250.00", "F2")
    story.pay("150.00", "F1")
    assert story.outcome == "hold_first_payment"
    story.pay("250.00", "F2")
    assert story.outcome == "released"


def test_an_invoice_of_another_order_is_no_first_invoice(story):
    story.bill()
    story.bill("10.00", "F9", order_reference="O9")
    story.pay("10.00", "F9")
    assert story.outcome == "hold_first_payment"


def test_paid_late_it_waits_no_more(story, time):
    story.bill()
    time.pass_by(days=16)
    story.pay()
    assert story.outcome == "released"


def test_a_dispute_frees_nothing(story):
    story.bill(disputed=True)
    assert story.outcome == "hold_first_payment"


def test_a_credit_note_that_settles_it_does(story):
    story.bill()
    story.credit("100.00")
    assert story.outcome == "hold_first_payment"
    story.credit("300.00")
    assert story.outcome == "released"


def test_a_returned_payment_is_none(story, placed, sessions, seller, clock):
    """What was released meanwhile stays so; the one after it waits."""
    story.bill()
    story.pay()
    assert story.outcome == "released"
    told = Return(UUID(story.payments[0]), "storno", Decimal("400.00"), story.today())
    with sessions.of(seller.id) as session:
        take_back(session, told, clock.now(seller))
    assert story.outcome == "released"
    assert placed("50.00")["outcome"] == "hold_first_payment"


def test_the_first_order_cancelled_makes_the_next_one_the_first(story):
    story.erp.post(f"/v1/orders/{story.first['id']}/cancellations", json={})
    assert story.outcome == "released"
    assert story.shown(story.next)["is_first_order"] is True


def test_the_first_order_expired_too(story, time):
    time.pass_by(days=31)
    story.worker.tick()
    assert story.shown(story.first)["state"] == "expired"
    assert story.outcome == "released"


def test_parallel_first_orders_are_one_first_order(client_of, order, limited, sessions, seller, debtor_id):
    from concurrent.futures import ThreadPoolExecutor

    limited("1000.00", "normal")
    clients = [client_of("integration") for _ in range(5)]
    with ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(lambda each: each.post("/v1/orders", json=order("100.00")).json, clients))
    assert sorted(each["state"] for each in answers) == ["held"] * 4 + ["released"]
    with sessions.of(seller.id) as session:
        assert session.scalar(text("SELECT count(*) FROM sales_order WHERE is_first")) == 1


@pytest.mark.parametrize("risk_class", ["low", "normal", "high"])
def test_the_rule_bears_on_the_classes_of_the_policy(placed, limited, risk_class):
    limited("1000.00", risk_class)
    placed("100.00")
    assert placed("100.00")["state"] == ("released" if risk_class == "low" else "held")


class TestPrepaid:
    def test_prepaid_orders_blocked(self, erp, placed, shown, limited, worker, exposure, today, debtor_id):
        """Whatever stands against credit, an order that is paid goes out, and takes nobody's room."""
        limited("0.00", "normal")
        waits = placed("400.00", reference="O1")
        assert (waits["outcome"], waits["prepayment_required"]) == ("accept_prepayment", eur("400.00"))
        paid = {"debtor_id": str(debtor_id), "payment_reference": "P1", "paid_on": today().isoformat()}
        body = {**paid, "amount": eur("400.00"), "order_reference": "O1"}
        assert erp.post("/v1/payments", json=body).status_code == 201
        worker.judge()
        now = shown(waits)
        assert (now["state"], now["reasons"], now["prepaid_amount"]) == ("released", [], eur("400.00"))
        assert now["is_first_order"] is False
        assert exposure() == {}
        asked = {"delivery_reference": "D", "delivered_on": today().isoformat(), "rest": True}
        assert erp.post(f"/v1/orders/{waits['id']}/deliveries", json=asked).json["passed_the_gate"]
        assert exposure() == {}

    def test_what_was_prepaid_and_delivered_is_the_first_credit_once_its_money_went_back(
        self, erp, placed, *, limited, worker, today, pay, debtor_id, sessions, seller, clock
    ):
        """It took no credit and now it does: nobody has shown yet that this debtor pays."""
        limited("0.00", "normal")
        first = placed("400.00", reference="O1")
        payment_id = pay("400.00", "O1")["id"]
        worker.judge()
        asked = {"delivery_reference": "D", "delivered_on": today().isoformat(), "rest": True}
        assert erp.post(f"/v1/orders/{first['id']}/deliveries", json=asked).json["passed_the_gate"]
        with sessions.of(seller.id) as session:
            told = Return(UUID(payment_id), "storno", Decimal("400.00"), today())
            take_back(session, told, clock.now(seller))
        limited("1000.00", "normal")
        assert placed("100.00")["outcome"] == "hold_first_payment"
        assert erp.get(f"/v1/debtors/{debtor_id}").json["first_payment"]["state"] == "first_order_open"

    @pytest.mark.parametrize("ends", ["cancelled", "expired", "less"])
    def test_money_of_an_order_that_ends_is_free_again(
        self, erp, placed, shown, *, limited, worker, exposure, today, debtor_id, time, ends
    ):
        limited("1000.00")
        waits = placed("1400.00", reference="O1")
        paid = {"debtor_id": str(debtor_id), "payment_reference": "P1", "paid_on": today().isoformat()}
        erp.post("/v1/payments", json={**paid, "amount": eur("1400.00"), "order_reference": "O1"})
        worker.judge()
        assert (shown(waits)["state"], exposure()) == ("released", {})
        if ends == "cancelled":
            erp.post(f"/v1/orders/{waits['id']}/cancellations", json={})
        elif ends == "expired":
            time.pass_by(days=31)
            worker.tick()
        else:
            erp.post(f"/v1/orders/{waits['id']}/changes", json={"amount": eur("1000.00")})
        freed = "-400.00" if ends == "less" else "-1400.00"
        assert exposure() == {"unallocated": freed}
        assert shown(waits)["prepaid_amount"] == eur("1000.00" if ends == "less" else "0.00")
