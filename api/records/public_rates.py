"""Public rates: of exchange, and of interest by law; the same for every seller, each with its day and its source."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from api.records.base import Base

RATE_KINDS = ("exchange", "statutory_commercial_interest")


class PublicRateRecord(Base):
    """One rate, from `valid_on` on. A correction is a row that was known later.

    An `exchange` rate says how much of the currency `name` one euro is. A rate of interest is in per cent a year, in
    the country `name`.
    """

    __tablename__ = "public_rate"
    __table_args__ = (
        CheckConstraint(f"kind IN {RATE_KINDS}", name="kind"),
        CheckConstraint("value > 0", name="value"),
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    valid_on: Mapped[date] = mapped_column(primary_key=True)
    known_at: Mapped[datetime] = mapped_column(primary_key=True)
    value: Mapped[Decimal] = mapped_column(Numeric(24, 10))
    source: Mapped[str]
