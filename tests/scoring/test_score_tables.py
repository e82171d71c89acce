"""Vendor scores read by dated tables: the one in force on the day of the score counts, and no other."""

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engines import judge
from scoring.facts import BureauFacts
from scoring.judgement import Judgement
from scoring.policy.document import Policy, PolicyInvalid, parse_policy, shipped
from tests.scoring.companies import POLICY, TODAY, company, scored

ENGINE_1: Any = json.loads(Path(__file__).with_name("golden").joinpath("engine_1.json").read_text("utf-8"))["policy"]
BASE = {"target_event": "default", "horizon_months": 12, "valid_from": "2020-01-01", "source": "a contract"}
GRADES = [{"at_least": 0, "grade": "G9"}, {"at_least": 50, "grade": "G4"}]
CHANCES = [{"at_least": 0, "pd": 0.2}, {"at_least": 50, "pd": 0.02}]


def table(scale: str = "house", bands: Any = GRADES, **changed: Any) -> dict[str, Any]:
    return {**BASE, "scale": scale, "bands": bands, **changed}


def document(*tables: Any) -> dict[str, Any]:
    whole: Any = copy.deepcopy(dict(shipped()["default"]))
    whole["scorecards"]["external_tables"] = list(tables)
    return whole  # type: ignore[no-any-return]


def with_tables(*tables: Mapping[str, Any]) -> Policy:
    return parse_policy(document(*tables))


def report(score: int = 60, on: date = TODAY, **changed: Any) -> BureauFacts:
    return scored(score, scale="house", **changed) if on == TODAY else scored(score, (TODAY - on).days, scale="house")


def judged(bureau: BureauFacts, policy: Policy) -> Judgement:
    return judge("2", company(bureau=bureau), policy)


def codes(judgement: Judgement) -> set[str]:
    return {each.code for each in judgement.reasons}


@pytest.mark.parametrize(
    ("days_ago", "typical"),
    [(0, "0.00474"), (9, "0.00474"), (10, "0.00474"), (11, "0.1732"), (40, "0.1732")],
)
def test_the_table_in_force_on_the_day_of_the_score_counts(days_ago: int, typical: str) -> None:
    changed_on = TODAY - timedelta(days=10)
    before = table(
        bands=[{"at_least": 0, "grade": "G9"}], valid_until=(changed_on - timedelta(days=1)).isoformat()
    )  # fmt: skip
    policy = with_tables(before, table(valid_from=changed_on.isoformat()))
    assert judged(report(on=TODAY - timedelta(days=days_ago)), policy).pd_external == Decimal(typical)


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"valid_from": (TODAY + timedelta(days=1)).isoformat()}, "score_table_not_in_force"),
        ({"valid_until": (TODAY - timedelta(days=1)).isoformat()}, "score_table_not_in_force"),
        ({"provider": "another_bureau"}, "score_scale_unknown"),
        ({"scale": "another_scale"}, "score_scale_unknown"),
    ],
)
def test_a_score_without_a_table_of_its_day_gives_nothing(limits: dict[str, str], told: str) -> None:
    judgement = judged(report(), with_tables(table(**limits)))
    assert (judgement.pd_external, judgement.pd) == (None, None)
    assert told in codes(judgement)
    assert judgement.outcome == "refer"


def test_what_is_told_of_a_table_that_was_not_in_force_names_scale_and_day() -> None:
    judgement = judged(report(), with_tables(table(valid_from="2030-01-01")))
    (found,) = (each for each in judgement.reasons if each.code == "score_table_not_in_force")
    assert found.params == {"scale": "house", "scored_on": TODAY}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_table_of_the_vendor_itself_comes_before_one_for_anybody(order: tuple[int, int]) -> None:
    both = (table(bands=[{"at_least": 0, "grade": "G8"}]), table(provider="creditsafe"))
    policy = with_tables(*(both[place] for place in order))
    assert judged(report(), policy).pd_external == Decimal("0.00474")
    assert judged(replace(report(), provider="another"), policy).pd_external == Decimal("0.0849")


@pytest.mark.parametrize(("score", "horizon", "pd"), [(60, 12, "0.02"), (10, 12, "0.2"), (60, 24, "0.0100505063")])
def test_a_table_may_give_probabilities_over_its_own_horizon(score: int, horizon: int, pd: str) -> None:
    policy = with_tables(table(bands=CHANCES, horizon_months=horizon))
    assert judged(report(score), policy).pd_external == Decimal(pd)


def test_a_probability_of_the_vendor_beats_any_table() -> None:
    for policy in (
        with_tables(table()),
        with_tables(table(valid_from="2030-01-01")),
        with_tables(table(bands=CHANCES)),
    ):
        judgement = judged(report(pd=Decimal("0.033"), horizon_months=12), policy)
        assert judgement.pd_external == Decimal("0.033")
        assert "score_table_not_in_force" not in codes(judgement)


def test_a_score_below_all_bands_gives_nothing_and_the_reason_says_from_where_on_it_would() -> None:
    judgement = judged(report(5), with_tables(table(bands=[{"at_least": 10, "grade": "G9"}])))
    assert judgement.pd_external is None
    assert "score_scale_unknown" not in codes(judgement)
    (found,) = (each for each in judgement.reasons if each.code == "score_below_table")
    assert found.params == {"scale": "house", "lowest_score": Decimal(10)}


@given(score=st.integers(0, 100), scale=st.sampled_from(["creditsafe_1_100", "coface_dra", "dnb_paydex"]))
def test_the_shipped_tables_give_the_grades_the_scales_gave(score: int, scale: str) -> None:
    by_scale = ENGINE_1["scorecards"]["external_scales"][scale]
    expected = [band["grade"] for band in by_scale if Decimal(str(band["at_least"])) <= score][-1]
    (shipped_table,) = (each for each in POLICY.scorecards.external_tables if each.scale == scale)
    found = shipped_table.band_of(Decimal(score))
    assert found is not None
    assert found.grade == expected
    assert judged(scored(score, scale=scale), POLICY).pd_external == POLICY.master_scale.typical_pd_of(expected)


@pytest.mark.parametrize(
    ("tables", "path", "detail"),
    [
        ([table(bands=[])], "0.bands", "no bands"),
        ([table(bands=[*GRADES, {"at_least": 70, "pd": 0.01}])], "0.bands", "some bands give a grade and others a pd"),
        ([table(bands=[{"at_least": 0, "grade": "G9", "pd": 0.1}])], "0.bands.0", "either grade or pd"),
        ([table(bands=[{"at_least": 0}])], "0.bands.0", "either grade or pd"),
        ([table(bands=[{"at_least": 0, "pd": 1.5}])], "0.bands.0.pd", "a share"),
        ([table(bands=GRADES[::-1])], "0.bands.1.at_least", "0 is not above 50"),
        (
            [table(bands=[{"at_least": 0, "grade": "G4"}, {"at_least": 5, "grade": "G5"}])],
            "0.bands.1.grade",
            "a worse grade",
        ),
        ([table(bands=[{"at_least": 0, "pd": 0.1}, {"at_least": 5, "pd": 0.2}])], "0.bands.1.pd", "a worse pd"),
        ([table(bands=[{"at_least": 0, "grade": "AAA"}])], "0.bands.0.grade", "not a grade"),
        ([table(horizon_months=0)], "0.horizon_months", "not above zero"),
        ([table(source=" ")], "0.source", "where the table comes from"),
        ([table(valid_until="2019-12-31")], "0.valid_until", "before valid_from"),
        ([table(valid_from="yesterday")], "0.valid_from", "not a date"),
        ([table(), table()], "1", "in force at the same time as scorecards.external_tables.0"),
        ([table(valid_until="2024-06-01"), table(valid_from="2024-06-01")], "1", "in force at the same time"),
        ([table(provider="a"), table(provider="a")], "1", "in force at the same time"),
    ],
)
def test_a_fault_of_a_table_is_named_with_its_path(tables: list[Any], path: str, detail: str) -> None:
    with pytest.raises(PolicyInvalid) as raised:
        parse_policy(document(*tables))
    assert [fault.path for fault in raised.value.faults] == [f"scorecards.external_tables.{path}"]
    assert detail in raised.value.faults[0].detail


@pytest.mark.parametrize(
    "tables",
    [
        [table(valid_until="2024-05-31"), table(valid_from="2024-06-01")],
        [table(provider="a"), table(provider="b"), table()],
        [table(), table(scale="other")],
    ],
)
def test_tables_that_never_meet_may_stand_side_by_side(tables: list[Any]) -> None:
    assert len(with_tables(*tables).scorecards.external_tables) == len(tables)


def test_a_scale_is_a_table_or_for_all_time_but_not_both() -> None:
    both = document(table())
    both["scorecards"]["external_scales"] = {"house": GRADES}
    with pytest.raises(PolicyInvalid, match="one of external_scales too"):
        parse_policy(both)


def test_engine_1_knows_no_tables() -> None:
    old = copy.deepcopy(ENGINE_1)
    old["scorecards"]["external_tables"] = [table()]
    with pytest.raises(PolicyInvalid) as raised:
        parse_policy(old)
    assert [fault.path for fault in raised.value.faults] == ["scorecards.external_tables"]
