"""The ledger as it was on a day and as we knew it at a time: made from its rows, where no summary can say it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records import behaviour_rows
from api.records.behaviour_rows import LedgerView
from api.records.payments import RETURNABLE
from scoring.policy.grading import LATE_DAYS_KEPT, EvidencePolicy


@dataclass(frozen=True, slots=True)
class Clocks:
    """What was true on the day `as_of`, as far as we knew it at `known_at`; None: as far as we know."""

    as_of: date
    known_at: datetime | None = None


KNOWN_AT = "coalesce(CAST(:known_at AS timestamptz), 'infinity')"

# When an invoice was settled of which something was taken back: a payment that was returned in whole settled nothing.
LAST_OF_RETURNED = f"""(
    SELECT coalesce(max(last_on) FILTER (WHERE is_payment), max(last_on)) FROM (
        SELECT o.payment_id IS NOT NULL AS is_payment, max(o.happened_on) FILTER (WHERE o.amount > 0) AS last_on
        FROM allocation o
        WHERE o.invoice_id = known.id AND o.happened_on <= :as_of AND o.known_at <= {KNOWN_AT}
        GROUP BY o.payment_id, o.credit_note_id HAVING sum(o.amount) > 0) origins)"""  # noqa: S608


def items(condition: str, begin: str = ":as_of") -> str:
    """Give the SQL of the relations `items` and `excess`: the invoices that meet `condition`, by both clocks.

    `items` has the columns of `invoice` that say what it is, and how it stood: `disputed`, `open_amount`,
    `paid_amount`, `settled_on`, and `begin_amount`: what was open on the earlier day `begin`. An invoice counts from
    the day it bears and from when we knew it, and so does what settles it. Money that was there before its invoice, or
    that an invoice could not take yet, stands in `excess`: it lowered what was owed and settled nothing. The SQL takes
    `:as_of` and `:known_at`, and comes after WITH. Each invoice is asked by itself what settled it: behind row security
    the planner sees few rows, and any other join it would do in the slowest way.
    """
    return f"""
known AS (
    SELECT id, debtor_id, currency, invoice_number, invoiced_on, due_on, amount, vat_amount,
        disputed AND coalesce(disputed_known_at, known_at) <= {KNOWN_AT} AS disputed
    FROM invoice WHERE known_at <= {KNOWN_AT} AND {condition}),
stood AS (
    SELECT known.*, CASE WHEN invoiced_on <= :as_of THEN known.amount ELSE 0 END - coalesce(s.amount, 0) AS rest_amount,
        CASE WHEN invoiced_on <= {begin} THEN greatest(known.amount - coalesce(s.begin_amount, 0), 0) ELSE 0 END
            AS begin_amount,
        least(coalesce(s.paid_amount, 0), known.amount) AS paid_amount, s.last_on
    FROM known LEFT JOIN LATERAL (
        SELECT sum(a.amount) AS amount, sum(a.amount) FILTER (WHERE a.happened_on <= {begin}) AS begin_amount,
            sum(a.amount) FILTER (WHERE a.payment_id IS NOT NULL) AS paid_amount,
            CASE WHEN min(a.amount) < 0 THEN {LAST_OF_RETURNED} ELSE coalesce(
                max(a.happened_on) FILTER (WHERE a.payment_id IS NOT NULL), max(a.happened_on)) END AS last_on
        FROM allocation a
        WHERE a.invoice_id = known.id AND a.happened_on <= :as_of AND a.known_at <= {KNOWN_AT}) s ON true),
items AS (
    SELECT id, debtor_id, currency, invoice_number, invoiced_on, due_on, amount, vat_amount, disputed, begin_amount,
        greatest(rest_amount, 0) AS open_amount, paid_amount, CASE WHEN rest_amount <= 0 THEN last_on END AS settled_on
    FROM stood WHERE invoiced_on <= :as_of),
excess AS (SELECT debtor_id, currency, -sum(rest_amount) AS amount FROM stood WHERE rest_amount < 0 GROUP BY 1, 2)"""  # noqa: S608


def stages(condition: str) -> str:
    """Give the SQL of the relation `stages`: exposure by debtor, currency and stage, by both clocks, after `items`."""
    return f"""
moved AS (
    SELECT debtor_id, currency, stage, amount FROM exposure_entry
    WHERE happened_on <= :as_of AND known_at <= {KNOWN_AT} AND {condition}
    UNION ALL SELECT debtor_id, currency, 'invoiced', amount FROM excess
    UNION ALL SELECT debtor_id, currency, 'unallocated', -amount FROM excess),
stages AS (SELECT debtor_id, currency, stage, sum(amount) AS amount FROM moved GROUP BY debtor_id, currency, stage)"""  # noqa: S608


OF_DEBTOR = "debtor_id = :debtor_id"

# The same columns as the statements of `behaviour_rows` give. The peak of exposure is the highest of what stood when
# the window began and at the end of each day in it.
BEHAVIOUR = f"""
WITH {items(OF_DEBTOR)}, {stages(OF_DEBTOR)},
balance AS (SELECT currency, sum(amount) AS amount FROM stages WHERE stage <> 'scheduled' GROUP BY currency),
owed AS (
    SELECT currency, sum(amount) AS amount FROM (
        SELECT currency, amount FROM balance UNION ALL SELECT * FROM ({RETURNABLE}) r WHERE amount <> 0) sides
    GROUP BY currency),
days AS (
    SELECT happened_on AS day, sum(amount) AS change FROM exposure_entry
    WHERE {OF_DEBTOR} AND currency = :currency AND stage <> 'scheduled'
        AND happened_on > :window_from AND happened_on <= :as_of AND known_at <= {KNOWN_AT}
    GROUP BY happened_on),
since AS (SELECT change, sum(change) OVER (ORDER BY day DESC ROWS UNBOUNDED PRECEDING) AS change_since FROM days),
mine AS (SELECT * FROM items WHERE currency = :currency),
paid AS (SELECT *, settled_on - due_on AS late_days FROM mine WHERE settled_on IS NOT NULL AND paid_amount > 0),
agreed AS (SELECT * FROM paid WHERE NOT disputed),
settled_sums AS (
    SELECT count(*) AS settled_count, coalesce(sum(paid_amount), 0) AS settled_amount,
        coalesce(sum(paid_amount * late_days), 0) AS days_amount,
        coalesce(sum(paid_amount) FILTER (WHERE settled_on > :recent_from), 0) AS recent_amount,
        coalesce(sum(paid_amount * late_days) FILTER (WHERE settled_on > :recent_from), 0) AS recent_days_amount,
        coalesce(sum(paid_amount) FILTER (WHERE late_days > :late_days), 0) AS late_amount
    FROM agreed WHERE settled_on > :window_from)
SELECT settled_sums.*,
    (SELECT amount FROM balance WHERE currency = :currency) - coalesce((
        SELECT least(min(change_since), min(change_since - change)) FROM since), 0) AS peak_amount,
    overdue.amount AS overdue_amount, overdue.oldest_due_on,
    (SELECT min(settled_on) FROM agreed) AS first_settled_on,
    (SELECT coalesce(sum(open_amount), 0) FROM mine) AS open_amount,
    coalesce((SELECT json_object_agg(currency, amount::text) FROM owed), '{{{{}}}}') AS exposure {{lateness}}
FROM settled_sums, (SELECT coalesce(sum(open_amount), 0) AS amount, min(due_on) AS oldest_due_on FROM mine
    WHERE open_amount <> 0 AND NOT disputed AND due_on < :as_of) overdue
"""  # noqa: S608


def _counted(condition: str, late_days: str) -> str:
    """Give the SQL of the array that `LateCounts` is made of: of the items that meet `condition`."""
    over = (f"count(*) FILTER (WHERE {condition} AND {late_days} > {days})" for days in LATE_DAYS_KEPT)
    return f"ARRAY[count(*) FILTER (WHERE {condition}), {', '.join(over)}]"


LATENESS = f"""
    , (SELECT {_counted("settled_on > :lateness_from", "late_days")} FROM paid) AS whole,
    (SELECT {_counted("settled_on > :lateness_recent_from", "late_days")} FROM paid) AS recent,
    (SELECT {_counted("open_amount <> 0 AND due_on < :as_of", ":as_of - due_on")} FROM mine) AS past_due,
    NULL AS book, NULL AS book_counted_on"""  # noqa: S608
BEHAVIOURS = {
    has_lateness: text(BEHAVIOUR.format(lateness=LATENESS if has_lateness else "")) for has_lateness in (True, False)
}


def behaviour(session: Session, debtor_id: UUID, currency: str, clocks: Clocks, evidence: EvidencePolicy) -> LedgerView:
    """Give how a debtor had paid, and what he owed, by both clocks; else as `debtor_days.behaviour`.

    Lateness is without the book's: to count all invoices of a seller again would take too long to ask it of a debtor.
    """
    values = {
        **values_of(clocks, debtor_id),
        **behaviour_rows.values_of(currency, clocks.as_of, evidence),
        "late_days": evidence.late_days,
    }
    row = session.execute(BEHAVIOURS[evidence.lateness is not None], values).one()
    return behaviour_rows.view_of(row, clocks.as_of, evidence)


STAGES = text(
    f"WITH {items(OF_DEBTOR)}, {stages(OF_DEBTOR)} SELECT currency, stage, amount FROM stages"  # noqa: S608
    " WHERE amount <> 0 ORDER BY currency, stage"
)


def exposure(session: Session, debtor_id: UUID, clocks: Clocks) -> list[tuple[str, str, Decimal]]:
    """Give what a debtor owed or would owe: currency, stage and amount, zero ones left out."""
    return [
        (currency, stage, amount) for currency, stage, amount in session.execute(STAGES, values_of(clocks, debtor_id))
    ]


OPEN = text(
    f"WITH {items(OF_DEBTOR)} SELECT currency, due_on, sum(open_amount) FROM items"  # noqa: S608
    " WHERE open_amount <> 0 AND NOT disputed GROUP BY currency, due_on ORDER BY currency, due_on"
)


def due_open(session: Session, debtor_id: UUID, clocks: Clocks) -> list[tuple[str, date, Decimal]]:
    """Give what was open of a debtor's undisputed invoices, as `debtor_days.due_open` gives what is."""
    rows = session.execute(OPEN, values_of(clocks, debtor_id))
    return [(currency, day, amount) for currency, day, amount in rows]


def values_of(clocks: Clocks, debtor_id: UUID) -> dict[str, object]:
    """Give the values that the statements here name."""
    return {"debtor_id": debtor_id, "as_of": clocks.as_of, "known_at": clocks.known_at}
