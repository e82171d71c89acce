"""SQL and sums by which ledger lines settle invoices: what an invoice line says was paid, and the named parts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from uuid import UUID

# --- What an invoice line says was paid becomes a payment of its own -------------------------------------------------

# `paid_amount` is all that was paid until `paid_on`, so only what is more than the payments we know is new, and no
# more than is open: files may be repeated, overlap, and come late.
ADD_SETTLEMENTS = """
WITH in_all AS (
    SELECT line, found_id, paid_amount,
        least(greatest(paid_amount - paid_before, 0), open_before) AS since_amount
    FROM ledger_line WHERE kind = 'invoice' AND NOT is_new AND code IS NULL AND paid_on IS NOT NULL),
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
INSERT INTO ledger_part (id, line, turn, position, debtor_id, invoice_id, payment_id, asked_amount, happened_on)
SELECT allocation_id, line, 0, 0, debtor_id, found_id, payment_id, more_amount, paid_on FROM more WHERE NOT is_new
"""
MEET_SETTLEMENTS = """
UPDATE ledger_line l SET code = 'reference_taken',
    detail = 'known with other content: paid_on ' || p.paid_on, is_changed = false
FROM payment p WHERE l.kind = 'invoice' AND l.code IS NULL AND NOT l.is_new AND l.paid_on IS NOT NULL
    AND p.identity = 'invoice:' || l.found_id || ':' || trim_scale(l.paid_amount) AND p.paid_on <> l.paid_on
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
REMEMBER = """
INSERT INTO ledger_before SELECT id, debtor_id, currency, invoiced_on, due_on, amount, open_amount, paid_amount,
    settled_on, disputed
FROM invoice WHERE id IN (SELECT invoice_id FROM ledger_part UNION SELECT found_id FROM ledger_line WHERE is_changed)
"""
DISPUTE = """
UPDATE invoice i SET disputed = true FROM (SELECT DISTINCT found_id FROM ledger_line WHERE is_changed) l
WHERE i.id = l.found_id
"""
PARTS = """
SELECT p.id, p.line, l.kind = 'payment' AND NOT l.is_new AS is_met,
    coalesce(p.payment_id, p.credit_note_id) AS origin_id, p.invoice_id, p.asked_amount, p.known_amount,
    b.open_amount AS room_amount, CASE WHEN l.kind = 'invoice' THEN p.asked_amount
        WHEN l.is_new THEN l.amount ELSE l.amount - (SELECT coalesce(sum(a.amount), 0) FROM allocation a
            WHERE a.payment_id = p.payment_id) END AS rest_amount
FROM ledger_part p JOIN ledger_line l ON l.line = p.line JOIN ledger_before b ON b.id = p.invoice_id
ORDER BY p.turn, p.line, p.position
"""
REFUSE_SPENT = """
UPDATE ledger_line SET code = 'reference_taken',
    detail = 'known with other content: all of it is allocated to other invoices' WHERE line = ANY(:lines)
"""
ALLOCATE = """
WITH filled AS (
    UPDATE ledger_part p SET amount = g.amount
    FROM unnest(CAST(:ids AS uuid[]), CAST(:amounts AS numeric[])) AS g (id, amount) WHERE g.id = p.id RETURNING p.*)
INSERT INTO allocation (seller_id, id, invoice_id, payment_id, credit_note_id, amount, happened_on, known_at)
SELECT CAST(:seller_id AS uuid), id, invoice_id, payment_id, credit_note_id, amount, happened_on,
    CAST(:known_at AS timestamptz)
FROM filled
"""
# A buyer paid on the day of his last payment, however late the credit note for the rest came. The rows are named by
# their ids: a join would be planned badly, row by row, in a database that has not counted its first import yet.
SETTLE = """
UPDATE invoice i SET (open_amount, paid_amount, settled_on) = (
    SELECT i.open_amount - sum(p.amount),
        i.paid_amount + coalesce(sum(p.amount) FILTER (WHERE p.payment_id IS NOT NULL), 0),
        CASE WHEN i.open_amount = sum(p.amount) THEN (
            SELECT coalesce(max(a.happened_on) FILTER (WHERE a.payment_id IS NOT NULL), max(a.happened_on))
            FROM allocation a WHERE a.invoice_id = i.id) END
    FROM ledger_part p WHERE p.invoice_id = i.id)
WHERE i.id = ANY(:invoice_ids)
"""
USE_CREDIT_NOTES = """
UPDATE credit_note c SET unused_amount = c.unused_amount - (
    SELECT sum(p.amount) FROM ledger_part p WHERE p.credit_note_id = c.id)
WHERE c.id = ANY(:origin_ids)
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a payment or credit note (its origin) that is to settle an invoice; all in one currency.

    `asked_amount` goes to the invoice in all, and `known_amount` of it did before this batch. `rest_amount` of the
    origin and `room_amount` of the invoice were free before it. `is_met`: the origin is told of again.
    """

    id: UUID
    line: int
    is_met: bool
    origin_id: UUID
    invoice_id: UUID
    asked_amount: Decimal
    known_amount: Decimal | None
    room_amount: Decimal
    rest_amount: Decimal


@dataclass(frozen=True, slots=True)
class Filled:
    """What each part settles, where that is above zero, the invoices and origins of these parts, and the lines that
    ask more of a payment that is used up.
    """

    amounts: dict[UUID, Decimal]
    invoice_ids: set[UUID]
    origin_ids: set[UUID]
    spent_lines: list[int]


def fill(parts: Iterable[Part]) -> Filled:
    """Let parts settle their invoices in their turn, as far as the origin and the invoice reach."""
    rests: dict[UUID, Decimal] = {}
    rooms: dict[UUID, Decimal] = {}
    given: dict[tuple[UUID, UUID], Decimal] = defaultdict(Decimal)  # Since the batch began, by origin and invoice.
    filled = Filled({}, set(), set(), [])
    for line, of_line in groupby(parts, key=lambda part: part.line):
        is_spent = takes = False
        for part in of_line:
            pair = (part.origin_id, part.invoice_id)
            rest = rests.setdefault(part.origin_id, part.rest_amount)
            room = rooms.setdefault(part.invoice_id, part.room_amount)
            known = (part.known_amount or Decimal(0)) + given[pair]
            amount = min(part.asked_amount - known, rest, room)
            is_spent |= part.is_met and not rest and not known and room > 0
            if amount > 0:
                filled.amounts[part.id] = amount
                filled.invoice_ids.add(part.invoice_id)
                filled.origin_ids.add(part.origin_id)
                rests[part.origin_id], rooms[part.invoice_id] = rest - amount, room - amount
                given[pair] += amount
                takes = True
        if is_spent and not takes:
            filled.spent_lines.append(line)
    return filled
