"""Days in Coface's reports, which stand as day/month/year in some and as month/day/year in others."""

import re
from collections.abc import Iterable
from datetime import date

from providers.payload import Payload

_PARTS = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", re.ASCII)


class Days:
    """The days of one report, which are all in one order: that of those that can be read in one order only."""

    def __init__(self, texts: Iterable[str | None]) -> None:
        parts = [found.groups() for text in texts if text and (found := _PARTS.fullmatch(text))]
        day_first = any(int(first) > 12 for first, _, _ in parts)
        month_first = any(int(second) > 12 for _, second, _ in parts)
        # Some reports have their days in both orders; then only what can be read in one is known.
        self._day_first = None if day_first == month_first else day_first

    def day(self, answer: Payload, text: str | None, latest_on: date) -> date | None:
        """The day of a text; None without one. Where both orders are possible, the older: nothing must look fresher.

        Raises NotUnderstood for what is no day in either order.
        """
        if text is None:
            return None
        found = _PARTS.fullmatch(text)
        both = [] if found is None else [_date(found[3], found[2], found[1]), _date(found[3], found[1], found[2])]
        if len(both) == 2 and self._day_first is not None and both[0 if self._day_first else 1] is not None:
            both = [both[0 if self._day_first else 1]]
        possible = [each for each in both if each is not None]
        if not possible:
            raise answer.not_understood("date", "is no day")
        return min(*possible, latest_on)


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
