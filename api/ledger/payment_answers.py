"""Payments and bank entries as callers see them."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from api.records import payment_listing
from api.records.bank import BankEntryRecord
from api.records.payments import PaymentRecord
from api.web.money import money_answer

OF_ENTRY = (
    *("counterparty_name", "counterparty_account", "remittance_text", "structured_reference"),
    *("transactions_count", "decided_by", "decided_at"),
)


def payment_answer(
    record: PaymentRecord, entry: BankEntryRecord | None, allocated: Decimal, returned: Decimal, state: str
) -> dict[str, Any]:
    """Give a payment, with what the bank told of it."""
    plain = ("id", "debtor_id", "payment_reference", "paid_on", "returnable_until", "bank_entry_id")
    return {
        **{name: getattr(record, name) for name in plain},
        "amount": money_answer(record.amount, record.currency),
        "state": state,
        "unallocated_amount": money_answer(record.amount - allocated - returned, record.currency),
        "returned_amount": money_answer(returned, record.currency),
        **{name: getattr(entry, name, None) for name in OF_ENTRY},
        "proposals": (entry.proposals or []) if entry is not None and state == "proposed" else [],
    }


def entry_answer(entry: BankEntryRecord) -> dict[str, Any]:
    """Give a bank entry that waits for a person, in the form of a payment."""
    return {
        "id": entry.id,
        "debtor_id": entry.debtor_id,
        "payment_reference": None,
        "paid_on": entry.booked_on,
        "returnable_until": None,
        "bank_entry_id": entry.id,
        "amount": money_answer(entry.amount, entry.currency),
        "state": entry.state,
        "unallocated_amount": money_answer(entry.amount, entry.currency),
        "returned_amount": money_answer(Decimal(0), entry.currency),
        **{name: getattr(entry, name) for name in OF_ENTRY},
        "proposals": entry.proposals or [],
    }


def payments_of(session: Session, condition: Any) -> list[dict[str, Any]]:
    """Give the payments that meet a condition, in the order in which we learnt of them."""
    rows = session.execute(payment_listing.payments().where(condition).order_by(PaymentRecord.id))
    return [payment_answer(*row) for row in rows]
