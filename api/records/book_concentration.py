"""Who owes how much of the whole book, each with all below it."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# Of the tops of groups and of debtors without one: their sums hold what those below them owe.
TOPS = text("""
SELECT b.debtor_id, b.currency, sum(b.amount + b.below_amount) AS amount
FROM exposure_balance b JOIN debtor d ON d.seller_id = b.seller_id AND d.id = b.debtor_id
WHERE d.parent_id IS NULL AND d.merged_into_id IS NULL AND b.stage <> 'scheduled'
GROUP BY b.debtor_id, b.currency HAVING sum(b.amount + b.below_amount) > 0
""")


def owed_by_tops(session: Session) -> Sequence[tuple[UUID, str, Decimal]]:
    """Give what each group, and each debtor without one, owes now: its top, currency and amount above zero."""
    return [(debtor_id, currency, amount) for debtor_id, currency, amount in session.execute(TOPS)]
