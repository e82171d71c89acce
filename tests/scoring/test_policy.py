"""A policy document is read whole or refused with every fault named."""

import copy
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from scoring.policy.document import PolicyInvalid, parse_policy, shipped
from tests.scoring.companies import DOCUMENT_1


def changed(path: str, value: Any) -> Mapping[str, Any]:
    """The shipped policy with one value set, or removed when the value is `...`."""
    old = path.startswith(("scorecards.payment_index", "scorecards.index_scale", "scorecards.external_scales"))
    document: Any = copy.deepcopy(dict(DOCUMENT_1 if old else shipped()["default"]))
    *way, last = path.split(".")
    node = document
    for step in way:
        node = node[int(step)] if step.isdigit() else node[step]
    if value is ...:
        del node[last]
    else:
        node[int(last) if last.isdigit() else last] = value
    return document  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_policy_is_valid(name: str) -> None:
    assert parse_policy(shipped()[name]).engine == "2"


DBT = "scorecards.payment_index.dbt_days.points"
TENURE = "scorecards.payment_index.tenure_years.points"


@pytest.mark.parametrize(
    ("path", "value", "fault_path"),
    [
        ("currency", ..., "currency"),
        ("currency", 978, "currency"),
        ("surprise", 1, "surprise"),
        ("blending", [], "blending"),
        ("blending.credibility_k", "twelve", "blending.credibility_k"),
        ("blending.credibility_k", True, "blending.credibility_k"),
        ("blending.credibility_k", float("nan"), "blending.credibility_k"),
        ("blending.credibility_k", 0, "blending.credibility_k"),
        ("blending.pd_floor", 1, "blending.pd_floor"),
        ("evidence.report_fresh_days", 90.5, "evidence.report_fresh_days"),
        ("evidence.report_fresh_days", 400, "evidence.report_fresh_days"),
        ("evidence.events.bankruptcy", "bad_luck", "evidence.events.bankruptcy"),
        ("scorecards.payment_index.dbt_days.weight", 0, "scorecards.payment_index.dbt_days.weight"),
        (f"{DBT}.steps.0.up_to", 5, f"{DBT}.steps.1.up_to"),
        (f"{DBT}.otherwise", 99, f"{DBT}.otherwise"),
        (f"{TENURE}.otherwise", 99, f"{TENURE}.steps.0.gives"),
        ("scorecards.index_scale.base_odds", 0, "scorecards.index_scale.base_odds"),
        ("scorecards.external_scales.coface_dra.0.grade", "Z", "scorecards.external_scales.coface_dra.0.grade"),
        ("scorecards.external_scales.coface_dra.0.grade", "G1", "scorecards.external_scales.coface_dra.1.grade"),
        ("scorecards.external_scales.coface_dra.0.at_least", 1, "scorecards.external_scales.coface_dra.1.at_least"),
        ("master_scale.grades.1.below_pd", 0.0005, "master_scale.grades.1.below_pd"),
        ("master_scale.grades.1.typical_pd", 0.5, "master_scale.grades.1.typical_pd"),
        ("master_scale.grades.1.grade", "G1", "master_scale.grades.1.grade"),
        ("master_scale.grades.1.risk_class", "average", "master_scale.grades.1.risk_class"),
        ("caps.young_company_grade", "G77", "caps.young_company_grade"),
        ("limits.capacity.G77", {"net_worth": 0, "working_capital": 0, "turnover": 0}, "limits.capacity.G77"),
        ("limits.own_risk.G8", ..., "limits.own_risk.G8"),
        ("limits.valid_months.high", ..., "limits.valid_months.high"),
        ("limits.valid_months.average", 3, "limits.valid_months.average"),
        ("limits.rounding.steps.0.step", 300, "limits.rounding.steps.0.below"),
        ("limits.rounding.otherwise", 0, "limits.rounding.otherwise"),
        ("terms.payment_term_days.low", 61, "terms.payment_term_days.low"),
        ("sources.needed.0", "crystal_ball", "sources.needed.0"),
        ("sources.needed_without_number.0", "crystal_ball", "sources.needed_without_number.0"),
        ("sources.fresh_days.crystal_ball", 1, "sources.fresh_days.crystal_ball"),
        ("sources.fresh_days.credit_bureau", ..., "sources.fresh_days.credit_bureau"),
        ("sources.fresh_days.credit_bureau", -1, "sources.fresh_days.credit_bureau"),
        ("evidence.assumed_horizon_months", 0, "evidence.assumed_horizon_months"),
        ("evidence.rate_usable_days", 367, "evidence.rate_usable_days"),
        ("evidence.rate_usable_days", -1, "evidence.rate_usable_days"),
        ("matching.tolerance_amount", -1, "matching.tolerance_amount"),
        ("matching.name_similarity_min", 1.01, "matching.name_similarity_min"),
        ("matching.surprise", 1, "matching.surprise"),
        ("provisions.loss_rates.91+", ..., "provisions.loss_rates.91+"),
        ("provisions.loss_rates.91+", 1.01, "provisions.loss_rates.91+"),
        ("provisions.loss_rates.91+", 0.01, "provisions.loss_rates.91+"),
        ("provisions.loss_rates.credit", 0, "provisions.loss_rates.credit"),
        ("evidence.late_days", 7, "evidence.late_days"),
        ("limits.behaviour_multiples.steps.1.gives", 99, "limits.behaviour_multiples.steps.1.gives"),
    ],
)
def test_a_fault_is_named_with_its_path(path: str, value: Any, fault_path: str) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        parse_policy(changed(path, value))
    assert [fault.path for fault in caught.value.faults][:1] == [fault_path]
    assert caught.value.faults[0].detail


@pytest.mark.parametrize("section", ["matching", "provisions", "evidence.rate_usable_days"])
def test_a_policy_of_before_a_section_was_added_has_the_shipped_values(section: str) -> None:
    assert parse_policy(changed(section, ...)) == parse_policy(shipped()["default"])


def test_all_faults_are_named_at_once() -> None:
    document = dict(changed("currency", 978))
    document["blending"] = {"credibility_k": "twelve", "surprise": 1}
    with pytest.raises(PolicyInvalid) as caught:
        parse_policy(document)
    assert {fault.path for fault in caught.value.faults} == {
        "currency",
        "blending.surprise",
        "blending.credibility_k",
        "blending.credibility_cap",
        "blending.pd_floor",
        "blending.pd_ceiling",
    }


@pytest.mark.parametrize(
    ("pd", "grade"), [("0", "G1"), ("0.0004999999", "G1"), ("0.0005", "G2"), ("0.9999999999", "G10"), ("1", "D")]
)
def test_a_grade_begins_at_its_lower_bound(pd: str, grade: str) -> None:
    assert parse_policy(shipped()["default"]).master_scale.grade_of(Decimal(pd)) == grade


def test_numbers_written_as_text_are_the_same_policy() -> None:
    assert parse_policy(changed("blending.credibility_cap", "0.85")) == parse_policy(shipped()["default"])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("outcomes.check_valid_days", -1),
        ("limits.buffer_days", -7),
        ("limits.valid_months.low", 10**30),
        ("evidence.confidence_min", 1.5),
        ("evidence.quality_stale", "7"),
        ("scorecards.index_scale.points_to_double_odds", 1e-300),
        ("scorecards.index_scale.base_odds", 0),
        ("authority.finance.low", "-5"),
        ("limits.vat_rate_domestic", 21),
    ],
)
def test_a_number_that_cannot_be_meant_is_named(path: str, value: object) -> None:
    with pytest.raises(PolicyInvalid) as invalid:
        parse_policy(changed(path, value))
    assert path in {fault.path for fault in invalid.value.faults}
