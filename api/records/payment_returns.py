"""Takes payments back: what they settled is open again, as if it had never been paid, from the day of the return on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.problems import Conflict
from api.records import debtor_locks, events, prepayments, returnables
from api.records.allocating import Change, allocate
from api.records.base import new_id
from api.records.exposure import Entry
from api.records.prepayments import Money
from scoring.money import quantised

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Return:
    """That a payment, or part of it, is taken back. `identity` tells it from every other return of the seller."""

    payment_id: UUID
    identity: str
    amount: Decimal
    returned_on: date
    reason: str | None = None
    bank_entry_id: UUID | None = None
    import_id: UUID | None = None


# What each invoice has of a payment, the one that got it last first.
PAID = text("""
SELECT invoice_id, sum(amount) AS amount FROM allocation
WHERE seller_id = CAST(:seller_id AS uuid) AND payment_id = :payment_id
GROUP BY invoice_id HAVING sum(amount) > 0 ORDER BY max(CAST(id AS text)) DESC
""")
# Discounts and differences are named after the payment and the invoice that they were granted for.
GRANTED = text("""
SELECT c.id AS credit_note_id, a.invoice_id, sum(a.amount) AS amount
FROM credit_note c JOIN allocation a ON a.seller_id = c.seller_id AND a.credit_note_id = c.id
    AND a.invoice_id = ANY(:invoice_ids)
WHERE c.seller_id = CAST(:seller_id AS uuid) AND c.debtor_id = :debtor_id AND c.identity = ANY(:identities)
GROUP BY c.id, a.invoice_id HAVING sum(a.amount) > 0
""")
PAYMENT = text("""
SELECT p.id, p.debtor_id, p.amount, p.currency, p.paid_on, p.identity, p.bank_entry_id,
    (SELECT coalesce(sum(r.amount), 0) FROM payment_return r
        WHERE r.seller_id = p.seller_id AND r.payment_id = p.id) AS returned_amount
FROM payment p WHERE p.seller_id = CAST(:seller_id AS uuid) AND p.id = :payment_id
""")
KNOWN = text("SELECT payment_id, amount FROM payment_return WHERE seller_id = :seller_id AND identity = :identity")
ADD = text("""
INSERT INTO payment_return (seller_id, id, payment_id, identity, returned_on, amount, reason, bank_entry_id, known_at,
    import_id)
VALUES (:seller_id, :id, :payment_id, :identity, :returned_on, :amount, :reason, :bank_entry_id, :known_at, :import_id)
""")
GRANTS = {"settlement_discount": "discount", "payment_difference": "difference"}


def grant_identity(kind: str, payment_id: UUID, invoice_id: UUID) -> str:
    """Name what was given up for an invoice with a payment: kind is that of the credit note."""
    return f"{GRANTS[kind]}:{payment_id}:{invoice_id}"


def take_back(session: Session, told: Return, known_at: datetime) -> bool:
    """Take a payment back, once: says whether it was new.

    First what is not allocated goes, then what is bound to an order, then what was allocated last. A return that is
    known changes nothing; raises Conflict `payment_returned` when less of the payment is left than is to be taken back.
    """
    seller = {"seller_id": session.info["seller_id"]}
    payment = _locked(session, told.payment_id)
    known = session.execute(KNOWN, seller | {"identity": told.identity}).one_or_none()
    if known is not None:
        if (known.payment_id, known.amount) != (told.payment_id, told.amount):
            raise Conflict("This return is known with other content.", code="reference_taken")
        return False
    if told.amount > payment.amount - payment.returned_amount:
        raise Conflict("The payment was taken back before.", code="payment_returned")
    paid = session.execute(PAID, seller | {"payment_id": payment.id}).all()
    bound = sum((each.amount for each in prepayments.of_payments(session, [payment.id])), ZERO)
    unallocated = payment.amount - payment.returned_amount - bound - sum((row.amount for row in paid), ZERO)
    of_orders = min(max(told.amount - unallocated, ZERO), bound)
    changes = _reversals(told, paid, max(told.amount - unallocated - of_orders, ZERO))
    reopened = [each.invoice_id for each in changes]
    changes += withdrawn(session, payment, reopened, told.returned_on)
    session.execute(ADD, seller | {"id": new_id(), "known_at": known_at, **asdict(told)})
    returnables.take_back(session, payment.id, told.amount)
    source = ("payment", told.payment_id)
    back = Entry(payment.debtor_id, payment.currency, "unallocated", told.amount, source, told.returned_on)
    allocate(session, changes, known_at, [back])
    prepayments.take_away(session, Money(payment.id, told.returned_on), of_orders, known_at)
    prepayments.alert_of_reopened(session, payment.id, reopened, told.amount, known_at)
    _tell(session, told, payment, reopened, known_at)
    return True


def _locked(session: Session, payment_id: UUID) -> Any:
    """Give a payment as it is once nobody else can change it."""
    named = {"seller_id": session.info["seller_id"], "payment_id": payment_id}
    debtor_locks.lock(session, [session.execute(PAYMENT, named).one().debtor_id])
    return session.execute(PAYMENT, named).one()


def _reversals(told: Return, paid: Sequence[Any], amount: Decimal) -> list[Change]:
    changes = []
    for row in paid:
        part = min(row.amount, amount)
        if part > 0:
            changes.append(Change(row.invoice_id, -part, told.returned_on, payment_id=told.payment_id))
            amount -= part
    return changes


def withdrawn(session: Session, payment: Any, invoice_ids: Sequence[UUID], happened_on: date) -> list[Change]:
    """Give the changes that take back the discounts and differences a payment got for some invoices."""
    if not invoice_ids:
        return []
    identities = [grant_identity(kind, payment.id, invoice_id) for kind in GRANTS for invoice_id in invoice_ids]
    named = {"seller_id": session.info["seller_id"], "debtor_id": payment.debtor_id}
    rows = session.execute(GRANTED, named | {"identities": identities, "invoice_ids": list(invoice_ids)})
    return [
        Change(row.invoice_id, -row.amount, happened_on, credit_note_id=row.credit_note_id, lapses=True) for row in rows
    ]


def _tell(session: Session, told: Return, payment: Any, reopened: Sequence[UUID], known_at: datetime) -> None:
    data = {
        "payment_id": str(told.payment_id),
        "amount": {"amount": format(quantised(told.amount, payment.currency), "f"), "currency": payment.currency},
        "returned_on": str(told.returned_on),
        "reason": told.reason,
        "reopened_invoice_ids": [str(each) for each in reopened],
    }
    events.add(
        session, "payment.returned.v1", data, debtor_id=payment.debtor_id, happened_at=known_at, known_at=known_at
    )
