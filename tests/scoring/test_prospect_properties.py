"""What holds for every judgement, whatever is known or missing."""

import json
import re
from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from scoring.canonical import canonical_json, facts_document, facts_from_document
from scoring.engines import ENGINE_VERSION, judge
from scoring.facts import Asked, CheckFacts
from scoring.judgement import NO_TERMS
from scoring.prospect import judge_check
from scoring.reasons import REGISTRY, Language, render, render_advice, render_remedy, sales_note
from scoring.remedies import apply_remedy
from scoring.ruling import rule
from tests.scoring.companies import POLICY, PROMPT, company
from tests.scoring.strategies import calm_facts, facts, shares, troubled_facts

LANGUAGES: tuple[Language, ...] = ("en", "nl")
HARD = {"sanctions_hit", "insolvency_event", "debtor_not_active"}
many = settings(max_examples=150, deadline=None)


def rank(given: CheckFacts) -> int:
    return rule(given, POLICY).outcome.rank


@many
@given(facts)
def test_an_answer_is_the_heaviest_of_its_reasons_and_declines_only_for_hard_ones(given: CheckFacts) -> None:
    found = judge_check(given, POLICY)
    effects = {reason.effect for reason in found.reasons}
    if found.outcome == "decline":
        assert HARD & {reason.code for reason in found.reasons}
    if found.requires_human_review:
        assert found.outcome == "refer"
    else:
        ladder = ("decline", "refer", "hold_first_payment", "accept_prepayment")
        assert found.outcome == next((effect for effect in ladder if effect in effects), "accept")


@many
@given(troubled_facts | facts)
def test_what_is_referred_never_reads_as_an_offer_to_sales(given: CheckFacts) -> None:
    found = judge_check(given, POLICY)
    assume(found.outcome == "refer")
    assert (found.limit.kind, found.headroom, found.limit_valid_until) == ("none", None, None)
    assert found.terms == NO_TERMS
    for reason in found.reasons:
        if reason.audience == "sales":
            assert reason.effect in ("refer", "grade", "none")
            assert "EUR" not in render(reason.code, reason.params, "en", full=False)


@many
@given(facts)
def test_sales_never_reads_a_grade(given: CheckFacts) -> None:
    for reason in judge_check(given, POLICY).reasons:
        if reason.audience == "sales":
            for language in LANGUAGES:
                assert not re.search(r"\b(G\d+|D)\b", render(reason.code, reason.params, language, full=False))


@many
@given(troubled_facts | facts)
def test_each_remedy_gives_exactly_what_it_promises_and_that_is_better(given: CheckFacts) -> None:
    found = judge_check(given, POLICY)
    for remedy in found.remedies:
        after = judge_check(apply_remedy(given, remedy), POLICY)
        assert after.outcome == remedy.gives_outcome
        assert after.outcome.rank < found.outcome.rank


@many
@given(facts)
def test_the_same_facts_give_the_same_bytes_also_after_storage_and_by_engine(given: CheckFacts) -> None:
    stored = json.loads(canonical_json(facts_document(given)))
    restored = facts_from_document(stored)
    assert restored == given
    first = canonical_json(judge_check(given, POLICY).document())
    assert first == canonical_json(judge(ENGINE_VERSION, restored, POLICY).document())


@many
@given(facts)
def test_every_judgement_can_be_read_in_both_languages(given: CheckFacts) -> None:
    document = json.loads(canonical_json(judge_check(given, POLICY).document()))
    for language in LANGUAGES:
        for reason in document["reasons"]:
            assert "{" not in render(reason["code"], reason["params"], language)
            assert "{" not in render(reason["code"], reason["params"], language, full=False)
            assert render_advice(reason["code"], reason["params"], language) != ""
            assert reason["category"] == REGISTRY[reason["code"]].category
        for remedy in document["remedies"]:
            assert "{" not in render_remedy(remedy, "EUR", language)
        assert "{" not in sales_note(document["sales_note"], language)


@settings(max_examples=300, deadline=None)
@given(calm_facts | facts)
def test_the_limit_is_never_above_anything_that_bounds_it(given: CheckFacts) -> None:
    ruling = rule(given, POLICY)
    limit = ruling.grant.limit
    grade = ruling.grading.grade
    if limit.amount is None or grade is None:
        return  # Of most facts at random there is none; those at rest have one.
    assert limit.amount >= 0
    assert grade in POLICY.limits.capacity or limit.amount == 0
    insurance = given.insurance
    if insurance is not None and insurance.policy_active:
        own_risk = POLICY.limits.own_risk.get(grade, Decimal(0))
        assert limit.amount <= (insurance.insurer_cover or Decimal(0)) + own_risk
    if ruling.outcome == "accept" and given.asked.order_amount is not None:
        assert given.exposure.amount + given.asked.order_amount <= limit.amount


@many
@given(calm_facts, shares(), shares())
def test_a_worse_report_never_gives_a_better_answer(given: CheckFacts, one: Decimal, other: Decimal) -> None:
    assert given.bureau is not None
    better, worse = (replace(given, bureau=replace(given.bureau, pd=pd)) for pd in sorted((one, other)))
    assert rank(better) <= rank(worse)


def with_history(facts: CheckFacts) -> CheckFacts:
    """The facts of a debtor that settled something."""
    behaviour = facts.behaviour or PROMPT
    dbt_days = Decimal(0) if behaviour.dbt_days is None else behaviour.dbt_days
    return replace(facts, behaviour=replace(behaviour, dbt_days=dbt_days))


@many
@given(calm_facts.map(with_history), st.integers(0, 90))
@example(company(asked=Asked(Decimal(9000)), bureau=None, behaviour=PROMPT), 10)
def test_paying_later_never_gives_a_better_answer(given: CheckFacts, later_days: int) -> None:
    behaviour = given.behaviour
    assert behaviour is not None
    assert behaviour.dbt_days is not None
    # Sales per month are left out: the need they call for rises with the days that are paid late.
    before = replace(given, asked=replace(given.asked, monthly_sales=None))
    later = replace(before, behaviour=replace(behaviour, dbt_days=behaviour.dbt_days + later_days))
    assert rank(before) <= rank(later)


@many
@given(calm_facts, st.integers(1, 5_000_000))
def test_owing_more_never_gives_a_better_answer(given: CheckFacts, more_cents: int) -> None:
    more = replace(given.exposure, amount=given.exposure.amount + Decimal(more_cents) / 100)
    assert rank(given) <= rank(replace(given, exposure=more))


@many
@given(calm_facts, st.integers(1, 5_000_000))
def test_ordering_more_never_gives_a_better_answer(given: CheckFacts, more_cents: int) -> None:
    assume(given.asked.order_amount is not None)
    assert given.asked.order_amount is not None
    asked = replace(given.asked, order_amount=given.asked.order_amount + Decimal(more_cents) / 100)
    assert rank(given) <= rank(replace(given, asked=asked))
