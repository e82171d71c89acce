"""How late all debtors of a seller together paid in a window: one row for each currency, counted now and then."""

from datetime import date

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from api.records.base import Base, OfSeller


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
