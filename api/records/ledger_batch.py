"""Takes ledger lines in one transaction: rows, allocations, exposure and days move together or not at all.

The lines stand in three temporary tables (`ledger_lines.TABLES`), and each step writes what the next ones read:

| Step | Reads | Leaves |
|---|---|---|
| `stage` | the lines | `ledger_line` with ids for every row a line may need; `ledger_part`: what it settles |
| ADD_... | new lines | rows of invoices, credit notes and payments; `is_new`, `found_id` of new invoices |
| MEET_... | the others, the rows they meet | `found_id`, and `detail` where content differs; of invoices also |
| | | `paid_before`, `open_before`, and `is_changed` for a new dispute |
| FIND_PARTS, REFUSE_PARTS | `ledger_part` | `invoice_id` of a part; `code`, `detail` of a line without invoice |
| REFUSE_OTHERS | `detail` | `code` |
| ADD_SETTLEMENTS | `paid_...`, `open_before` | payments; parts that settle invoices that were there |
| MEET_SETTLEMENTS | payments | `code`, `detail` of a line with another day |
| DROP_..., MEET_PARTS | `code`, allocations | no parts that change nothing; `payment_id`, `known_amount` |
| REMEMBER | the parts, `is_changed` | `ledger_before`: the invoices that may change, as they were |
| DISPUTE | `is_changed` | the dispute |
| `fill`, ALLOCATE | the parts, `ledger_before` | `amount` of a part; allocations |
| SETTLE, USE_CREDIT_NOTES | `amount` | what is open, paid, settled and unused |
| MOVE | all three | exposure entries, balances and days |

A line with a `code` is refused and no later step touches it. Steps that a batch has nothing for are left out.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.problems import Conflict
from api.records import debtor_days, debtors, ledger_rows, ledger_settling
from api.records.exposure import moving
from api.records.ledger_lines import LedgerLine, LineResult, stage

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
    side.amount, kind, found_id, dated_on
FROM ledger_line l
LEFT JOIN (SELECT line, sum(amount) AS amount FROM ledger_part GROUP BY line) used ON used.line = l.line
CROSS JOIN LATERAL (VALUES ('invoiced', -coalesce(used.amount, 0)),
    ('unallocated', coalesce(used.amount, 0) - CASE WHEN is_new THEN l.amount ELSE 0 END)) AS side (stage, amount)
WHERE kind <> 'invoice' AND code IS NULL AND side.amount <> 0
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


def take(
    session: Session, lines: Sequence[LedgerLine], known_at: datetime, import_id: UUID | None = None
) -> list[LineResult]:
    """Take lines in the transaction of their seller; gives what became of each, in the order of `line`.

    Locks the debtors. Within a batch invoices come first, then credit notes, then payments. What is already stored
    with the same content is known and changes nothing; with other content it is refused as `reference_taken`. A
    payment that is known may name invoices it did not name before. Raises ValueError for a line that cannot be one, and
    Conflict when a debtor was merged since it was found.
    """
    locked = debtors.lock(session, {each.debtor_id for each in lines})
    if any(each.merged_into_id for each in locked):
        # The lines would stay with a debtor that nobody looks at any more.
        raise Conflict("A debtor was merged into another one a moment ago: send it again.", code="merged_before")
    stage(session, lines)
    steps = _Steps(session, known_at, import_id)
    _add(steps, lines)
    if any(each.settles or each.disputed or each.paid_on for each in lines):
        _settle(steps, lines)
    steps.run(MOVE)
    return [LineResult(*row) for row in session.execute(RESULTS)]


class _Steps:
    """Runs the statements of one batch, giving each the values it names."""

    def __init__(self, session: Session, known_at: datetime, import_id: UUID | None) -> None:
        self.session = session
        self.values = {"seller_id": session.info["seller_id"], "known_at": known_at, "import_id": import_id}
        self.meets = False  # Whether any invoice line met what was there, so that it has more to say than a new row.

    def run(self, *statements: str, **more: Any) -> Any:
        """Run statements in their order; gives the result of the last one."""
        for statement in statements:
            named = {name: value for name, value in (self.values | more).items() if f":{name}" in statement}
            result = self.session.execute(text(statement), named)
        return result


def _add(steps: _Steps, lines: Sequence[LedgerLine]) -> None:
    """Make rows of what is new, and hold the rest against what is there."""
    kinds = [each.kind for each in lines]
    if "invoice" in kinds:
        added_count = steps.run(ledger_rows.ADD_INVOICES).rowcount
        steps.meets = added_count < kinds.count("invoice")
    if steps.meets:
        steps.run(ledger_rows.MEET_INVOICES)
    if any(each.settles for each in lines):
        steps.run(ledger_rows.FIND_PARTS, ledger_rows.REFUSE_PARTS)
    if "credit_note" in kinds:
        steps.run(ledger_rows.ADD_CREDIT_NOTES, ledger_rows.MEET_CREDIT_NOTES)
    if "payment" in kinds:
        steps.run(ledger_rows.ADD_PAYMENTS, ledger_rows.MEET_PAYMENTS)
    if steps.meets or set(kinds) != {"invoice"}:
        steps.run(ledger_rows.REFUSE_OTHERS)


def _settle(steps: _Steps, lines: Sequence[LedgerLine]) -> None:
    """Let what was paid and credited settle invoices, and note disputes."""
    if any(each.paid_on for each in lines):
        steps.run(ledger_settling.ADD_SETTLEMENTS)
    has_parts = any(each.settles for each in lines)
    if steps.meets:
        steps.run(ledger_settling.MEET_SETTLEMENTS)
    if has_parts:
        steps.run(ledger_settling.DROP_PARTS, ledger_settling.MEET_PARTS, ledger_settling.DROP_KNOWN_PARTS)
    if not has_parts and not steps.meets:
        return  # New invoices, written as they are after their settlements.
    steps.run(ledger_settling.REMEMBER, ledger_settling.DISPUTE)
    filled = ledger_settling.fill(ledger_settling.Part(*row) for row in steps.run(ledger_settling.PARTS))
    if filled.spent_lines:
        steps.run(ledger_settling.REFUSE_SPENT, lines=filled.spent_lines)
    if filled.amounts:
        steps.run(ledger_settling.ALLOCATE, ids=list(filled.amounts), amounts=list(filled.amounts.values()))
        steps.run(ledger_settling.SETTLE, invoice_ids=list(filled.invoice_ids))
        if any(each.kind == "credit_note" for each in lines):
            steps.run(ledger_settling.USE_CREDIT_NOTES, origin_ids=list(filled.origin_ids))
