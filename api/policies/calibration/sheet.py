"""The evidence sheet of a scorecard: what it was fitted to, how well it tells, and what was left out."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from api.policies.calibration.cases import Cases
from api.policies.calibration.choosing import INFORMATION_SUSPECT, information_of_chance
from api.policies.calibration.document import Points, plain, points_of
from api.policies.calibration.fitting import Characteristic, FittedScorecard
from api.policies.calibration.measures import Interval, area_of
from api.policies.calibration.trying import Trial

CORRELATION_WARNED = 0.7
CHANCE_TIMES_WARNED = 3  # Bins are put where they separate most, so that chance gives more than it would by itself.


@dataclass(frozen=True, slots=True)
class Evidence:
    """A scorecard, the cases it was fitted to, and how it did on cases it had not seen; `source` says whose cases."""

    fitted: FittedScorecard
    cases: Cases
    trial: Trial
    source: str


def sheet_of(evidence: Evidence) -> dict[str, Any]:
    """The sheet as plain values, for JSON and for the page."""
    fitted, cases, trial = evidence.fitted, evidence.cases, evidence.trial
    points = points_of(fitted)
    return {
        "predicts": fitted.settings.predicts,
        "source": evidence.source,
        "cases": _cases(cases),
        "discrimination": {
            "unseen": {"how": trial.how, "cases": len(trial.bad), "bad": int(trial.bad.sum()), **_area(trial.area)},
            "fitted": _area(area_of(fitted.log_odds_of(cases), cases.bad)),
        },
        "calibration": [
            {
                "cases": band.case_count,
                "bad": band.bad_count,
                "bad_rate": _rounded(band.bad_count / band.case_count),
                "mean_probability": _rounded(band.mean_probability),
            }
            for band in trial.bands()
        ],
        "level": {
            "mean_probability": _rounded(float(fitted.probabilities_of(cases).mean())),
            "default_rate": fitted.settings.default_rate,
            "log_odds_moved_by": _rounded(fitted.level_moved_by),
        },
        "characteristics": [
            _characteristic(each, given) for each, given in zip(fitted.characteristics, points, strict=True)
        ],
        "warnings": _warnings(fitted, cases),
        "left_out": [{"figure": each.candidate.figure, "reason": each.reason} for each in fitted.dropped],
        "notes": list(cases.notes),
        # Of cases from a ledger more is told.
        "ledger": None,
        "later": None,
    }


def _cases(cases: Cases) -> dict[str, Any]:
    periods = sorted(cases.periods) if cases.periods else None
    return {
        "count": len(cases),
        "bad": cases.bad_count,
        "bad_rate": _rounded(cases.bad_count / len(cases)),
        "figures": len(cases.figures),
        "first_period": periods[0] if periods else None,
        "last_period": periods[-1] if periods else None,
    }


def _area(area: Interval) -> dict[str, float]:
    return {"auc": _rounded(area.value), "auc_low": _rounded(area.low), "auc_high": _rounded(area.high)}


def _characteristic(fitted: Characteristic, points: Points) -> dict[str, Any]:
    binned = fitted.candidate.binned
    bounds = binned.bounds
    rows = [
        {
            "at_least": plain(bounds[place - 1]) if place else None,
            "below": plain(bounds[place]) if place < len(bounds) else None,
            **_counted(*binned.counts[place], binned.weights[place]),
            "adjusted": place in binned.evidence.adjusted_bins,
            "points": plain(given),
        }
        for place, given in enumerate(points.bins)
    ]
    missing = {
        **_counted(*binned.counts[-1], binned.weights[-1]),
        "neutral": not binned.missing_is_weighed,
        "points": plain(points.missing),
    }
    return {
        "figure": fitted.candidate.figure,
        "worse_when": "higher" if fitted.candidate.rising else "lower",
        "information_value": _rounded(fitted.candidate.information_value),
        "coefficient": _rounded(fitted.coefficient),
        "bins": rows,
        "missing": missing,
    }


def _counted(good: int, bad: int, weight: float) -> dict[str, Any]:
    count = good + bad
    rate = _rounded(bad / count) if count else None
    return {"cases": count, "good": good, "bad": bad, "bad_rate": rate, "weight_of_evidence": _rounded(weight)}


def _warnings(fitted: FittedScorecard, cases: Cases) -> list[str]:
    """What a person should look at before he trusts the scorecard."""
    told = [
        f"{each.candidate.figure} separates very well (information value {each.candidate.information_value:.2f}):"
        " make sure that it was known before the outcome"
        for each in fitted.characteristics
        if each.candidate.information_value > INFORMATION_SUSPECT
    ]
    for each in fitted.characteristics:
        chance = information_of_chance(each.candidate.binned, cases)
        if each.candidate.information_value < CHANCE_TIMES_WARNED * chance:
            value = each.candidate.information_value
            told.append(f"{each.candidate.figure} may be chance: information value {value:.3f}, of noise {chance:.3f}")
    weights = [each.candidate.weights_of(cases) for each in fitted.characteristics]
    alike = np.atleast_2d(np.corrcoef(weights))
    for one, other in zip(*np.triu_indices(len(weights), 1), strict=True):
        if alike[one, other] >= CORRELATION_WARNED:
            names = [fitted.characteristics[place].candidate.figure for place in (one, other)]
            told.append(f"{names[0]} and {names[1]} say much the same (correlation {alike[one, other]:.2f})")
    return told


def _rounded(number: float) -> float:
    return round(number, 6)
