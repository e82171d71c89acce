"""Ledger lines on their way in: their values, and the temporary tables they are checked and matched in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session
from uuid_utils import uuid7

LineKind = Literal["invoice", "credit_note", "payment"]
LineState = Literal["taken", "known", "refused"]


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One thing a ledger tells of a known debtor. Amounts are in `currency`, above zero, VAT included.

    `line` is the caller's name for it, unique in a batch. `dated_on` is the day of the invoice, credit note or payment.
    `paid_amount` says how much of an invoice was paid in all until `paid_on`. `settles` names the invoices, with the
    amount of each, that a payment or credit note settles. Raises ValueError for amounts that are none of these.
    """

    line: int
    kind: LineKind
    debtor_id: UUID
    identity: str
    number: str | None
    dated_on: date
    amount: Decimal
    currency: str
    due_on: date | None = None
    due_on_derived: bool = False
    vat_amount: Decimal | None = None
    disputed: bool = False
    paid_on: date | None = None
    paid_amount: Decimal | None = None
    settles: tuple[tuple[str, Decimal], ...] = ()
    extra: dict[str, str] | None = None

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError(f"line {self.line}: amount {self.amount} must be above zero")
        if self.paid_on is None and self.paid_amount is None:
            return
        if self.paid_on is None or self.paid_amount is None or not 0 < self.paid_amount <= self.amount:
            raise ValueError(f"line {self.line}: paid_on and paid_amount, above zero and within amount, go together")


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of one line: the id of the row it made or met, or why it was refused."""

    line: int
    state: LineState
    id: UUID | None = None
    code: str | None = None
    detail: str | None = None


def numbered(number: str) -> str:
    """Give the identity of an invoice, credit note or payment that has a number of its own."""
    return f"number:{number}"


# Each connection keeps its tables; they are empty at the start of each transaction.
TABLES = (
    """CREATE TEMPORARY TABLE IF NOT EXISTS ledger_line (
        line bigint, kind text, debtor_id uuid, identity text, number text, dated_on date, amount numeric(20, 4),
        currency text, due_on date, due_on_derived boolean, vat_amount numeric(20, 4), disputed boolean, paid_on date,
        paid_amount numeric(20, 4), settles jsonb, extra jsonb,
        id uuid, payment_id uuid, allocation_id uuid, entry_id uuid, second_entry_id uuid,
        found_id uuid, paid_before numeric(20, 4), open_before numeric(20, 4), is_new boolean DEFAULT false,
        is_changed boolean DEFAULT false, code text, detail text) ON COMMIT DELETE ROWS""",
    # One part of a payment or credit note, and the invoice it is to settle; `turn` is who comes first on one invoice.
    """CREATE TEMPORARY TABLE IF NOT EXISTS ledger_part (
        id uuid, line bigint, turn int, position int, debtor_id uuid, invoice_number text, invoice_id uuid,
        payment_id uuid, credit_note_id uuid, asked_amount numeric(20, 4), known_amount numeric(20, 4),
        amount numeric(20, 4), happened_on date) ON COMMIT DELETE ROWS""",
    "CREATE INDEX IF NOT EXISTS ledger_part_invoice_id ON ledger_part (invoice_id)",
    "CREATE INDEX IF NOT EXISTS ledger_part_credit_note_id ON ledger_part (credit_note_id)",
    # How the invoices that this batch changes were before.
    """CREATE TEMPORARY TABLE IF NOT EXISTS ledger_before (
        id uuid, debtor_id uuid, currency text, invoiced_on date, due_on date, amount numeric(20, 4),
        open_amount numeric(20, 4), paid_amount numeric(20, 4), settled_on date, disputed boolean
        ) ON COMMIT DELETE ROWS""",
)

COPY_LINES = (
    "COPY ledger_line (line, kind, debtor_id, identity, number, dated_on, amount, currency, due_on, due_on_derived,"
    " vat_amount, disputed, paid_on, paid_amount, settles, extra, id, payment_id, allocation_id, entry_id,"
    " second_entry_id) FROM STDIN"
)
COPY_PARTS = (
    "COPY ledger_part (id, line, turn, position, debtor_id, invoice_number, payment_id, credit_note_id, asked_amount,"
    " happened_on) FROM STDIN"
)
TURNS = {"invoice": 0, "credit_note": 1, "payment": 2}
ANALYZE_FROM = 50  # Below so many lines a plan without statistics is as good.


def stage(session: Session, lines: Sequence[LedgerLine]) -> None:
    """Put lines and their parts in the temporary tables of this transaction's connection."""
    for table in TABLES:
        session.execute(text(table))
    cursor = session.connection().connection.cursor()
    rows, parts = _rows(lines)
    with cursor.copy(COPY_LINES) as copy:
        for row in rows:
            copy.write_row(row)
    if parts:
        with cursor.copy(COPY_PARTS) as copy:
            for part in parts:
                copy.write_row(part)
    cursor.close()
    if len(lines) >= ANALYZE_FROM:
        session.execute(text("ANALYZE ledger_line, ledger_part"))


def _rows(lines: Iterable[LedgerLine]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    rows, parts = [], []
    for each in lines:
        new_id = str(uuid7())
        settles = [{"invoice_number": number, "amount": str(amount)} for number, amount in each.settles]
        rows.append(
            (
                each.line,
                each.kind,
                each.debtor_id,
                each.identity,
                each.number,
                each.dated_on,
                each.amount,
                each.currency,
                each.due_on,
                each.due_on_derived,
                each.vat_amount,
                each.disputed,
                each.paid_on,
                each.paid_amount,
                orjson.dumps(settles).decode() if settles else None,
                orjson.dumps(each.extra).decode() if each.extra else None,
                new_id,
                *(str(uuid7()) for _ in range(4)),
            )
        )
        for position, (number, amount) in enumerate(each.settles):
            origin = (new_id, None) if each.kind == "payment" else (None, new_id)
            parts.append(
                (
                    str(uuid7()),
                    each.line,
                    TURNS[each.kind],
                    position,
                    each.debtor_id,
                    number,
                    *origin,
                    amount,
                    each.dated_on,
                )
            )
    return rows, parts
