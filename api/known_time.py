"""Until or since when something was known, as a query says it: a time, or a day where the seller is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from api.wiring import Wiring


def known_until(told: date | None, given: Wiring) -> datetime | None:
    """Read a time, or a day: until its end where the seller is."""
    if told is None or isinstance(told, datetime):
        return told
    return end_of_day(told, given.seller.time_zone)


def since(told: date | None, given: Wiring) -> datetime | None:
    """Read a time, or a day: from its beginning where the seller is."""
    if told is None or isinstance(told, datetime):
        return told
    return datetime.combine(told, time(), ZoneInfo(given.seller.time_zone)).astimezone(UTC)


def end_of_day(day: date, time_zone: str) -> datetime:
    """Give the last moment of a day in a time zone, in UTC."""
    next_midnight = datetime.combine(day + timedelta(1), time(), ZoneInfo(time_zone))
    return next_midnight.astimezone(UTC) - timedelta(microseconds=1)
