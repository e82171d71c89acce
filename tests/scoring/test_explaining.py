"""The factors told: what would have been, found by really grading again."""

from dataclasses import replace
from decimal import Decimal

from scoring.explaining import heaviest_factors
from scoring.facts import DebtorFacts
from scoring.prospect import judge_check
from scoring.ruling import rule
from tests.scoring.companies import LATE, POLICY, company, scored


def test_the_grade_told_is_the_grade_that_the_changed_fact_gives() -> None:
    facts = company(behaviour=LATE)
    factors = {each.code: each for each in heaviest_factors(rule(facts, POLICY), POLICY)}
    assert factors["pays_late"].params["target_days"] == 5
    improved = replace(facts, behaviour=replace(LATE, dbt_days=Decimal(5)))
    assert factors["pays_late"].params["grade_would_be"] == judge_check(improved, POLICY).grade
    assert factors["pays_late"].params["grade"] == judge_check(facts, POLICY).grade


def test_the_factor_that_costs_most_is_told_first_and_at_most_three_are() -> None:
    factors = heaviest_factors(rule(company(behaviour=LATE, bureau=scored(30)), POLICY), POLICY)
    assert 1 <= len(factors) <= 3
    assert [each.weight for each in factors] == sorted((each.weight for each in factors), reverse=True)


def test_one_that_is_accepted_is_not_told_of_factors_without_effect() -> None:
    assert heaviest_factors(rule(company(), POLICY), POLICY) == []


def test_an_adverse_answer_has_at_least_one_counterfactual() -> None:
    found = heaviest_factors(rule(company(bureau=scored(0)), POLICY), POLICY)
    assert [each.code for each in found] == ["external_risk"]
    assert found[0].audience == "finance"


def test_a_bureau_at_the_target_would_not_say_in_default_either() -> None:
    found = heaviest_factors(rule(company(bureau=scored(0, scale="coface_dra")), POLICY), POLICY)
    assert [(each.code, each.params["grade"], each.params["grade_would_be"]) for each in found] == [
        ("external_risk", "D", "G5")
    ]


def test_what_would_have_been_stays_under_the_caps() -> None:
    facts = company(bureau=scored(45), debtor=DebtorFacts("NL", "bv", unresolved_write_off=True))
    (factor,) = heaviest_factors(rule(facts, POLICY), POLICY)
    assert (factor.params["grade"], factor.params["grade_would_be"]) == ("G9", "G9")
