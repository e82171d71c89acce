"""Whatever is changed of orders behind the program's back is found, and what is derived can be made right again."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from api.records import ledger_drift, ledger_rebuild
from tests.records.order_ledger import NOW, OrderLedger
from tests.records.rich_ledger import Ledger, as_owner_for_a_while, truth

MUCH_LATER = NOW + timedelta(days=9)
ORDERS = (
    "SELECT order_reference, state, scheduled_amount, reserved_amount, to_invoice_amount, delivered_amount,"
    " invoiced_amount, prepaid_amount FROM sales_order ORDER BY 1"
)


@pytest.fixture(scope="module")
def owner(database_urls: tuple[str, str]) -> Iterator[Engine]:
    engine = create_engine(make_url(database_urls[0]))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def orders(sessions, new_seller) -> OrderLedger:
    """Orders that are delivered, invoiced and prepaid in part, that wait, and that are over."""
    ledger = OrderLedger(sessions, new_seller())
    first = ledger.order("1000.00", "O-1")
    ledger.pay("150.00", "O-1", "P1")
    ledger.deliver(first, "600.00")
    ledger.bill("100.00", "O-1")
    ledger.pay("400.00", "O-1", "P2")
    ledger.order("900.00", "O-2")
    ledger.pay("350.00", "O-2", "P3")
    held = {"state": "held", "outcome": "accept_prepayment", "prepayment_required": Decimal(200)}
    ledger.order("500.00", "O-3", reserved_amount=Decimal(300), **held)
    over = ledger.order("250.00", "O-4", state="cancelled", expires_at=None)
    ledger.deliver(over, "80.00")
    ledger.order("330.00", "O-5", debtor_id=ledger.debtor())
    return ledger


def everything(session: Session) -> list[Any]:
    # On which day something moved no row of an order tells: an entry that was lost is made again on the day of that.
    derived = [each for each in truth(session) if each[0] != "day"]
    return [*derived, *map(tuple, session.execute(text(ORDERS)))]


def test_orders_that_nobody_damaged_are_found_sound(orders):
    orders.sound()


COLUMNS = ("delivered_amount", "invoiced_amount", "prepaid_amount", "to_invoice_amount", "reserved_amount")
ENTRY = "source_kind = 'order' AND debtor_id = :debtor_id"
COPIED = "seller_id, movement_id, debtor_id, currency, stage, amount, source_kind, source_id, happened_on, known_at"
DERIVED = {
    **{
        f"{name} of {reference}": f"UPDATE sales_order SET {name} = {name} + 1 WHERE order_reference = '{reference}'"
        for name in COLUMNS
        for reference in ("O-1", "O-2")
    },
    "what waits has something scheduled": "UPDATE sales_order SET scheduled_amount = 1 WHERE order_reference = 'O-3'",
    "an entry is lost": f"DELETE FROM exposure_entry WHERE {ENTRY} AND stage = 'reserved'",
    "an entry is another amount": f"UPDATE exposure_entry SET amount = amount + 0.01 WHERE {ENTRY}",
    "an entry has another sign": f"UPDATE exposure_entry SET amount = -amount WHERE {ENTRY} AND stage = 'delivered'",
    "an entry is in another stage": f"UPDATE exposure_entry SET stage = 'scheduled' WHERE {ENTRY}",
    "an entry is in another currency": f"UPDATE exposure_entry SET currency = 'GBP' WHERE {ENTRY}",
    "an entry is of no order": f"UPDATE exposure_entry SET source_id = movement_id WHERE {ENTRY}",
    "entries stand twice": f"INSERT INTO exposure_entry (id, {COPIED}) SELECT gen_random_uuid(), {COPIED}"
    f" FROM exposure_entry WHERE {ENTRY}",
    "a balance is another": "UPDATE exposure_balance SET amount = amount + 1 WHERE stage = 'delivered'",
}


@pytest.mark.parametrize("case", DERIVED)
def test_what_is_derived_of_orders_and_was_changed_is_found_and_made_again(orders, owner, case):
    change = DERIVED[case]
    with as_owner_for_a_while(owner, Ledger(orders.seller, {})) as session:
        right = everything(session)
        named = {"debtor_id": orders.debtor_id} if ":debtor_id" in change else {}
        assert session.execute(text(change), named).rowcount
        assert ledger_drift.every(session)
        for debtor_id in sorted({each.debtor_id for each in ledger_drift.every(session)}):
            ledger_rebuild.rebuild(session, debtor_id, MUCH_LATER)
        assert ledger_drift.every(session) == []
        assert everything(session) == right


OTHERS = "(SELECT id FROM sales_order WHERE order_reference = 'O-5')"
BIND = (
    "INSERT INTO prepayment (seller_id, id, payment_id, order_id, amount, happened_on, known_at)"
    " SELECT seller_id, gen_random_uuid(), payment_id, {order_id}, {amount}, happened_on, known_at FROM prepayment"
    " WHERE amount > 0 LIMIT 1"
)
ROWS = {
    "a prepayment is lost": ("DELETE FROM prepayment WHERE amount = 350", "prepaid_amount"),
    "more is bound than was paid": (BIND.format(order_id="order_id", amount=900), "beyond its amount"),
    "more is let go than was bound": (BIND.format(order_id="order_id", amount=-900), "taken away from it"),
    "another debtor's order is prepaid": (BIND.format(order_id=OTHERS, amount=1), "prepaid by payment"),
    "an invoice bills nobody any more": ("DELETE FROM order_invoice", "invoiced_amount"),
    "an invoice bills more than it is": ("UPDATE order_invoice SET amount = amount + 1", "bills orders"),
    "an invoice bills another debtor's order": (f"UPDATE order_invoice SET order_id = {OTHERS}", "billed by invoice"),
    "a delivery is lost": ("DELETE FROM order_delivery", "delivered_amount"),
    "an order is another debtor's": (
        "UPDATE sales_order SET debtor_id = (SELECT debtor_id FROM sales_order WHERE order_reference = 'O-5')"
        " WHERE order_reference = 'O-2'",
        "entries of order",
    ),
    "an order that is over reserves": (
        "UPDATE sales_order SET state = 'held', expires_at = placed_at, reserved_amount = 5"
        " WHERE order_reference = 'O-4'",
        "its reservation",
    ),
}


@pytest.mark.parametrize("case", ROWS)
def test_rows_of_orders_that_contradict_each_other_are_found(orders, owner, case):
    change, told = ROWS[case]
    with as_owner_for_a_while(owner, Ledger(orders.seller, {})) as session:
        assert session.execute(text(change)).rowcount
        found = [each.what for each in ledger_drift.every(session, now=MUCH_LATER)]
        assert any(told in what for what in found), found


def test_a_reservation_that_ended_a_moment_ago_is_not_told_before_a_worker_can_have_ended_it(orders):
    ended = NOW + timedelta(days=30)
    told: Callable[[Any], int] = lambda now: _reservations(orders, now)  # noqa: E731
    assert told(ended + timedelta(minutes=5)) == 0
    assert told(ended + timedelta(hours=2)) == 4
    assert told(None) == 0


def _reservations(orders: OrderLedger, now: Any) -> int:
    with orders.sessions.of(orders.seller.id) as session:
        return ledger_drift.find(session, "reservations", now=now).count
