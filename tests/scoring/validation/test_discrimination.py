"""AUC, Gini, KS and DeLong's intervals: worked values, the definitions they must meet, and what has no figure."""

from itertools import pairwise, product
from math import exp, isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.validation.discrimination import auc_difference, discriminate, roc_points
from scoring.validation.intervals import Z

# Few different scores, so that ties are common.
cases = st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4), st.booleans()), min_size=2, max_size=40)
both_kinds = cases.filter(lambda each: len({event for *_, event in each}) == 2)

# Three events and three others: one event stands below one of the others.
SCORES = [0.8, 0.9, 0.4, 0.1, 0.5, 0.3]
EVENTS = [True, True, True, False, False, False]


def split(found: list[tuple[int, int, bool]]) -> tuple[list[int], list[int], list[bool]]:
    return [each[0] for each in found], [each[1] for each in found], [each[2] for each in found]


def wins(scores: list[float], events: list[bool]) -> dict[tuple[int, int], float]:
    """1 where the event stands above the other, 0.5 where they are equal, by the index of both."""
    places = range(len(scores))
    hits, rest = [each for each in places if events[each]], [each for each in places if not events[each]]
    return {(i, j): (scores[i] > scores[j]) + (scores[i] == scores[j]) / 2 for i, j in product(hits, rest)}


def by_definition(first: list[float], second: list[float], events: list[bool]) -> tuple[float, float]:
    """The AUC of the first score and its DeLong covariance with the second, from all pairs."""
    one, other = wins(first, events), wins(second, events)
    hits, rest = sorted({i for i, _ in one}), sorted({j for _, j in one})
    auc, second_auc = (sum(each.values()) / len(each) for each in (one, other))
    of_hits = [[sum(each[i, j] for j in rest) / len(rest) for i in hits] for each in (one, other)]
    of_rest = [[sum(each[i, j] for i in hits) / len(hits) for j in rest] for each in (one, other)]
    covariance = sum(
        sum((a - auc) * (b - second_auc) for a, b in zip(*both, strict=True)) / (len(both[0]) - 1) / len(both[0])
        for both in (of_hits, of_rest)
    )
    return auc, covariance


def test_a_worked_example():
    found = discriminate(SCORES, EVENTS)
    # Placements 1, 1, 2/3 of the events and 1, 2/3, 1 of the others: variance 1/27 / 3 + 1/27 / 3 = 2/81.
    assert found.auc == pytest.approx(8 / 9)
    assert found.gini == pytest.approx(7 / 9)
    assert found.auc_interval.low == pytest.approx(8 / 9 - Z * sqrt(2 / 81))
    assert found.auc_interval.high == 1.0
    assert found.ks == pytest.approx(2 / 3)
    assert (found.cases_count, found.events_count, found.missing) == (6, 3, None)


@pytest.mark.parametrize(
    ("scores", "auc", "ks"),
    [([1, 2, 3, 4], 1.0, 1.0), ([4, 3, 2, 1], 0.0, 1.0), ([5, 5, 5, 5], 0.5, 0.0), ([1, 3, 1, 3], 0.5, 0.0)],
)
def test_perfect_reversed_and_useless_scores(scores, auc, ks):
    found = discriminate(scores, [False, False, True, True])
    assert (found.auc, found.ks) == (auc, ks)


@pytest.mark.parametrize(
    ("events", "missing", "interval_missing"),
    [
        ([], "no_cases", "no_cases"),
        ([False, False], "no_events", "no_events"),
        ([True, True], "only_events", "only_events"),
        ([True, False, False], None, "events_of_one"),
        ([True, True, False], None, "others_of_one"),
    ],
)
def test_what_has_no_figure_says_why(events, missing, interval_missing):
    scores = [float(index) for index in range(len(events))]
    found = discriminate(scores, events)
    assert (found.missing, found.interval_missing) == (missing, interval_missing)
    assert (found.auc is None, found.ks is None, found.auc_interval) == (bool(missing), bool(missing), None)
    compared = auc_difference(scores, scores, events)
    assert (compared.missing, compared.interval) == (interval_missing, None)
    assert bool(roc_points(scores, events)) == (missing is None)


@pytest.mark.parametrize(("scores", "events"), [([1.0], [True, False]), ([float("nan"), 1.0], [True, False])])
def test_what_is_no_score_is_refused(scores, events):
    with pytest.raises(ValueError, match=r"scores for|not a number"):
        discriminate(scores, events)


@given(found=both_kinds)
def test_auc_and_its_variance_are_those_of_the_definition(found):
    scores, _, events = split(found)
    auc, variance = by_definition(scores, scores, events) if 1 < sum(events) < len(events) - 1 else (None, None)
    told = discriminate(scores, events)
    assert isclose(told.auc, sum(wins(scores, events).values()) / len(wins(scores, events)), abs_tol=1e-12)
    if auc is not None:
        reach = Z * sqrt(variance)
        assert isclose(told.auc_interval.low, max(0.0, auc - reach), abs_tol=1e-9)
        assert isclose(told.auc_interval.high, min(1.0, auc + reach), abs_tol=1e-9)
        assert told.auc_interval.holds(told.auc)


@given(found=both_kinds)
def test_only_the_order_of_scores_counts(found):
    scores, _, events = split(found)
    assert discriminate([exp(each) for each in scores], events) == discriminate(scores, events)


@given(found=both_kinds)
def test_reversed_scores_mirror_the_curve(found):
    scores, _, events = split(found)
    told, mirrored = discriminate(scores, events), discriminate([-each for each in scores], events)
    assert isclose(mirrored.auc, 1 - told.auc, abs_tol=1e-12)
    assert isclose(mirrored.ks, told.ks, abs_tol=1e-12)


@given(found=both_kinds)
def test_the_difference_of_two_scores_uses_that_they_judge_the_same_cases(found):
    first, second, events = split(found)
    told, back = auc_difference(first, second, events), auc_difference(second, first, events)
    assert isclose(told.difference, -back.difference, abs_tol=1e-12)
    assert auc_difference(first, first, events).difference == 0
    if told.interval is None:
        return
    one, shared = by_definition(first, second, events)
    other, _ = by_definition(second, second, events)
    variance = by_definition(first, first, events)[1] + by_definition(second, second, events)[1] - 2 * shared
    assert isclose(told.difference, one - other, abs_tol=1e-12)
    assert told.interval.holds(told.difference)
    assert isclose(told.interval.high, min(1.0, one - other + Z * sqrt(max(variance, 0))), abs_tol=1e-6)


@given(found=both_kinds, points_max=st.integers(3, 12))
def test_the_curve_rises_from_corner_to_corner_and_keeps_its_widest_gap(found, points_max):
    scores, _, events = split(found)
    whole, thinned = roc_points(scores, events), roc_points(scores, events, points_max)
    area = sum(
        (b.false_alarm_share - a.false_alarm_share) * (a.hit_share + b.hit_share) / 2 for a, b in pairwise(whole)
    )
    told = discriminate(scores, events)
    assert isclose(area, told.auc, abs_tol=1e-12)
    assert len(thinned) <= points_max
    assert (thinned[0], thinned[-1]) == (whole[0], whole[-1])
    assert max(abs(each.hit_share - each.false_alarm_share) for each in thinned) == told.ks
    shares = [(each.false_alarm_share, each.hit_share) for each in thinned]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == ((0, 0), (1, 1))


@given(found=both_kinds)
def test_cases_that_are_each_a_cluster_are_independent(found):
    first, second, events = split(found)
    alone = list(range(100, 100 + len(events)))
    assert discriminate(first, events, alone) == discriminate(first, events)
    assert auc_difference(first, second, events, alone) == auc_difference(first, second, events)


@given(found=both_kinds, times=st.integers(2, 4))
def test_cases_that_are_told_again_make_no_interval_narrower(found, times):
    """Each case several times over, in one cluster, is worth no more than once."""
    scores, _, events = split(found)
    once = discriminate(scores, events)
    again = discriminate(scores * times, events * times, list(range(len(events))) * times)
    assert isclose(again.auc, once.auc, abs_tol=1e-12)
    if once.auc_interval is None:
        assert again.auc_interval is None
        return
    assert isclose(again.auc_interval.low, once.auc_interval.low, abs_tol=1e-9)
    assert isclose(again.auc_interval.high, once.auc_interval.high, abs_tol=1e-9)


def test_events_of_one_cluster_only_have_no_interval():
    found = discriminate(SCORES, EVENTS, [1, 1, 1, 2, 3, 4])
    assert (found.auc_interval, found.interval_missing) == (None, "events_of_one")
    assert discriminate(SCORES, EVENTS, [1, 2, 3, 4, 4, 4]).interval_missing == "others_of_one"


def test_a_worked_example_with_clusters():
    """Clusters {event 1, other 1/3} and so on: deviations worked by hand from the placements of the example above."""
    found = discriminate(SCORES, EVENTS, [1, 2, 3, 1, 2, 3])
    # Off the mean 8/9: events 1/9, 1/9, -2/9; others 1/9, -2/9, 1/9. Their squares come to 6/81 each, their products
    # in each cluster to 1/81 - 2/81 - 2/81. Variance 3/2 (6/81 / 9 + 6/81 / 9 + 2 (-3/81) / 9) = 1/81.
    assert found.auc_interval.low == pytest.approx(8 / 9 - Z / 9)
