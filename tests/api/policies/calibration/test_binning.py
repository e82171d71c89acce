"""Bins are monotone, leave no gap, hold enough cases, and are bound by numbers a person can read."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from api.policies.calibration.binning import bin_cases_min, bin_figure, readable_between
from scoring.scorecard import weigh_bins

numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(seed=st.integers(0, 10_000), rising=st.booleans(), slope=st.floats(-3, 3), digits=st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_bins_of_any_table_are_monotone_and_hold_enough_cases(seed, rising, slope, digits):
    random = np.random.default_rng(seed)
    values = np.round(random.standard_t(1, size=400), digits)
    bad = random.random(400) < 1 / (1 + np.exp(1.5 - slope * np.clip(values, -2, 2)))
    values = np.where(random.random(400) < random.choice([0, 0.02, 0.3]), np.nan, values)
    assume(0 < bad.sum() < 400)
    binned = bin_figure(values, bad, rising=rising)
    weights = binned.weights[:-1]
    assert all((low > high) if rising else (low < high) for low, high in pairwise(weights))
    assert list(binned.bounds) == sorted(set(binned.bounds))
    counted = [good + ill for good, ill in binned.counts]
    assert sum(counted) == 400
    if binned.bounds:
        assert min(counted[:-1]) >= bin_cases_min(400, int(bad.sum()))
    weighed = binned.counts if binned.missing_is_weighed else binned.counts[:-1]
    assert binned.weights[: len(weighed)] == weigh_bins(weighed).weights
    assert binned.missing_is_weighed or binned.weights[-1] == 0


def test_a_value_on_a_bound_belongs_above_it_and_a_missing_one_to_its_own():
    values = np.repeat([1.0, 2.0, np.nan], 100)
    bad = np.tile([True, *[False] * 9], 30)
    bad[100:150] = True
    binned = bin_figure(values, bad, rising=True)
    assert binned.bounds == (2.0,)
    assert binned.counts == ((90, 10), (45, 55), (90, 10))
    assert list(binned.places_of(np.array([-5, 1.99, 2, 9, np.nan]))) == [0, 0, 1, 1, 2]


def test_a_bin_without_bad_ones_is_joined_where_half_a_case_would_turn_it():
    # 0 of 60 reads as 0.5 of 61 and 1 of 200 as less: alone the safest bin would come out as the less safe one.
    values = np.repeat([1.0, 2.0, 3.0], [60, 200, 200])
    bad = np.zeros(460, dtype=bool)
    bad[60] = True
    bad[300:340] = True
    binned = bin_figure(values, bad, rising=True)
    assert binned.counts[0] == (259, 1)
    assert binned.bounds == (3.0,)


def test_few_missing_values_are_neutral():
    values = np.array([1.0, 2.0] * 100 + [np.nan] * 5)
    bad = np.array([False, True] * 100 + [True] * 5)
    binned = bin_figure(values, bad, rising=True)
    assert not binned.missing_is_weighed
    assert binned.weights[-1] == 0


@pytest.mark.parametrize(
    ("low", "high", "readable"),
    [
        (0.0999, 0.1034, 0.1),
        (1.0, 2.0, 2.0),
        (1.2, 1.7, 1.7),
        (-0.5, 0.2, 0.0),
        (-0.9, -0.5, -0.5),
        (-1000.0, -3.0, -10.0),
        (123.0, 4567.0, 4000.0),
        (5.0, math.nextafter(5.0, 6.0), math.nextafter(5.0, 6.0)),
        (-1e308, 1e-300, 0.0),
    ],
)
def test_a_bound_has_as_few_digits_as_will_do(low, high, readable):
    assert readable_between(low, high) == readable


@given(numbers, numbers)
def test_a_readable_bound_parts_what_it_stands_between(one, other):
    low, high = sorted((one, other))
    assume(low < high)
    assert low < readable_between(low, high) <= high
