"""Checks the parts that a person divides money into, and says what changes where only allocations do."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.ledger.service import debtor_ids_of
from api.problems import BadInput, Conflict, Fault
from api.records import debtor_locks, payment_parts
from api.records.allocating import Change
from api.records.ledger_lines import numbered
from api.records.payment_parts import Invoice, Paid
from api.records.payment_returns import withdrawn
from api.web.money import amount_answer

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """One debtor's part of the money; `settles` names invoices by their identities."""

    debtor_id: UUID
    amount: Decimal
    settles: tuple[tuple[str, Decimal], ...]


def checked_parts(
    session: Session,
    data: Sequence[dict[str, Any]],
    whole: tuple[Decimal, str],
    payment: Paid | None,
    now: datetime,
) -> list[Part]:
    """Give the parts, with their debtors locked. What `payment` settles now is free for them.

    Raises BadInput naming every fault of what was sent, and Conflict `items_changed` naming each invoice of which less
    is open than is asked.
    """
    if not data:
        return []
    amount, currency = whole
    pointers = [f"/parts/{place}" for place in range(len(data))]
    faults = []
    if any(each["amount"].currency != currency for each in data):
        faults.append(Fault("/parts", "currency_differs", f"The money is in {currency}."))
    elif sum((each["amount"].amount for each in data), ZERO) != amount:
        detail = f"Together the parts must be {amount_answer(amount, currency)} {currency}."
        faults.append(Fault("/parts", "parts_differ", detail))
    try:
        debtor_ids = debtor_ids_of(session, data, pointers, now)
    except BadInput as unknown:
        raise BadInput("The parts cannot be taken.", faults=[*faults, *unknown.faults]) from unknown
    debtor_locks.lock(session, {*debtor_ids, *([payment.debtor_id] if payment else [])})
    parts = [
        Part(
            debtor_id,
            each["amount"].amount,
            tuple((numbered(part["invoice_number"]), part["amount"].amount) for part in each["allocations"]),
        )
        for debtor_id, each in zip(debtor_ids, data, strict=True)
    ]
    found = payment_parts.invoices(session, [(part.debtor_id, name) for part in parts for name, _ in part.settles])
    faults += _unknown(parts, found, currency)
    if faults:
        raise BadInput("The parts cannot be taken.", faults=faults)
    _refuse_spent(parts, found, payment_parts.settled(session, payment.id) if payment else {})
    return parts


def _unknown(parts: Sequence[Part], found: dict[tuple[UUID, str], Invoice], currency: str) -> list[Fault]:
    faults = []
    for place, part in enumerate(parts):
        for position, (name, _) in enumerate(part.settles):
            pointer = f"/parts/{place}/allocations/{position}/invoice_number"
            invoice = found.get((part.debtor_id, name))
            if invoice is None:
                faults.append(Fault(pointer, "invoice_unknown", "The debtor has no such invoice."))
            elif invoice.currency != currency:
                faults.append(Fault(pointer, "currency_differs", f"The invoice is in {invoice.currency}."))
    return faults


def _refuse_spent(parts: Sequence[Part], found: dict[tuple[UUID, str], Invoice], freed: dict[UUID, Decimal]) -> None:
    left: dict[UUID, Decimal] = {}
    faults = []
    for place, part in enumerate(parts):
        for position, (name, amount) in enumerate(part.settles):
            invoice = found[part.debtor_id, name]
            room = left.setdefault(invoice.id, invoice.open_amount + freed.get(invoice.id, ZERO))
            left[invoice.id] = room - amount
            if room < amount:
                detail = f"{amount_answer(max(room, ZERO), invoice.currency)} of the invoice is open."
                faults.append(Fault(f"/parts/{place}/allocations/{position}/amount", "items_changed", detail))
    if faults:
        raise Conflict("Less is open than was asked: look again.", code="items_changed", faults=faults)


def replaced(session: Session, payment: Paid, part: Part, rule: str) -> list[Change]:
    """Give the changes by which a payment settles what a part says, and nothing else.

    What was given up for an invoice with the payment is given up no more where the payment settles less of it.
    """
    found = payment_parts.invoices(session, [(part.debtor_id, name) for name, _ in part.settles])
    change: dict[UUID, Decimal] = defaultdict(Decimal)
    for invoice_id, amount in payment_parts.settled(session, payment.id).items():
        change[invoice_id] -= amount
    for name, amount in part.settles:
        change[found[part.debtor_id, name].id] += amount
    changes = [
        Change(invoice_id, amount, payment.paid_on, payment_id=payment.id, rule=rule)
        for invoice_id, amount in change.items()
        if amount
    ]
    lowered = [invoice_id for invoice_id, amount in change.items() if amount < 0]
    return [*changes, *withdrawn(session, payment, lowered, payment.paid_on)]
