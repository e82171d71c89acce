"""SQL that holds orders against their rows: deliveries, invoices, prepayments, and the exposure that they add.

Each statement takes the text `{of}`, a condition on `debtor_id`, and gives debtor_id, what, expected and found; those
named EXPECTED and DIFFERENCES give columns instead, for who sets them right.
"""

# How far an order is follows from its rows, and what it adds to exposure from how far it is, as
# `scoring.order_stages` says. Which part of a released order lies beyond the horizon no row tells: its sum is held.
# One that waits keeps none of that, and no more than fitted when it was judged; in the policy's currency that is told.
ORDERS_EXPECTED = """
SELECT o.*, CASE
        WHEN state = 'released' THEN greatest(to_deliver - greatest(prepaid_expected - to_invoice, 0), 0)
        WHEN state = 'held' THEN greatest(least(reserved_amount, fitted_amount, amount - invoiced_expected
            - prepaid_expected - coalesce(prepayment_required, 0) - to_invoice_expected), 0)
        ELSE 0 END AS waiting_expected
FROM (
    SELECT p.*, fitted.fitted_amount, greatest(delivered_expected - invoiced_expected, 0) AS to_invoice,
        greatest(amount - greatest(delivered_expected, invoiced_expected), 0) AS to_deliver,
        greatest(greatest(delivered_expected - invoiced_expected, 0) - prepaid_expected, 0) AS to_invoice_expected
    FROM (
        SELECT s.*,
            coalesce((SELECT sum(d.amount) FROM order_delivery d WHERE d.order_id = s.id), 0) AS delivered_expected,
            coalesce((SELECT sum(b.amount) FROM order_invoice b WHERE b.order_id = s.id), 0) AS invoiced_expected,
            coalesce((SELECT sum(p.amount) FROM prepayment p WHERE p.order_id = s.id), 0) AS prepaid_expected
        FROM sales_order s WHERE {of}) p
    LEFT JOIN LATERAL (
        SELECT (a.document ->> 'counted_amount')::numeric - (a.document ->> 'prepaid_cleared')::numeric
            - (d.judgement::jsonb ->> 'prepayment_required')::numeric AS fitted_amount
        FROM order_decision d CROSS JOIN LATERAL (SELECT d.facts::jsonb -> 'asked' AS document) a
        WHERE d.id = p.decision_id AND d.outcome = 'accept_prepayment' AND p.state = 'held'
            AND d.asked <> 'released' AND d.facts::jsonb ->> 'currency' = p.currency) fitted ON true) o
"""
# Entries of the order must sum to its columns, and be its debtor's and in its currency.
ENTRY_DIFFERENCES = """
SELECT debtor_id, currency, stage, order_id, sum(expected) AS expected, sum(found) AS found FROM (
    SELECT o.debtor_id, o.currency, side.stage, o.id AS order_id, side.amount AS expected, 0 AS found
    FROM sales_order o CROSS JOIN LATERAL (VALUES ('scheduled', o.scheduled_amount), ('reserved', o.reserved_amount),
        ('delivered', o.to_invoice_amount)) AS side (stage, amount) WHERE {of}
    UNION ALL
    SELECT debtor_id, currency, stage, source_id, 0, amount FROM exposure_entry
    WHERE source_kind = 'order' AND {of}) sides
GROUP BY debtor_id, currency, stage, order_id HAVING sum(expected) <> sum(found)
"""
ORDERS = f"""
SELECT debtor_id, 'order ' || id || ': ' || what AS what, trim_scale(expected)::text AS expected,
    trim_scale(found)::text AS found
FROM ({ORDERS_EXPECTED}) o CROSS JOIN LATERAL (VALUES
    ('delivered_amount', delivered_expected, delivered_amount),
    ('invoiced_amount', invoiced_expected, invoiced_amount),
    ('prepaid_amount', prepaid_expected, prepaid_amount),
    ('to_invoice_amount', to_invoice_expected, to_invoice_amount),
    ('scheduled and reserved', waiting_expected, scheduled_amount + reserved_amount)) AS told (what, expected, found)
WHERE expected <> found
UNION ALL
SELECT debtor_id, 'entries of order ' || order_id || ': ' || stage || ' ' || currency, trim_scale(expected)::text,
    trim_scale(found)::text
FROM ({ENTRY_DIFFERENCES}) d
"""  # noqa: S608
# Money is bound to orders of the debtor who paid it, in its currency; an invoice bills an order of its own debtor, and
# no more than it is.
PREPAYMENTS = """
SELECT o.debtor_id, 'order ' || o.id || ': taken away from it of payment ' || b.payment_id AS what,
    'at most what was bound' AS expected, trim_scale(-b.amount)::text || ' more' AS found
FROM (SELECT order_id, payment_id, sum(amount) AS amount FROM prepayment GROUP BY 1, 2 HAVING sum(amount) < 0) b
JOIN sales_order o ON o.id = b.order_id WHERE {of}
UNION ALL
SELECT o.debtor_id, 'order ' || o.id || ': prepaid by payment ' || p.id, 'one of the same debtor and currency',
    'one of debtor ' || p.payer_id || ' in ' || p.payer_currency
FROM prepayment b JOIN sales_order o ON o.id = b.order_id
JOIN (SELECT id, debtor_id AS payer_id, currency AS payer_currency FROM payment) p ON p.id = b.payment_id
WHERE (p.payer_id, p.payer_currency) <> (o.debtor_id, o.currency) AND {of}
UNION ALL
SELECT o.debtor_id, 'order ' || o.id || ': billed by invoice ' || i.id, 'one of the same debtor and currency',
    'one of debtor ' || i.billed_id || ' in ' || i.billed_currency
FROM order_invoice b JOIN sales_order o ON o.id = b.order_id
JOIN (SELECT id, debtor_id AS billed_id, currency AS billed_currency FROM invoice) i ON i.id = b.invoice_id
WHERE (i.billed_id, i.billed_currency) <> (o.debtor_id, o.currency) AND {of}
UNION ALL
SELECT i.debtor_id, 'invoice ' || i.id || ': bills orders', 'from 0 to ' || trim_scale(i.amount),
    trim_scale(b.billed_amount)::text
FROM (SELECT invoice_id, sum(amount) AS billed_amount FROM order_invoice GROUP BY 1) b
JOIN invoice i ON i.id = b.invoice_id WHERE (b.billed_amount < 0 OR b.billed_amount > i.amount) AND {of}
"""
RESERVATIONS = """
SELECT debtor_id, 'order ' || id || ': its reservation' AS what, 'ended at ' || expires_at AS expected,
    trim_scale(scheduled_amount + reserved_amount)::text AS found
FROM sales_order
WHERE expires_at <= CAST(:over_since AS timestamptz) AND scheduled_amount + reserved_amount > 0 AND {of}
"""
