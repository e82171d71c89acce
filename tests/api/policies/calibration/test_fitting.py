"""A fitted scorecard recovers a known truth, says it in points, and leaves out what does not belong."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from api.policies.calibration.cases import Cases, CasesUnfit
from api.policies.calibration.document import scorecard_document
from api.policies.calibration.fitting import FittedScorecard, Settings, fit
from scoring.scorecard import weigh_bins
from tests.api.policies.calibration.made import document_probability, made_cases

SETTINGS = Settings("bankrupt within a year")


@pytest.fixture(scope="module")
def cases() -> Cases:
    return made_cases(20_000)


@pytest.fixture(scope="module")
def fitted(cases: Cases) -> FittedScorecard:
    return fit(cases, SETTINGS)


def test_the_figures_that_tell_are_found_and_read_the_right_way(fitted):
    found = {each.candidate.figure: each.candidate.rising for each in fitted.characteristics}
    assert found == {"leverage": True, "margin": False}
    assert {each.candidate.figure for each in fitted.dropped} == {"noise_0", "noise_1"}


def test_the_true_probability_is_recovered(cases, fitted):
    known = ~np.isnan(cases.values[:, 0])
    leverage, margin = cases.values[known, 0], cases.values[known, 1]
    true = 1 / (1 + np.exp(2.2 - 1.2 * np.clip(leverage, -1, 2) + 0.8 * margin))
    found = fitted.probabilities_of(cases)[known]
    assert np.corrcoef(found, true)[0, 1] > 0.95
    assert abs(found.mean() - true.mean()) < 0.01


def test_figures_that_are_independent_given_the_outcome_weigh_nearly_one(fitted):
    # Weights of evidence of such figures add up as they are (Bayes), so that the model has nothing to mend.
    assert all(-1.25 < each.coefficient < -0.8 for each in fitted.characteristics)


def test_weights_are_those_of_the_judgement(fitted):
    for each in fitted.characteristics:
        binned = each.candidate.binned
        weighed = binned.counts if binned.missing_is_weighed else binned.counts[:-1]
        assert binned.evidence == weigh_bins(weighed)


@given(seed=st.integers(0, 1000), missing_share=st.sampled_from([0, 0.01, 0.3]))
@settings(max_examples=8, deadline=None)
def test_the_points_of_the_written_document_say_the_models_probability(seed, missing_share):
    cases = made_cases(1500, seed, missing_share=missing_share)
    fitted = fit(cases, replace(SETTINGS, default_rate=0.03))
    document = yaml.safe_load(yaml.safe_dump(scorecard_document(fitted)))
    factor = 12 / np.log(2)
    for row, exact in zip(cases.values[:200], fitted.log_odds_of(cases), strict=False):
        probability = document_probability(document, dict(zip(cases.figures, row, strict=True)))
        off = abs(np.log(probability / (1 - probability)) - exact)
        assert off <= len(fitted.characteristics) * 0.005 / factor + 1e-9


def test_the_document_has_bins_without_gaps_and_a_target(fitted):
    document = scorecard_document(fitted)
    assert document["trained"] is True
    assert document["predicts"] == "bankrupt within a year"
    assert document["scale"] == {"base_score": 50, "base_odds": 25, "points_to_double_odds": 12}
    for each in document["characteristics"]:
        assert set(each) == {"figure", "bins", "missing_points", "target"}
        bins = each["bins"]
        assert "at_least" not in bins[0]
        assert "below" not in bins[-1]
        assert [row["below"] for row in bins[:-1]] == [row["at_least"] for row in bins[1:]]
        points = [row["points"] for row in bins]
        assert points == sorted(points, reverse=each["figure"] == "leverage")
        best = max(row["points"] for row in bins)
        (found,) = [
            row["points"] for row in bins if row.get("at_least", -inf) <= each["target"] < row.get("below", inf)
        ]
        assert found == best


@pytest.mark.parametrize("rate", [0.001, 0.02, 0.5])
def test_the_level_is_moved_to_a_default_rate_and_nothing_else_is(cases, fitted, rate):
    moved = fit(cases, replace(SETTINGS, default_rate=rate))
    assert moved.probabilities_of(cases).mean() == pytest.approx(rate, abs=1e-9)
    shifts = moved.log_odds_of(cases) - fitted.log_odds_of(cases)
    assert np.ptp(shifts) < 1e-9
    assert shifts[0] == pytest.approx(moved.level_moved_by)


def test_without_a_default_rate_the_mean_is_the_rate_of_the_cases(cases, fitted):
    assert fitted.probabilities_of(cases).mean() == pytest.approx(cases.bad.mean(), abs=1e-6)


def test_what_another_figure_says_already_is_left_out(cases):
    twin = cases.values[:, [1]] * 3 + 1
    doubled = replace(cases, figures=(*cases.figures, "twin"), values=np.hstack([cases.values, twin]))
    reasons = {each.candidate.figure: each.reason for each in fit(doubled, SETTINGS).dropped}
    assert "says what margin says (correlation 1.00)" in reasons["twin"]


def test_a_figure_that_turns_against_its_evidence_beside_the_others_is_left_out():
    random = np.random.default_rng(5)
    true, disturbance = random.normal(size=6000), random.normal(size=6000)
    bad = random.random(6000) < 1 / (1 + np.exp(2 - 2 * true))
    # `shown` alone separates; given `seen` and `shown`, the less of what both share with the disturbance the better.
    values = np.column_stack([true + disturbance, 0.3 * true + disturbance])
    fitted = fit(Cases(("seen", "shown"), values, bad), SETTINGS)
    assert [each.candidate.figure for each in fitted.characteristics] == ["seen"]
    assert all(each.coefficient < 0 for each in fitted.characteristics)
    assert "turns against" in fitted.dropped[0].reason


def test_a_figure_is_read_one_way_only():
    random = np.random.default_rng(6)
    growth = random.normal(size=6000)
    bad = random.random(6000) < np.where(growth < -1, 0.5, np.where(growth > 1, 0.3, 0.05))
    fitted = fit(Cases(("growth",), growth[:, None], bad), SETTINGS)
    assert [each.candidate.rising for each in fitted.characteristics] == [False]


@pytest.mark.parametrize(("good", "ill", "said"), [(9, 50, "9 good and 50 bad"), (50, 9, "50 good and 9 bad")])
def test_too_few_cases_are_refused(good, ill, said):
    values = np.arange(float(good + ill))[:, None]
    bad = np.array([False] * good + [True] * ill)
    with pytest.raises(CasesUnfit, match=said):
        fit(Cases(("x",), values, bad), SETTINGS)


def test_cases_that_no_figure_separates_are_refused():
    bad = np.tile([True, False], 200)
    with pytest.raises(CasesUnfit, match="no figure separates"):
        fit(Cases(("x", "y"), np.column_stack([np.ones(400), np.full(400, np.nan)]), bad), SETTINGS)


def test_values_must_be_finite_or_missing():
    with pytest.raises(ValueError, match="infinite"):
        Cases(("x",), np.array([[np.inf]]), np.array([True]))


@pytest.mark.parametrize(("worse", "rising"), [("higher", True), ("lower", False), (None, False)])
def test_a_figure_whose_meaning_is_known_is_read_no_other_way(worse, rising):
    random = np.random.default_rng(6)
    growth = random.normal(size=6000)
    bad = random.random(6000) < np.where(growth < -1, 0.5, np.where(growth > 1, 0.3, 0.05))
    fitted = fit(Cases(("growth",), growth[:, None], bad, worse=(worse,)), SETTINGS)
    assert [each.candidate.rising for each in fitted.characteristics] == [rising]


def test_a_figure_that_only_tells_against_its_meaning_is_left_out():
    cases = made_cases(3000)
    turned = replace(cases, worse=("lower", "lower", None, None))
    fitted = fit(turned, SETTINGS)
    assert [each.candidate.figure for each in fitted.characteristics] == ["margin"]
    reasons = {each.candidate.figure: each.reason for each in fitted.dropped}
    assert reasons["leverage"] == "its values do not part good from bad in one direction"


@pytest.mark.parametrize(("least", "target"), [(0.5, 0), (-20.0, -20)])
def test_the_target_of_a_figure_that_is_worse_when_higher_lies_in_its_best_bin(least, target):
    values = np.repeat([least, least + 1.5], 200)
    bad = np.arange(400) % 20 == 0
    bad[200:] = np.arange(200) % 2 == 0
    (only,) = scorecard_document(fit(Cases(("late",), values[:, None], bad), SETTINGS))["characteristics"]
    assert only["target"] == target
    assert only["target"] < only["bins"][0]["below"]
