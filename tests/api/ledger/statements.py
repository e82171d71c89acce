"""Makes bank statements as readers give them, and ledgers to hold them against."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.ledger.formats.documents import BankEntry, BankItem, StatementEnd, StatementHead, StructuredReference
from api.records import ledger_drift
from api.records.ledger_lines import LedgerLine, numbered

ACCOUNT = "NL91ABNA0417164300"
PAYER = "NL20INGB0001234567"
DAY = date(2026, 1, 1)


def entry(identity: str, amount: str, day: int = 40, **values: Any) -> BankEntry:
    if "reference" in values:
        values["structured_reference"] = StructuredReference("other", values.pop("reference"))
    on = DAY + timedelta(day)
    told = BankEntry(line=1, identity=identity, booked_on=on, value_on=on, amount=Decimal(amount), currency="EUR")
    return replace(told, **values)


def statement(
    *entries: BankEntry, kind: str = "statement", reference: str = "S1", account: str = ACCOUNT
) -> list[BankItem]:
    days = [each.booked_on for each in entries] or [DAY]
    head = StatementHead(1, kind, account, reference, "EUR", None, min(days), max(days))
    return [head, *entries, StatementEnd(1)]


def invoice(debtor_id: UUID, number: str, amount: str = "100.00", **values: Any) -> LedgerLine:
    due_on = DAY + timedelta(30)
    return replace(
        LedgerLine(1, "invoice", debtor_id, numbered(number), number, DAY, Decimal(amount), "EUR", due_on), **values
    )


def credit_note(debtor_id: UUID, number: str, amount: str) -> LedgerLine:
    return LedgerLine(1, "credit_note", debtor_id, numbered(number), number, DAY, Decimal(amount), "EUR")


# The payments of an entry, less what was taken back of them, are never more than it.
TOO_MANY = text("""
SELECT e.id FROM bank_entry e JOIN payment p ON p.bank_entry_id = e.id GROUP BY e.seller_id, e.id
HAVING sum(p.amount - (SELECT coalesce(sum(r.amount), 0) FROM payment_return r WHERE r.payment_id = p.id)) > e.amount
""")


def assert_sound(session: Session) -> None:
    """Nothing derived may differ from what it is derived from."""
    assert ledger_drift.every(session) == []
    assert session.execute(TOO_MANY).all() == []


def cut(items: Sequence[BankItem], places: Sequence[int]) -> Iterator[list[BankItem]]:
    """Give a statement in pieces, each with its head and end."""
    head, *entries, end = items
    edges = [0, *sorted(places), len(entries)]
    for start, stop in pairwise(edges):
        if start < stop:
            yield [head, *entries[start:stop], end]
