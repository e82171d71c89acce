"""What the comparison of scorecards with others says of its figures, on tables of the same columns."""

import csv
from pathlib import Path

import numpy as np
import pytest

from api.policies.calibration.fitting import Settings, fit
from bench import accuracy_tables
from bench.accuracy_tables import Comparison, compare, polish_parts, spain_parts, table, verdicts


@pytest.fixture(scope="module")
def polish(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Companies whose fate follows X6, which Z'' weighs too."""
    random = np.random.default_rng(4)
    path = tmp_path_factory.mktemp("tables") / "polish.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("X3", "X6", "X7", "X8", "class"))
        for row in random.normal(size=(400, 4)):
            writer.writerow((*row, int(random.random() < 1 / (1 + np.exp(1 + 2 * row[1])))))
    return path


@pytest.fixture(scope="module")
def compared(polish: Path) -> Comparison:
    folds, boostings = accuracy_tables.SEEDS, accuracy_tables.BOOSTINGS
    accuracy_tables.SEEDS, accuracy_tables.BOOSTINGS = (0, 1), ({"max_iter": 10},)
    try:
        return compare(polish_parts(polish))
    finally:
        accuracy_tables.SEEDS, accuracy_tables.BOOSTINGS = folds, boostings


def test_every_case_is_tried_once_in_each_repetition(compared: Comparison) -> None:
    assert len(compared.parts.repetitions) == 2
    assert len(compared.scorecard.of_bad) + len(compared.scorecard.of_good) == 400
    assert compared.scorecard.area > 0.7
    assert compared.boosting.area > 0.7
    assert compared.altman
    assert compared.altman.value > 0.5


def test_the_table_has_a_line_for_each_comparison_and_a_verdict(compared: Comparison) -> None:
    lines = table([compared]).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert f"{compared.scorecard.area:.4f}" in lines[-1]
    met = "met" if compared.share >= 0.95 else "NOT met"
    assert verdicts([compared]) == [f"Poland, 5th year: {compared.share:.1%} of boosting, 95% {met}"]


def test_rounded_points_are_measured(polish: Path) -> None:
    cases = polish_parts(polish).cases
    told = accuracy_tables.rounding(fit(cases, Settings("bankrupt")), cases)
    off = float(told.partition("off by ")[2].partition(" ")[0])
    assert 0 < off < 0.01


def test_a_year_is_tried_by_the_years_before_it(tmp_path: Path) -> None:
    path = tmp_path / "spain.csv"
    rows = [
        f"{year};{place};{place % 7}.{year};{'YES' if place % 3 else 'NO'}"
        for year in range(1998, 2004)
        for place in range(9)
    ]
    path.write_text("\n".join(["YEAR;PROVINCE_CODE;AGE;BANKRUPTCY", *rows]))
    for parts, year in zip(spain_parts(path), (2001, 2002, 2003), strict=True):
        (((fitting, trying),),) = parts.repetitions
        assert parts.cases.figures == ("AGE",)
        assert (len(fitting), len(trying)) == (9 * (year - 1998), 9)
        assert set(np.array(parts.cases.periods)[trying]) == {str(year)}
