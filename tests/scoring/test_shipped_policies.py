"""What the policies that come with the program decide where they differ from each other and from what no rule says."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from scoring.facts import Asked, CheckFacts, DebtorFacts, InsuranceFacts
from scoring.figures.size import company_size_of
from scoring.judgement import Judgement
from scoring.policy.document import Policy, parse_policy, shipped
from scoring.prospect import judge_check
from scoring.ruling import rule
from scoring.vendor_scores import read_score
from tests.scoring.companies import FINANCIALS, PROMPT, TODAY, company, registered, scored

DOCUMENTS = shipped()
DEFAULT, INSURED = (parse_policy(DOCUMENTS[name]) for name in ("default", "insured"))
# Z'' of 0.73: equity still positive, and losses of years behind it.
DISTRESSED = replace(FINANCIALS, retained_earnings=Decimal(-200_000), ebit=Decimal(-40_000))
YOUNG = registered(incorporated_on=date(2024, 3, 1))
LARGE = replace(FINANCIALS, total_assets=Decimal(90_000_000), turnover=Decimal(120_000_000))


def asking(order: int, **changed: Any) -> CheckFacts:
    return company(asked=Asked(order_amount=Decimal(order)), **changed)


def rules_told(judgement: Judgement) -> list[str]:
    return [str(each.params["rule"]) for each in judgement.reasons if each.code.startswith("policy_rule")]


@pytest.mark.parametrize(
    ("facts", "held"),
    [
        (asking(10_000, bureau=scored(74, financials=DISTRESSED)), ["distressed accounts, no history"]),
        (asking(9_999, bureau=scored(74, financials=DISTRESSED)), []),
        (asking(10_000, bureau=scored(74, financials=DISTRESSED), behaviour=PROMPT), []),
        (asking(10_000, bureau=scored(74)), []),  # Without retained earnings there is no Z''.
        (asking(25_000, register=YOUNG), ["young company, large order"]),
        (asking(24_999, register=YOUNG), []),
        (asking(25_000, register=YOUNG, behaviour=PROMPT), []),
        (asking(25_000, register=registered(incorporated_on=None)), []),
        (asking(25_000), []),
    ],
)
def test_a_rule_of_the_default_policy_holds_for_whom_it_is_meant(facts: CheckFacts, held: list[str]) -> None:
    assert rules_told(judge_check(facts, DEFAULT)) == held


def test_distressed_accounts_are_for_a_person_and_a_young_company_is_at_best_g7() -> None:
    assert judge_check(asking(10_000, bureau=scored(74, financials=DISTRESSED)), DEFAULT).outcome == "refer"
    young = judge_check(asking(25_000, register=YOUNG), DEFAULT)
    assert (young.grade_before_caps, young.grade) == ("G3", "G7")


@pytest.mark.parametrize("facts", [asking(9_000), asking(9_000, behaviour=PROMPT), asking(24_000, bureau=scored(25))])
def test_the_rules_of_the_default_policy_leave_others_as_they_were(facts: CheckFacts) -> None:
    without = parse_policy({**DOCUMENTS["default"], "rules": []})
    assert judge_check(facts, DEFAULT) == judge_check(facts, without)


def insured(order: int, cover: int | None, withdrawn: bool = False, **changed: Any) -> CheckFacts:
    amount = None if cover is None else Decimal(cover)
    return asking(order, insurance=InsuranceFacts(True, amount, withdrawn), **changed)


@pytest.mark.parametrize(
    ("facts", "outcome", "limit_amount", "held"),
    [
        (insured(2_500, None), "accept", 2_500, []),
        (insured(2_501, None), "refer", None, ["no cover decided, order above own risk"]),
        (insured(8_000, 6_000), "accept", 8_000, []),
        (insured(20_000, 6_000), "accept_prepayment", 8_500, []),  # Cover and own risk.
        (insured(2_000, 20_000, withdrawn=True), "accept_prepayment", 0, []),
        (insured(2_000, 0), "accept_prepayment", 0, []),
        (asking(8_000), "accept", 8_000, ["not insured"]),
        (asking(18_000), "accept_prepayment", 10_000, ["not insured"]),
        (
            insured(2_000, 20_000, behaviour=replace(PROMPT, oldest_overdue_days=51, overdue_amount=Decimal(900))),
            "accept_prepayment",
            0,
            ["deliveries stop before cover does"],
        ),
    ],
)
def test_the_insured_policy_is_bound_by_cover(
    facts: CheckFacts, outcome: str, limit_amount: int | None, held: list[str]
) -> None:
    judgement = judge_check(facts, INSURED)
    found = (judgement.outcome, judgement.limit.amount, rules_told(judgement))
    assert found == (outcome, None if limit_amount is None else Decimal(limit_amount), held)


def test_the_insured_policy_never_gives_more_than_the_default_one_where_nothing_is_insured() -> None:
    for score in (30, 45, 60, 74, 95):
        facts = asking(9_000, bureau=scored(score))
        limits = [rule(facts, policy).grant.limit.amount for policy in (INSURED, DEFAULT)]
        assert limits[0] is not None
        assert limits[1] is not None
        assert limits[0] <= limits[1]


def sized(**financials: Any) -> CheckFacts:
    return company(
        asked=Asked(order_amount=Decimal(2_000), payment_term_days=60),
        bureau=scored(74, financials=replace(LARGE, **financials)),
    )


@pytest.mark.parametrize(
    ("facts", "size", "term_days"),
    [
        (sized(), "large", 30),
        (sized(total_assets=Decimal(1_000), turnover=Decimal(1_000)), "sme", 60),
        (sized(turnover=Decimal(1_000)), None, 60),  # One of three is passed: too little is known.
        (sized(turnover=None), None, 60),
        (sized(consolidated=True), None, 60),  # The law looks at the one entity.
        (sized(year_end_on=date(2023, 1, 1)), None, 60),  # Figures so old count no longer.
        (replace(sized(), debtor=DebtorFacts("NL", "publiekrechtelijk"), register=None), "public", 30),
        (replace(sized(), register=registered(legal_form="publiekrechtelijk")), "public", 30),
    ],
)
def test_a_large_or_public_debtor_has_the_term_the_law_leaves_it(
    facts: CheckFacts, size: str | None, term_days: int
) -> None:
    ruling = rule(facts, INSURED)
    assert company_size_of(ruling.evidence.known) == size
    assert ruling.grant.term_days == term_days
    shortened = [each.code for each in ruling.reasons if each.code.startswith("term_shortened")]
    assert shortened == (["term_shortened_by_law"] if term_days < 60 else [])


def test_before_the_law_named_thresholds_and_in_another_currency_nobody_is_large() -> None:
    known = rule(sized(), INSURED).evidence.known
    early = replace(known, facts=replace(known.facts, as_of=date(2022, 6, 30)))
    assert company_size_of(early) is None
    assert company_size_of(replace(known, facts=replace(known.facts, currency="USD"))) is None
    assert company_size_of(replace(known, facts=replace(known.facts, as_of=TODAY))) == "large"


@pytest.mark.parametrize("policy", [DEFAULT, INSURED])
@pytest.mark.parametrize(
    ("percentile", "grade"),
    [(1, "G9"), (10, "G9"), (11, "G7"), (50, "G7"), (51, "G5"), (85, "G5"), (86, "G3"), (100, "G3")],
)
def test_a_failure_percentile_gets_the_grade_of_its_risk_indicator(policy: Policy, percentile: int, grade: str) -> None:
    report = scored(percentile, scale="dnb_failure_percentile", provider="dnb")
    assert read_score(report, policy).grade == grade


@pytest.mark.parametrize("policy", [DEFAULT, INSURED])
def test_no_shipped_plan_buys_a_report_while_a_needed_register_is_down(policy: Policy) -> None:
    steps = [step for plan in policy.sources.plans for step in plan.steps[:-1]]
    assert steps
    assert all("unavailable" in step.stop_when for step in steps)
