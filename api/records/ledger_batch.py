"""Takes ledger lines in one transaction: rows, allocations, exposure and days move together or not at all.

The lines stand in temporary tables (`ledger_staging.TABLES`), and each step writes what the next ones read:

| Step | Reads | Leaves |
|---|---|---|
| `stage` | the lines | `ledger_line`, with ids for every row a line may need; `ledger_asked`: what it is to settle |
| ADD_... | the lines | rows of invoices, credit notes and payments that were not there |
| MEET_... | lines that became no row, and rows | `is_new`, `found_id`, and `detail` where content differs; of |
| | | invoices also `paid_before`, `open_before`, and `is_changed` for a new dispute |
| FIND_PARTS, REFUSE_PARTS | `ledger_asked`, invoices | `ledger_part`: the invoice as it was; `code` of a line |
| REFUSE_OTHERS, NOT_NEW | `detail` | `code` |
| ADD_SETTLEMENTS | `paid_...`, `open_before` | payments; parts that settle invoices that were there |
| MEET_SETTLEMENTS | payments | `code`, `detail` of a line with another day |
| DROP_..., MEET_PARTS | `code`, allocations | no parts that change nothing; `payment_id`, `known_amount` |
| `fill` | the parts | `amount` of parts that must take turns |
| REMEMBER..., DISPUTE | the parts, `is_changed` | `ledger_state`: invoices as they were; the dispute |
| ALLOCATE, SETTLE, USE_CREDIT_NOTES | `amount` | allocations; what is open, paid, settled and unused; |
| SEE_DISPUTED | `is_changed` | in `ledger_state` the same invoices as they are |
| MOVE | all of them | exposure entries, balances and days |
| `returnables` | payments | what can be asked back, by its last day |
| `order_links` | the orders that lines name | orders billed and prepaid, bound money allocated |

A line with a `code` is refused and no later step touches it. Steps that a batch has nothing for are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.problems import Conflict
from api.records import (
    debtor_days,
    debtor_locks,
    held_orders,
    ledger_rows,
    ledger_settling,
    order_links,
    returnables,
)
from api.records.exposure import moving
from api.records.ledger_lines import LedgerLine, LineResult
from api.records.ledger_staging import Written, analyze_parts, counted, stage, write
from api.records.ledger_turns import Part, fill

# An entry has the id of the row it tells of, where it is the only one to tell of it.
INVOICE_ENTRIES = """
SELECT id, id, debtor_id, currency, 'invoiced', amount, 'invoice', id, dated_on
FROM ledger_line WHERE kind = 'invoice' AND is_new
"""
SETTLEMENT_ENTRIES = """
SELECT payment_id, payment_id, debtor_id, currency, 'invoiced', -paid_amount, 'payment', payment_id, paid_on
FROM ledger_line WHERE kind = 'invoice' AND is_new AND paid_on IS NOT NULL
UNION ALL
SELECT p.payment_id, p.payment_id, p.debtor_id, p.currency, 'invoiced', -p.amount, 'payment', p.payment_id,
    p.happened_on
FROM ledger_part p JOIN ledger_line l ON l.line = p.line WHERE l.kind = 'invoice' AND p.amount > 0
"""
MONEY_ENTRIES = """
SELECT CASE side.stage WHEN 'invoiced' THEN l.allocation_id ELSE l.id END, l.id, l.debtor_id, l.currency, side.stage,
    side.amount, l.kind, l.found_id, l.dated_on
FROM ledger_line l
LEFT JOIN (SELECT line, sum(amount) AS amount FROM ledger_part GROUP BY line) used ON used.line = l.line
CROSS JOIN LATERAL (VALUES ('invoiced', -coalesce(used.amount, 0)),
    ('unallocated', coalesce(used.amount, 0) - CASE WHEN is_new THEN l.amount ELSE 0 END)) AS side (stage, amount)
WHERE l.kind <> 'invoice' AND code IS NULL AND side.amount <> 0
"""
STATE = "debtor_id, currency, invoiced_on, due_on, amount, open_amount, paid_amount, settled_on, disputed"
# A new invoice is put in its days; one that was there is taken out as it was and put in as it is.
NEW_STATES = """
SELECT 1, debtor_id, currency, dated_on, due_on, amount,
    amount - coalesce(paid_amount, 0), coalesce(paid_amount, 0), CASE WHEN paid_amount = amount THEN paid_on END,
    disputed
FROM ledger_line WHERE kind = 'invoice' AND is_new
"""
CHANGED_STATES = """
SELECT sign, debtor_id, currency, NULL::date, due_on, NULL::numeric, open_amount, paid_amount, settled_on, disputed
FROM ledger_state
"""


@cache
def _move(has_invoices: bool, settles_at_once: bool, has_money: bool, changes: bool) -> str:
    """Give the statement that moves exposure, balances and days, of only those kinds that a batch has."""
    told = ((has_invoices, INVOICE_ENTRIES), (settles_at_once, SETTLEMENT_ENTRIES), (has_money, MONEY_ENTRIES))
    entries = " UNION ALL ".join(sql for is_there, sql in told if is_there)
    states = " UNION ALL ".join(
        sql for is_there, sql in ((has_invoices, NEW_STATES), (changes, CHANGED_STATES)) if is_there
    )
    if not states:
        return moving(entries)
    return moving(
        entries,
        also=f"states (sign, {STATE}) AS ({states}),",
        more_changes=f"UNION ALL {debtor_days.of_invoices('states')}",
    )


RESULTS = text("""
SELECT line, CASE WHEN code IS NOT NULL THEN 'refused'
    WHEN is_new OR is_changed OR EXISTS (SELECT FROM ledger_part p WHERE p.line = l.line AND p.amount > 0) THEN 'taken'
    ELSE 'known' END AS state, found_id, code, detail
FROM ledger_line l ORDER BY line
""")


REFUSED = text("SELECT line, 'refused', NULL::uuid, code, detail FROM ledger_line WHERE code IS NOT NULL ORDER BY line")
KNOWN = text("""
SELECT count(*) FROM ledger_line l WHERE code IS NULL AND NOT is_new AND NOT is_changed
    AND NOT EXISTS (SELECT FROM ledger_part p WHERE p.line = l.line AND p.amount > 0)
""")


# Of those, what this very import took before it was killed between the parts of a batch.
TAKEN_BEFORE = text("""
SELECT count(*) FROM ledger_line l WHERE code IS NULL AND NOT is_new AND NOT is_changed
    AND NOT EXISTS (SELECT FROM ledger_part p WHERE p.line = l.line AND p.amount > 0)
    AND CASE l.kind
        WHEN 'invoice' THEN (SELECT i.import_id FROM invoice i WHERE i.seller_id = :seller_id AND i.id = l.found_id)
        WHEN 'payment' THEN (SELECT p.import_id FROM payment p WHERE p.seller_id = :seller_id AND p.id = l.found_id)
        ELSE (SELECT c.import_id FROM credit_note c WHERE c.seller_id = :seller_id AND c.id = l.found_id)
    END = :import_id
""")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of many lines: how many were taken, how many were known already, and those that were refused."""

    taken_count: int
    known_count: int
    refused: Sequence[LineResult]


def take(
    session: Session, lines: Sequence[LedgerLine], known_at: datetime, import_id: UUID | None = None
) -> list[LineResult]:
    """Take lines in the transaction of their seller; gives what became of each, in the order of `line`.

    Locks the debtors. Within a batch invoices come first, then credit notes, then payments. What is already stored
    with the same content is known and changes nothing; with other content it is refused as `reference_taken`. A
    payment that is known may name invoices it did not name before. Raises ValueError for a line that cannot be one, and
    Conflict when a debtor was merged since it was found.
    """
    if not lines:
        return []
    done = _take(session, write(lines), known_at, import_id)
    results = [LineResult(*row) for row in session.execute(RESULTS)]
    return [replace(each, order_id=done.linked.get(each.line)) for each in results] if done.linked else results


def take_written(
    session: Session, written: Written, known_at: datetime, import_id: UUID | None = None, *, goes_on: bool = False
) -> Taken:
    """Take lines that were written before, as `take` does; gives only what is not simply taken, which is quicker.

    Where an import goes on that was killed, what it took of these lines itself counts as taken.
    """
    if not written.count:
        return Taken(0, 0, ())
    if not _take(session, written, known_at, import_id).meets:
        return Taken(written.count, 0, ())
    refused = [LineResult(*row) for row in session.execute(REFUSED)]
    known_count = session.scalar(KNOWN) or 0
    if goes_on:
        values = {"seller_id": session.info["seller_id"], "import_id": import_id}
        known_count -= session.scalar(TAKEN_BEFORE, values) or 0
    return Taken(written.count - known_count - len(refused), known_count, refused)


@dataclass(frozen=True, slots=True)
class _Done:
    """Whether any line was not simply new, and the orders that lines were linked to."""

    meets: bool
    linked: Mapping[int, UUID]


def _take(session: Session, written: Written, known_at: datetime, import_id: UUID | None) -> _Done:
    """Take lines; what may free a held order has the held orders of their debtors judged again."""
    if debtor_locks.hold(session, written.debtor_ids):
        # The lines would stay with a debtor that nobody looks at any more.
        raise Conflict("A debtor was merged into another one a moment ago: send it again.", code="merged_before")
    stage(session, written)
    steps = _Steps(session, known_at, import_id)
    _add(steps, written)
    changes = bool(written.asked or written.pays_at_once or steps.meets) and _settle(steps, written)
    has_money = written.count > written.counts["invoice"]
    steps.run(_move(written.counts["invoice"] > 0, written.pays_at_once, has_money, changes))
    if written.has_returnable:
        steps.run(returnables.ADD_LINES)
    counted(session, written)
    linked = order_links.link(session, known_at) if written.named_orders else {}
    if has_money or written.pays_at_once or linked:
        held_orders.look_again(session, map(UUID, written.debtor_ids.strip("{}").split(",")))
    return _Done(steps.meets, linked)


class _Steps:
    """Runs the statements of one batch, giving each the values it names."""

    def __init__(self, session: Session, known_at: datetime, import_id: UUID | None) -> None:
        self.session = session
        self.values = {"seller_id": session.info["seller_id"], "known_at": known_at, "import_id": import_id}
        self.meets = False  # Whether any line met what was there, or was refused: then it became no row.

    def run(self, *statements: str, **more: Any) -> Any:
        """Run statements in their order; gives the result of the last one."""
        for statement in statements:
            named = {name: value for name, value in (self.values | more).items() if f":{name}" in statement}
            result = self.session.execute(text(statement), named)
        return result

    def add(self, add: str, meet: str, count: int) -> None:
        """Make rows of lines, and where that is not all of them, hold the others against what is there."""
        if self.run(add).rowcount < count:
            self.meets = True
            self.run(meet)


def _add(steps: _Steps, written: Written) -> None:
    """Make rows of what is new, and hold the rest against what is there."""
    counts = written.counts
    if written.named_orders and counts["invoice"]:
        steps.run(order_links.WHOLE)
        if written.pays_at_once:
            steps.run(order_links.LESS_PREPAID)
    if counts["invoice"]:
        steps.add(ledger_rows.ADD_INVOICES, ledger_rows.MEET_INVOICES, counts["invoice"])
    if written.asked:
        steps.run(ledger_rows.FIND_PARTS)
        analyze_parts(steps.session, written)
        steps.run(ledger_rows.REFUSE_PARTS)
    if counts["credit_note"]:
        steps.add(ledger_rows.ADD_CREDIT_NOTES, ledger_rows.MEET_CREDIT_NOTES, counts["credit_note"])
    if counts["payment"]:
        steps.add(ledger_rows.ADD_PAYMENTS, ledger_rows.MEET_PAYMENTS, counts["payment"])
    if steps.meets and written.named_orders:
        steps.run(order_links.MEET_ORDERS)
    if steps.meets:
        steps.run(ledger_rows.REFUSE_OTHERS, ledger_rows.NOT_NEW)


def _settle(steps: _Steps, written: Written) -> bool:
    """Let what was paid and credited settle invoices, and note disputes. Says whether invoices changed."""
    if written.pays_at_once:
        steps.run(ledger_settling.ADD_SETTLEMENTS)
    if steps.meets:
        steps.run(ledger_settling.MEET_SETTLEMENTS, ledger_settling.DROP_PARTS, ledger_settling.MEET_PARTS)
        steps.run(ledger_settling.DROP_KNOWN_PARTS)
    if not written.asked and not steps.meets:
        return False  # New invoices, written as they are after their settlements.
    if steps.run(ledger_settling.SHARED).scalar():
        filled = fill(Part(*row) for row in steps.run(ledger_settling.PARTS))
        if filled.spent_lines:
            steps.run(ledger_settling.REFUSE_SPENT, lines=filled.spent_lines)
        steps.run(ledger_settling.TAKE_TURNS, ids=list(filled.amounts), amounts=list(filled.amounts.values()))
    steps.run(ledger_settling.REMEMBER)
    if steps.meets:
        steps.run(ledger_settling.REMEMBER_DISPUTED, ledger_settling.DISPUTE)
    steps.run(ledger_settling.ALLOCATE, ledger_settling.SETTLE)
    if written.counts["credit_note"]:
        steps.run(ledger_settling.USE_CREDIT_NOTES)
    if steps.meets:
        steps.run(ledger_settling.SEE_DISPUTED)
    return True
