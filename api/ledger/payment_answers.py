"""Payments and bank entries as callers see them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from api.records import payment_listing
from api.records.bank import BankEntryRecord
from api.records.payment_listing import BoundTo, Settled
from api.records.payments import PaymentRecord
from api.web.money import money_answer

OF_ENTRY = (
    *("counterparty_name", "counterparty_account", "remittance_text", "structured_reference"),
    *("transactions_count", "decided_by", "decided_at"),
)


def payment_answers(session: Session, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Give payments as `payment_listing.payments` selects them, with what each settles."""
    ids = [record.id for record, *_ in rows]
    settled, bound = payment_listing.settled_by(session, ids), payment_listing.bound_of(session, ids)
    return [
        payment_answer(*row)
        | {
            "allocations": [_told(row[0], each) for each in settled[row[0].id]],
            "prepayments": [_bound(row[0], each) for each in bound[row[0].id]],
        }
        for row in rows
    ]


def _bound(record: PaymentRecord, bound: BoundTo) -> dict[str, Any]:
    return {
        "order_id": bound.order_id,
        "order_reference": bound.order_reference,
        "amount": money_answer(bound.amount, record.currency),
    }


def _told(record: PaymentRecord, settled: Settled) -> dict[str, Any]:
    return {
        "invoice_id": settled.invoice_id,
        "invoice_number": settled.invoice_number,
        "amount": money_answer(settled.amount, record.currency),
        "rule": settled.rule or "sender",
    }


def payment_answer(
    record: PaymentRecord,
    entry: BankEntryRecord | None,
    allocated: Decimal,
    returned: Decimal,
    bound: Decimal,
    state: str,
) -> dict[str, Any]:
    """Give a payment, with what the bank told of it."""
    plain = ("id", "debtor_id", "payment_reference", "paid_on", "returnable_until", "bank_entry_id")
    return {
        **{name: getattr(record, name) for name in plain},
        "amount": money_answer(record.amount, record.currency),
        "state": state,
        "unallocated_amount": money_answer(record.amount - allocated - returned - bound, record.currency),
        "returned_amount": money_answer(returned, record.currency),
        "prepaid_amount": money_answer(bound, record.currency),
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
        "prepaid_amount": money_answer(Decimal(0), entry.currency),
        "allocations": [],
        "prepayments": [],
        **{name: getattr(entry, name) for name in OF_ENTRY},
        "proposals": entry.proposals or [],
    }


def payments_of(session: Session, condition: Any) -> list[dict[str, Any]]:
    """Give the payments that meet a condition, in the order in which we learnt of them."""
    rows = session.execute(payment_listing.payments().where(condition).order_by(PaymentRecord.id))
    return payment_answers(session, rows.all())
