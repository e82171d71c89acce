"""The Dutch law's numbers as they stand here: those that come with the program, and interest rates added since."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.records.public_rates import PublicRateRecord
from scoring.statutory.law import InterestRate, dutch_law

COUNTRY = "NL"


def commercial_interest(session: Session, known_at: datetime | None = None) -> tuple[InterestRate, ...]:
    """Give the rates of statutory commercial interest, in % a year, oldest first.

    A rate that was added takes the place of the shipped one of its day; of corrections the last that was known at
    `known_at` holds (None: as far as we know). The shipped ones count as always known: they were law.
    """
    record = PublicRateRecord
    query = select(record).where(record.kind == "statutory_commercial_interest", record.name == COUNTRY)
    if known_at is not None:
        query = query.where(record.known_at <= known_at)
    rates = {each.valid_from: each for each in dutch_law().commercial_interest}
    for each in session.scalars(query.order_by(record.valid_on, record.known_at)):
        rates[each.valid_on] = InterestRate(each.valid_on, each.value, each.source)
    return tuple(rates[day] for day in sorted(rates))
