"""What published vendor scales mean in words or days; for display, never for averaging."""

from bisect import bisect_right
from decimal import Decimal
from typing import Literal

CreditsafeBand = Literal["very_high", "high", "moderate", "low", "very_low"]

_CREDITSAFE_BOUNDS = (21, 30, 51, 71)
_CREDITSAFE_BANDS: tuple[CreditsafeBand, ...] = ("very_high", "high", "moderate", "low", "very_low")
# D&B's own chart, worst first; 80 and above is prompt or earlier.
_PAYDEX_DAYS = ((20, 120), (30, 90), (40, 60), (50, 30), (60, 22), (70, 15), (80, 0))


def creditsafe_band(score: int) -> CreditsafeBand:
    """The risk band of a Creditsafe score of 0 to 100, as its help page prints them."""
    return _CREDITSAFE_BANDS[bisect_right(_CREDITSAFE_BOUNDS, score)]


def paydex_days(paydex: Decimal) -> int | None:
    """Days beyond terms of the nearest PAYDEX mark at or below; None under 20, which the chart calls "over 120"."""
    index = bisect_right([mark for mark, _ in _PAYDEX_DAYS], paydex)
    return _PAYDEX_DAYS[index - 1][1] if index else None
