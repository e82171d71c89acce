"""SQL by which ledger lines become rows, once, or meet the rows that they became before."""

# --- Invoices --------------------------------------------------------------------------------------------------------

# An invoice that comes with its settlement is written as it is after it: the rows of the settlement follow.
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

# What a line says against what is stored. A dispute may be added by a later line and is not ended by one, so that the
# same files in another order leave the same ledger.
MEET_INVOICES = """
UPDATE ledger_line l SET found_id = i.id, paid_before = i.paid_amount, open_before = i.open_amount,
    is_changed = l.disputed AND NOT i.disputed, detail = nullif(concat_ws(', ',
        CASE WHEN i.invoiced_on <> l.dated_on THEN 'invoiced_on ' || i.invoiced_on END,
        CASE WHEN i.due_on <> l.due_on AND NOT (i.due_on_derived AND l.due_on_derived) THEN 'due_on ' || i.due_on END,
        CASE WHEN i.currency <> l.currency THEN 'currency ' || i.currency END,
        CASE WHEN i.amount <> l.amount THEN 'amount ' || trim_scale(i.amount) END,
        CASE WHEN i.vat_amount <> l.vat_amount THEN 'vat_amount ' || trim_scale(i.vat_amount) END), '')
FROM invoice i WHERE l.kind = 'invoice' AND NOT l.is_new AND i.debtor_id = l.debtor_id AND i.identity = l.identity
"""

# --- The invoices that payments and credit notes name ----------------------------------------------------------------

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

# --- Credit notes and payments ---------------------------------------------------------------------------------------

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
        CASE WHEN p.amount <> l.amount THEN 'amount ' || trim_scale(p.amount) END), '')
FROM payment p WHERE l.kind = 'payment' AND l.code IS NULL AND p.identity = l.identity
"""

REFUSE_OTHERS = """
UPDATE ledger_line SET code = 'reference_taken', is_changed = false,
    detail = 'known with other content: ' || detail WHERE detail IS NOT NULL AND code IS NULL
"""
