"""Expected beside observed rates by grade, Wilson's interval, the Brier score, and rates that do not rise."""

import itertools
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.validation.calibration import GradeCalibration, calibrate, pooled_violators
from scoring.validation.intervals import wilson

SCALE = ("G1", "G2", "G3")


@pytest.mark.parametrize(
    ("events", "count", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)],
)
def test_wilsons_interval_of_known_values(events, count, low, high):
    found = wilson(events, count)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(count=st.integers(1, 500), share=st.floats(0, 1))
def test_the_interval_of_a_share_holds_it_and_narrows_with_more_cases(count, share):
    events = round(share * count)
    found, more = wilson(events, count), wilson(events * 4, count * 4)
    assert 0 <= found.low <= events / count <= found.high <= 1
    assert more.high - more.low < found.high - found.low


def test_each_grade_is_told_and_one_without_cases_has_no_rate():
    grades = ["G1"] * 10 + ["G3"] * 4
    pds = [0.01] * 5 + [0.03] * 5 + [0.9] * 4
    told = calibrate(grades, pds, [True] + [False] * 9 + [True, False, False, False], SCALE)
    best, empty, worst = told.grades
    assert (best.cases_count, best.events_count, best.observed_rate) == (10, 1, 0.1)
    assert isclose(best.expected_rate, 0.02)
    assert (best.expected_is_within, worst.expected_is_within) == (True, False)
    assert empty == GradeCalibration("G2", 0, 0, None, None, None, None)
    squares = 0.99**2 + 4 * 0.01**2 + 5 * 0.03**2 + 0.1**2 + 3 * 0.9**2
    assert isclose(told.brier_score, squares / 14)
    assert told.is_monotone


def test_without_cases_there_is_no_score():
    told = calibrate([], [], [], SCALE)
    assert (told.brier_score, told.pooled) == (None, ())


def rows(*counts: tuple[int, int]) -> list[GradeCalibration]:
    return [
        GradeCalibration(f"G{place}", cases, events, None, None, None, None)
        for place, (events, cases) in enumerate(counts, 1)
    ]


@pytest.mark.parametrize(
    ("counts", "pooled"),
    [
        ([(1, 10), (2, 10), (3, 10)], []),
        ([(1, 10), (1, 10), (2, 20)], []),  # Equal rates do not fall.
        ([(2, 10), (1, 10), (3, 10)], [["G1", "G2"]]),
        ([(3, 10), (2, 10), (1, 10)], [["G1", "G2", "G3"]]),
        ([(1, 10), (3, 10), (0, 0), (2, 10)], [["G2", "G4"]]),
        ([(1, 10), (2, 10), (3, 10), (0, 10)], [["G2", "G3", "G4"]]),  # Pooling two makes another one fall.
        ([(2, 10), (1, 10), (9, 10), (8, 10)], [["G1", "G2"], ["G3", "G4"]]),
    ],
)
def test_neighbours_whose_rates_fall_are_named(counts, pooled):
    assert [list(each) for each in pooled_violators(rows(*counts))] == pooled


@given(counts=st.lists(st.tuples(st.integers(0, 9), st.integers(9, 20)), max_size=9))
def test_pooled_rates_never_fall(counts):
    found = rows(*counts)
    names = [each.grade for each in found]
    groups = list(pooled_violators(found))
    alone = [(name,) for name in names if not any(name in group for group in groups)]
    blocks = sorted([*groups, *alone], key=lambda group: names.index(group[0]))
    assert [name for block in blocks for name in block] == names
    sums = {each.grade: (each.events_count, each.cases_count) for each in found}
    rates = [sum(sums[name][0] for name in block) / sum(sums[name][1] for name in block) for block in blocks]
    assert all(a <= b + 1e-12 for a, b in itertools.pairwise(rates))
