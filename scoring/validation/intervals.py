"""Intervals of 95 %: between which two values a figure lies that was measured on some cases only."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True, slots=True)
class Interval:
    """Both ends, each of them inside."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a value lies between the ends, or on one."""
        return self.low <= value <= self.high


def around(value: float, variance: float, floor: float, ceiling: float) -> Interval:
    """The normal interval of an estimate by its variance, cut off at the least and greatest value there can be."""
    reach = Z * sqrt(variance)
    return Interval(max(floor, value - reach), min(ceiling, value + reach))


def wilson(events_count: int, cases_count: int) -> Interval | None:
    """Wilson's score interval of a share, fit for few cases and for shares near 0 and 1; None without cases."""
    if not cases_count:
        return None
    share, weight = events_count / cases_count, Z * Z / cases_count
    middle = share + weight / 2
    reach = Z * sqrt(share * (1 - share) / cases_count + weight / (4 * cases_count))
    # The share itself lies inside by definition; rounding must not put it a hair outside.
    low, high = (middle - reach) / (1 + weight), (middle + reach) / (1 + weight)
    return Interval(min(max(low, 0.0), share), max(min(high, 1.0), share))
