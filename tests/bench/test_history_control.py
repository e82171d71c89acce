"""The score of our own experience tells late payers apart, and tells nothing where history cannot know anything."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from statistics import fmean

import pytest

from api.records.ledger_walk import DebtorLedger
from bench.history import cases_of, score_of, shuffled
from scoring.policy.document import parse_policy, shipped
from scoring.validation.discrimination import discriminate
from tests.bench.made_ledgers import habitual_ledgers, ledger_of

POLICY = parse_policy(shipped()["default"])
LATE_DAYS = 5
SHUFFLES = 20
AMOUNT = Decimal(1000)


def area(ledgers: Sequence[DebtorLedger]) -> float:
    """How well the score of the shipped policy tells which invoices were paid late, of debtors with history."""
    scored = [
        (score, case.is_late(LATE_DAYS))
        for case in cases_of(ledgers, POLICY.currency, POLICY)
        if case.settled and (score := score_of(case, POLICY)) is not None
    ]
    found = discriminate([score for score, _ in scored], [late for _, late in scored]).auc
    assert found is not None
    return found


@pytest.fixture(scope="module")
def ledgers() -> list[DebtorLedger]:
    return habitual_ledgers()


def test_habits_are_recognised(ledgers: list[DebtorLedger]) -> None:
    """It is 0.865 here; a score that knew how late each debtor pays on average, even later on, would reach 0.894."""
    assert area(ledgers) == pytest.approx(0.865, abs=0.02)


def test_history_of_other_debtors_foretells_nothing(ledgers: list[DebtorLedger]) -> None:
    """The same invoices, those of each month dealt out anew: what still seemed to be foretold would be a leak."""
    assert fmean(area(shuffled(ledgers, Random(seed))) for seed in range(SHUFFLES)) == pytest.approx(0.5, abs=0.03)


def last_score(late_days: Sequence[int]) -> float:
    """The score, for one more invoice, of a debtor whose invoices, ten days apart, were each so many days late."""
    begin = date(2023, 1, 1)
    bills = [(begin + timedelta(10 * place), days, AMOUNT) for place, days in enumerate(late_days)]
    asked = (begin + timedelta(10 * len(bills) + 120), None, AMOUNT)
    *_, case = cases_of([ledger_of([*bills, asked])], POLICY.currency, POLICY)
    assert len(case.settled) == len(late_days)
    score = score_of(case, POLICY)
    assert score is not None
    return score


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param([40], [40] * 10, id="one late of one is no certainty that ten of ten are"),
        pytest.param([40, -5], [40], id="paying in time once since then speaks for a debtor"),
        pytest.param([-5] * 10, [-5], id="ten in time of ten say more than one of one"),
        pytest.param([-5], [40], id="one in time of one is better than one late of one"),
        pytest.param([40] + [-5] * 9, [40] * 9 + [-5], id="nine of ten in time are better than one of ten"),
    ],
)
def test_thin_histories_do_not_fool_it(better: list[int], worse: list[int]) -> None:
    assert last_score(better) < last_score(worse)
