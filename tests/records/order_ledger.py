"""Orders of a debtor in a ledger, and what happens to them: delivered, invoiced, prepaid, returned."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import text

from api.records import debtor_locks, debtors, ledger_drift, order_rows
from api.records.base import new_id
from api.records.ledger_batch import take
from api.records.ledger_lines import LedgerLine, LineResult, numbered
from api.records.order_rows import Order
from api.records.payment_returns import Return, take_back
from api.records.sellers import Seller
from api.records.sessions import Sessions
from scoring.order_stages import stages_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = date(2026, 3, 1)


@dataclass
class OrderLedger:
    """One debtor's ledger, in which each step is a transaction a minute after the one before.

    `numbers` name what is sent; several ledgers of one seller share them.
    """

    sessions: Sessions
    seller: Seller
    now: datetime = NOW
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.debtor_id = self.debtor()

    def debtor(self) -> UUID:
        with self.sessions.of(self.seller.id) as session:
            added = debtors.add(session, {"name": "Bakkerij", "country": "NL"}, phase="monitoring", names=(), now=NOW)
            return added.id

    def transaction(self) -> Any:
        self.now += timedelta(minutes=1)
        return self.sessions.of(self.seller.id)

    def order(self, amount: str, reference: str = "O-1", **values: Any) -> Order:
        """Place an order that is released with all of its amount reserved, unless it is said to be otherwise."""
        order = Order(
            id=new_id(),
            debtor_id=self.debtor_id,
            order_reference=reference,
            amount=Decimal(amount),
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
            expires_at=NOW + timedelta(days=30),
        )
        order = replace(order, **values)
        if order.state == "released" and not order.scheduled_amount:
            order = order.staged(stages_of(order.progress, None))
        with self.transaction() as session:
            debtor_locks.lock(session, [order.debtor_id])
            event = f"order.{order.state}.v1"
            return order_rows.write(session, None, order, event=event, today=DAY, known_at=self.now)

    def get(self, order: Order) -> Order:
        with self.sessions.of(self.seller.id) as session:
            found = order_rows.get(session, order.id)
        assert found is not None
        return found

    def deliver(self, order: Order, amount: str) -> None:
        """Deliver a part of a released order, or of one that is over."""
        with self.transaction() as session:
            debtor_locks.lock(session, [order.debtor_id])
            before = order_rows.get(session, order.id)
            after = replace(before, delivered_amount=before.delivered_amount + Decimal(amount))
            after = after.staged(stages_of(after.progress, None, may_deliver=after.state == "released"))
            order_rows.write(session, before, after, event="order.delivered.v1", today=DAY, known_at=self.now)
            session.execute(
                text(
                    "INSERT INTO order_delivery (seller_id, id, order_id, delivery_reference, delivered_on, amount,"
                    " passed, reasons, booked_by, known_at)"
                    " VALUES (:seller_id, :id, :order_id, :name, :day, :amount, true, '[]', 'test', :at)"
                ),
                {
                    "seller_id": self.seller.id, "id": new_id(), "order_id": order.id, "name": str(next(self.numbers)),
                    "day": DAY, "amount": Decimal(amount), "at": self.now,
                },
            )  # fmt: skip

    def line(self, kind: str, amount: str, number: str | None = None, **values: Any) -> LedgerLine:
        number = number or f"N{next(self.numbers)}"
        due_on = DAY + timedelta(30) if kind == "invoice" else None
        line = LedgerLine(1, kind, self.debtor_id, numbered(number), number, DAY, Decimal(amount), "EUR", due_on)
        return replace(line, **values)

    def take(self, *lines: LedgerLine) -> list[LineResult]:
        with self.transaction() as session:
            return take(session, [replace(each, line=place) for place, each in enumerate(lines)], self.now)

    def bill(self, amount: str, order: str | None = "O-1", number: str | None = None, **values: Any) -> LineResult:
        named = () if order is None else (order,)
        return self.take(self.line("invoice", amount, number, order_references=named, **values))[0]

    def pay(self, amount: str, order: str | None = None, number: str | None = None, **values: Any) -> LineResult:
        named = () if order is None else (order,)
        return self.take(self.line("payment", amount, number, order_references=named, **values))[0]

    def take_back(self, payment_id: UUID, amount: str) -> None:
        with self.transaction() as session:
            told = Return(payment_id, f"return {next(self.numbers)}", Decimal(amount), DAY)
            take_back(session, told, self.now)

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.sessions.of(self.seller.id) as session:
            return [tuple(row) for row in session.execute(text(query), values)]

    def stages(self) -> dict[str, Decimal]:
        """Give the debtor's exposure, by stage; what is zero is left out."""
        query = (
            "SELECT stage, sum(amount) FROM exposure_balance WHERE debtor_id = :id GROUP BY 1 HAVING sum(amount) <> 0"
        )
        return dict(self.rows(query, id=self.debtor_id))  # type: ignore[arg-type]

    @property
    def exposure(self) -> Decimal:
        """What the debtor owes or will owe."""
        return sum((amount for stage, amount in self.stages().items() if stage != "scheduled"), Decimal(0))

    def open(self) -> dict[str, Decimal]:
        query = "SELECT invoice_number, open_amount FROM invoice WHERE debtor_id = :id"
        return dict(self.rows(query, id=self.debtor_id))  # type: ignore[arg-type]

    def alerts(self) -> list[str]:
        return [kind for (kind,) in self.rows("SELECT kind FROM alert ORDER BY id")]

    def sound(self) -> None:
        """Nothing derived may differ from what it is derived from."""
        with self.sessions.of(self.seller.id) as session:
            assert ledger_drift.every(session, now=self.now) == []
