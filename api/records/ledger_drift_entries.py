"""SQL that holds the exposure entries against the rows that they tell of.

For each source, stage, day and time of knowing, the entries must sum to what the rows say. An invoice is an amount that
is invoiced; a payment or credit note is one that is unallocated, and each allocation moves a part of it to the
invoices; what was returned is taken out of it again, and so is what is bound to an order. What orders move is held
against the orders (`ledger_drift_orders`), and movements of other kinds have no rows here and are left alone.

Entries are add-only, so that a wrong one is answered by a further one. Movements that `ledger.corrected.v1` names are
such answers: they are known later than what they correct, and where there are some, only the sums of the day count.
"""

CORRECTED = "ledger.corrected.v1"
_KEY = "debtor_id, currency, source_kind, source_id, stage, happened_on"
_SETTLEMENTS = """
SELECT debtor_id, currency, '{kind}', id, 'unallocated', {day}, known_at, -amount, 0 FROM {kind} WHERE {{of}}
UNION ALL
SELECT o.debtor_id, o.currency, '{kind}', o.id, side.stage, a.happened_on, a.known_at, side.sign * a.amount, 0
FROM allocation a JOIN {kind} o ON o.id = a.{kind}_id
CROSS JOIN (VALUES ('invoiced', -1), ('unallocated', 1)) AS side (stage, sign) WHERE {{of}} {lapsed}
"""
# A discount or difference that is taken back lapses: the invoice is open again, and nothing waits unused.
_LAPSED = "AND NOT (side.stage = 'unallocated' AND a.amount < 0 AND o.kind <> 'credit_note')"
_SIDES = f"""
SELECT debtor_id, currency, 'invoice' AS source_kind, id AS source_id, 'invoiced' AS stage, invoiced_on AS happened_on,
    known_at, amount AS expected, 0 AS found
FROM invoice WHERE {{of}}
UNION ALL {_SETTLEMENTS.format(kind="payment", day="paid_on", lapsed="")}
UNION ALL {_SETTLEMENTS.format(kind="credit_note", day="credited_on", lapsed=_LAPSED)}
UNION ALL
SELECT p.debtor_id, p.currency, 'payment', p.id, 'unallocated', r.returned_on, r.known_at, r.amount, 0
FROM payment_return r JOIN payment p ON p.id = r.payment_id WHERE {{of}}
UNION ALL
SELECT p.debtor_id, p.currency, 'payment', p.id, 'unallocated', b.happened_on, b.known_at, b.amount, 0
FROM prepayment b JOIN payment p ON p.id = b.payment_id WHERE {{of}}
UNION ALL
SELECT debtor_id, currency, source_kind, source_id, stage, happened_on, known_at, 0, amount
FROM exposure_entry WHERE source_kind IN ('invoice', 'payment', 'credit_note') AND {{of}}
"""  # noqa: S608
# `known_at` is null for a day with corrections.
DIFFERENCES = f"""
WITH exact AS (
    SELECT {_KEY}, known_at, sum(expected) AS expected, sum(found) AS found FROM ({_SIDES}) sides
    GROUP BY {_KEY}, known_at HAVING sum(expected) <> sum(found)),
corrected AS (
    SELECT DISTINCT e.debtor_id, e.currency, e.source_kind, e.source_id, e.stage, e.happened_on
    FROM event v JOIN exposure_entry e ON e.debtor_id = v.debtor_id AND e.known_at = v.known_at
        AND e.movement_id = CAST(v.data ->> 'movement_id' AS uuid)
    WHERE v.type = '{CORRECTED}')
SELECT {_KEY}, known_at, expected, found FROM exact x
WHERE NOT EXISTS (SELECT FROM corrected c WHERE (c.debtor_id, c.currency, c.source_kind, c.source_id, c.stage,
    c.happened_on) = (x.debtor_id, x.currency, x.source_kind, x.source_id, x.stage, x.happened_on))
UNION ALL
SELECT {_KEY}, NULL, sum(expected), sum(found) FROM exact JOIN corrected USING ({_KEY})
GROUP BY {_KEY} HAVING sum(expected) <> sum(found)
"""  # noqa: S608
ENTRIES = f"""
SELECT debtor_id, 'entries of ' || source_kind || ' ' || source_id || ': ' || stage || ' ' || currency || ' on '
    || happened_on || coalesce(', known at ' || known_at, '') AS what, trim_scale(expected)::text AS expected,
    trim_scale(found)::text AS found
FROM ({DIFFERENCES}) differences
"""  # noqa: S608
