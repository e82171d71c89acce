"""Tries a scorecard on cases it was not fitted to: in folds, or on a later period."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from api.policies.calibration.cases import Cases, CasesUnfit, Flags, Numbers, Places
from api.policies.calibration.fitting import Settings, fit
from api.policies.calibration.measures import Interval, Placements, interval_of, placements

CALIBRATION_BANDS = 10


@dataclass(frozen=True, slots=True)
class Band:
    """A tenth of the cases, by probability: what was foretold and what came."""

    case_count: int
    mean_probability: float
    bad_count: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What scorecards said (log-odds of bad) of cases they had not seen, each of `parts` by one scorecard.

    The level is that of the cases themselves.
    """

    how: str
    log_odds: Numbers
    bad: Flags
    parts: tuple[Places, ...]

    @property
    def placed(self) -> Placements:
        """Every case placed among those of its own part: what two scorecards said is not compared."""
        shares = np.empty(len(self.bad))
        for part in self.parts:
            bad = self.bad[part]
            placed = placements(self.log_odds[part], bad)
            shares[part[bad]], shares[part[~bad]] = placed.of_bad, placed.of_good
        return Placements(shares[self.bad], shares[~self.bad])

    @property
    def area(self) -> Interval:
        """The area under the ROC curve, the mean of those of the parts."""
        return interval_of(self.placed)

    def bands(self) -> list[Band]:
        """Tenths of the cases, from the safest to the riskiest."""
        order = np.argsort(self.log_odds, kind="stable")
        parts = np.array_split(order, min(CALIBRATION_BANDS, len(order)))
        probabilities = expit(self.log_odds)
        return [Band(len(part), float(probabilities[part].mean()), int(self.bad[part].sum())) for part in parts]


def folds_of(cases: Cases, count: int, seed: int) -> Iterator[tuple[Places, Places]]:
    """Places to fit and to try on, so that each case is tried once and groups stay together.

    Raises CasesUnfit when there are fewer bad or good cases than folds.
    """
    if min(cases.bad_count, len(cases) - cases.bad_count) < count:
        raise CasesUnfit(f"{count} folds need at least {count} good and {count} bad cases")
    if cases.groups is None:
        yield from StratifiedKFold(count, shuffle=True, random_state=seed).split(cases.values, cases.bad)
    else:
        grouped = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
        yield from grouped.split(cases.values, cases.bad, cases.groups)


def try_in_folds(cases: Cases, settings: Settings) -> Trial:
    """Fit on all folds but one, bins and choice of figures included, and try on that one; in turns."""
    here = replace(settings, default_rate=None)
    log_odds = np.full(len(cases), np.nan)
    parts = []
    for fitting, trying in folds_of(cases, settings.folds, settings.seed):
        log_odds[trying] = fit(cases.only(fitting), here).log_odds_of(cases.only(trying))
        parts.append(trying)
    return Trial(f"{settings.folds} folds, seed {settings.seed}", log_odds, cases.bad, tuple(parts))


def try_later(cases: Cases, later: Cases, settings: Settings, test_from: str) -> Trial:
    """Fit on some cases and try on those of a later period."""
    if not later.bad_count or later.bad_count == len(later):
        raise CasesUnfit(f"of {len(later)} cases from {test_from} on, {later.bad_count} are bad: nothing can be told")
    fitted = fit(cases, replace(settings, default_rate=None))
    how = f"fitted before {test_from}, tried from {test_from} on"
    return Trial(how, fitted.log_odds_of(later), later.bad, (np.arange(len(later)),))
