"""The factors told: what would have been, found by really grading again."""

from dataclasses import replace
from decimal import Decimal

from scoring.explaining import heaviest_factors
from scoring.facts import CheckFacts, DebtorFacts
from scoring.judgement import Reason
from scoring.policy.document import Policy
from scoring.prospect import judge_check
from scoring.ruling import rule
from tests.scoring.companies import LATE, POLICY, POLICY_1, PROMPT, company, scored


def factors_of(facts: CheckFacts, policy: Policy = POLICY) -> list[Reason]:
    return heaviest_factors(facts, rule(facts, policy), policy)


def test_the_grade_told_is_the_grade_that_the_changed_fact_gives() -> None:
    facts = company(behaviour=LATE)
    factors = {each.code: each for each in factors_of(facts, POLICY_1)}
    assert factors["pays_late"].params["target_days"] == 5
    improved = replace(facts, behaviour=replace(LATE, dbt_days=Decimal(5)))
    assert factors["pays_late"].params["grade_would_be"] == judge_check(improved, POLICY_1).grade
    assert factors["pays_late"].params["grade"] == judge_check(facts, POLICY_1).grade


def test_a_characteristic_tells_grade_probability_and_limit_at_its_target() -> None:
    facts = company(behaviour=replace(PROMPT, peak_utilisation=Decimal("1.5")), bureau=scored(71))
    told = {each.code: each for each in factors_of(facts)}["limit_stretched"].params
    improved = judge_check(replace(facts, behaviour=replace(PROMPT, peak_utilisation=Decimal("0.8"))), POLICY)
    now = judge_check(facts, POLICY)
    assert (told["grade"], told["default_pd"]) == (now.grade, now.pd)
    assert (told["grade_would_be"], told["would_be_pd"]) == (improved.grade, improved.pd)


def test_a_factor_that_costs_part_of_the_limit_tells_both_limits() -> None:
    facts = company(
        bureau=scored(45), asked=replace(company().asked, requested_limit=Decimal(200_000), monthly_sales=None)
    )
    (factor,) = factors_of(facts)
    better = judge_check(replace(facts, bureau=scored(51)), POLICY)
    assert factor.params["limit_amount"] == judge_check(facts, POLICY).limit.amount
    assert factor.params["limit_would_be_amount"] == better.limit.amount
    assert factor.params["limit_would_be_amount"] > factor.params["limit_amount"]


def test_the_factor_that_costs_most_is_told_first_and_no_more_than_the_policy_says() -> None:
    for policy, most in ((POLICY_1, 3), (POLICY, 5)):
        factors = factors_of(company(behaviour=LATE, bureau=scored(30)), policy)
        assert 1 <= len(factors) <= most
        assert [each.weight for each in factors] == sorted((each.weight for each in factors), reverse=True)


def test_one_that_is_accepted_is_not_told_of_factors_without_effect() -> None:
    assert factors_of(company()) == []


def test_an_adverse_answer_has_at_least_one_counterfactual() -> None:
    found = factors_of(company(bureau=scored(0)))
    assert [each.code for each in found] == ["external_risk"]
    assert found[0].audience == "finance"


def test_a_bureau_at_the_target_would_not_say_in_default_either() -> None:
    found = factors_of(company(bureau=scored(0, scale="coface_dra")))
    assert [(each.code, each.params["grade"], each.params["grade_would_be"]) for each in found] == [
        ("external_risk", "D", "G5")
    ]


def test_what_would_have_been_stays_under_the_caps() -> None:
    facts = company(bureau=scored(45), debtor=DebtorFacts("NL", "bv", unresolved_write_off=True))
    (factor,) = factors_of(facts)
    assert (factor.params["grade"], factor.params["grade_would_be"]) == ("G9", "G9")
