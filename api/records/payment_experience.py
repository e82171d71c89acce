"""How a debtor paid what it paid in some months, as we knew it then: what a limit of our own may rest on."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.records.ledger_history import OF_DEBTOR, Clocks, items, values_of


@dataclass(frozen=True, slots=True)
class PaidItems:
    """How many invoices were settled by payment, and the latest of them and of what is open and due, in days late."""

    paid_count: int
    latest_days: int | None


PAID = text(
    f"WITH {items(OF_DEBTOR)} SELECT"  # noqa: S608
    " count(*) FILTER (WHERE settled_on > :since AND paid_amount > 0 AND NOT disputed),"
    " max(coalesce(settled_on, :as_of) - due_on) FILTER (WHERE NOT disputed"
    " AND (settled_on > :since OR (settled_on IS NULL AND due_on < :as_of))) FROM items"
)


def paid_since(session: Session, debtor_id: UUID, since: date, as_of: date, known_at: datetime) -> PaidItems:
    """Give the undisputed invoices settled after one day and by another, as far as we knew at a time."""
    values = {**values_of(Clocks(as_of, known_at), debtor_id), "since": since}
    return PaidItems(*session.execute(PAID, values).one())
