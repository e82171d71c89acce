"""Corrects what was booked, and books what could not be matched, as a person says: whose it is and what it settles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.ledger.bank_lines import payment_identity
from api.ledger.bank_meaning import returnable_until
from api.ledger.payment_decisions import (
    ACT,
    BY_PERSON,
    answered,
    decide,
    learn_account,
    refuse_decided,
    take_back_wrong,
    take_lines,
)
from api.ledger.payment_parts import Part, checked_parts, replaced
from api.persons import require_person
from api.problems import Conflict, NotFound
from api.records import bank_entries, debtor_locks, payment_parts
from api.records.allocating import allocate
from api.records.bank_entries import Entry, Outcome
from api.records.ledger_lines import LedgerLine
from api.records.payment_parts import Paid
from api.records.payments import PaymentRecord
from api.wiring import Wiring


@dataclass(frozen=True, slots=True)
class _Target:
    """What is corrected: a bank entry that is no payment yet, or a payment. `amount` is what there is to divide."""

    entry: Entry | None
    payment: Paid | None
    payments_count: int  # Of the entry, those that were taken back included.

    @property
    def amount(self) -> Decimal:
        """What the parts together must be."""
        if self.payment is not None:
            return self.payment.left_amount
        assert self.entry is not None
        return self.entry.amount

    @property
    def currency(self) -> str:
        """The currency of the money."""
        found = self.payment or self.entry
        assert found is not None
        return found.currency


def correct(payment_id: UUID, data: dict[str, Any], given: Wiring) -> bytes:
    """Say what an entry or payment is instead. Raises BadInput or Conflict naming every fault."""
    by = require_person(given, ACT).subject
    with given.transaction() as session:
        given.once.claim(session)
        target = _target(session, payment_id, data["decided_at"])
        parts = checked_parts(session, data["parts"], (target.amount, target.currency), target.payment, given.now)
        _book_parts(session, target, parts, given)
        if target.entry is None:
            anew = PaymentRecord.identity.startswith(f"correction:{payment_id}:")
            return answered(session, payment_id, "booked", (PaymentRecord.id == payment_id) | anew, given)
        learn_account(session, target.entry, [each.debtor_id for each in parts], given)
        return decide(session, target.entry, _outcome(session, target.entry), by, given)


def _book_parts(session: Session, target: _Target, parts: Sequence[Part], given: Wiring) -> None:
    payment = target.payment
    if payment is not None and [each.debtor_id for each in parts] == [payment.debtor_id]:
        free = payment.left_amount - payment.bound_amount
        if sum((amount for _, amount in parts[0].settles), Decimal(0)) > free:
            detail = f"{payment.bound_amount.normalize():f} of it is bound to orders: let that go first."
            raise Conflict(detail, code="prepayment_bound")
        allocate(session, replaced(session, payment, parts[0], BY_PERSON), given.now)
        return
    if not parts and target.entry is None:
        raise Conflict("Only what the bank told of can turn out to be no payment.", code="wrong_state")
    if payment is not None:
        take_back_wrong(session, payment, "wrong_debtor" if parts else "no_payment", given)
    take_lines(session, _lines(target, parts), given)


def _outcome(session: Session, entry: Entry) -> Outcome:
    """Say what an entry is now, by the payments that are left of it."""
    left = [each for each in payment_parts.payments_of_entry(session, entry.id) if each.left_amount > 0]
    debtor_ids = {each.debtor_id for each in left}
    return Outcome("booked" if left else "passed_over", debtor_ids.pop() if len(debtor_ids) == 1 else None)


def _target(session: Session, payment_id: UUID, seen_at: datetime | None) -> _Target:
    payment = payment_parts.payment(session, payment_id)
    entry_id = payment.bank_entry_id if payment is not None else payment_id
    found = bank_entries.locked(session, entry_id) if entry_id is not None else None
    entry = found[0] if found else None
    if payment is None and entry is None:
        raise NotFound("There is no such payment.")
    if found is not None:
        refuse_decided(*found, seen_at)
    if payment is not None:
        debtor_locks.lock(session, [payment.debtor_id])
        payment = payment_parts.payment(session, payment_id)
        assert payment is not None
        if payment.left_amount <= 0:
            raise Conflict("The payment was taken back.", code="payment_returned")
    elif entry is not None and entry.state not in ("proposed", "passed_over"):
        raise Conflict(f"It is {entry.state}: there is nothing to correct.", code="wrong_state")
    count = len(payment_parts.payments_of_entry(session, entry.id)) if entry else 1
    return _Target(entry, payment, count)


def _lines(target: _Target, parts: Sequence[Part]) -> list[LedgerLine]:
    """Write parts as payments; only the first one of an entry bears its name."""
    entry, old = target.entry, target.payment
    lines = []
    for place, part in enumerate(parts):
        if entry is not None:
            number = target.payments_count + place
            name = payment_identity(entry, number)
            row_id, until = (entry.id if not number else None), returnable_until(entry, BY_PERSON)
            dated_on = entry.booked_on
        else:
            assert old is not None, "without an entry it is a payment that is corrected"
            name, row_id, until, dated_on = f"correction:{old.id}:{place + 1}", None, None, old.paid_on
        lines.append(
            LedgerLine(
                line=place,
                kind="payment",
                debtor_id=part.debtor_id,
                identity=name,
                number=None,
                dated_on=dated_on,
                amount=part.amount,
                currency=target.currency,
                settles=part.settles,
                rule=BY_PERSON,
                id=row_id,
                bank_entry_id=entry.id if entry else None,
                returnable_until=until,
            )
        )
    return lines
