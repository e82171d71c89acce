"""Monotone bins of one figure: cut where a tree of rising or falling bad rates cuts, at bounds a person can read."""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from math import ceil

import numpy as np
from sklearn.tree import DecisionTreeClassifier

from api.policies.calibration.cases import Flags, Numbers, Places
from scoring.scorecard import WeightOfEvidence, weigh_bins

BIN_COUNT_MAX = 10
BIN_CASES_MIN = 20
BIN_BAD_EXPECTED_MIN = 3  # A smaller bin would be read from one bad case more or less.


@dataclass(frozen=True, slots=True)
class Binned:
    """A figure in bins: bin i holds values from bounds[i-1] on and below bounds[i]; the last count is of missing ones.

    `counts` are (good, bad). Missing values have a weight of their own when there are enough of them, else weight 0.
    """

    bounds: tuple[float, ...]
    counts: tuple[tuple[int, int], ...]
    weights: tuple[float, ...]
    evidence: WeightOfEvidence
    missing_is_weighed: bool

    def places_of(self, values: Numbers) -> Places:
        """The bin each value falls in; one past the last for what is missing."""
        return _places_between(self.bounds, values)

    def weights_of(self, values: Numbers) -> Numbers:
        """The weight of evidence of each value."""
        return np.array(self.weights)[self.places_of(values)]


def bin_cases_min(case_count: int, bad_count: int) -> int:
    """How many cases a bin must hold at least: so many that bad ones among them are to be expected."""
    return max(BIN_CASES_MIN, ceil(BIN_BAD_EXPECTED_MIN * case_count / bad_count))


def bin_figure(values: Numbers, bad: Flags, *, rising: bool) -> Binned:
    """The bins of a figure whose bad rate rises with its value, or falls; one bin when nothing of the sort is found."""
    cases_min = bin_cases_min(len(values), int(bad.sum()))
    known = ~np.isnan(values)
    bounds = _bounds(values[known], bad[known], cases_min, rising=rising)
    while True:
        binned = _weighed(bounds, values, bad, cases_min)
        steps = np.diff(binned.weights[: len(bounds) + 1])
        # Half a case added to a bin without bad ones can set it below its neighbour: then the two are one.
        astray = np.flatnonzero(steps >= 0 if rising else steps <= 0)
        if not len(astray):
            return binned
        bounds = bounds[: astray[0]] + bounds[astray[0] + 1 :]


def _weighed(bounds: tuple[float, ...], values: Numbers, bad: Flags, cases_min: int) -> Binned:
    """Count and weigh the bins between some bounds."""
    places = _places_between(bounds, values)
    size = len(bounds) + 2
    bads = np.bincount(places[bad], minlength=size)
    goods = np.bincount(places[~bad], minlength=size)
    counts = tuple((int(good), int(ill)) for good, ill in zip(goods, bads, strict=True))
    weighed = sum(counts[-1]) >= cases_min
    evidence = weigh_bins(counts if weighed else counts[:-1])
    weights = evidence.weights if weighed else (*evidence.weights, 0.0)
    return Binned(bounds, counts, weights, evidence, weighed)


def _places_between(bounds: tuple[float, ...], values: Numbers) -> Places:
    """The bin each value falls in; one past the last for what is missing."""
    places = np.searchsorted(np.array(bounds, dtype=np.float64), values, side="right")
    return np.where(np.isnan(values), len(bounds) + 1, places)


def _bounds(values: Numbers, bad: Flags, cases_min: int, *, rising: bool) -> tuple[float, ...]:
    """Where a tree with monotone bad rates cuts the known values."""
    distinct, ranks = np.unique(values, return_inverse=True)
    if len(values) < 2 * cases_min or len(distinct) < 2 or bad.all() or not bad.any():
        return ()
    tree = DecisionTreeClassifier(
        criterion="log_loss",
        max_leaf_nodes=BIN_COUNT_MAX,
        min_samples_leaf=cases_min,
        monotonic_cst=[1 if rising else -1],
        random_state=0,
    )
    # By rank a cut is the same, and no tail is too long for the single precision trees work in.
    tree.fit(ranks.reshape(-1, 1).astype(np.float64), bad)
    cuts = np.sort(tree.tree_.threshold[tree.tree_.feature >= 0])
    return tuple(readable_between(distinct[int(cut)], distinct[int(cut) + 1]) for cut in cuts)


def readable_between(low: float, high: float) -> float:
    """The number with the fewest digits above `low` and up to `high`: any bound there parts the cases alike."""
    above, most = Decimal(repr(float(low))), Decimal(repr(float(high)))
    if above < 0 <= most:
        return 0.0
    for exponent in range(most.adjusted() + 1, -400, -1):
        found = most.quantize(Decimal(1).scaleb(exponent), rounding=ROUND_FLOOR)
        if found > above and float(found) > low:
            return float(found)
    raise ValueError(f"{low} is not below {high}")
