"""Prepayments: only money that is booked with an order clears it; it covers that order and nothing else."""

from dataclasses import replace
from decimal import Decimal

import pytest

from api.records import debtor_locks, order_rows
from api.records.prepayments import release_prepayments
from scoring.order_stages import stages_of
from tests.records.order_ledger import DAY, NOW, OrderLedger


@pytest.fixture
def ledger(sessions, seller):
    return OrderLedger(sessions, seller)


def held(ledger, amount="1000.00", required="400.00", **values):
    """An order of which a part fits, and the rest must be prepaid."""
    kept = Decimal(amount) - Decimal(required)
    return ledger.order(
        amount,
        **{
            "state": "held",
            "outcome": "accept_prepayment",
            "prepayment_required": Decimal(required),
            "reserved_amount": kept,
            **values,
        },
    )


# --- Cleared only by what is booked with the order -------------------------------------------------------------------


def test_money_that_is_booked_with_an_order_is_bound_to_it_and_not_unallocated(ledger):
    order = held(ledger)
    result = ledger.pay("400.00", "O-1")
    assert (result.state, result.order_id) == ("taken", order.id)
    after = ledger.get(order)
    assert (after.prepaid_amount, after.prepayment_required, after.reserved_amount) == (400, 0, 600)
    assert ledger.stages() == {"reserved": 600}
    assert ledger.rows("SELECT count(*) FROM event WHERE type = 'order.prepaid.v1'") == [(1,)]
    ledger.sound()


def test_the_reference_that_the_buyer_was_asked_to_quote_names_the_order_too(ledger):
    order = held(ledger, prepayment_reference="PRE-9")
    assert ledger.pay("400.00", "PRE-9").order_id == order.id
    ledger.sound()


def test_of_two_orders_that_ask_to_quote_the_same_only_a_person_can_tell(ledger):
    held(ledger, prepayment_reference="PRE-9")
    held(ledger, reference="O-2", prepayment_reference="PRE-9")
    assert ledger.pay("400.00", "PRE-9").order_id is None
    assert ledger.stages()["unallocated"] == -400


def test_money_without_an_order_clears_none(ledger):
    order = held(ledger)
    ledger.pay("400.00")
    ledger.pay("400.00", "O-99")
    assert ledger.get(order) == order
    assert ledger.stages() == {"reserved": 600, "unallocated": -800}


def test_another_debtors_money_clears_no_order_and_is_told(ledger):
    order = held(ledger, debtor_id=ledger.debtor())
    assert ledger.pay("400.00", "O-1").order_id is None
    assert (ledger.get(order), ledger.alerts()) == (order, ["order_differs"])


def test_what_is_more_than_the_order_is_worth_stays_unallocated(ledger):
    order = ledger.order("1000.00")
    ledger.pay("1300.00", "O-1")
    assert ledger.stages() == {"unallocated": -300}
    assert ledger.get(order).prepaid_amount == 1000
    ledger.sound()


def test_a_payment_that_comes_again_is_bound_once_and_never_again_once_it_was_let_go(ledger, sessions, seller):
    order = ledger.order("1000.00")
    first = ledger.pay("1300.00", "O-1", "P1")
    again = ledger.pay("1300.00", "O-1", "P1")
    assert (first.state, again.state, again.order_id) == ("taken", "known", None)
    assert ledger.get(order).prepaid_amount == 1000
    ledger.order("500.00", "O-2")
    assert ledger.pay("1300.00", "O-2", "P1").order_id is not None
    assert ledger.stages() == {"reserved": 200}
    ledger.sound()


def test_what_a_payment_allocates_is_not_bound_as_well(ledger):
    ledger.bill("300.00", None, "F1")
    order = ledger.order("1000.00")
    ledger.pay("500.00", "O-1", settles=(("number:F1", Decimal("300.00")),))
    assert ledger.get(order).prepaid_amount == 200
    assert ledger.stages() == {"reserved": 800}
    ledger.sound()


def test_bound_money_is_given_to_no_invoice_by_a_later_telling_of_the_payment(ledger):
    ledger.order("1000.00")
    ledger.pay("500.00", "O-1", "P1")
    ledger.bill("300.00", None, "F1")
    result = ledger.pay("500.00", None, "P1", settles=(("number:F1", Decimal("300.00")),))
    assert (result.state, result.code) == ("refused", "reference_taken")
    assert ledger.open() == {"F1": 300}
    assert ledger.stages() == {"reserved": 500, "invoiced": 300}
    ledger.sound()


def waiting_jobs(ledger):
    """How many times held orders of the debtor are to be judged again."""
    return ledger.rows(
        "SELECT count(*) FROM queue.procrastinate_jobs WHERE task_name = 'creditgate.judge_held_orders'"
        " AND args ->> 'debtor_id' = :id",
        id=str(ledger.debtor_id),
    )[0][0]


MAY_FREE = {
    "a prepayment": lambda ledger: ledger.pay("400.00", "O-1"),
    "any payment": lambda ledger: ledger.pay("10.00"),
    "a credit note": lambda ledger: ledger.take(ledger.line("credit_note", "10.00")),
    "an invoice, which lowers the share that is overdue": lambda ledger: ledger.bill("10.00", None),
    "an invoice that is paid": lambda ledger: ledger.bill("10.00", None, paid_on=DAY, paid_amount=Decimal(10)),
}


@pytest.mark.parametrize("case", MAY_FREE)
def test_who_waits_is_judged_again_once_something_may_free_it(ledger, case):
    held(ledger)
    assert waiting_jobs(ledger) == 0
    MAY_FREE[case](ledger)
    assert waiting_jobs(ledger) == 1


def test_where_nobody_waits_nothing_is_judged_again(ledger):
    ledger.order("1000.00")
    ledger.pay("400.00", "O-1")
    assert waiting_jobs(ledger) == 0


# --- The invoice comes -----------------------------------------------------------------------------------------------


def test_the_invoice_of_a_prepaid_order_is_paid_by_its_prepayment(ledger):
    order = ledger.order("1000.00")
    ledger.pay("1000.00", "O-1")
    assert ledger.stages() == {}
    ledger.bill("1000.00", number="F1")
    assert (ledger.open(), ledger.stages()) == ({"F1": 0}, {})
    after = ledger.get(order)
    assert (after.state, after.prepaid_amount) == ("completed", 0)
    assert ledger.rows("SELECT amount, rule FROM allocation") == [(1000, "prepayment")]
    ledger.sound()


def test_a_part_that_is_prepaid_pays_a_part_and_the_rest_is_owed(ledger):
    ledger.order("1000.00")
    ledger.pay("400.00", "O-1")
    ledger.bill("600.00", number="F1")
    assert (ledger.open(), ledger.stages()) == ({"F1": 200}, {"invoiced": 200, "reserved": 400})
    ledger.bill("400.00", number="F2")
    assert ledger.stages() == {"invoiced": 600}
    ledger.sound()


def test_a_prepayment_is_not_counted_twice_when_the_invoice_says_that_it_is_paid(ledger):
    """A ledger that booked the prepayment on the invoice tells it as paid; the money is known already."""
    ledger.order("1000.00")
    ledger.pay("400.00", "O-1")
    ledger.bill("1000.00", number="F1", paid_on=DAY, paid_amount=Decimal("400.00"))
    assert (ledger.open(), ledger.stages()) == ({"F1": 600}, {"invoiced": 600})
    ledger.bill("1000.00", number="F1", paid_on=DAY, paid_amount=Decimal("400.00"))
    assert ledger.stages() == {"invoiced": 600}
    ledger.bill("1000.00", number="F1", paid_on=DAY, paid_amount=Decimal("1000.00"))
    assert (ledger.open(), ledger.stages()) == ({"F1": 0}, {})
    ledger.sound()


def test_a_prepayment_is_not_counted_twice_by_two_invoices_that_say_they_are_paid(ledger):
    ledger.order("1000.00")
    ledger.pay("500.00", "O-1")
    lines = [
        ledger.line("invoice", amount, number, paid_on=DAY, paid_amount=Decimal(amount), order_references=("O-1",))
        for number, amount in (("F1", "400.00"), ("F2", "600.00"), ("F2", "600.00"))
    ]
    ledger.take(*lines)
    assert (ledger.open(), ledger.stages()) == ({"F1": 0, "F2": 0}, {})
    assert ledger.rows("SELECT sum(amount) FROM payment") == [(1000,)]
    ledger.sound()


def test_a_prepayment_is_not_counted_twice_when_the_invoice_is_less_by_it(ledger):
    """An electronic invoice asks for what is left; the prepayment settles the rest of it, and not what is asked for."""
    order = ledger.order("1000.00")
    ledger.pay("700.00", "O-1")
    for _ in range(2):
        ledger.bill("600.00", number="F1", prepaid_amount=Decimal("400.00"))
        # What is bound beyond it is free again: the order is over.
        assert (ledger.open(), ledger.stages()) == ({"F1": 600}, {"invoiced": 600, "unallocated": -300})
        after = ledger.get(order)
        assert (after.state, after.invoiced_amount, after.prepaid_amount) == ("completed", 1000, 0)
        ledger.sound()


def test_an_invoice_that_is_less_by_what_another_invoice_asked_for_stays_as_it_is(ledger):
    """What was paid before by an invoice of its own is bound to no order."""
    order = ledger.order("1000.00")
    ledger.bill("400.00", number="V1")
    ledger.pay("400.00", settles=(("number:V1", Decimal("400.00")),))
    ledger.bill("600.00", number="F1", prepaid_amount=Decimal("400.00"))
    assert (ledger.get(order).state, ledger.stages()) == ("completed", {"invoiced": 600})
    ledger.sound()


def test_what_an_order_is_over_with_does_not_need_is_unallocated_again(ledger):
    """The invoice was paid by other money: what was prepaid is free, and nobody loses it."""
    ledger.bill("1000.00", None, "F1")
    ledger.pay("1000.00", None, settles=(("number:F1", Decimal("1000.00")),))
    order = ledger.order("1000.00")
    ledger.pay("400.00", "O-1")
    ledger.bill("1000.00", "O-1", "F1")
    assert (ledger.get(order).state, ledger.stages()) == ("completed", {"unallocated": -400})
    ledger.sound()


# --- Money goes back -------------------------------------------------------------------------------------------------


def test_a_returned_prepayment_holds_the_order_that_it_released(ledger):
    order = ledger.order("1000.00")
    paid = ledger.pay("400.00", "O-1")
    ledger.take_back(paid.id, "400.00")
    after = ledger.get(order)
    assert (after.state, after.outcome, after.prepayment_required) == ("held", "accept_prepayment", 400)
    assert (after.reserved_amount, after.prepaid_amount) == (600, 0)
    assert after.expires_at > NOW
    assert (ledger.stages(), ledger.alerts()) == ({"reserved": 600}, [])
    ledger.sound()


def test_a_returned_prepayment_of_what_was_delivered_is_owed_and_told(ledger):
    order = ledger.order("1000.00")
    paid = ledger.pay("1000.00", "O-1")
    ledger.deliver(order, "1000.00")
    ledger.take_back(paid.id, "1000.00")
    assert (ledger.get(order).state, ledger.stages()) == ("released", {"delivered": 1000})
    assert ledger.alerts() == ["prepayment_returned"]
    ledger.sound()


def test_a_returned_prepayment_that_an_invoice_took_opens_it_again_and_is_told(ledger):
    ledger.order("1000.00")
    paid = ledger.pay("1000.00", "O-1")
    ledger.bill("1000.00", number="F1")
    ledger.take_back(paid.id, "1000.00")
    assert (ledger.open(), ledger.stages()) == ({"F1": 1000}, {"invoiced": 1000})
    assert ledger.alerts() == ["prepayment_returned"]
    ledger.sound()


def test_what_is_free_goes_back_before_what_is_bound_and_that_before_what_is_allocated(ledger):
    ledger.bill("300.00", None, "F1")
    order = ledger.order("500.00")
    paid = ledger.pay("1000.00", "O-1", settles=(("number:F1", Decimal("300.00")),))
    assert ledger.stages() == {"unallocated": -200}
    ledger.take_back(paid.id, "200.00")
    assert (ledger.stages(), ledger.get(order).prepaid_amount) == ({}, 500)
    ledger.take_back(paid.id, "500.00")
    assert (ledger.open(), ledger.get(order).prepaid_amount) == ({"F1": 0}, 0)
    ledger.take_back(paid.id, "300.00")
    assert ledger.open() == {"F1": 300}
    ledger.sound()


def test_what_was_let_go_of_a_held_order_is_asked_for_again(ledger):
    order = held(ledger)
    paid = ledger.pay("150.00", "O-1")
    assert ledger.get(order).prepayment_required == 250
    ledger.take_back(paid.id, "150.00")
    assert ledger.get(order).prepayment_required == 400
    assert ledger.stages() == {"reserved": 600}
    ledger.sound()


# --- The order is over -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["cancelled", "expired"])
@pytest.mark.parametrize(("delivered", "kept"), [("0", 0), ("300.00", 300), ("700.00", 400)])
def test_money_of_an_order_that_is_over_is_unallocated_again_and_never_lost(ledger, state, delivered, kept):
    order = ledger.order("1000.00")
    ledger.pay("400.00", "O-1")
    if Decimal(delivered):
        ledger.deliver(order, delivered)
    before = ledger.get(order)
    with ledger.transaction() as session:
        debtor_locks.lock(session, [order.debtor_id])
        over = replace(before, state=state, expires_at=None)
        over = release_prepayments(session, over, ledger.now)
        over = over.staged(stages_of(over.progress, None, may_deliver=False))
        order_rows.write(session, before, over, event=f"order.{state}.v1", today=DAY, known_at=ledger.now)
    assert ledger.get(order).prepaid_amount == kept
    assert ledger.exposure == max(Decimal(delivered) - 400, Decimal(0)) - (400 - kept)
    assert ledger.stages().get("unallocated", 0) == kept - 400
    ledger.sound()
