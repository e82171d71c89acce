"""What every decision of a person about bank entries and payments has in common: who may, and what is kept of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.ledger.payment_answers import payments_of
from api.problems import Conflict, Fault
from api.records import bank_entries
from api.records.bank_entries import Decided, Entry, Outcome
from api.records.ledger_batch import take
from api.records.ledger_lines import LedgerLine
from api.records.payment_parts import Paid
from api.records.payment_returns import Return, take_back
from api.records.payments import PaymentRecord
from api.wiring import Wiring, answer_bytes

BY_PERSON = "person"  # The rule of what a person allocated.
ACT = "decide what a payment is"  # What only a person may do.


def refuse_decided(entry: Entry, decided: Decided, seen_at: datetime | None = None) -> None:
    """Raise Conflict where somebody decided an entry after it was seen, naming him."""
    if decided.at is not None and decided.at != seen_at:
        detail = f"{decided.by} decided it at {decided.at.isoformat()}: it is {entry.state}. Look again."
        raise Conflict(detail, code="decided_before")


def take_lines(session: Session, lines: Sequence[LedgerLine], given: Wiring) -> None:
    """Take what was decided. Raises Conflict when it contradicts what is there."""
    refused = [each for each in take(session, lines, given.now) if each.state == "refused"]
    if refused:
        faults = [Fault("", each.code or "refused", each.detail or "") for each in refused]
        raise Conflict("It cannot be booked so.", code="items_changed", faults=faults)


def take_back_wrong(session: Session, payment: Paid, reason: str, given: Wiring) -> None:
    """Take all of a payment back on its own day, as if it had never been."""
    told = Return(
        payment_id=payment.id,
        identity=f"correction:{payment.id}",
        amount=payment.left_amount,
        returned_on=payment.paid_on,
        reason=reason,
        bank_entry_id=payment.bank_entry_id,
    )
    take_back(session, told, given.now)


def learn_account(session: Session, entry: Entry, debtor_ids: Iterable[UUID], given: Wiring) -> None:
    """Remember whose account it is that the money came from."""
    account = entry.counterparty_account
    if entry.amount > 0 and account and account not in bank_entries.own_accounts(session):
        bank_entries.learn(session, [(account, debtor_id) for debtor_id in debtor_ids], given.now)


def decide(session: Session, entry: Entry, outcome: Outcome, by: str, given: Wiring) -> bytes:
    """Keep what a person decided of a bank entry; gives the answer."""
    bank_entries.settle(session, {entry.id: outcome})
    bank_entries.decided(session, entry.id, by, given.now)
    return answered(session, entry.id, outcome.state, PaymentRecord.bank_entry_id == entry.id, given)


def answered(session: Session, row_id: UUID, state: str, condition: Any, given: Wiring) -> bytes:
    """Give the answer to a decision, and keep it for who sends it again."""
    answer = answer_bytes({"id": row_id, "state": state, "payments": payments_of(session, condition)})
    given.once.keep(session, 201, answer)
    return answer
