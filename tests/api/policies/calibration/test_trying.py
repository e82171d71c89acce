"""What is told of cases not seen is told by scorecards that have not seen them; and how sure it is."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from api.policies.calibration.cases import Cases, CasesUnfit
from api.policies.calibration.fitting import Settings, fit
from api.policies.calibration.measures import area_of, interval_of, placements
from api.policies.calibration.trying import folds_of, try_in_folds, try_later
from tests.api.policies.calibration.made import made_cases

SETTINGS = Settings("bankrupt within a year")


def test_no_fold_sees_what_it_is_tried_on():
    """Poison one fold: whatever is done to its outcomes and values, what is said of its clean values stays the same."""
    cases = made_cases(1500)
    fitting, trying = next(folds_of(cases, 5, 0))
    clean = try_in_folds(cases, SETTINGS)
    poisoned = replace(cases, values=cases.values.copy(), bad=cases.bad.copy())
    poisoned.values[trying] *= -100
    scorecard = fit(poisoned.only(fitting), SETTINGS)
    assert np.array_equal(scorecard.log_odds_of(cases.only(trying)), clean.log_odds[trying])
    others = np.setdiff1d(np.arange(len(cases)), trying)
    dirty = try_in_folds(poisoned, SETTINGS)
    assert not np.array_equal(dirty.log_odds[others], clean.log_odds[others])  # The poison does work elsewhere.


def test_outcomes_that_are_pure_chance_are_not_foretold():
    """Figures of noise fit their own cases well; were the folds to leak, they would seem to foretell others."""
    random = np.random.default_rng(3)
    bad = np.arange(700) % 10 == 0
    cases = Cases(tuple(map(str, range(12))), random.normal(size=(700, 12)), bad)
    fitted = fit(cases, SETTINGS)
    assert area_of(fitted.log_odds_of(cases), bad).low > 0.6
    assert try_in_folds(cases, SETTINGS).area.low < 0.5


def test_every_case_is_tried_once_and_groups_stay_together():
    cases = made_cases(600)
    groups = tuple(str(place // 3) for place in range(600))
    grouped = replace(cases, groups=groups)
    tried = []
    for fitting, trying in folds_of(grouped, 5, 0):
        assert not {groups[place] for place in fitting} & {groups[place] for place in trying}
        tried.extend(trying)
    assert sorted(tried) == list(range(600))


def test_more_folds_than_bad_cases_are_refused():
    cases = made_cases(600)
    few = cases.only(np.concatenate([np.flatnonzero(cases.bad)[:3], np.flatnonzero(~cases.bad)]))
    with pytest.raises(CasesUnfit, match="5 folds need at least 5 good and 5 bad"):
        list(folds_of(few, 5, 0))


@pytest.mark.parametrize(
    ("periods", "test_from", "late_count"),
    [(("9", "10", "11"), "10", 2), (("2023-12-31", "2024-01-01", "2024-02-01"), "2024-01-15", 1)],
)
def test_later_cases_are_told_by_number_or_by_date(periods, test_from, late_count):
    cases = replace(made_cases(300), periods=periods * 100)
    earlier, later = cases.split(test_from)
    assert (len(earlier), len(later)) == (300 - 100 * late_count, 100 * late_count)
    assert set(earlier.periods or ()) | set(later.periods or ()) == set(periods)


def test_a_split_with_an_empty_side_is_refused():
    cases = replace(made_cases(300), periods=("2001",) * 300)
    with pytest.raises(CasesUnfit, match="all are on one side"):
        cases.split("2003")


def test_later_cases_are_tried_by_what_was_fitted_to_earlier_ones():
    cases = replace(made_cases(1500), periods=("2001", "2002", "2003") * 500)
    earlier, later = cases.split("2003")
    trial = try_later(earlier, later, SETTINGS, "2003")
    assert np.array_equal(trial.log_odds, fit(earlier, SETTINGS).log_odds_of(later))
    assert trial.area.value == pytest.approx(roc_auc_score(later.bad, trial.log_odds))
    assert sum(band.case_count for band in trial.bands()) == 500
    assert sum(band.bad_count for band in trial.bands()) == later.bad_count


def test_later_cases_of_one_outcome_tell_nothing():
    cases = made_cases(900)
    good = cases.only(np.flatnonzero(~cases.bad))
    with pytest.raises(CasesUnfit, match="0 are bad"):
        try_later(cases, good, SETTINGS, "2003")


def test_the_area_is_that_of_the_library_and_its_variance_that_of_drawing_anew():
    random = np.random.default_rng(0)
    bad = random.random(400) < 0.3
    scores = np.round(random.normal(size=400) + bad, 1)
    placed = placements(scores, bad)
    assert placed.area == pytest.approx(roc_auc_score(bad, scores))
    bads, goods = scores[bad], scores[~bad]
    drawn = []
    for _ in range(2000):
        anew = np.concatenate([random.choice(bads, len(bads)), random.choice(goods, len(goods))])
        drawn.append(area_of(anew, np.arange(400) < len(bads)).value)
    assert placed.variance**0.5 == pytest.approx(np.std(drawn), rel=0.1)
    assert placed.minus(placed).variance == 0
    assert interval_of(placed).low < placed.area < interval_of(placed).high
