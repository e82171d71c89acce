"""The judgement of an application: as a check, but a limit above the computed one is for a person to decide."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings

from scoring.canonical import facts_document, facts_from_document
from scoring.changes import changed
from scoring.engines import judge
from scoring.facts import Asked, CheckFacts, DebtorFacts
from scoring.judgement import Judgement
from scoring.reasons import render, render_remedy
from tests.scoring.companies import POLICY, POLICY_1, company, event, registered, without_source
from tests.scoring.strategies import facts as any_facts

WANTED = Asked(requested_limit=Decimal(90_000))


def judged(facts: CheckFacts) -> Judgement:
    return judge("2", facts, POLICY)


def applied(asked: Asked, **given_changes: object) -> Judgement:
    return judged(company(asked=replace(asked, is_application=True), **given_changes))


def effects(judgement: Judgement) -> dict[str, str]:
    return {each.code: each.effect for each in judgement.reasons}


def test_the_same_limit_is_told_of_in_a_check_and_referred_in_an_application() -> None:
    check, application = judged(company(asked=WANTED)), applied(WANTED)
    assert (check.outcome, effects(check)["asked_above_limit"]) == ("accept", "limit")
    assert (application.outcome, effects(application)["asked_above_limit"]) == ("refer", "refer")
    assert application.limit.kind == "none"
    assert application.proposal is not None
    assert (application.proposal.outcome, application.proposal.limit) == ("accept", check.limit)


@pytest.mark.parametrize("policy", [POLICY, POLICY_1], ids=["engine 2", "engine 1"])
def test_an_application_within_the_limit_is_accepted(policy: object) -> None:
    asked = Asked(requested_limit=Decimal(5_000), is_application=True)
    found = judge("2", company(asked=asked), policy)  # type: ignore[arg-type]
    assert (found.outcome, found.limit.amount) == ("accept", 5_000)


def test_what_is_applied_for_above_the_limit_has_a_remedy_that_is_accepted() -> None:
    application = applied(WANTED)
    (remedy,) = (each for each in application.remedies if each.change == "requested_limit_amount")
    assert remedy.gives_outcome == "accept"
    asked = company(asked=replace(WANTED, is_application=True))
    again = judged(changed(asked, remedy.change, remedy.to_value))
    assert (again.outcome, again.limit.amount) == ("accept", remedy.to_value)
    document = next(each for each in application.document()["remedies"] if each["change"] == remedy.change)
    assert render_remedy(document, "EUR", "en") == (
        "Apply for a limit of EUR 27,000 instead of EUR 90,000; then the answer is: accepted."
    )


def test_a_debtor_without_credit_is_offered_prepayment_whatever_is_applied_for() -> None:
    found = applied(WANTED, debtor=DebtorFacts("NL", "bv", unresolved_write_off=True))
    assert (found.outcome, effects(found)["asked_above_limit"]) == ("accept_prepayment", "limit")


def test_an_application_without_a_grade_is_referred_for_that() -> None:
    found = applied(WANTED, bureau=None, sources=without_source("credit_bureau", "unavailable"))
    assert found.outcome == "refer"
    assert "asked_above_limit" not in effects(found)


def test_unlimited_credit_is_referred_and_read_as_what_it_is() -> None:
    found = applied(Asked(unlimited_requested=True, monthly_sales=Decimal(6_000)))
    assert found.outcome == "refer"
    (told,) = (each for each in found.reasons if each.code == "asked_above_limit")
    assert render(told.code, told.params, "en") == "Unlimited credit was asked; the policy gives EUR 8,500."
    assert render(told.code, told.params, "nl") == "Er is onbeperkt krediet gevraagd; het beleid geeft EUR 8.500."


def test_sales_reads_that_finance_decides_and_not_what_would_be_offered() -> None:
    (told,) = (each for each in applied(WANTED).reasons if each.code == "asked_above_limit")
    assert told.audience == "sales"
    assert render(told.code, told.params, "en", full=False) == (
        "More was applied for than the policy gives; finance decides."
    )
    assert render(told.code, told.params, "en") == (
        "The limit asked, EUR 90,000, is above the EUR 27,000 that the policy gives."
    )
    (check,) = (each for each in judged(company(asked=WANTED)).reasons if each.code == "asked_above_limit")
    assert render(check.code, check.params, "en", full=False) == render(check.code, check.params, "en")


def test_a_fact_that_declines_a_check_declines_an_application() -> None:
    found = applied(WANTED, register=registered(events=(event("bankruptcy"),)))
    assert found.outcome == "decline"
    assert "asked_above_limit" not in effects(found)


@settings(max_examples=60)
@given(any_facts)
def test_an_application_is_judged_as_a_check_but_for_the_limit_asked(facts: CheckFacts) -> None:
    application = replace(facts, asked=replace(facts.asked, is_application=True))
    one, other = judged(facts), judged(application)
    assert other.outcome.rank >= one.outcome.rank
    if effects(other).get("asked_above_limit") != "refer":
        # What could be changed may differ: it may lead to where the limit asked is above.
        alike = {"remedies": (), "to_accept": ()}
        assert replace(one, **alike) == replace(other, **alike)
    else:
        assert other.outcome in ("refer", "decline")
        assert (one.grade, one.pd) == (other.grade, other.pd)


@given(any_facts)
def test_only_an_application_is_stored_as_one(facts: CheckFacts) -> None:
    assert "is_application" not in facts_document(facts)["asked"]
    application = replace(facts, asked=replace(facts.asked, is_application=True, unlimited_requested=True))
    document = facts_document(application)
    assert document["asked"]["is_application"] is True
    assert facts_from_document(document) == application
