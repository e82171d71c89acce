"""How late all debtors of a seller together paid in a window: one row for each currency, counted now and then."""

from datetime import date, timedelta

from sqlalchemy import BigInteger, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, OfSeller
from api.records.behaviour_rows import PAID_COUNTS


class BookLatenessRecord(OfSeller, Base):
    """The counts of `debtor_day` of the `window_days` until `counted_on`, of all debtors together in one currency."""

    __tablename__ = "book_lateness"
    currency: Mapped[str] = mapped_column(primary_key=True)
    window_days: Mapped[int] = mapped_column(primary_key=True)
    counted_on: Mapped[date]
    paid_count: Mapped[int] = mapped_column(BigInteger)
    late_over_0_count: Mapped[int] = mapped_column(BigInteger)
    late_over_5_count: Mapped[int] = mapped_column(BigInteger)
    late_over_15_count: Mapped[int] = mapped_column(BigInteger)
    late_over_30_count: Mapped[int] = mapped_column(BigInteger)
    late_over_60_count: Mapped[int] = mapped_column(BigInteger)


# Row security hides from the planner how many rows there are: it would sort them, to add up a currency or two.
ALONE = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('book lateness ' || CAST(:seller_id AS text), 0)),"
    " set_config('enable_sort', 'off', true)"
)
# A currency in which nothing was settled any more has a row of zeros, and not what was counted long ago.
COUNT = text(f"""
INSERT INTO book_lateness (seller_id, currency, window_days, counted_on, {", ".join(PAID_COUNTS)})
SELECT CAST(:seller_id AS uuid), currency, CAST(:window_days AS int), CAST(:counted_on AS date),
    {", ".join(f"sum({name})" for name in PAID_COUNTS)}
FROM (
    SELECT currency, {", ".join(PAID_COUNTS)} FROM debtor_day
    WHERE paid_count <> 0 AND day > :counted_from AND day <= :counted_on
    UNION ALL SELECT currency{", 0" * len(PAID_COUNTS)} FROM book_lateness WHERE window_days = :window_days) counted
GROUP BY currency
ON CONFLICT (seller_id, currency, window_days) DO UPDATE SET counted_on = excluded.counted_on,
    {", ".join(f"{name} = excluded.{name}" for name in PAID_COUNTS)}
""")  # noqa: S608
IS_COUNTED = text(
    "SELECT EXISTS (SELECT FROM book_lateness WHERE window_days = :window_days AND counted_on = :counted_on)"
)


def count(session: Session, counted_on: date, window_days: int) -> None:
    """Count what the whole book settled in the `window_days` until `counted_on`, in every currency.

    In a transaction of its own, one after the other, so that whoever writes last has seen the most.
    """
    seller = {"seller_id": session.info["seller_id"]}
    session.execute(ALONE, seller)
    window = {"counted_on": counted_on, "counted_from": counted_on - timedelta(window_days), "window_days": window_days}
    session.execute(COUNT, seller | window)


def is_counted(session: Session, counted_on: date, window_days: int) -> bool:
    """Whether the book was counted on that day; one without a ledger never is."""
    return bool(session.scalar(IS_COUNTED, {"counted_on": counted_on, "window_days": window_days}))
