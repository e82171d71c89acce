"""How well fitted scorecards tell, on published financial statements: beside gradient boosting and Altman's Z''."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from api.policies.calibration.cases import Cases
from api.policies.calibration.document import points_of
from api.policies.calibration.fitting import FittedScorecard, Settings, fit
from api.policies.calibration.measures import Interval, Placements, area_of, interval_of, mean_placements
from api.policies.calibration.tables import TableColumns, read_table
from api.policies.calibration.trying import Trial, folds_of

FOLDS, SEEDS = 5, (0, 1, 2)
YEARS = ("2001", "2002", "2003")
POLISH_SHARE_MIN, SPAIN_SHARE_MIN = 0.95, 0.90
ALTMAN = {"X3": 6.56, "X6": 3.26, "X7": 6.72, "X8": 1.05}
PROVINCE = ("PROVINCE_CODE",)  # A code and no quantity: more of it is neither better nor worse.

# The best of these on the very cases they are tried on is what the scorecard is held against: that favours boosting.
BOOSTINGS = (
    {},
    {"learning_rate": 0.05, "max_iter": 300},
    {"learning_rate": 0.05, "max_iter": 300, "l2_regularization": 10.0, "max_features": 0.3},
    {"learning_rate": 0.03, "max_iter": 200, "max_leaf_nodes": 5, "min_samples_leaf": 50},
)

Fitter = Callable[[Cases], Callable[[Cases], np.ndarray]]


@dataclass(frozen=True, slots=True)
class Parts:
    """Cases, and the places in them to fit and to try on, for each repetition."""

    name: str
    how: str
    cases: Cases
    repetitions: tuple[tuple[tuple[np.ndarray, np.ndarray], ...], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The areas under the ROC curve on cases not seen; `altman` only where its four ratios are there."""

    parts: Parts
    scorecard: Placements
    boosting: Placements
    altman: Interval | None
    scorecard_seconds: float
    boosting_seconds: float

    @property
    def share(self) -> float:
        """The scorecard's area as a share of boosting's."""
        return self.scorecard.area / self.boosting.area


def run(polish: Path, spain: Path, folder: Path) -> None:
    """Measure, tell it on standard output as markdown, and write it to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    comparisons = [compare(parts) for parts in (polish_parts(polish), *spain_parts(spain))]
    whole = comparisons[0].parts.cases
    told = "\n".join(
        [table(comparisons), "", *verdicts(comparisons), rounding(fit(whole, Settings("bankrupt")), whole)]
    )
    print(told)
    (folder / "accuracy_tables.md").write_text(told + "\n")


def polish_parts(path: Path) -> Parts:
    """Polish companies, in folds that are drawn anew for each seed."""
    cases = read_table(path, TableColumns("class", "1"))
    repetitions = tuple(tuple(folds_of(cases, FOLDS, seed)) for seed in SEEDS)
    return Parts(
        "Poland, 5th year", f"{len(SEEDS)} x {FOLDS} folds, seeds {SEEDS[0]} to {SEEDS[-1]}", cases, repetitions
    )


def spain_parts(path: Path) -> Iterator[Parts]:
    """Spanish company-years: each year tried by what was known before it. The same company stands in several years."""
    cases = read_table(path, TableColumns("BANKRUPTCY", "YES", PROVINCE, "YEAR"), ";")
    years = np.array(cases.periods)
    for year in YEARS:
        places = (np.flatnonzero(years < year), np.flatnonzero(years == year))
        yield Parts(f"Spain, {year}", f"fitted to the years before {year}", cases, ((places,),))


def compare(parts: Parts) -> Comparison:
    """Fit both on the same parts of the cases, and try both on the rest."""
    started = time.perf_counter()
    scorecard = _placed(parts, lambda cases: fit(cases, Settings("bankrupt")).log_odds_of)
    between = time.perf_counter()
    boosting = max((_placed(parts, _boosting(each)) for each in BOOSTINGS), key=lambda placed: placed.area)
    ended = time.perf_counter()
    return Comparison(parts, scorecard, boosting, altman_area(parts.cases), between - started, ended - between)


def _placed(parts: Parts, fitter: Fitter) -> Placements:
    """Place each case that is tried, by what was fitted without it; the mean of the repetitions."""
    repetitions = []
    for repetition in parts.repetitions:
        scores = np.full(len(parts.cases), np.nan)
        for fitting, trying in repetition:
            scores[trying] = fitter(parts.cases.only(fitting))(parts.cases.only(trying))
        tried = np.flatnonzero(~np.isnan(scores))
        inside = tuple(np.searchsorted(tried, trying) for _, trying in repetition)
        repetitions.append(Trial(parts.how, scores[tried], parts.cases.bad[tried], inside).placed)
    return mean_placements(repetitions)


def _boosting(settings: dict[str, float]) -> Fitter:
    def fitted(cases: Cases) -> Callable[[Cases], np.ndarray]:
        model = HistGradientBoostingClassifier(random_state=0, **settings).fit(cases.values, cases.bad)
        return lambda others: model.decision_function(others.values)

    return fitted


def altman_area(cases: Cases) -> Interval | None:
    """The area of published Z'', of the cases that have all it asks for."""
    if not set(ALTMAN) <= set(cases.figures):
        return None
    score = sum(weight * cases.values[:, cases.figures.index(name)] for name, weight in ALTMAN.items())
    known = ~np.isnan(score)
    return area_of(-score[known], cases.bad[known])


def table(comparisons: list[Comparison]) -> str:
    """Write the areas as a markdown table."""
    lines = [
        "| Cases | Tried | Bad | How | Scorecard | Boosting | Share | Difference | Altman Z'' | Seconds |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for each in comparisons:
        tried = len(each.scorecard.of_bad) + len(each.scorecard.of_good)
        difference = interval_of(each.scorecard.minus(each.boosting), low=-1)
        cells = (
            each.parts.name,
            str(tried),
            str(len(each.scorecard.of_bad)),
            each.parts.how,
            _shown(interval_of(each.scorecard)),
            _shown(interval_of(each.boosting)),
            f"{each.share:.1%}",
            _shown(difference),
            _shown(each.altman) if each.altman else "",
            f"{each.scorecard_seconds:.0f}, {each.boosting_seconds:.0f}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _shown(interval: Interval) -> str:
    return f"{interval.value:.4f} ({interval.low:.4f} to {interval.high:.4f})"


def verdicts(comparisons: list[Comparison]) -> list[str]:
    """Say of each comparison whether the scorecard reaches the share of boosting's area that is aimed at."""
    lines = []
    for each in comparisons:
        aim = POLISH_SHARE_MIN if each.altman else SPAIN_SHARE_MIN
        lines.append(f"{each.parts.name}: {each.share:.1%} of boosting, {aim:.0%} {_met(each.share >= aim)}")
    return lines


def _met(is_met: bool) -> str:
    return "met" if is_met else "NOT met"


def rounding(fitted: FittedScorecard, cases: Cases) -> str:
    """Say what it costs that points are written in hundredths."""
    odds = fitted.settings.scale.odds()
    score = np.zeros(len(cases))
    for each, points in zip(fitted.characteristics, points_of(fitted), strict=True):
        given = np.array([float(point) for point in (*points.bins, points.missing)])
        score += given[each.candidate.binned.places_of(cases.values[:, each.candidate.column])]
    exact = fitted.probabilities_of(cases)
    off = max(abs(odds.pd_of(each) - probability) for each, probability in zip(score, exact, strict=True))
    moved = area_of(-score, cases.bad).value - area_of(fitted.log_odds_of(cases), cases.bad).value
    return f"points in hundredths: the probability is off by {off:.6f} at most, the area by {moved:+.6f}"
