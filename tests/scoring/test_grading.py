"""From evidence to a grade: which probability counts, how far it is trusted, and what caps it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from scoring.evidence import weigh_evidence
from scoring.facts import BureauFacts, CheckFacts, DebtorFacts, InsuranceFacts
from scoring.grading import Grading, grade_facts
from scoring.prospect import judge_check
from tests.scoring.companies import FINANCIALS, LATE, POLICY, PROMPT, TODAY, company, counted, event, registered, scored


def graded(facts: CheckFacts) -> Grading:
    return grade_facts(facts, weigh_evidence(facts, POLICY), POLICY)


@pytest.mark.parametrize(
    ("report", "pd_external"),
    [
        (scored(74), "0.0019"),
        (scored(0), "0.4975"),
        (scored(-1), None),
        (scored(74, pd=Decimal("0.02")), "0.02"),
        (scored(74, pd=Decimal("0.02"), horizon_months=12), "0.02"),
        (scored(74, scale="unheard_of"), None),
        (scored(74, scale=None), None),
        (replace(scored(74), score=None), None),
        (scored(6, scale="coface_dra"), "0.0106"),
        (scored(0, scale="coface_dra"), "1"),
    ],
)
def test_the_vendors_own_probability_beats_the_table_of_its_scale(report: BureauFacts, pd_external: str | None) -> None:
    found = weigh_evidence(company(bureau=report), POLICY).pd_external
    assert found is None if pd_external is None else found == pytest.approx(float(pd_external))


@pytest.mark.parametrize(
    ("horizon_months", "assumed_months", "pd_external", "told"),
    [(24, 12, 0.1, False), (12, 24, 0.19, False), (None, 12, 0.19, True), (None, 24, 0.1, True)],
)
def test_a_probability_is_brought_to_a_year_from_its_own_horizon_or_the_one_the_policy_assumes(
    horizon_months: int | None, assumed_months: int, pd_external: float, told: bool
) -> None:
    policy = replace(POLICY, evidence=replace(POLICY.evidence, assumed_horizon_months=assumed_months))
    report = scored(74, pd=Decimal("0.19"), horizon_months=horizon_months)
    found = weigh_evidence(company(bureau=report), policy)
    assert found.pd_external == pytest.approx(pd_external)
    assert ("horizon_assumed" in {reason.code for reason in found.reasons}) is told


@pytest.mark.parametrize(
    ("report", "grade"),
    [
        (scored(0, scale="coface_dra"), "D"),
        (scored(0, scale="coface_dra", pd=Decimal("0.01")), "D"),
        (scored(74, pd=Decimal(1)), "D"),
        (scored(74, pd=Decimal(1), horizon_months=24), "D"),
        (scored(74, pd=Decimal("0.9999")), "G6"),
        (scored(1, scale="coface_dra"), "G4"),
    ],
)
def test_a_bureau_that_says_in_default_is_never_blended_away(report: BureauFacts, grade: str) -> None:
    found = graded(company(bureau=report, behaviour=PROMPT))
    assert found.grade == grade
    assert found.grade_before_caps != "D"
    assert [reason.code for reason in found.reasons] == (["bureau_in_default"] if grade == "D" else [])


def test_a_bureau_that_says_in_default_gives_no_credit_and_tells_finance_alone() -> None:
    found = judge_check(company(bureau=scored(0, scale="coface_dra"), behaviour=PROMPT), POLICY)
    assert found.outcome == "accept_prepayment"
    assert found.risk_class == "blocked"
    assert found.limit.amount == 0
    told = {reason.code: reason.audience for reason in found.reasons}
    assert told["bureau_in_default"] == "finance"


def test_a_report_too_old_to_count_does_not_say_in_default_either() -> None:
    report = scored(0, 366, scale="coface_dra")
    assert graded(company(bureau=report, behaviour=PROMPT)).grade != "D"


@pytest.mark.parametrize(
    ("age_days", "figures", "happened", "quality"),
    [
        (0, FINANCIALS, (), "1"),
        (90, FINANCIALS, (), "1"),
        (91, FINANCIALS, (), "0.4"),
        (365, FINANCIALS, (), "0.4"),
        (366, FINANCIALS, (), "0"),
        (0, None, (), "0.7"),
        (30, FINANCIALS, (event("judgment", days_ago=29),), "0.4"),
        (30, FINANCIALS, (event("judgment", days_ago=30),), "1"),
    ],
)
def test_quality_falls_with_age_missing_figures_and_what_happened_since(
    age_days: int, figures: Any, happened: Any, quality: str
) -> None:
    report = scored(74, age_days, financials=figures)
    facts = company(bureau=report, register=registered(events=happened))
    assert weigh_evidence(facts, POLICY).external_quality == Decimal(quality)


@pytest.mark.parametrize(
    ("scored_days_ago", "retrieved_days_ago", "quality"),
    [(91, 0, "0.4"), (366, 0, "0"), (90, 90, "1"), (None, 90, "1"), (None, 91, "0.4"), (None, 366, "0")],
)
def test_a_report_is_as_old_as_its_score_and_only_without_a_day_as_old_as_its_retrieval(
    scored_days_ago: int | None, retrieved_days_ago: int, quality: str
) -> None:
    scored_on = None if scored_days_ago is None else TODAY - timedelta(days=scored_days_ago)
    report = scored(74, scored_on=scored_on, retrieved_on=TODAY - timedelta(days=retrieved_days_ago))
    assert weigh_evidence(company(bureau=report), POLICY).external_quality == Decimal(quality)


def test_what_happened_after_the_score_overtakes_a_report_fetched_later() -> None:
    facts = company(bureau=scored(74, age_days=30), register=registered(events=(event("judgment", days_ago=20),)))
    assert weigh_evidence(facts, POLICY).external_quality == Decimal("0.4")


@pytest.mark.parametrize(
    ("settled_count", "report", "confidence"),
    [(0, scored(74), "1"), (12, None, "0.5"), (8, None, "0.4"), (7, None, "0.3684"), (500, None, "0.85")],
)
def test_confidence_is_what_experience_and_report_give_together(
    settled_count: int, report: BureauFacts | None, confidence: str
) -> None:
    facts = company(bureau=report, behaviour=counted(PROMPT, settled_count))
    assert round(weigh_evidence(facts, POLICY).confidence, 4) == Decimal(confidence)


def test_one_probability_missing_leaves_the_other_alone() -> None:
    inside = weigh_evidence(company(bureau=None, behaviour=PROMPT), POLICY)
    outside = weigh_evidence(company(), POLICY)
    assert graded(company(bureau=None, behaviour=PROMPT)).pd == Decimal(f"{inside.pd_internal:.10f}")
    assert graded(company()).pd == Decimal(f"{outside.pd_external:.10f}")


def test_both_probabilities_missing_leave_grade_and_class_open() -> None:
    found = graded(company(bureau=None))
    assert (found.pd, found.grade, found.risk_class) == (None, None, None)


def test_a_cap_does_not_make_a_grade_where_there_is_none() -> None:
    facts = company(bureau=None, debtor=DebtorFacts("NL", "bv", unresolved_write_off=True))
    assert graded(facts).grade is None
    insolvent = replace(facts, register=registered(events=(event("bankruptcy"),)))
    assert (graded(insolvent).grade, graded(insolvent).risk_class) == ("D", "blocked")


@pytest.mark.parametrize(
    ("changed", "grade", "code"),
    [
        ({"register": registered(events=(event("bankruptcy"),))}, "D", None),
        ({"debtor": DebtorFacts("NL", "bv", unresolved_write_off=True)}, "G9", "unresolved_write_off"),
        ({"insurance": InsuranceFacts(False, None, limit_withdrawn=True)}, "G8", "cover_withdrawn"),
        ({"insurance": InsuranceFacts(True, Decimal(0))}, "G8", "cover_withdrawn"),
        ({"insurance": InsuranceFacts(True, None)}, "G3", None),
        ({"behaviour": replace(counted(PROMPT, 1), oldest_overdue_days=61)}, "G8", "oldest_overdue"),
        ({"behaviour": replace(counted(PROMPT, 1), oldest_overdue_days=60)}, "G3", None),
        ({"register": registered(incorporated_on=date(2025, 6, 2))}, "G7", "young_company"),
        ({"register": registered(incorporated_on=date(2025, 6, 1))}, "G3", None),
        ({"register": registered(incorporated_on=date(2026, 1, 1)), "behaviour": PROMPT}, "G3", None),
        ({"register": registered(events=(event("bankruptcy", 900, 400),))}, "G7", "past_insolvency"),
        ({"register": registered(events=(event("bankruptcy", 9000, 1826),))}, "G3", None),
    ],
)
def test_a_fact_caps_the_grade_and_says_what_it_was_before(
    changed: dict[str, Any], grade: str, code: str | None
) -> None:
    found = graded(company(**changed))
    assert found.grade == grade
    assert found.grade_before_caps == "G3"
    told = {reason.code: reason.params for reason in found.reasons}
    assert list(told) == ([] if code is None else [code])
    if code is not None:
        assert (told[code]["grade_before"], told[code]["grade_after"]) == ("G3", grade)


def test_a_cap_never_lifts_a_grade() -> None:
    facts = company(bureau=scored(5), debtor=DebtorFacts("NL", "bv", unresolved_write_off=True))
    assert graded(facts).grade == "G10"


def test_late_payment_weighs_against_a_good_report_but_never_silences_it() -> None:
    good = graded(company()).pd
    late = graded(company(behaviour=LATE)).pd
    alone = graded(company(bureau=None, behaviour=LATE)).pd
    assert good is not None
    assert late is not None
    assert alone is not None
    assert good < late < alone
