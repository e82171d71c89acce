"""Scores, odds and probabilities: the points-to-double-odds scale, weight of evidence, and blending in log-odds."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import exp, log

_WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class OddsScale:
    """score = offset + factor * ln(good : bad), the usual scorecard scaling."""

    factor: float
    offset: float

    @staticmethod
    def of(base_score: float, base_odds: float, points_to_double_odds: float) -> "OddsScale":
        """The scale on which `base_score` stands for `base_odds` to one; raises ValueError on odds of zero or less."""
        factor = points_to_double_odds / log(2)
        return OddsScale(factor, base_score - factor * log(base_odds))

    def pd_of(self, score: float) -> float:
        """The probability of default a score stands for."""
        return 1 / (1 + exp((score - self.offset) / self.factor))

    def score_of(self, pd: float) -> float:
        """The score a probability of default, strictly between 0 and 1, stands for."""
        return self.offset + self.factor * log((1 - pd) / pd)


@dataclass(frozen=True, slots=True)
class WeightOfEvidence:
    """How well a binned characteristic separates; `adjusted_bins` had an empty cell and half a case was added."""

    weights: tuple[float, ...]
    information_value: float
    adjusted_bins: tuple[int, ...]


def weigh_bins(bins: Sequence[tuple[int, int]]) -> WeightOfEvidence:
    """WoE = ln(share of good / share of bad) for bins of (good, bad), and IV, the sum of share gaps times WoE."""
    adjusted = tuple(index for index, (good, bad) in enumerate(bins) if not good or not bad)
    counts = [(good + 0.5, bad + 0.5) if index in adjusted else (good, bad) for index, (good, bad) in enumerate(bins)]
    good_total = sum(good for good, _ in counts)
    bad_total = sum(bad for _, bad in counts)
    shares = [(good / good_total, bad / bad_total) for good, bad in counts]
    weights = tuple(log(good / bad) for good, bad in shares)
    value = sum((good - bad) * weight for (good, bad), weight in zip(shares, weights, strict=True))
    return WeightOfEvidence(weights, value, adjusted)


def log_odds(probability: float) -> float:
    """ln(p / (1 - p)), for a probability strictly between 0 and 1."""
    return log(probability / (1 - probability))


def clamped(probability: float, floor: float, ceiling: float) -> float:
    """A probability kept away from 0 and 1, where log-odds have no value."""
    return min(max(probability, floor), ceiling)


def blended_pd(pd_external: float, pd_internal: float, credibility: Decimal) -> float:
    """Outside and inside evidence weighed in log-odds: credibility 0 is all outside, 1 all inside."""
    weight = float(credibility)
    odds = weight * log_odds(pd_internal) + (1 - weight) * log_odds(pd_external)
    return 1 / (1 + exp(-odds))


def credibility_of(count: int, credibility_k: Decimal, cap: Decimal = _WHOLE) -> Decimal:
    """Bühlmann's Z = n / (n + k) for n observations, six decimals; at most `cap` so that outside news always counts."""
    return min(round(count / (count + credibility_k), 6), cap)


@dataclass(frozen=True, slots=True)
class BuhlmannCredibility:
    """Bühlmann's k and the credibility Z that it gives."""

    credibility_k: Decimal
    credibility: Decimal


def buhlmann_credibility(
    count: int, expected_process_variance: Decimal, variance_of_means: Decimal
) -> BuhlmannCredibility:
    """k, the expected process variance over the variance of the hypothetical means, and Z for n observations."""
    credibility_k = expected_process_variance / variance_of_means
    return BuhlmannCredibility(credibility_k, credibility_of(count, credibility_k))


def twelve_month_pd(pd: float, horizon_months: int) -> float:
    """A probability over another horizon brought to twelve months, under a constant hazard."""
    return pd if horizon_months == 12 else 1 - (1 - pd) ** (12 / horizon_months)


def rounded_pd(pd: float) -> Decimal:
    """Half-even to ten places: what is graded, stored and compared on replay."""
    return Decimal(f"{pd:.10f}")
