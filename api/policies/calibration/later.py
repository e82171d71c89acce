"""A card fitted to the earlier cases of a ledger beside the policy's own, on later cases that neither has seen."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from api.policies.calibration.cases import CasesUnfit, Places
from api.policies.calibration.fitting import Settings, fit
from api.policies.calibration.ledger_cases import LedgerCases
from scoring.validation.discrimination import AucDifference, Discrimination, auc_difference, discriminate

HELD_BACK_SHARE = 0.3  # The last cases by time.
HELD_BACK_MIN = 25  # Fewer good or bad ones tell no two cards apart.


@dataclass(frozen=True, slots=True)
class Later:
    """How both cards tell the cases from a day on; the difference is the fitted card's area less the own one's.

    Debtors are taken for independent, and not their cases.
    """

    test_from: date
    fitted_count: int
    fitted_bad_count: int
    debtors_count: int
    fitted: Discrimination
    own: Discrimination
    difference: AucDifference

    @property
    def verdict(self) -> str | None:
        """What speaks against the fitted card, in words; None where it tells better for certain."""
        interval = self.difference.interval
        assert interval is not None
        if interval.high < 0:
            return "the fitted card tells WORSE than the card of the policy: do not activate it"
        if interval.low <= 0:
            return "the fitted card may tell no better than the card of the policy: the interval holds 0"
        return None


def compare_later(gathered: LedgerCases, settings: Settings) -> Later:
    """Hold the last cases back, fit to those that were certain before the first of them, and try both cards.

    Raises CasesUnfit when there are too few cases, or too few debtors, to tell.
    """
    cases, groups = gathered.cases, gathered.cases.groups
    cases.require_both()
    assert cases.periods is not None
    assert groups is not None
    test_from = cases.periods[int(len(cases) * (1 - HELD_BACK_SHARE))]
    later = np.flatnonzero([day >= test_from for day in cases.periods])
    earlier = np.flatnonzero([day.isoformat() < test_from for day in gathered.certain_on])
    _require_enough(gathered, later, f"from {test_from} on")
    fitted = fit(cases.only(earlier), replace(settings, default_rate=None))
    events = cases.bad[later].tolist()
    debtors = np.unique([groups[place] for place in later], return_inverse=True)[1].tolist()
    scores, own = fitted.log_odds_of(cases.only(later)).tolist(), gathered.pds[later].tolist()
    difference = auc_difference(scores, own, events, debtors)
    if difference.interval is None:
        raise CasesUnfit(f"of the cases from {test_from} on, all bad or all good ones are of one debtor")
    return Later(
        test_from=date.fromisoformat(test_from),
        fitted_count=len(earlier),
        fitted_bad_count=int(cases.bad[earlier].sum()),
        debtors_count=len(set(debtors)),
        fitted=discriminate(scores, events, debtors),
        own=discriminate(own, events, debtors),
        difference=difference,
    )


def _require_enough(gathered: LedgerCases, places: Places, when: str) -> None:
    bad_count = int(gathered.cases.bad[places].sum())
    good_count = len(places) - bad_count
    if min(bad_count, good_count) < HELD_BACK_MIN:
        raise CasesUnfit(
            f"{good_count} good and {bad_count} bad cases {when}, which are held back to try the card on:"
            f" at least {HELD_BACK_MIN} of each are needed"
        )
