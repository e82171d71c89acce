"""Where a clock that is moved on stops: at the end and the beginning of each day, by the seller's own calendar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Whatever hour a day brings something at, this is later: nothing of that day is left over when the next one begins.
DAYS_END = timedelta(minutes=5)


def days_later(now: datetime, days: int, time_zone: str) -> datetime:
    """Give the moment some days later at the same hour where the seller is, in UTC.

    An hour that a summer time leaves out becomes the next one there is, on the same day.
    """
    zone = ZoneInfo(time_zone)
    local = now.astimezone(zone)
    return datetime.combine(local.date() + timedelta(days), local.time(), zone).astimezone(UTC)


def next_stop(now: datetime, until: datetime, time_zone: str) -> datetime:
    """Give the next moment to stop at, after `now` and no later than `until`, in UTC.

    That is five minutes before the next midnight where the seller is, that midnight, or the end.
    """
    midnight = beginning_of(now.astimezone(ZoneInfo(time_zone)).date() + timedelta(1), time_zone)
    days_end = midnight - DAYS_END
    return min(days_end if now < days_end else midnight, until)


def beginning_of(day: date, time_zone: str) -> datetime:
    """Give the first moment of a day in a time zone, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)
