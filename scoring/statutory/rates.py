"""The rate of statutory commercial interest of each day, and what is not known of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scoring.statutory.law import InterestRate, NotInForce

_HALF_YEAR_STARTS = (1, 7)


@dataclass(frozen=True, slots=True)
class RateStretch:
    """Days, first and last included, of one rate; `provisional` when their half-year has no rate of its own."""

    first_on: date
    last_on: date
    rate: InterestRate
    provisional: bool


def statutory_rate(rates: Sequence[InterestRate], day: date) -> InterestRate | None:
    """The rate of a day; None when its half-year has no row of its own: the last rate is never carried on.

    A contract of before 16 March 2013 bears one point less than the rates from that day on; that is left to the caller.
    """
    begun = [rate for rate in rates if rate.valid_from <= day]
    return begun[-1] if begun and half_year_of(begun[-1].valid_from) == half_year_of(day) else None


def rate_stretches(rates: Sequence[InterestRate], first_on: date, last_on: date) -> tuple[RateStretch, ...]:
    """The days from first to last by rate and half-year; the last known rate where one is missing, marked provisional.

    Raises NotInForce for days before the first rate.
    """
    stretches = []
    starts = sorted({first_on, *_changes(rates, first_on, last_on)})
    for index, start in enumerate(starts):
        end = starts[index + 1] - timedelta(days=1) if index + 1 < len(starts) else last_on
        known = [rate for rate in rates if rate.valid_from <= start]
        if not known:
            raise NotInForce(f"no rate of statutory interest is known on {start.isoformat()}")
        stretches.append(RateStretch(start, end, known[-1], provisional=statutory_rate(rates, start) is None))
    return tuple(stretches) if first_on <= last_on else ()


def half_year_of(day: date) -> date:
    """The first day of the half-year a day is in."""
    return date(day.year, 1 if day.month < 7 else 7, 1)


def _changes(rates: Sequence[InterestRate], after: date, until: date) -> set[date]:
    """The days after the one and up to the other on which a rate or a half-year begins."""
    half_years = {date(year, month, 1) for year in range(after.year, until.year + 1) for month in _HALF_YEAR_STARTS}
    return {day for day in half_years | {rate.valid_from for rate in rates} if after < day <= until}
