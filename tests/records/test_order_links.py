"""Invoices that name an order: each euro leaves the order as it is invoiced, and is never counted twice."""

from datetime import timedelta
from decimal import Decimal

import orjson
import pytest
from sqlalchemy import event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg as Dialect

from api.records import held_orders, policies
from tests.records.order_ledger import DAY, NOW, OrderLedger


@pytest.fixture
def ledger(sessions, seller):
    return OrderLedger(sessions, seller)


@pytest.fixture
def count_statements(sessions):
    """Gives the statements that something runs."""

    def run(what):
        statements = []

        def note(connection, cursor, statement, *rest):
            statements.append(statement)

        event.listen(sessions.engine, "before_cursor_execute", note)
        try:
            what()
        finally:
            event.remove(sessions.engine, "before_cursor_execute", note)
        return statements

    return run


def amounts(order):
    return {
        name: getattr(order, f"{name}_amount")
        for name in ("scheduled", "reserved", "to_invoice", "delivered", "invoiced", "prepaid")
        if getattr(order, f"{name}_amount")
    }


# --- Amounts are never counted twice ---------------------------------------------------------------------------------


def test_no_amount_is_counted_twice_when_an_order_is_invoiced(ledger):
    order = ledger.order("1000.00")
    assert ledger.stages() == {"reserved": 1000}
    result = ledger.bill("1000.00")
    assert (result.state, result.order_id) == ("taken", order.id)
    assert ledger.stages() == {"invoiced": 1000}
    assert ledger.get(order).state == "completed"
    assert [kind for (kind,) in ledger.rows("SELECT type FROM event WHERE type LIKE 'order.%' ORDER BY sequence")] == [
        "order.released.v1",
        "order.invoiced.v1",
        "order.completed.v1",
    ]
    ledger.sound()


@pytest.mark.parametrize("delivered", ["0", "300.00", "400.00", "700.00", "1000.00"])
def test_no_amount_is_counted_twice_when_a_part_is_invoiced(ledger, delivered):
    order = ledger.order("1000.00")
    if Decimal(delivered):
        ledger.deliver(order, delivered)
    assert ledger.exposure == 1000
    ledger.bill("400.00")
    assert ledger.exposure == 1000
    assert ledger.stages()["invoiced"] == 400
    after = ledger.get(order)
    assert (after.state, after.invoiced_amount) == ("released", 400)
    assert after.to_invoice_amount == max(Decimal(0), Decimal(delivered) - 400)
    ledger.bill("600.00")
    assert ledger.stages() == {"invoiced": 1000}
    assert ledger.get(order).state == "completed"
    ledger.sound()


def test_no_amount_is_counted_twice_by_two_invoices_in_one_batch(ledger):
    order = ledger.order("1000.00")
    lines = [ledger.line("invoice", amount, order_references=("O-1",)) for amount in ("250.00", "350.00")]
    ledger.take(*lines)
    assert ledger.stages() == {"invoiced": 600, "reserved": 400}
    assert amounts(ledger.get(order)) == {"reserved": 400, "invoiced": 600}
    ledger.sound()


def test_no_amount_is_counted_twice_when_an_invoice_comes_again(ledger):
    order = ledger.order("1000.00")
    ledger.bill("400.00", number="F1")
    again = ledger.bill("400.00", number="F1")
    assert (again.state, again.order_id) == ("known", None)
    ledger.take(*[ledger.line("invoice", "400.00", "F1", order_references=("O-1",))] * 2)
    assert ledger.stages() == {"invoiced": 400, "reserved": 600}
    assert ledger.rows("SELECT amount FROM order_invoice") == [(400,)]
    assert ledger.get(order).version == 2
    ledger.sound()


def test_no_amount_is_counted_twice_when_twins_come_in_one_batch(ledger):
    ledger.order("1000.00")
    ledger.take(*[ledger.line("invoice", "400.00", "F1", order_references=("O-1",))] * 2)
    assert ledger.stages() == {"invoiced": 400, "reserved": 600}
    assert ledger.rows("SELECT amount FROM order_invoice") == [(400,)]
    ledger.sound()


def test_an_invoice_that_was_there_before_it_named_its_order_is_linked_when_it_comes_again(ledger):
    ledger.bill("400.00", order=None, number="F1")
    ledger.order("1000.00")
    assert ledger.exposure == 1400
    result = ledger.bill("400.00", number="F1")
    assert (result.state, result.order_id is not None) == ("known", True)
    assert ledger.exposure == 1000
    ledger.sound()


def test_an_invoice_that_names_another_order_than_before_contradicts_what_is_known(ledger):
    ledger.order("1000.00")
    ledger.order("500.00", "O-2")
    ledger.bill("400.00", number="F1")
    result = ledger.bill("400.00", "O-2", number="F1")
    assert (result.state, result.code) == ("refused", "reference_taken")
    assert "order_reference O-1" in result.detail
    ledger.sound()


def test_what_lies_beyond_the_horizon_is_invoiced_out_of_its_own_stage(ledger, sessions, seller):
    far = (DAY + timedelta(days=300)).isoformat()
    near = (DAY + timedelta(days=2)).isoformat()
    with sessions.of(seller.id) as session:
        active = policies.get(session, policies.active_version(session))
        document = orjson.loads(active.document)
        document["orders"]["horizon_days"] = 60
        written = orjson.dumps(document).decode()
        new = policies.add(session, name="horizon", document=written, digest="00", made_by="test", now=NOW)
        policies.activate(session, new, NOW)
    order = ledger.order(
        "1000.00",
        call_offs=[[near, "300.00"], [far, "700.00"]],
        scheduled_amount=Decimal(700),
        reserved_amount=Decimal(300),
        enters_horizon_on=DAY + timedelta(days=240),
        expires_at=NOW + timedelta(days=400),
    )
    ledger.bill("300.00")
    assert amounts(ledger.get(order)) == {"scheduled": 700, "invoiced": 300}
    assert ledger.exposure == 300
    ledger.bill("100.00")
    after = ledger.get(order)
    assert amounts(after) == {"scheduled": 600, "invoiced": 400}
    assert after.enters_horizon_on == DAY + timedelta(days=240)
    ledger.bill("600.00")
    assert (amounts(ledger.get(order)), ledger.exposure) == ({"invoiced": 1000}, 1000)
    ledger.sound()


# --- Past the gate ---------------------------------------------------------------------------------------------------


def test_an_invoice_for_more_than_the_order_is_booked_in_full_and_told(ledger):
    order = ledger.order("1000.00")
    ledger.bill("1200.00")
    assert ledger.stages() == {"invoiced": 1200}
    assert (ledger.get(order).state, ledger.alerts()) == ("completed", ["invoiced_above_order"])
    ledger.sound()


OVER = {
    "held": ("completed", ["invoiced_without_release"]),
    "expired": ("completed", ["invoiced_without_release"]),
    "cancelled": ("cancelled", ["invoiced_without_release"]),
    "refused": ("refused", ["invoiced_without_release"]),
    "completed": ("completed", []),
}


@pytest.mark.parametrize("state", OVER)
def test_what_was_delivered_can_always_be_invoiced(ledger, state):
    order = ledger.order("1000.00", state=state, expires_at=None)
    ledger.bill("1000.00")
    after = ledger.get(order)
    assert (after.state, ledger.alerts()) == OVER[state]
    assert ledger.stages() == {"invoiced": 1000}
    assert after.invoiced_amount == 1000
    ledger.sound()


def test_a_delivery_that_was_told_before_is_not_told_again_by_its_invoice(ledger):
    order = ledger.order("1000.00", state="expired", expires_at=None)
    ledger.deliver(order, "400.00")
    ledger.bill("400.00")
    assert ledger.alerts() == []
    assert ledger.get(order).state == "expired"
    ledger.bill("100.00")
    assert ledger.alerts() == ["invoiced_without_release"]
    ledger.sound()


def test_an_order_that_waits_for_a_prepayment_keeps_only_what_still_fits(ledger):
    order = ledger.order(
        "1000.00",
        state="held",
        outcome="accept_prepayment",
        prepayment_required=Decimal(400),
        reserved_amount=Decimal(600),
    )
    ledger.bill("500.00")
    after = ledger.get(order)
    assert (after.state, after.prepayment_required, after.reserved_amount) == ("held", 400, 100)
    assert ledger.exposure == 600
    ledger.sound()


# --- No link ---------------------------------------------------------------------------------------------------------


def test_an_order_that_nobody_knows_is_no_link_and_no_fault(ledger):
    ledger.order("1000.00")
    result = ledger.bill("400.00", "PO-77")
    assert (result.state, result.order_id, ledger.alerts()) == ("taken", None, [])
    assert ledger.exposure == 1400


def test_another_debtors_order_is_no_link_and_is_told(ledger):
    order = ledger.order("1000.00", debtor_id=ledger.debtor())
    result = ledger.bill("400.00")
    assert (result.state, result.order_id, ledger.alerts()) == ("taken", None, ["order_differs"])
    assert (ledger.get(order), ledger.exposure) == (order, 400)
    ledger.sound()


def test_an_order_in_another_currency_is_no_link_and_is_told(ledger):
    order = ledger.order("1000.00", currency="USD")
    ledger.bill("400.00")
    assert (ledger.get(order), ledger.alerts()) == (order, ["order_differs"])
    assert ledger.rows("SELECT data ->> 'differs' FROM alert") == [("currency",)]
    ledger.sound()


def test_the_first_of_several_references_that_is_an_order_of_the_debtor_counts(ledger):
    ledger.order("700.00", "PO-1", debtor_id=ledger.debtor())
    order = ledger.order("1000.00", "SO-1")
    line = ledger.line("invoice", "400.00", order_references=("PO-1", "SO-1"))
    (result,) = ledger.take(line)
    assert (result.order_id, ledger.alerts()) == (order.id, [])


# --- Credit notes ----------------------------------------------------------------------------------------------------


def test_a_credit_note_for_an_invoice_gives_the_order_no_room_back_and_cancels_nothing(ledger):
    order = ledger.order("1000.00")
    ledger.bill("400.00", number="F1")
    ledger.take(ledger.line("credit_note", "400.00", settles=(("number:F1", Decimal("400.00")),)))
    after = ledger.get(order)
    assert (after.state, after.invoiced_amount, after.reserved_amount) == ("released", 400, 600)
    assert ledger.stages() == {"reserved": 600}
    ledger.sound()


# --- What it costs ---------------------------------------------------------------------------------------------------


def test_a_batch_that_names_no_order_only_asks_whether_any_waits(ledger, count_statements):
    ledger.order("1000.00")
    plain = [ledger.line("invoice", "10.00") for _ in range(3)]
    statements = count_statements(lambda: ledger.take(*plain))
    about = [each for each in statements if "sales_order" in each or "named_order" in each or "prepayment" in each]
    assert about == [str(held_orders.ANY_HELD.compile(dialect=Dialect()))]


def test_many_orders_are_moved_by_as_many_statements_as_one(ledger, count_statements):
    for place in range(20):
        ledger.order("100.00", f"O-{place}")

    def billed(*places):
        lines = [ledger.line("invoice", "100.00", order_references=(f"O-{place}",)) for place in places]
        return len(count_statements(lambda: ledger.take(*lines)))

    assert billed(0) == billed(*range(1, 20))
    assert ledger.stages() == {"invoiced": 2000}
    ledger.sound()
