"""SQL by which ledger lines settle invoices: what an invoice line says was paid, and the parts that were asked for."""

# --- What an invoice line says was paid becomes a payment of its own -------------------------------------------------

# `paid_amount` is all that was paid until `paid_on`, so only what is more than the payments we know is new, and no
# more than is open: files may be repeated, overlap, and come late.
ADD_SETTLEMENTS = """
WITH in_all AS (
    SELECT line, found_id, paid_amount,
        least(greatest(paid_amount - paid_before, 0), open_before) AS since_amount
    FROM ledger_line l WHERE kind = 'invoice' AND NOT is_new AND code IS NULL AND paid_on IS NOT NULL
        -- Told before it is known; should less be paid by now, it was taken back.
        AND (SELECT p.id FROM payment p WHERE p.seller_id = CAST(:seller_id AS uuid)
            AND p.identity = 'invoice:' || l.found_id || ':' || trim_scale(l.paid_amount) LIMIT 1) IS NULL),
told AS (
    SELECT line, paid_amount AS more_amount FROM ledger_line WHERE kind = 'invoice' AND is_new AND paid_on IS NOT NULL
    UNION ALL
    SELECT line, since_amount - lag(since_amount, 1, 0::numeric) OVER (PARTITION BY found_id ORDER BY paid_amount, line)
    FROM in_all),
more AS (SELECT l.*, told.more_amount FROM told JOIN ledger_line l ON l.line = told.line WHERE told.more_amount > 0),
payments AS (
    INSERT INTO payment (seller_id, id, debtor_id, identity, paid_on, amount, currency, known_at, import_id)
    SELECT CAST(:seller_id AS uuid), payment_id, debtor_id, 'invoice:' || found_id || ':' || trim_scale(paid_amount),
        paid_on, more_amount, currency, CAST(:known_at AS timestamptz), CAST(:import_id AS uuid)
    FROM more),
allocations AS (
    INSERT INTO allocation (seller_id, id, invoice_id, payment_id, amount, happened_on, known_at)
    SELECT CAST(:seller_id AS uuid), allocation_id, found_id, payment_id, more_amount, paid_on,
        CAST(:known_at AS timestamptz)
    FROM more WHERE is_new)
INSERT INTO ledger_part (id, line, turn, position, payment_id, happened_on, asked_amount, amount, invoice_id,
    debtor_id, currency, due_on, open_amount, paid_amount, settled_on, disputed)
SELECT allocation_id, line, 0, 0, m.payment_id, m.paid_on, more_amount, least(more_amount, i.open_amount), i.id,
    i.debtor_id, i.currency, i.due_on, i.open_amount, i.paid_amount, i.settled_on, i.disputed
FROM more m CROSS JOIN LATERAL (
    SELECT * FROM invoice WHERE seller_id = CAST(:seller_id AS uuid) AND id = m.found_id LIMIT 1) i WHERE NOT m.is_new
"""
MEET_SETTLEMENTS = """
UPDATE ledger_line l SET code = 'reference_taken',
    detail = 'known with other content: paid_on ' || p.paid_on, is_changed = false
FROM (
    SELECT given.line, met.paid_on FROM ledger_line given CROSS JOIN LATERAL (
        SELECT * FROM payment WHERE seller_id = CAST(:seller_id AS uuid)
            AND identity = 'invoice:' || given.found_id || ':' || trim_scale(given.paid_amount) LIMIT 1) met
    WHERE given.kind = 'invoice' AND given.code IS NULL AND NOT given.is_new AND met.paid_on <> given.paid_on) p
WHERE l.line = p.line
"""

# --- Parts settle invoices -------------------------------------------------------------------------------------------

# A credit note names its invoice once. A payment that is known may name invoices later: its parts become parts of the
# payment that is there, and tell how much of it goes to an invoice in all.
DROP_PARTS = """
DELETE FROM ledger_part p USING ledger_line l
WHERE l.line = p.line AND (l.code IS NOT NULL OR l.kind = 'credit_note' AND NOT l.is_new)
"""
MEET_PARTS = """
UPDATE ledger_part p SET payment_id = l.found_id, known_amount = (
    SELECT coalesce(sum(a.amount), 0) FROM allocation a WHERE a.payment_id = l.found_id AND a.invoice_id = p.invoice_id)
FROM ledger_line l WHERE l.line = p.line AND l.kind = 'payment' AND NOT l.is_new
"""
DROP_KNOWN_PARTS = "DELETE FROM ledger_part WHERE known_amount >= asked_amount"

# Whether any two parts want the same invoice, or come from the same payment: then they must take turns.
SHARED = """
SELECT count(*) > least(count(DISTINCT invoice_id), count(DISTINCT line)) OR count(known_amount) > 0 FROM ledger_part
"""
PARTS = """
SELECT p.id, p.line, l.kind = 'payment' AND NOT l.is_new AS is_met,
    coalesce(p.payment_id, p.credit_note_id) AS origin_id, p.invoice_id, p.asked_amount, p.known_amount,
    p.open_amount AS room_amount, CASE WHEN l.kind = 'invoice' THEN p.asked_amount
        WHEN l.is_new THEN l.amount ELSE l.amount
            - (SELECT coalesce(sum(a.amount), 0) FROM allocation a WHERE a.payment_id = p.payment_id)
            - (SELECT coalesce(sum(r.amount), 0) FROM payment_return r WHERE r.payment_id = p.payment_id)
            - (SELECT coalesce(sum(b.amount), 0) FROM prepayment b WHERE b.payment_id = p.payment_id)
        END AS rest_amount
FROM ledger_part p JOIN ledger_line l ON l.line = p.line
ORDER BY p.turn, p.line, p.position
"""
REFUSE_SPENT = """
UPDATE ledger_line SET code = 'reference_taken',
    detail = 'known with other content: all of it is allocated to other invoices' WHERE line = ANY(:lines)
"""
TAKE_TURNS = """
UPDATE ledger_part p SET amount = coalesce((
    SELECT g.amount FROM unnest(CAST(:ids AS uuid[]), CAST(:amounts AS numeric[])) AS g (id, amount)
    WHERE g.id = p.id), 0)
"""
ALLOCATE = """
INSERT INTO allocation (seller_id, id, invoice_id, payment_id, credit_note_id, amount, rule, happened_on, known_at)
SELECT CAST(:seller_id AS uuid), id, invoice_id, payment_id, credit_note_id, amount, rule, happened_on,
    CAST(:known_at AS timestamptz)
FROM ledger_part WHERE amount > 0
"""

# --- What that makes of the invoices ---------------------------------------------------------------------------------

REMEMBER = """
INSERT INTO ledger_state SELECT DISTINCT ON (invoice_id) -1, invoice_id, debtor_id, currency, due_on, open_amount,
    paid_amount, settled_on, disputed FROM ledger_part WHERE amount > 0 ORDER BY invoice_id
"""
REMEMBER_DISPUTED = """
INSERT INTO ledger_state SELECT -1, id, debtor_id, currency, due_on, open_amount, paid_amount, settled_on, disputed
FROM invoice WHERE seller_id = CAST(:seller_id AS uuid) AND id = ANY(ARRAY(
    SELECT found_id FROM ledger_line WHERE is_changed EXCEPT SELECT id FROM ledger_state))
"""
DISPUTE = """
UPDATE invoice SET disputed = true, disputed_known_at = CAST(:known_at AS timestamptz)
WHERE seller_id = CAST(:seller_id AS uuid) AND id = ANY(ARRAY(SELECT found_id FROM ledger_line WHERE is_changed))
"""
# A buyer paid on the day of his last payment, however late the credit note for the rest came. Money that was taken
# back, or belonged elsewhere, did not pay: a payment counts while what it gave the invoice is above nothing.
LAST_PAID_ON = """
SELECT coalesce(max(o.last_on) FILTER (WHERE o.is_payment), max(o.last_on)) FROM (
    SELECT a.payment_id IS NOT NULL AS is_payment, max(a.happened_on) FILTER (WHERE a.amount > 0) AS last_on
    FROM allocation a WHERE a.seller_id = CAST(:seller_id AS uuid) AND a.invoice_id = i.id
    GROUP BY a.payment_id, a.credit_note_id HAVING sum(a.amount) > 0) o
"""
SETTLE = f"""
WITH settled AS (
UPDATE invoice i SET open_amount = i.open_amount - t.amount, paid_amount = i.paid_amount + t.paid_amount,
    settled_on = CASE WHEN i.open_amount = t.amount THEN CASE
        WHEN i.open_amount = i.amount AND t.origins = 1 THEN t.last_on ELSE ({LAST_PAID_ON}) END END
FROM (
    SELECT invoice_id, sum(amount) AS amount, coalesce(sum(amount) FILTER (WHERE payment_id IS NOT NULL), 0)
        AS paid_amount, count(*) AS origins, max(happened_on) AS last_on
    FROM ledger_part WHERE amount > 0 GROUP BY invoice_id) t
WHERE i.seller_id = CAST(:seller_id AS uuid) AND i.id = t.invoice_id
    AND i.id = ANY(ARRAY(SELECT invoice_id FROM ledger_part WHERE amount > 0))
RETURNING i.id, i.debtor_id, i.currency, i.due_on, i.open_amount, i.paid_amount, i.settled_on, i.disputed)
INSERT INTO ledger_state SELECT 1, * FROM settled
"""  # noqa: S608
SEE_DISPUTED = """
INSERT INTO ledger_state SELECT 1, id, debtor_id, currency, due_on, open_amount, paid_amount, settled_on, disputed
FROM invoice WHERE seller_id = CAST(:seller_id AS uuid) AND id = ANY(ARRAY(
    SELECT found_id FROM ledger_line WHERE is_changed EXCEPT SELECT id FROM ledger_state WHERE sign = 1))
"""
USE_CREDIT_NOTES = """
UPDATE credit_note c SET unused_amount = c.unused_amount - p.amount
FROM (SELECT credit_note_id, sum(amount) AS amount FROM ledger_part WHERE amount > 0 AND credit_note_id IS NOT NULL
    GROUP BY credit_note_id) p
WHERE c.seller_id = CAST(:seller_id AS uuid) AND c.id = p.credit_note_id
    AND c.id = ANY(ARRAY(SELECT credit_note_id FROM ledger_part WHERE amount > 0 AND credit_note_id IS NOT NULL))
"""
