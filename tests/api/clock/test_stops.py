"""Where a moved clock stops: each day once at its end and once at its beginning, wherever the seller lives."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from api.administration.sellers import time_zones
from api.clock_stops import beginning_of, days_later, next_stop

AMSTERDAM, AUCKLAND, NEW_YORK = "Europe/Amsterdam", "Pacific/Auckland", "America/New_York"
ZONES = st.sampled_from(sorted(time_zones()))
MOMENTS = st.datetimes(datetime(2013, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


def local(zone: str, *parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "now", "days", "then"),
    [
        (AMSTERDAM, (2026, 1, 31, 14, 5), 28, (2026, 2, 28, 14, 5)),
        (AMSTERDAM, (2028, 2, 28, 9, 0), 1, (2028, 2, 29, 9, 0)),
        (AMSTERDAM, (2028, 2, 29, 9, 0), 1, (2028, 3, 1, 9, 0)),
        (AMSTERDAM, (2026, 3, 28, 23, 30), 1, (2026, 3, 29, 23, 30)),  # 23 hours later.
        (AMSTERDAM, (2026, 3, 28, 2, 30), 1, (2026, 3, 29, 3, 30)),  # There is no half past two.
        (AMSTERDAM, (2026, 10, 25, 0, 15), 1, (2026, 10, 26, 0, 15)),  # 25 hours later.
        (AMSTERDAM, (2026, 12, 31, 23, 59), 1, (2027, 1, 1, 23, 59)),
        (AUCKLAND, (2026, 4, 4, 12, 0), 1, (2026, 4, 5, 12, 0)),
        (AUCKLAND, (2026, 9, 26, 12, 0), 1, (2026, 9, 27, 12, 0)),
        (NEW_YORK, (2026, 3, 7, 12, 0), 1, (2026, 3, 8, 12, 0)),
        (NEW_YORK, (2026, 10, 31, 12, 0), 1, (2026, 11, 1, 12, 0)),
    ],
    ids=str,
)
def test_the_hour_stays_whatever_the_summer_time_does(zone, now, days, then):
    assert days_later(local(zone, *now), days, zone) == local(zone, *then)


@given(MOMENTS, st.integers(1, 400), ZONES)
@example(datetime(2026, 10, 24, 22, 15, tzinfo=UTC), 1, AMSTERDAM)
@example(datetime(2026, 3, 28, 22, 30, tzinfo=UTC), 1, AMSTERDAM)
def test_so_many_days_later_is_that_day(now, days, zone):
    wanted = now.astimezone(ZoneInfo(zone)).date() + timedelta(days)
    assume(exists(wanted, zone))
    assert days_later(now, days, zone).astimezone(ZoneInfo(zone)).date() == wanted


def exists(day: date, zone: str) -> bool:
    """Samoa had no 30 December 2011, and others no other day."""
    return beginning_of(day, zone).astimezone(ZoneInfo(zone)).date() == day


@given(MOMENTS, st.integers(1, 40), ZONES)
@example(datetime(2026, 3, 27, 12, 0, tzinfo=UTC), 4, AMSTERDAM)
@example(datetime(2026, 10, 23, 12, 0, tzinfo=UTC), 4, AMSTERDAM)
@example(datetime(2026, 9, 25, 12, 0, tzinfo=UTC), 4, AUCKLAND)
@example(datetime(2026, 10, 30, 12, 0, tzinfo=UTC), 4, NEW_YORK)
@example(datetime(2028, 2, 27, 12, 0, tzinfo=UTC), 4, AMSTERDAM)
def test_no_day_is_passed_over_and_the_clock_ends_where_it_should(now, days, zone):
    here, until = ZoneInfo(zone), days_later(now, days, zone)
    stops = [now]
    while stops[-1] < until:
        stops.append(next_stop(stops[-1], until, zone))
        assert len(stops) <= 2 * days + 2
    assert all(one < other for one, other in pairwise(stops))
    assert stops[-1] == until
    seen = [each.astimezone(here).date() for each in stops]
    assert all(other - one in (timedelta(0), timedelta(1)) for one, other in pairwise(seen) if exists(other, zone))
    between = [day for day in sorted(set(seen)) if seen[0] < day]
    assert all(beginning_of(day, zone) in stops for day in between)  # What begins with a day is done on its midnight.
    assert all(
        any(beginning_of(day, zone) - timedelta(minutes=5) <= each < beginning_of(day, zone) for each in stops)
        for day in between
    )
