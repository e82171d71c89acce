"""SQL by which ledger lines become rows, once, or meet the rows that they became before.

A batch is small and the ledger may be large, so that rows are looked up one by one, by their key: LIMIT and ARRAY keep
a planner that has not counted the ledger yet from reading through all of it for each batch.
"""

# --- Invoices --------------------------------------------------------------------------------------------------------

# An invoice that comes with its settlement is written as it is after it: the rows of the settlement follow. Of two
# lines with one identity the first, as they were staged, becomes the row.
ADD_INVOICES = """
INSERT INTO invoice (seller_id, id, debtor_id, identity, invoice_number, number_key, invoiced_on, due_on,
    due_on_derived, amount, vat_amount, currency, disputed, disputed_known_at, open_amount, paid_amount, settled_on,
    extra, remittance_reference, collection_reference, discount_amount, discount_until, known_at, import_id)
SELECT CAST(:seller_id AS uuid), id, debtor_id, identity, number, number_key, dated_on, due_on, due_on_derived, amount,
    vat_amount, currency, disputed, CASE WHEN disputed THEN CAST(:known_at AS timestamptz) END,
    amount - coalesce(paid_amount, 0), coalesce(paid_amount, 0), CASE WHEN paid_amount = amount THEN paid_on END, extra,
    remittance_reference, collection_reference, discount_amount, discount_until,
    CAST(:known_at AS timestamptz), CAST(:import_id AS uuid)
FROM ledger_line WHERE kind = 'invoice'
ON CONFLICT (seller_id, debtor_id, identity) DO NOTHING
"""

# What a line says against what is stored. A dispute may be added by a later line and is not ended by one, so that the
# same files in another order leave the same ledger.
MEET_INVOICES = """
UPDATE ledger_line l SET is_new = false, found_id = i.id, paid_before = i.paid_amount, open_before = i.open_amount,
    is_changed = l.disputed AND NOT i.disputed, detail = nullif(concat_ws(', ',
        CASE WHEN i.invoiced_on <> l.dated_on THEN 'invoiced_on ' || i.invoiced_on END,
        CASE WHEN i.due_on <> l.due_on AND NOT (i.due_on_derived AND l.due_on_derived) THEN 'due_on ' || i.due_on END,
        CASE WHEN i.currency <> l.currency THEN 'currency ' || i.currency END,
        CASE WHEN i.amount <> l.amount THEN 'amount ' || trim_scale(i.amount) END,
        CASE WHEN i.vat_amount <> l.vat_amount THEN 'vat_amount ' || trim_scale(i.vat_amount) END), '')
FROM (
    SELECT given.line, met.* FROM ledger_line given CROSS JOIN LATERAL (
        SELECT * FROM invoice WHERE seller_id = CAST(:seller_id AS uuid) AND debtor_id = given.debtor_id
            AND identity = given.identity LIMIT 1) met
    WHERE given.kind = 'invoice' AND met.id <> given.id) i
WHERE l.line = i.line
"""

# --- The invoices that payments and credit notes name ----------------------------------------------------------------

# What a part may take where nothing else wants the same is known at once.
FIND_PARTS = """
INSERT INTO ledger_part (id, line, turn, position, payment_id, credit_note_id, happened_on, rule, asked_amount, amount,
    identity, invoice_id, debtor_id, currency, due_on, open_amount, paid_amount, settled_on, disputed)
SELECT a.id, a.line, a.turn, a.position, a.payment_id, a.credit_note_id, a.happened_on, a.rule, a.amount,
    least(a.amount, i.open_amount), a.identity, i.id, a.debtor_id, i.currency, i.due_on, i.open_amount, i.paid_amount,
    i.settled_on, i.disputed
FROM ledger_asked a LEFT JOIN LATERAL (
    SELECT * FROM invoice WHERE seller_id = CAST(:seller_id AS uuid) AND debtor_id = a.debtor_id
        AND identity = a.identity LIMIT 1) i ON true
"""
REFUSE_PARTS = """
UPDATE ledger_line l SET
    code = CASE WHEN p.invoice_id IS NULL THEN 'invoice_unknown' ELSE 'currency_differs' END,
    detail = CASE WHEN p.invoice_id IS NULL THEN 'this debtor has no invoice ' ELSE 'invoice ' END
        || regexp_replace(p.identity, '^number:', '')
        || CASE WHEN p.invoice_id IS NULL THEN '' ELSE ' is in ' || p.currency END
FROM ledger_part p
WHERE l.line = p.line AND (p.invoice_id IS NULL OR p.currency <> l.currency)
"""

# --- Credit notes and payments ---------------------------------------------------------------------------------------

ADD_CREDIT_NOTES = """
INSERT INTO credit_note (seller_id, id, debtor_id, kind, identity, credit_note_number, credited_on, amount, vat_amount,
    currency, unused_amount, invoice_id, known_at, import_id)
SELECT CAST(:seller_id AS uuid), l.id, debtor_id, credit_kind, identity, number, dated_on,
    amount, vat_amount, currency, amount,
    (SELECT p.invoice_id FROM ledger_part p WHERE p.line = l.line ORDER BY p.position LIMIT 1),
    CAST(:known_at AS timestamptz), CAST(:import_id AS uuid)
FROM ledger_line l WHERE l.kind = 'credit_note' AND code IS NULL
ON CONFLICT (seller_id, debtor_id, identity) DO NOTHING
"""
MEET_CREDIT_NOTES = """
UPDATE ledger_line l SET is_new = false, found_id = c.id, detail = nullif(concat_ws(', ',
        CASE WHEN c.credited_on <> l.dated_on THEN 'credited_on ' || c.credited_on END,
        CASE WHEN c.currency <> l.currency THEN 'currency ' || c.currency END,
        CASE WHEN c.amount <> l.amount THEN 'amount ' || trim_scale(c.amount) END,
        CASE WHEN c.invoice_id IS DISTINCT FROM
            (SELECT p.invoice_id FROM ledger_part p WHERE p.line = l.line ORDER BY p.position LIMIT 1)
            THEN 'another invoice' END), '')
FROM (
    SELECT given.line, met.* FROM ledger_line given CROSS JOIN LATERAL (
        SELECT * FROM credit_note WHERE seller_id = CAST(:seller_id AS uuid) AND debtor_id = given.debtor_id
            AND identity = given.identity LIMIT 1) met
    WHERE given.kind = 'credit_note' AND given.code IS NULL AND met.id <> given.id) c
WHERE l.line = c.line
"""
ADD_PAYMENTS = """
INSERT INTO payment (seller_id, id, debtor_id, identity, payment_reference, paid_on, amount, currency,
    bank_entry_id, returnable_until, known_at, import_id)
SELECT CAST(:seller_id AS uuid), id, debtor_id, identity, number, dated_on, amount, currency,
    bank_entry_id, returnable_until, CAST(:known_at AS timestamptz), CAST(:import_id AS uuid)
FROM ledger_line WHERE kind = 'payment' AND code IS NULL
ON CONFLICT (seller_id, identity) DO NOTHING
"""
MEET_PAYMENTS = """
UPDATE ledger_line l SET is_new = false, found_id = p.id, detail = nullif(concat_ws(', ',
        CASE WHEN p.debtor_id <> l.debtor_id THEN 'another debtor' END,
        CASE WHEN p.paid_on <> l.dated_on THEN 'paid_on ' || p.paid_on END,
        CASE WHEN p.currency <> l.currency THEN 'currency ' || p.currency END,
        CASE WHEN p.amount <> l.amount THEN 'amount ' || trim_scale(p.amount) END), '')
FROM (
    SELECT given.line, met.* FROM ledger_line given CROSS JOIN LATERAL (
        SELECT * FROM payment WHERE seller_id = CAST(:seller_id AS uuid) AND identity = given.identity LIMIT 1) met
    WHERE given.kind = 'payment' AND given.code IS NULL AND met.id <> given.id) p
WHERE l.line = p.line
"""

REFUSE_OTHERS = """
UPDATE ledger_line SET code = 'reference_taken', is_changed = false,
    detail = 'known with other content: ' || detail WHERE detail IS NOT NULL AND code IS NULL
"""
# A line that was refused became no row.
NOT_NEW = "UPDATE ledger_line SET is_new = false, found_id = NULL WHERE code IS NOT NULL AND is_new"
