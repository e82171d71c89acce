"""What is said of a fitted card beside the policy's own, on cases that were held back by time."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from api.policies.calibration.cases import CasesUnfit
from api.policies.calibration.fitting import Settings
from api.policies.calibration.later import HELD_BACK_MIN, compare_later
from api.policies.calibration.ledger_cases import LedgerCases
from tests.api.policies.calibration.made import made_cases

SETTINGS = Settings("late")
BEGIN, COUNT, LAG_DAYS = date(2020, 1, 1), 1500, 45


def gathered(own: str, count: int = COUNT, debtors_count: int = 50) -> LedgerCases:
    """A case a day, certain 45 days later; the policy's own card knows what both figures say, one of them, or less."""
    cases = made_cases(count, noise_count=0, missing_share=0)
    leverage, margin = cases.values.T
    random = np.random.default_rng(0)
    scores = {
        "all": 1.2 * np.clip(leverage, -1, 2) - 0.8 * margin,
        "half": -margin,
        "nothing": random.normal(size=count),
    }
    days = [BEGIN + timedelta(place) for place in range(count)]
    cases = replace(
        cases,
        groups=tuple(str(place % debtors_count) for place in range(count)),
        periods=tuple(day.isoformat() for day in days),
    )
    certain_on = tuple(day + timedelta(LAG_DAYS) for day in days)
    return LedgerCases(cases, 1 / (1 + np.exp(-scores[own])), certain_on, days[0], days[-1])


@pytest.mark.parametrize(("own", "verdict"), [("all", "may tell no better"), ("half", None), ("nothing", None)])
def test_a_card_is_praised_only_where_it_tells_better_for_certain(own: str, verdict: str | None) -> None:
    found = compare_later(gathered(own), SETTINGS)
    assert (found.verdict is None) == (verdict is None)
    assert verdict is None or verdict in (found.verdict or "")
    assert found.fitted.cases_count == found.own.cases_count == COUNT * 3 // 10


def test_a_card_that_tells_worse_is_called_so() -> None:
    """The figures of the earlier cases are turned round: what is learnt from them is wrong."""
    told = gathered("all")
    signs = np.where(np.arange(COUNT) < COUNT * 7 // 10, -1, 1)[:, None]
    turned = replace(told.cases, values=told.cases.values * signs)
    found = compare_later(replace(told, cases=turned), SETTINGS)
    assert "WORSE" in (found.verdict or "")


def test_nothing_that_was_uncertain_before_the_held_back_cases_is_fitted_to() -> None:
    told = gathered("half")
    clean = compare_later(told, SETTINGS)
    first_uncertain = COUNT * 7 // 10 - LAG_DAYS
    assert clean.fitted_count == first_uncertain
    bad = told.cases.bad.copy()
    bad[first_uncertain : COUNT * 7 // 10] ^= True
    assert compare_later(replace(told, cases=replace(told.cases, bad=bad)), SETTINGS) == clean
    bad[:first_uncertain] ^= True  # The poison does work elsewhere.
    assert compare_later(replace(told, cases=replace(told.cases, bad=bad)), SETTINGS) != clean


def test_too_few_held_back_cases_are_refused() -> None:
    with pytest.raises(CasesUnfit, match=f"held back .* at least {HELD_BACK_MIN} of each"):
        compare_later(gathered("half", count=300), SETTINGS)


def test_late_payers_that_are_all_one_debtor_tell_nothing_of_others() -> None:
    told = gathered("half")
    assert told.cases.groups is not None
    groups = tuple("one" if bad else each for each, bad in zip(told.cases.groups, told.cases.bad, strict=True))
    with pytest.raises(CasesUnfit, match="are of one debtor"):
        compare_later(replace(told, cases=replace(told.cases, groups=groups)), SETTINGS)
