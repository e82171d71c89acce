"""The temporary tables that ledger lines are checked and matched in, and the rows that go there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session
from uuid_utils import uuid7

from api.records.debtor_locks import array_of
from api.records.ledger_lines import LedgerLine, LineKind
from scoring.matching import collection_key, number_key, reference_key

# Each connection keeps its tables; they are empty at the start of each transaction.
TABLES = (
    # A line is new until it meets the row it became before; `found_id` is that row, or its own.
    """CREATE TEMPORARY TABLE IF NOT EXISTS ledger_line (
        line bigint, kind text, debtor_id uuid, identity text, number text, number_key text, dated_on date,
        amount numeric(20, 4), currency text, due_on date, due_on_derived boolean, vat_amount numeric(20, 4),
        disputed boolean, paid_on date, paid_amount numeric(20, 4), extra jsonb,
        remittance_reference text, collection_reference text, discount_amount numeric(20, 4), discount_until date,
        credit_kind text, rule text, bank_entry_id uuid, returnable_until date,
        id uuid, payment_id uuid, allocation_id uuid, found_id uuid,
        paid_before numeric(20, 4), open_before numeric(20, 4), is_new boolean DEFAULT true,
        is_changed boolean DEFAULT false, code text, detail text) ON COMMIT DELETE ROWS""",
    # What lines ask for: a part of a payment or credit note, for an invoice that is named by its identity.
    """CREATE TEMPORARY TABLE IF NOT EXISTS ledger_asked (
        id uuid, line bigint, turn int, position int, debtor_id uuid, identity text, payment_id uuid,
        credit_note_id uuid, amount numeric(20, 4), happened_on date, rule text) ON COMMIT DELETE ROWS""",
    # The same once the invoice is found, as it was before; `turn` is who comes first on one invoice.
    """CREATE TEMPORARY TABLE IF NOT EXISTS ledger_part (
        id uuid, line bigint, turn int, position int, payment_id uuid, credit_note_id uuid, happened_on date, rule text,
        asked_amount numeric(20, 4), known_amount numeric(20, 4), amount numeric(20, 4), identity text, invoice_id uuid,
        debtor_id uuid, currency text, due_on date, open_amount numeric(20, 4), paid_amount numeric(20, 4),
        settled_on date, disputed boolean) ON COMMIT DELETE ROWS""",
    # The invoices that this batch changes: as they were, with the sign -1, and as they are, with the sign 1.
    """CREATE TEMPORARY TABLE IF NOT EXISTS ledger_state (
        sign int, id uuid, debtor_id uuid, currency text, due_on date, open_amount numeric(20, 4),
        paid_amount numeric(20, 4), settled_on date, disputed boolean) ON COMMIT DELETE ROWS""",
)
# Which orders lines name, as alternatives, and what an invoice is less by what was prepaid; only made where any does.
NAMED_ORDERS = """CREATE TEMPORARY TABLE IF NOT EXISTS ledger_named_order (
    line bigint, position int, reference text, stated_amount numeric(20, 4)) ON COMMIT DELETE ROWS"""
# In one message: without values, PostgreSQL takes several statements at once.
MAKE_TABLES = text("; ".join(TABLES))
COLUMNS = (
    "line, kind, debtor_id, identity, number, number_key, dated_on, amount, currency, due_on, due_on_derived,"
    " vat_amount, disputed, paid_on, paid_amount, extra, remittance_reference, collection_reference,"
    " discount_amount, discount_until, credit_kind, rule, bank_entry_id, returnable_until, id, payment_id,"
    " allocation_id, found_id"
)
COPY_LINES = f"COPY ledger_line ({COLUMNS}) FROM STDIN"
COPY_ASKED = "COPY ledger_asked FROM STDIN"
COPY_NAMED_ORDERS = "COPY ledger_named_order FROM STDIN"
TURNS = {"invoice": 0, "credit_note": 1, "payment": 2}
ANALYZE_FROM = 50  # Below so many lines a plan without statistics is as good.
ANALYZED = "ledger_lines_analyzed"  # Kept with the connection, as the statistics are: the shape they are of.
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})  # Of COPY's text format.
NOTHING = "\\N"


@dataclass(frozen=True, slots=True)
class Written:
    """Lines in the form in which they are sent to the database, and what is in them, so that no step is run in vain."""

    rows: str
    asked: str
    counts: Counter[LineKind]
    debtor_ids: str  # As `debtor_locks.array_of` writes them.
    pays_at_once: bool  # Some invoice says what was paid of it.
    named_orders: str = ""
    has_returnable: bool = False  # Some payment can be asked back.

    @property
    def count(self) -> int:
        """How many lines there are."""
        return self.counts.total()

    @property
    def shape(self) -> tuple[object, ...]:
        """What plans depend on: batches of one shape, as most of an import are, may share their statistics."""
        return frozenset(self.counts), self.pays_at_once, bool(self.asked), self.count.bit_length()


def write(lines: Sequence[LedgerLine]) -> Written:
    """Write lines, and what they ask for, in COPY's text format: most values need no escape, and it is quick."""
    rows, asked, named_orders = [], [], []
    # By debtor, as the indexes are: what belongs together is written together.
    for each in sorted(lines, key=attrgetter("debtor_id.int")):
        new_id, debtor_id = str(each.id or uuid7()), str(each.debtor_id)
        invoice = each.kind == "invoice"
        paid = each.paid_on is not None
        number = _text(each.number)
        remittance = each.remittance_reference and reference_key(each.remittance_reference)
        collection = each.collection_reference and collection_key(each.collection_reference)
        rows.append(
            f"{each.line}\t{each.kind}\t{debtor_id}\t{_text(each.identity)}\t{number}"
            f"\t{(number_key(each.number) if invoice else None) or NOTHING}\t{each.dated_on}\t{each.amount}"
            f"\t{each.currency}\t{each.due_on or NOTHING}\t{each.due_on_derived}\t{_amount(each.vat_amount)}"
            f"\t{each.disputed}\t{each.paid_on or NOTHING}\t{_amount(each.paid_amount)}"
            f"\t{_text(orjson.dumps(each.extra).decode()) if each.extra else NOTHING}"
            f"\t{_text(remittance)}\t{_text(collection)}"
            f"\t{_amount(each.discount_amount)}\t{each.discount_until or NOTHING}\t{each.credit_kind}"
            f"\t{each.rule or NOTHING}\t{each.bank_entry_id or NOTHING}\t{each.returnable_until or NOTHING}"
            f"\t{new_id}\t{uuid7() if paid else NOTHING}\t{uuid7() if paid or not invoice else NOTHING}\t{new_id}\n"
        )
        for position, (identity, amount) in enumerate(each.settles):
            origin = f"{new_id}\t{NOTHING}" if each.kind == "payment" else f"{NOTHING}\t{new_id}"
            asked.append(
                f"{uuid7()}\t{each.line}\t{TURNS[each.kind]}\t{position}\t{debtor_id}\t{_text(identity)}"
                f"\t{origin}\t{amount}\t{each.dated_on}\t{each.rule or NOTHING}\n"
            )
        for position, reference in enumerate(each.order_references):
            named_orders.append(f"{each.line}\t{position}\t{_text(reference)}\t{_amount(each.prepaid_amount)}\n")
    return Written(
        rows="".join(rows),
        asked="".join(asked),
        counts=Counter(each.kind for each in lines),
        debtor_ids=array_of(dict.fromkeys(each.debtor_id for each in lines)),
        pays_at_once=any(each.paid_on is not None for each in lines),
        named_orders="".join(named_orders),
        has_returnable=any(each.returnable_until is not None for each in lines),
    )


def stage(session: Session, written: Written) -> None:
    """Put lines, and what they ask for, in the temporary tables of this transaction's connection."""
    session.execute(MAKE_TABLES)
    if written.named_orders:
        session.execute(text(NAMED_ORDERS))
    cursor = session.connection().connection.cursor()
    contents = ((COPY_LINES, written.rows), (COPY_ASKED, written.asked), (COPY_NAMED_ORDERS, written.named_orders))
    for copying, content in contents:
        if content:
            with cursor.copy(copying) as copy:
                copy.write(content)
    cursor.close()
    if written.count >= ANALYZE_FROM and session.connection().info.get(ANALYZED) != written.shape:
        session.execute(text("ANALYZE ledger_line, ledger_asked"))


def analyze_parts(session: Session, written: Written) -> None:
    """Count what `ledger_part` holds, once for each shape of batch on a connection."""
    info = session.connection().info
    if written.count >= ANALYZE_FROM and info.get(ANALYZED) != written.shape:
        session.execute(text("ANALYZE ledger_part"))


def counted(session: Session, written: Written) -> None:
    """Remember that the statistics of the temporary tables are of this shape of batch."""
    if written.count >= ANALYZE_FROM:
        session.connection().info[ANALYZED] = written.shape


def _text(value: str | None) -> str:
    return NOTHING if value is None else value.translate(ESCAPES)


def _amount(value: Decimal | None) -> str:
    return NOTHING if value is None else str(value)
