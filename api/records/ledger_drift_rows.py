"""SQL that finds rows of the ledger that contradict each other: invoices, credit notes, payments and events.

Each statement takes the text `{of}`, a condition on `debtor_id`, and gives debtor_id, what, expected and found.
"""

# What the columns of invoices must be, from their allocations. A payment that was taken back in whole settled nothing.
INVOICES_EXPECTED = """
WITH given AS (
    SELECT a.invoice_id, a.payment_id, sum(a.amount) AS amount,
        max(a.happened_on) FILTER (WHERE a.amount > 0) AS happened_on
    FROM allocation a JOIN invoice i ON i.id = a.invoice_id WHERE {of}
    GROUP BY a.invoice_id, a.payment_id, a.credit_note_id),
settled AS (
    SELECT invoice_id, sum(amount) AS amount,
        sum(amount) FILTER (WHERE payment_id IS NOT NULL) AS paid_amount,
        coalesce(max(happened_on) FILTER (WHERE payment_id IS NOT NULL AND amount > 0),
            max(happened_on) FILTER (WHERE amount > 0)) AS happened_on
    FROM given GROUP BY invoice_id)
SELECT i.id, i.debtor_id, i.open_amount, i.paid_amount, i.settled_on,
    i.amount - coalesce(s.amount, 0) AS open_expected, coalesce(s.paid_amount, 0) AS paid_expected,
    CASE WHEN i.amount = s.amount THEN s.happened_on END AS settled_expected
FROM invoice i LEFT JOIN settled s ON s.invoice_id = i.id WHERE {of}
"""
INVOICES = f"""
SELECT debtor_id, 'invoice ' || id || ': ' || what AS what, expected, found FROM ({INVOICES_EXPECTED}) i
CROSS JOIN LATERAL (VALUES
    ('open_amount', trim_scale(open_expected)::text, trim_scale(open_amount)::text, open_amount <> open_expected),
    ('paid_amount', trim_scale(paid_expected)::text, trim_scale(paid_amount)::text, paid_amount <> paid_expected),
    ('settled_on', coalesce(settled_expected::text, 'none'), coalesce(settled_on::text, 'none'),
        settled_on IS DISTINCT FROM settled_expected),
    ('allocated beyond its amount', 'at most all', trim_scale(-open_expected)::text || ' more', open_expected < 0)
    ) AS told (what, expected, found, is_wrong)
WHERE (open_amount <> open_expected OR paid_amount <> paid_expected OR settled_on IS DISTINCT FROM settled_expected
    OR open_expected < 0) AND is_wrong
"""  # noqa: S608

# A discount or difference that is taken back lapses: it waits for no other invoice.
CREDIT_NOTES_EXPECTED = """
SELECT c.id, c.debtor_id, c.unused_amount,
    c.amount - coalesce(CASE WHEN c.kind = 'credit_note' THEN used.amount ELSE used.given_amount END, 0)
        AS unused_expected
FROM credit_note c LEFT JOIN (
    SELECT credit_note_id, sum(amount) AS amount, sum(amount) FILTER (WHERE amount > 0) AS given_amount
    FROM allocation WHERE credit_note_id IS NOT NULL
    GROUP BY credit_note_id) used ON used.credit_note_id = c.id
WHERE {of}
"""
CREDIT_NOTES = f"""
SELECT debtor_id, 'credit note ' || id || ': ' || what AS what, expected, found FROM ({CREDIT_NOTES_EXPECTED}) c
CROSS JOIN LATERAL (VALUES
    ('unused_amount', trim_scale(unused_expected)::text, trim_scale(unused_amount)::text,
        unused_amount <> unused_expected),
    ('allocated beyond its amount', 'at most all', trim_scale(-unused_expected)::text || ' more', unused_expected < 0)
    ) AS told (what, expected, found, is_wrong)
WHERE is_wrong
"""  # noqa: S608

PAYMENTS = """
SELECT p.debtor_id, 'payment ' || p.id || ': ' || CASE WHEN returned.amount > p.amount THEN 'returned'
        ELSE 'allocated' END || ' beyond its amount' AS what,
    'at most ' || trim_scale(p.amount) AS expected,
    trim_scale(coalesce(used.amount, 0))::text || ' allocated, ' || trim_scale(coalesce(bound.amount, 0)) || ' bound, '
        || trim_scale(coalesce(returned.amount, 0)) || ' returned' AS found
FROM payment p
LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM allocation WHERE payment_id IS NOT NULL GROUP BY payment_id)
    used ON used.payment_id = p.id
LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM payment_return GROUP BY payment_id)
    returned ON returned.payment_id = p.id
LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM prepayment GROUP BY payment_id)
    bound ON bound.payment_id = p.id
WHERE coalesce(used.amount, 0) + coalesce(bound.amount, 0) > p.amount - coalesce(returned.amount, 0) AND {of}
"""

ALLOCATIONS = """
SELECT i.debtor_id, 'invoice ' || i.id || ': taken back from it of ' || kind || ' ' || origin_id AS what,
    'at most what it was given' AS expected, trim_scale(-a.amount)::text || ' more' AS found
FROM (
    SELECT invoice_id, CASE WHEN payment_id IS NULL THEN 'credit note' ELSE 'payment' END AS kind,
        coalesce(payment_id, credit_note_id) AS origin_id, sum(amount) AS amount
    FROM allocation GROUP BY 1, 2, 3 HAVING sum(amount) < 0) a
JOIN invoice i ON i.id = a.invoice_id WHERE {of}
UNION ALL
SELECT i.debtor_id, 'invoice ' || i.id || ': settled by ' || kind || ' ' || o.id, 'one of the same debtor and currency',
    'one of debtor ' || o.origin_debtor_id || ' in ' || o.origin_currency
FROM allocation a JOIN invoice i ON i.id = a.invoice_id JOIN (
    SELECT 'payment' AS kind, id, debtor_id AS origin_debtor_id, currency AS origin_currency FROM payment
    UNION ALL SELECT 'credit note', id, debtor_id, currency FROM credit_note
    ) o ON o.id = coalesce(a.payment_id, a.credit_note_id)
WHERE (o.origin_debtor_id, o.origin_currency) <> (i.debtor_id, i.currency) AND {of}
"""

# The numbers of a subject's events begin with 1 and have no gaps; a subject that is no debtor is the seller itself.
EVENTS = """
SELECT debtor_id, 'events' AS what, 'numbers 1 to ' || coalesce(last_sequence, 0) AS expected,
    coalesce(number, 0) || ' of them, ' || coalesce(first, 0) || ' to ' || coalesce(last, 0) AS found
FROM (
    SELECT nullif(subject_id, seller_id) AS debtor_id, c.last_sequence, e.number, e.first, e.last
    FROM event_counter c FULL JOIN (
        SELECT seller_id, subject_id, count(*) AS number, min(sequence) AS first, max(sequence) AS last FROM event
        GROUP BY seller_id, subject_id) e USING (seller_id, subject_id)
    WHERE (e.first, e.number, e.last) IS DISTINCT FROM (1, c.last_sequence, c.last_sequence)) subjects
WHERE {of}
"""
