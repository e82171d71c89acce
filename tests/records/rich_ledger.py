"""A ledger with something of everything in it, and a way to damage it as only its owner can."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text
from sqlalchemy.orm import Session

from api.records import debtor_days, debtor_locks, debtors, order_rows
from api.records.base import new_id
from api.records.exposure import Entry, move
from api.records.ledger_batch import take
from api.records.ledger_lines import LedgerLine, numbered
from api.records.order_rows import Order
from api.records.sellers import Seller
from api.records.sessions import SellerSession, Sessions, enter

DAY = date(2026, 1, 1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@dataclass(frozen=True)
class Ledger:
    """A seller with a group of four (a holding, two daughters, a granddaughter) and a debtor on its own."""

    seller: Seller
    ids: dict[str, UUID]


def add(session: Session, name: str, parent_id: UUID | None = None) -> UUID:
    values = {"name": name, "country": "NL", "parent_id": parent_id}
    return debtors.add(session, values, phase="monitoring", names=(), now=NOW).id


def invoice(debtor_id: UUID, number: str, amount: str, **values: Any) -> LedgerLine:
    day = values.pop("dated_on", DAY)
    line = LedgerLine(
        1, "invoice", debtor_id, numbered(number), number, day, Decimal(amount), "EUR", day + timedelta(30)
    )
    return replace(line, **values)


def payment(debtor_id: UUID, reference: str, amount: str, *settles: tuple[str, str], **values: Any) -> LedgerLine:
    line = LedgerLine(
        1, "payment", debtor_id, numbered(reference), reference, DAY + timedelta(40), Decimal(amount), "EUR"
    )
    return replace(line, settles=tuple((numbered(number), Decimal(part)) for number, part in settles), **values)


def credit_note(debtor_id: UUID, number: str, amount: str, *settles: tuple[str, str], **values: Any) -> LedgerLine:
    return replace(payment(debtor_id, number, amount, *settles, **values), kind="credit_note")


def taken(session: Session, known_at: datetime, *lines: LedgerLine) -> None:
    results = take(session, [replace(each, line=place) for place, each in enumerate(lines, 1)], known_at)
    assert {each.state for each in results} == {"taken"}, results


def rich_ledger(sessions: Sessions, seller: Seller) -> Ledger:
    """Part payments, one payment for several invoices, over-payments, money that waits, credit notes, disputes."""
    with sessions.of(seller.id) as session:
        ids = {"holding": add(session, "Holding")}
        ids |= {name: add(session, name, ids["holding"]) for name in ("daughter", "sister")}
        ids |= {"granddaughter": add(session, "Granddaughter", ids["daughter"]), "alone": add(session, "Alone")}
        taken(session, NOW, *(line for place, name in enumerate(ids) for line in _lines(ids[name], name, place)))
        for place, id in enumerate(ids.values()):
            _order(session, id, Decimal(70 + place))
    with sessions.of(seller.id) as session:
        taken(session, LATER, *(line for name, id in ids.items() for line in _later_lines(id, name)))
        for name, id in ids.items():
            _return_a_part(session, id, f"{name}-p1")
    return Ledger(seller, ids)


def _order(session: Session, debtor_id: UUID, amount: Decimal) -> None:
    """Place an order that is released, of which nothing was delivered yet."""
    order = Order(
        id=new_id(),
        debtor_id=debtor_id,
        order_reference=f"order {debtor_id}",
        amount=amount,
        vat_amount=None,
        currency="EUR",
        delivery_on=None,
        call_offs=None,
        prepayment_reference=None,
        state="released",
        outcome="accept",
        decision_id=new_id(),
        placed_by="test",
        actor=None,
        placed_at=NOW,
        judged_at=NOW,
        changed_at=NOW,
        expires_at=NOW + timedelta(days=36500),
        reserved_amount=amount,
    )
    debtor_locks.lock(session, [debtor_id])
    order_rows.write(session, None, order, event="order.released.v1", today=DAY, known_at=NOW)


def _lines(id: UUID, name: str, place: int) -> Iterator[LedgerLine]:
    for number in range(1, 7):
        amount = str(100 * number + 10 * place)
        day = DAY + timedelta(place + number)
        yield invoice(id, f"{name}-{number}", amount, dated_on=day, disputed=number == 6)
    yield invoice(
        id, f"{name}-7", "700.00", paid_on=DAY + timedelta(50), paid_amount=Decimal("700.00"), disputed=place == 0
    )
    yield invoice(id, f"{name}-8", "80.00", currency="USD", paid_on=DAY + timedelta(20), paid_amount=Decimal("30.00"))
    yield credit_note(id, f"{name}-c1", "25.00", (f"{name}-2", "25.00"))
    yield credit_note(id, f"{name}-c2", "13.00")
    yield payment(id, f"{name}-p1", "130.00", (f"{name}-1", "100.00"), (f"{name}-2", "30.00"))
    yield payment(id, f"{name}-p2", "900.00", (f"{name}-3", "900.00"))  # More than it can take.
    yield payment(id, f"{name}-p3", "210.00", dated_on=DAY + timedelta(45))  # For nothing yet.


def _later_lines(id: UUID, name: str) -> Iterator[LedgerLine]:
    yield payment(id, f"{name}-p3", "210.00", (f"{name}-5", "150.00"), dated_on=DAY + timedelta(45))
    yield payment(id, f"{name}-p2", "900.00", (f"{name}-4", "120.00"))
    yield credit_note(id, f"{name}-c3", "800.00", (f"{name}-6", "800.00"), dated_on=DAY + timedelta(55))


def _return_a_part(session: Session, debtor_id: UUID, reference: str) -> None:
    """Take back 40.00 of what a payment settled, as a bank does that returns it."""
    paid, returned_on, amount = _first_part(session, reference), DAY + timedelta(60), Decimal(40)
    values = {"id": new_id(), "seller_id": session.info["seller_id"], "payment_id": paid.payment_id, "on": returned_on}
    values |= {"invoice_id": paid.invoice_id, "known_at": LATER, "amount": amount, "allocation_id": new_id()}
    for statement in (
        "INSERT INTO payment_return (seller_id, id, payment_id, identity, returned_on, amount, known_at)"
        " VALUES (:seller_id, :id, :payment_id, CAST(:id AS text), :on, :amount, :known_at)",
        "INSERT INTO allocation (seller_id, id, invoice_id, payment_id, amount, happened_on, known_at)"
        " VALUES (:seller_id, :allocation_id, :invoice_id, :payment_id, -:amount, :on, :known_at)",
        "UPDATE invoice SET open_amount = open_amount + :amount, paid_amount = paid_amount - :amount,"
        " settled_on = NULL WHERE id = :invoice_id",
    ):
        session.execute(text(statement), values)
    source = ("payment", paid.payment_id)
    # Back from the invoice, and out of the payment: nothing of it is unallocated.
    move(session, [Entry(debtor_id, "EUR", "invoiced", amount, source, returned_on)], LATER)
    debtor_days.rebuild(session, debtor_id)


def _first_part(session: Session, reference: str) -> Row[Any]:
    query = (
        "SELECT a.payment_id, a.invoice_id FROM allocation a JOIN payment p ON p.id = a.payment_id"
        " WHERE p.payment_reference = :reference ORDER BY a.amount DESC LIMIT 1"
    )
    return session.execute(text(query), {"reference": reference}).one()


TRUTH = (
    "SELECT 'balance', debtor_id::text, currency, stage, amount, below_amount FROM exposure_balance"
    " WHERE amount <> 0 OR below_amount <> 0",
    "SELECT 'invoice', id::text, settled_on::text, disputed::text, open_amount, paid_amount FROM invoice",
    "SELECT 'credit note', id::text, '', '', unused_amount, 0 FROM credit_note",
    "SELECT 'day', debtor_id::text, currency, day::text, exposure_change, settled_days_amount FROM debtor_day"
    " WHERE (exposure_change, due_open_amount, settled_count, invoiced_amount) <> (0, 0, 0, 0)",
)


def truth(session: Session) -> list[tuple[Any, ...]]:
    """Give everything that is derived in the ledger, and is not zero."""
    return sorted(tuple(map(str, row)) for query in TRUTH for row in session.execute(text(query)))


@contextmanager
def as_owner(owner: Engine, ledger: Ledger) -> Iterator[Connection]:
    """Open a transaction that may change what the application may only add."""
    with owner.begin() as connection:
        scope = text("SELECT set_config('creditgate.seller_id', :seller_id, true)")
        connection.execute(scope, {"seller_id": str(ledger.seller.id)})
        yield connection


@contextmanager
def as_owner_for_a_while(owner: Engine, ledger: Ledger) -> Iterator[Session]:
    """Open a session that may change what the application may only add; all of it is rolled back in the end."""
    with owner.connect() as connection, SellerSession(connection, join_transaction_mode="create_savepoint") as session:
        enter(session, ledger.seller.id)
        yield session
