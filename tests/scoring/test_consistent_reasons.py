"""Reasons do not contradict each other or tell a comparison of a thing with itself."""

from dataclasses import replace
from decimal import Decimal

import pytest

from scoring.engines import judge
from scoring.facts import Asked, ExposureFacts
from scoring.reasons import render
from tests.scoring.companies import LATE, POLICY, company, event, registered, scored

ENGINE_1 = replace(POLICY, engine="1")


def codes_of(engine: str, **changed: object) -> set[str]:
    policy = POLICY if engine == "2" else ENGINE_1
    return {each.code for each in judge(engine, company(**changed), policy).reasons}


@pytest.mark.parametrize(("engine", "both"), [("1", True), ("2", False)])
def test_what_is_asked_above_the_limit_is_not_within_the_policy(engine: str, both: bool) -> None:
    asked = Asked(order_amount=Decimal(4000), requested_limit=Decimal(90_000))
    found = codes_of(engine, asked=asked)
    assert "asked_above_limit" in found
    assert ("within_policy" in found) is both
    assert "within_policy" in codes_of(engine)


@pytest.mark.parametrize(("engine", "told"), [("1", True), ("2", False)])
def test_a_bankrupt_is_not_told_that_there_is_nothing_to_judge_it_on(engine: str, told: bool) -> None:
    found = codes_of(engine, bureau=None, register=registered(events=(event("bankruptcy"),)))
    assert "insolvency_event" in found
    assert ("no_pd" in found) is told
    assert "no_pd" in codes_of(engine, bureau=None)


@pytest.mark.parametrize(
    ("code", "params", "english", "dutch"),
    [
        (
            "oldest_overdue",
            {"overdue_days": 90, "grade_before": "G7", "grade_after": "G7"},
            "The oldest open invoice is 90 days late.",
            "De oudste open factuur is 90 dagen te laat.",
        ),
        (
            "oldest_overdue",
            {"overdue_days": 90, "grade_before": "G5", "grade_after": "G7"},
            "The oldest open invoice is 90 days late. Grade G5 became G7.",
            "De oudste open factuur is 90 dagen te laat. Rating G5 werd G7.",
        ),
        (
            "external_risk",
            {"external_pd": "0.02", "target_pd": "0.01", "grade": "D", "grade_would_be": "D"},
            "The credit report puts the chance of default at 2%. At 1% the grade would stay D.",
            "Het kredietrapport stelt de kans op wanbetaling op 2%. Bij 1% zou de rating D blijven.",
        ),
        (
            "pays_late",
            {"dbt_days": "22.50", "target_days": Decimal(5), "grade": "G3", "grade_would_be": "G3"},
            "Invoices are paid 22.5 days late on average. With at most 5 days the grade would stay G3.",
            "Facturen worden gemiddeld 22,5 dagen te laat betaald. Met hoogstens 5 dagen zou de rating G3 blijven.",
        ),
    ],
)
def test_a_grade_that_stays_is_not_compared_with_itself(
    code: str, params: dict[str, object], english: str, dutch: str
) -> None:
    assert (render(code, params, "en"), render(code, params, "nl")) == (english, dutch)


def test_no_reason_of_a_judgement_compares_a_grade_with_itself() -> None:
    for score in (10, 30, 50, 74):
        for each in judge("2", company(behaviour=LATE, bureau=scored(score)), POLICY).reasons:
            text, grade = render(each.code, each.params, "en"), each.params.get("grade")
            assert f"would be {grade} (now {grade})" not in text


def test_a_room_below_zero_is_told_as_a_limit_that_is_used_up() -> None:
    owes = company(asked=Asked(order_amount=Decimal(4000)), exposure=ExposureFacts(Decimal(60_000)))
    told = next(each for each in judge("2", owes, POLICY).reasons if each.code == "limit_exceeded")
    assert Decimal(str(told.params["headroom_amount"])) < 0
    for language, words in (("en", "is used up by the EUR 60,000"), ("nl", "doordat er EUR 60.000 uitstaat")):
        text = render(told.code, told.params, language)  # type: ignore[arg-type]
        assert words in text
        assert "EUR -" not in text
