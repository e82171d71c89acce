"""Takes ledger lines in one transaction: rows, allocations, exposure and days move together or not at all."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records import debtor_days
from api.records.exposure import moving
from api.records.ledger_lines import LedgerLine, LineResult, stage

# In the order of the ids, so that two transactions never wait for each other in a ring.
LOCK = text("SELECT id FROM debtor WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE")

# --- Lines become rows, once ---------------------------------------------------------------------------------------

# An invoice that comes with its settlement is written as it is after it: the rows of the settlement follow below.
ADD_INVOICES = """
WITH added AS (
    INSERT INTO invoice (seller_id, id, debtor_id, identity, invoice_number, invoiced_on, due_on, due_on_derived,
        amount, vat_amount, currency, disputed, open_amount, paid_amount, settled_on, extra, known_at, import_id)
    SELECT DISTINCT ON (debtor_id, identity) CAST(:seller_id AS uuid), id, debtor_id, identity, number, dated_on,
        due_on, due_on_derived, amount, vat_amount, currency, disputed, amount - coalesce(paid_amount, 0),
        coalesce(paid_amount, 0), CASE WHEN paid_amount = amount THEN paid_on END, extra,
        CAST(:known_at AS timestamptz), CAST(:import_id AS uuid)
    FROM ledger_line WHERE kind = 'invoice' ORDER BY debtor_id, identity, line
    ON CONFLICT (seller_id, debtor_id, identity) DO NOTHING RETURNING id)
UPDATE ledger_line l SET is_new = true, found_id = l.id FROM added WHERE added.id = l.id
"""

# What a line says against what is stored. A dispute may be added by a later line and is ended by a person only, so
# that the same files in another order leave the same ledger.
MEET_INVOICES = """
UPDATE ledger_line l SET found_id = i.id, settled_before = i.amount - i.open_amount,
    is_changed = l.disputed AND NOT i.disputed, detail = nullif(concat_ws(', ',
        CASE WHEN i.invoiced_on <> l.dated_on THEN 'invoiced_on ' || i.invoiced_on END,
        CASE WHEN i.due_on <> l.due_on AND NOT (i.due_on_derived AND l.due_on_derived) THEN 'due_on ' || i.due_on END,
        CASE WHEN i.currency <> l.currency THEN 'currency ' || i.currency END,
        CASE WHEN i.amount <> l.amount THEN 'amount ' || trim_scale(i.amount) END,
        CASE WHEN i.vat_amount <> l.vat_amount THEN 'vat_amount ' || trim_scale(i.vat_amount) END), '')
FROM invoice i WHERE l.kind = 'invoice' AND NOT l.is_new AND i.debtor_id = l.debtor_id AND i.identity = l.identity
"""

FIND_PARTS = """
UPDATE ledger_part p SET invoice_id = i.id FROM invoice i
WHERE i.debtor_id = p.debtor_id AND i.identity = 'number:' || p.invoice_number
"""
REFUSE_PARTS = """
UPDATE ledger_line l SET
    code = CASE WHEN i.id IS NULL THEN 'invoice_unknown' ELSE 'currency_differs' END,
    detail = CASE WHEN i.id IS NULL THEN 'this debtor has no invoice ' || p.invoice_number
        ELSE 'invoice ' || p.invoice_number || ' is in ' || i.currency END
FROM ledger_part p LEFT JOIN invoice i ON i.id = p.invoice_id
WHERE l.line = p.line AND (i.id IS NULL OR i.currency <> l.currency)
"""
ADD_CREDIT_NOTES = """
WITH added AS (
    INSERT INTO credit_note (seller_id, id, debtor_id, identity, credit_note_number, credited_on, amount, vat_amount,
        currency, unused_amount, invoice_id, known_at, import_id)
    SELECT DISTINCT ON (debtor_id, identity) CAST(:seller_id AS uuid), l.id, debtor_id, identity, number, dated_on,
        amount, vat_amount, currency, amount, (SELECT p.invoice_id FROM ledger_part p WHERE p.line = l.line LIMIT 1),
        CAST(:known_at AS timestamptz), CAST(:import_id AS uuid)
    FROM ledger_line l WHERE kind = 'credit_note' AND code IS NULL ORDER BY debtor_id, identity, line
    ON CONFLICT (seller_id, debtor_id, identity) DO NOTHING RETURNING id)
UPDATE ledger_line l SET is_new = true FROM added WHERE added.id = l.id
"""
MEET_CREDIT_NOTES = """
UPDATE ledger_line l SET found_id = c.id, detail = nullif(concat_ws(', ',
        CASE WHEN c.credited_on <> l.dated_on THEN 'credited_on ' || c.credited_on END,
        CASE WHEN c.currency <> l.currency THEN 'currency ' || c.currency END,
        CASE WHEN c.amount <> l.amount THEN 'amount ' || trim_scale(c.amount) END,
        CASE WHEN c.invoice_id IS DISTINCT FROM
            (SELECT p.invoice_id FROM ledger_part p WHERE p.line = l.line LIMIT 1) THEN 'another invoice' END), '')
FROM credit_note c
WHERE l.kind = 'credit_note' AND l.code IS NULL AND c.debtor_id = l.debtor_id AND c.identity = l.identity
"""
ADD_PAYMENTS = """
WITH added AS (
    INSERT INTO payment (seller_id, id, debtor_id, identity, payment_reference, paid_on, amount, currency, settles,
        known_at, import_id)
    SELECT DISTINCT ON (identity) CAST(:seller_id AS uuid), id, debtor_id, identity, number, dated_on, amount, currency,
        settles, CAST(:known_at AS timestamptz), CAST(:import_id AS uuid)
    FROM ledger_line WHERE kind = 'payment' AND code IS NULL ORDER BY identity, line
    ON CONFLICT (seller_id, identity) DO NOTHING RETURNING id)
UPDATE ledger_line l SET is_new = true FROM added WHERE added.id = l.id
"""
MEET_PAYMENTS = """
UPDATE ledger_line l SET found_id = p.id, detail = nullif(concat_ws(', ',
        CASE WHEN p.debtor_id <> l.debtor_id THEN 'another debtor' END,
        CASE WHEN p.paid_on <> l.dated_on THEN 'paid_on ' || p.paid_on END,
        CASE WHEN p.currency <> l.currency THEN 'currency ' || p.currency END,
        CASE WHEN p.amount <> l.amount THEN 'amount ' || trim_scale(p.amount) END,
        CASE WHEN p.settles IS DISTINCT FROM l.settles THEN 'other invoices' END), '')
FROM payment p WHERE l.kind = 'payment' AND l.code IS NULL AND p.identity = l.identity
"""
REFUSE_OTHERS = """
UPDATE ledger_line SET code = 'reference_taken', is_changed = false,
    detail = 'known with other content: ' || detail WHERE detail IS NOT NULL AND code IS NULL
"""

# --- What an invoice line says was paid becomes a payment of its own ------------------------------------------------

# `paid_amount` is all that was paid until `paid_on`, so only what is more than we know is new: files may be repeated,
# overlap, and come late.
ADD_SETTLEMENTS = """
WITH told AS (
    SELECT payment_id, allocation_id, line, debtor_id, found_id, paid_on, paid_amount, currency, is_new,
        paid_amount AS more_amount
    FROM ledger_line WHERE kind = 'invoice' AND is_new AND paid_on IS NOT NULL
    UNION ALL
    SELECT payment_id, allocation_id, line, debtor_id, found_id, paid_on, paid_amount, currency, is_new,
        paid_amount - greatest(settled_before,
            lag(paid_amount, 1, 0::numeric) OVER (PARTITION BY found_id ORDER BY paid_amount, line))
    FROM ledger_line WHERE kind = 'invoice' AND NOT is_new AND code IS NULL AND paid_on IS NOT NULL),
payments AS (
    INSERT INTO payment (seller_id, id, debtor_id, identity, paid_on, amount, currency, known_at, import_id)
    SELECT CAST(:seller_id AS uuid), payment_id, debtor_id, 'invoice:' || found_id || ':' || trim_scale(paid_amount),
        paid_on, more_amount, currency, CAST(:known_at AS timestamptz), CAST(:import_id AS uuid)
    FROM told WHERE more_amount > 0),
allocations AS (
    INSERT INTO allocation (seller_id, id, invoice_id, payment_id, amount, happened_on, known_at)
    SELECT CAST(:seller_id AS uuid), allocation_id, found_id, payment_id, more_amount, paid_on,
        CAST(:known_at AS timestamptz)
    FROM told WHERE is_new)
INSERT INTO ledger_part (id, line, turn, position, debtor_id, invoice_id, payment_id, asked_amount, happened_on)
SELECT allocation_id, line, 0, 0, debtor_id, found_id, payment_id, more_amount, paid_on
FROM told WHERE more_amount > 0 AND NOT is_new
"""
MEET_SETTLEMENTS = """
UPDATE ledger_line l SET code = 'reference_taken',
    detail = 'known with other content: paid_on ' || p.paid_on, is_changed = false
FROM payment p WHERE l.kind = 'invoice' AND l.code IS NULL AND NOT l.is_new AND l.paid_on IS NOT NULL
    AND p.identity = 'invoice:' || l.found_id || ':' || trim_scale(l.paid_amount) AND p.paid_on <> l.paid_on
"""

# --- Parts settle invoices -------------------------------------------------------------------------------------------

DROP_PARTS = """
DELETE FROM ledger_part p USING ledger_line l WHERE l.line = p.line AND l.kind <> 'invoice' AND NOT l.is_new
"""
REMEMBER = """
INSERT INTO ledger_before SELECT id, debtor_id, currency, invoiced_on, due_on, amount, open_amount, paid_amount,
    settled_on, disputed
FROM invoice WHERE id IN (SELECT invoice_id FROM ledger_part UNION SELECT found_id FROM ledger_line WHERE is_changed)
"""
DISPUTE = """
UPDATE invoice i SET disputed = true FROM (SELECT DISTINCT found_id FROM ledger_line WHERE is_changed) l
WHERE i.id = l.found_id
"""
# The parts fill an invoice in their turn; what does not fit stays unallocated.
ALLOCATE = """
WITH queue AS (
    SELECT p.id, b.open_amount - coalesce(sum(p.asked_amount) OVER (PARTITION BY p.invoice_id
        ORDER BY p.turn, p.line, p.position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS room_amount
    FROM ledger_part p JOIN ledger_before b ON b.id = p.invoice_id),
filled AS (
    UPDATE ledger_part p SET amount = greatest(0, least(p.asked_amount, queue.room_amount)) FROM queue
    WHERE queue.id = p.id RETURNING p.*)
INSERT INTO allocation (seller_id, id, invoice_id, payment_id, credit_note_id, amount, happened_on, known_at)
SELECT CAST(:seller_id AS uuid), id, invoice_id, payment_id, credit_note_id, amount, happened_on,
    CAST(:known_at AS timestamptz)
FROM filled WHERE amount > 0
"""
SETTLE = """
UPDATE invoice i SET open_amount = i.open_amount - p.amount, paid_amount = i.paid_amount + p.paid_amount,
    settled_on = CASE WHEN i.open_amount = p.amount
        THEN (SELECT max(a.happened_on) FROM allocation a WHERE a.invoice_id = i.id) END
FROM (SELECT invoice_id, sum(amount) AS amount, coalesce(sum(amount) FILTER (WHERE payment_id IS NOT NULL), 0)
        AS paid_amount FROM ledger_part GROUP BY invoice_id HAVING sum(amount) > 0) p
WHERE i.id = p.invoice_id
"""
USE_CREDIT_NOTES = """
UPDATE credit_note c SET unused_amount = c.unused_amount - p.amount
FROM (SELECT credit_note_id, sum(amount) AS amount FROM ledger_part GROUP BY credit_note_id) p
WHERE c.id = p.credit_note_id AND p.amount > 0
"""

# --- Exposure and days follow ----------------------------------------------------------------------------------------

ENTRIES = """
SELECT entry_id AS id, id AS movement_id, debtor_id, currency, 'invoiced' AS stage, amount,
    'invoice' AS source_kind, id AS source_id, dated_on AS happened_on
FROM ledger_line WHERE kind = 'invoice' AND is_new
UNION ALL
SELECT second_entry_id, payment_id, debtor_id, currency, 'invoiced', -paid_amount, 'payment', payment_id, paid_on
FROM ledger_line WHERE kind = 'invoice' AND is_new AND paid_on IS NOT NULL
UNION ALL
SELECT l.second_entry_id, l.payment_id, l.debtor_id, l.currency, 'invoiced', -p.amount, 'payment', l.payment_id,
    l.paid_on
FROM ledger_line l JOIN ledger_part p ON p.line = l.line WHERE l.kind = 'invoice' AND p.amount > 0
UNION ALL
SELECT CASE side.stage WHEN 'invoiced' THEN entry_id ELSE second_entry_id END, id, debtor_id, currency, side.stage,
    side.amount, kind, id, dated_on
FROM ledger_line l
CROSS JOIN LATERAL (SELECT coalesce(sum(p.amount), 0) AS amount FROM ledger_part p WHERE p.line = l.line) used
CROSS JOIN LATERAL (VALUES ('invoiced', -used.amount), ('unallocated', used.amount - l.amount)) AS side (stage, amount)
WHERE kind <> 'invoice' AND is_new AND side.amount <> 0
"""
# An invoice that was there before is taken out of the days as it was and put in as it is; a new one is put in.
STATES = """
states AS (
    SELECT -1 AS sign, b.* FROM ledger_before b
    WHERE NOT EXISTS (SELECT FROM ledger_line l WHERE l.id = b.id AND is_new)
    UNION ALL
    SELECT 1, i.id, i.debtor_id, i.currency, i.invoiced_on, i.due_on, i.amount, i.open_amount, i.paid_amount,
        i.settled_on, i.disputed
    FROM invoice i JOIN ledger_before b ON b.id = i.id
    UNION ALL
    SELECT 1, id, debtor_id, currency, dated_on, due_on, amount, amount - coalesce(paid_amount, 0),
        coalesce(paid_amount, 0), CASE WHEN paid_amount = amount THEN paid_on END, disputed
    FROM ledger_line l
    WHERE kind = 'invoice' AND is_new AND NOT EXISTS (SELECT FROM ledger_before b WHERE b.id = l.id)),
"""
MOVE = moving(ENTRIES, also=STATES, more_changes=f"UNION ALL {debtor_days.of_invoices('states')}")

RESULTS = text("""
SELECT line, CASE WHEN code IS NOT NULL THEN 'refused'
    WHEN is_new OR is_changed OR EXISTS (SELECT FROM ledger_part p WHERE p.line = l.line AND p.amount > 0) THEN 'taken'
    ELSE 'known' END AS state, found_id, code, detail
FROM ledger_line l ORDER BY line
""")

FOR_INVOICES = (ADD_INVOICES, MEET_INVOICES)
FOR_THE_OTHERS = (FIND_PARTS, REFUSE_PARTS, ADD_CREDIT_NOTES, MEET_CREDIT_NOTES, ADD_PAYMENTS, MEET_PAYMENTS)
FOR_ALL = (REFUSE_OTHERS, ADD_SETTLEMENTS, MEET_SETTLEMENTS, DROP_PARTS, REMEMBER, DISPUTE, ALLOCATE, SETTLE)
AT_LAST = (USE_CREDIT_NOTES, MOVE)


def take(
    session: Session, lines: Sequence[LedgerLine], known_at: datetime, import_id: UUID | None = None
) -> list[LineResult]:
    """Take lines in the transaction of their seller; gives what became of each, in the order of `line`.

    Locks the debtors. Within a batch invoices come first, then credit notes, then payments. What is already stored
    with the same content is known and changes nothing; with other content it is refused as `reference_taken`.
    """
    session.execute(LOCK, {"ids": sorted({each.debtor_id for each in lines})})
    stage(session, lines)
    given = {"seller_id": session.info["seller_id"], "known_at": known_at, "import_id": import_id}
    only_invoices = all(each.kind == "invoice" for each in lines)
    for statement in FOR_INVOICES + (() if only_invoices else FOR_THE_OTHERS) + FOR_ALL + AT_LAST:
        session.execute(text(statement), {name: value for name, value in given.items() if f":{name}" in statement})
    return [LineResult(*row) for row in session.execute(RESULTS)]
