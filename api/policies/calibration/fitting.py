"""Fits a scorecard: logistic regression on weights of evidence, over the characteristics that earn their place."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from api.policies.calibration.cases import Cases, CasesUnfit, Numbers
from api.policies.calibration.choosing import Candidate, Dropped, candidates_of, drop_redundant, reasons_by_figure
from scoring.scorecard import OddsScale

EFFECT_SHARE_MIN = 0.01  # Of all that moves the score, what a characteristic must move itself.


@dataclass(frozen=True, slots=True)
class Scale:
    """`base_score` points stand for odds of `base_odds` good to one bad; `points_to_double_odds` more double them."""

    base_score: int = 50
    base_odds: int = 25
    points_to_double_odds: int = 12

    def odds(self) -> OddsScale:
        """The scale as factor and offset."""
        return OddsScale.of(self.base_score, self.base_odds, self.points_to_double_odds)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a scorecard is fitted and tried: `predicts` says the event and its horizon in words.

    `default_rate`, between 0 and 1, is what the mean probability of the cases is moved to, when they were chosen so
    that their own rate means nothing. `ridge` is the strength of the L2 penalty on coefficients.
    """

    predicts: str
    folds: int = 5
    seed: int = 0
    default_rate: float | None = None
    scale: Scale = field(default_factory=Scale)
    ridge: float = 1.0


@dataclass(frozen=True, slots=True)
class Characteristic:
    """A figure of a fitted scorecard, with its coefficient on weight of evidence, for the log-odds of bad."""

    candidate: Candidate
    coefficient: float


@dataclass(frozen=True, slots=True)
class FittedScorecard:
    """What was fitted, strongest characteristic first; `intercept` is in log-odds of bad, its level moved already."""

    settings: Settings
    characteristics: tuple[Characteristic, ...]
    intercept: float
    level_moved_by: float
    dropped: tuple[Dropped, ...]

    def log_odds_of(self, cases: Cases) -> Numbers:
        """The log-odds of bad of each case, by the model itself: before points were rounded."""
        columns = [
            each.coefficient * each.candidate.binned.weights_of(cases.values[:, each.candidate.column])
            for each in self.characteristics
        ]
        return np.asarray(self.intercept + np.sum(columns, axis=0), dtype=np.float64)

    def probabilities_of(self, cases: Cases) -> Numbers:
        """The probability of bad of each case, by the model itself."""
        return np.asarray(expit(self.log_odds_of(cases)), dtype=np.float64)


def fit(cases: Cases, settings: Settings) -> FittedScorecard:
    """Fit a scorecard. Raises CasesUnfit when there are too few cases or no figure separates them."""
    cases.require_both()
    candidates, dropped = candidates_of(cases)
    candidates, redundant = drop_redundant(candidates, cases)
    kept, model, outdone = _select(candidates, cases, settings)
    dropped += redundant + outdone
    characteristics = tuple(
        Characteristic(candidate, float(coefficient))
        for candidate, coefficient in zip(kept, model.coef_[0], strict=True)
    )
    reasons = reasons_by_figure(dropped, {each.figure for each in kept})
    fitted = FittedScorecard(settings, characteristics, float(model.intercept_[0]), 0.0, reasons)
    return fitted if settings.default_rate is None else _moved(fitted, cases, settings.default_rate)


def _select(
    candidates: Sequence[Candidate], cases: Cases, settings: Settings
) -> tuple[list[Candidate], LogisticRegression, list[Dropped]]:
    """Fit, drop the one that least belongs and fit again, until all belong."""
    kept = list(candidates)
    weights = {each: each.weights_of(cases) for each in kept}
    outdone: list[Dropped] = []
    while kept:
        model = LogisticRegression(C=1 / settings.ridge, solver="newton-cholesky", tol=1e-8)
        model.fit(np.column_stack([weights[each] for each in kept]), cases.bad)
        effects = [-coefficient * weights[each].std() for each, coefficient in zip(kept, model.coef_[0], strict=True)]
        worst = _worst(kept, effects)
        if worst is None:
            return kept, model, outdone
        outdone.append(worst)
        kept.remove(worst.candidate)
    raise CasesUnfit("no figure separates good from bad")


def _worst(kept: Sequence[Candidate], effects: Sequence[float]) -> Dropped | None:
    """Which candidate least belongs, and why; None when all belong."""
    place = int(np.argmin(effects))
    if effects[place] <= 0:
        return Dropped(kept[place], "beside the others its coefficient turns against its own evidence")
    figures = [each.figure for each in kept]
    twice = [place for place, figure in enumerate(figures) if figures.count(figure) > 1]
    if twice:
        place = min(twice, key=lambda each: effects[each])
        return Dropped(kept[place], "the figure says more when read the other way")
    if effects[place] < EFFECT_SHARE_MIN * sum(effects):
        return Dropped(kept[place], f"moves the score by less than {EFFECT_SHARE_MIN:.0%} of what all move it")
    return None


def _moved(fitted: FittedScorecard, cases: Cases, default_rate: float) -> FittedScorecard:
    """The same scorecard at another level: moved in log-odds until the mean probability of the cases is the rate."""
    odds = fitted.log_odds_of(cases)
    shift = float(brentq(lambda moved: float(expit(odds + moved).mean()) - default_rate, -50, 50, xtol=1e-12))
    return FittedScorecard(fitted.settings, fitted.characteristics, fitted.intercept + shift, shift, fitted.dropped)
