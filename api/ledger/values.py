"""Reads single values as ledgers write them: dates in given formats, amounts with given marks; nothing is guessed."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from api.web.money import EXPONENTS

MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {**dict(zip(MONTH_NAMES, range(1, 13), strict=True)), "mrt": 3, "mei": 5, "okt": 10}
TOKENS = {
    "YYYY": r"(?P<year>[0-9]{4})",
    "YY": r"(?P<short_year>[0-9]{2})",
    "Mon": r"(?P<month_name>[A-Za-z]{3})\.?",
    "MM": r"(?P<month>[0-9]{2})",
    "M": r"(?P<month>[0-9]{1,2})",
    "DD": r"(?P<day>[0-9]{2})",
    "D": r"(?P<day>[0-9]{1,2})",
}
TOKEN = re.compile("YYYY|YY|Mon|MM|M|DD|D|.", re.DOTALL)
EARLIEST = date(1970, 1, 1)
YEARS_AHEAD_MAX = 10
AMOUNT_MAX = Decimal(10) ** 12
CACHED_DATES = 20_000  # A ledger has few different days, and many lines.


class DateFormatInvalid(Exception):
    """A date format cannot be understood."""


class ValueRefused(Exception):
    """A value cannot be taken; `code` says why for programs, the text for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@lru_cache(maxsize=200)
def date_pattern(date_format: str) -> re.Pattern[str]:
    """Compile a format such as `D-M-YYYY` or `DD-Mon-YY`. Raises DateFormatInvalid."""
    tokens = TOKEN.findall(date_format)
    parts = [TOKENS.get(token, re.escape(token)) for token in tokens]
    kinds = sorted(token[0] for token in tokens if token in TOKENS)
    if kinds != ["D", "M", "Y"]:
        raise DateFormatInvalid(f"'{date_format}' must have a day (D, DD), a month (M, MM, Mon) and a year (YY, YYYY)")
    return re.compile("".join(parts))


def read_date(text: str, formats: tuple[str, ...]) -> date | None:
    """Read a date in the first format that fits; two-digit years are 1970 to 2069. None when none fits."""
    for date_format in formats:
        match = date_pattern(date_format).fullmatch(text)
        if match is None:
            continue
        found = match.groupdict()
        short = found.get("short_year")
        year = int(found["year"]) if short is None else int(short) + (1900 if int(short) >= 70 else 2000)
        named = found.get("month_name")
        month = int(found["month"]) if named is None else MONTHS.get(named.lower(), 0)
        try:
            return date(year, month, int(found["day"]))
        except ValueError:
            continue
    return None


def date_reader(formats: tuple[str, ...], today: date) -> Callable[[str], date]:
    """Make a reader of one column's dates. It raises ValueRefused for what is no date, or an absurd one."""
    latest = date(today.year + YEARS_AHEAD_MAX, 12, 31)

    @lru_cache(maxsize=CACHED_DATES)
    def read(text: str) -> date:
        found = read_date(text, formats)
        if found is None:
            raise ValueRefused("not_a_date", f"'{text[:40]}' is not a date as {' or '.join(formats)}")
        if not EARLIEST <= found <= latest:
            raise ValueRefused("date_absurd", f"{found} is before {EARLIEST} or after {latest}")
        return found

    return read


def read_days(text: str) -> timedelta:
    """Read a whole number of days, possibly below zero. Raises ValueRefused."""
    if not re.fullmatch(r"-?[0-9]{1,5}", text):
        raise ValueRefused("not_a_whole_number", f"'{text[:40]}' is not a number of days")
    return timedelta(days=int(text))


def amount_reader(decimal: str, thousands: str) -> Callable[[str, str], Decimal]:
    """Make a reader of amounts; `decimal` is the mark, `thousands` the mark between groups, or empty.

    It takes text and currency, and raises ValueRefused for what is no amount, or one with more decimals than the
    currency: `1.000` could be a thousand, written with another mark than the mapping says.
    """
    whole = "[0-9]+" if not thousands else f"(?:[0-9]+|[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+)"
    pattern = re.compile(f"(-?{whole})(?:{re.escape(decimal)}([0-9]+))?")

    def read(text: str, currency: str) -> Decimal:
        match = pattern.fullmatch(text)
        if match is None:
            raise ValueRefused("not_an_amount", f"'{text[:40]}' is not an amount with decimal mark '{decimal}'")
        units, decimals = match[1], match[2]
        if thousands:
            units = units.replace(thousands, "")
        if decimals is None:
            amount = Decimal(units)
        elif len(decimals) > EXPONENTS[currency]:
            raise ValueRefused("too_many_decimals", f"{currency} has {EXPONENTS[currency]} decimals")
        else:
            amount = Decimal(f"{units}.{decimals}")
        if abs(amount) >= AMOUNT_MAX:
            raise ValueRefused("amount_too_large", f"must be below {AMOUNT_MAX:,}")
        return amount

    return read
