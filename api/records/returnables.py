"""What was collected by direct debit and can still be asked back: it is owed until its last day is over.

Summed by that day, so that what counts is read from a few rows however many payments there were, and nobody has to take
anything out of a sum when a day is over.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base
from api.records.debtor_locks import ABOVE, SIGNS


class ReturnableDayRecord(Base):
    """What of a debtor's payments in one currency can be asked back until the end of a day.

    `below_amount` is the same of all debtors below it in its group.
    """

    __tablename__ = "returnable_day"
    # Those of the payments that it sums; checks of its own would only cost time for each row.
    seller_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)
    debtor_id: Mapped[UUID] = mapped_column(primary_key=True)
    until_on: Mapped[date] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[Decimal]
    below_amount: Mapped[Decimal]


def counting(debtor: str, day: str) -> str:
    """Give the SQL condition on rows of `returnable_day` that count as exposure of a debtor on a day.

    Both are SQL. This is the one rule: what can be asked back counts as owed to the end of its last day.
    """
    return f"debtor_id = {debtor} AND until_on >= {day}"


def _adding(given: str) -> str:
    """Give the statement that adds amounts to a debtor's days, and to those of all above it.

    `given` is the SQL of: debtor_id, until_on, currency, amount. The statement takes `:seller_id`.
    """
    return f"""
WITH RECURSIVE given (debtor_id, until_on, currency, amount) AS ({given}), {ABOVE}
INSERT INTO returnable_day AS r (seller_id, debtor_id, until_on, currency, amount, below_amount)
SELECT CAST(:seller_id AS uuid), debtor_id, until_on, currency, sum(amount), sum(below_amount) FROM (
    SELECT debtor_id, until_on, currency, amount, 0 AS below_amount FROM given
    UNION ALL SELECT a.above_id, g.until_on, g.currency, 0, g.amount
    FROM above a JOIN given g ON g.debtor_id = a.debtor_id) sides
GROUP BY debtor_id, until_on, currency ORDER BY debtor_id, until_on, currency
ON CONFLICT (seller_id, debtor_id, until_on, currency) DO UPDATE
SET amount = r.amount + excluded.amount, below_amount = r.below_amount + excluded.below_amount
"""  # noqa: S608  # No text but our own.


# Of a batch of ledger lines, those that became payments.
ADD_LINES = _adding(
    "SELECT debtor_id, returnable_until, currency, amount FROM ledger_line"
    " WHERE kind = 'payment' AND code IS NULL AND is_new AND returnable_until IS NOT NULL"
)
TAKE_BACK = text(
    _adding(
        "SELECT debtor_id, returnable_until, currency, -CAST(:amount AS numeric) FROM payment"
        " WHERE seller_id = CAST(:seller_id AS uuid) AND id = :payment_id AND returnable_until IS NOT NULL"
    )
)


def take_back(session: Session, payment_id: UUID, amount: Decimal) -> None:
    """Take off what was taken back of a payment: that is open again instead. Its debtor and all above are locked."""
    values = {"seller_id": session.info["seller_id"], "payment_id": payment_id, "amount": amount}
    session.execute(TAKE_BACK, values)


OWED = text(f"""
SELECT currency, sum(amount), sum(amount + below_amount) FROM returnable_day
WHERE {counting(":debtor_id", ":day")} GROUP BY currency ORDER BY currency
""")  # noqa: S608


def owed(session: Session, debtor_id: UUID, day: date, *, with_below: bool = False) -> dict[str, Decimal]:
    """Give what can be asked back of a debtor's payments on a day, by currency; `with_below`: and of all below it."""
    rows = session.execute(OWED, {"debtor_id": debtor_id, "day": day})
    found = {currency: whole if with_below else own for currency, own, whole in rows}
    return {currency: amount for currency, amount in found.items() if amount}


REGROUP = text(f"""
WITH RECURSIVE {SIGNS},
moved AS (
    SELECT until_on, currency, sum(amount + below_amount) AS amount FROM returnable_day
    WHERE debtor_id = ANY(:moved_ids) GROUP BY until_on, currency HAVING sum(amount + below_amount) <> 0)
INSERT INTO returnable_day AS r (seller_id, debtor_id, until_on, currency, amount, below_amount)
SELECT CAST(:seller_id AS uuid), signs.id, until_on, currency, 0, sign * amount FROM signs CROSS JOIN moved
ON CONFLICT (seller_id, debtor_id, until_on, currency) DO UPDATE
SET below_amount = r.below_amount + excluded.below_amount
""")  # noqa: S608  # No text but our own.


def regroup(session: Session, moved_ids: Sequence[UUID], from_id: UUID | None, to_id: UUID | None) -> None:
    """Move what can be asked back of debtors, and of all below them, from one parent's group to another's.

    A part of `exposure.regroup`, which says what must be locked.
    """
    ends = {"from_id": from_id, "to_id": to_id}
    session.execute(REGROUP, {"seller_id": session.info["seller_id"], "moved_ids": list(moved_ids), **ends})
