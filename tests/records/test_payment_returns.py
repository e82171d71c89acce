"""Taking payments back: what is unallocated first, then what was allocated last, and each return once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.problems import Conflict
from api.records import debtors, ledger_drift
from api.records.ledger_batch import take
from api.records.ledger_lines import LedgerLine, numbered
from api.records.payment_returns import Return, take_back

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = date(2026, 1, 1)


@pytest.fixture
def payment_id(sessions, seller) -> UUID:
    """A payment of 170 that settles I-1 with 100, then I-2 with 50."""
    with sessions.of(seller.id) as session:
        debtor = debtors.add(session, {"name": "Bakker", "country": "NL"}, phase="monitoring", names=(), now=NOW)
        plain = LedgerLine(0, "invoice", debtor.id, numbered("I-1"), "I-1", DAY, Decimal(100), "EUR", DAY)
        paid = LedgerLine(2, "payment", debtor.id, "p", None, DAY + timedelta(5), Decimal(170), "EUR")
        lines = [
            plain,
            replace(plain, line=1, identity=numbered("I-2"), number="I-2", amount=Decimal(80)),
            replace(paid, settles=((numbered("I-1"), Decimal(100)), (numbered("I-2"), Decimal(50)))),
        ]
        found = take(session, lines, NOW)[2].id
        assert found is not None
        return found


def told(payment_id: UUID, amount: int, identity: str = "r") -> Return:
    return Return(payment_id, identity, Decimal(amount), DAY + timedelta(9), "MD06")


def open_amounts(session: Session) -> list[Decimal]:
    return list(session.scalars(text("SELECT open_amount FROM invoice ORDER BY invoice_number")))


@pytest.mark.parametrize(
    ("amount", "left"), [(15, [0, 30]), (20, [0, 30]), (45, [0, 55]), (70, [0, 80]), (90, [20, 80]), (170, [100, 80])]
)
def test_what_was_allocated_last_goes_first_after_what_is_unallocated(sessions, seller, payment_id, amount, left):
    with sessions.of(seller.id) as session:
        assert take_back(session, told(payment_id, amount), NOW + timedelta(days=1))
        assert open_amounts(session) == left
    with sessions.of(seller.id) as session:
        assert ledger_drift.every(session) == []


def test_a_return_is_taken_once_and_never_beyond_its_payment(sessions, seller, payment_id):
    with sessions.of(seller.id) as session:
        assert take_back(session, told(payment_id, 100), NOW)
    with sessions.of(seller.id) as session:
        assert not take_back(session, told(payment_id, 100), NOW)
    for beyond, code in (
        (told(payment_id, 71, "other"), "payment_returned"),
        (told(payment_id, 99), "reference_taken"),
    ):
        with pytest.raises(Conflict) as refused, sessions.of(seller.id) as session:
            take_back(session, beyond, NOW)
        assert refused.value.code == code
    with sessions.of(seller.id) as session:
        assert take_back(session, told(payment_id, 70, "rest"), NOW)
        assert open_amounts(session) == [100, 80]
    with sessions.of(seller.id) as session:
        assert ledger_drift.every(session) == []
        data = session.scalars(
            text("SELECT data FROM event WHERE type = 'payment.returned.v1' ORDER BY sequence")
        ).all()
    assert [each["amount"]["amount"] for each in data] == ["100.00", "70.00"]
