"""How well scores tell bad from good, and how sure that is: the area under the ROC curve with DeLong's variance."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, rankdata

from api.policies.calibration.cases import Flags, Numbers

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Placements:
    """For each bad case the share of good ones below it, and for each good case the share of bad ones above it."""

    of_bad: Numbers
    of_good: Numbers

    @property
    def area(self) -> float:
        """The area under the ROC curve: how often a bad case has the higher score, ties counted half."""
        return float(self.of_bad.mean())

    @property
    def variance(self) -> float:
        """DeLong's variance of the area."""
        return float(self.of_bad.var(ddof=1) / len(self.of_bad) + self.of_good.var(ddof=1) / len(self.of_good))

    def minus(self, other: "Placements") -> "Placements":
        """The differences case by case; their area and variance are those of the difference of two areas."""
        return Placements(self.of_bad - other.of_bad, self.of_good - other.of_good)


def placements(scores: Numbers, bad: Flags) -> Placements:
    """Place every case among those of the other outcome, by scores of which higher is worse."""
    ranks = rankdata(scores)
    bads, goods = scores[bad], scores[~bad]
    of_bad = (ranks[bad] - rankdata(bads)) / len(goods)
    of_good = 1 - (ranks[~bad] - rankdata(goods)) / len(bads)
    return Placements(of_bad, of_good)


def mean_placements(listed: list[Placements]) -> Placements:
    """The same cases placed several times, such as by repeated folds, taken together."""
    of_bad = np.mean([each.of_bad for each in listed], axis=0)
    return Placements(of_bad, np.mean([each.of_good for each in listed], axis=0))


def interval_of(placed: Placements, *, low: float = 0, high: float = 1) -> Interval:
    """The area with its interval, kept between `low` and `high`."""
    reach = float(norm.ppf((1 + CONFIDENCE) / 2)) * placed.variance**0.5
    return Interval(placed.area, max(low, placed.area - reach), min(high, placed.area + reach))


def area_of(scores: Numbers, bad: Flags) -> Interval:
    """The area under the ROC curve of scores of which higher is worse."""
    return interval_of(placements(scores, bad))
