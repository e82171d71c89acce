"""Which change each trouble calls for, and what it then gives."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from scoring.facts import (
    NO_ITEMS,
    Asked,
    BehaviourFacts,
    CheckFacts,
    CreditLimit,
    DebtorFacts,
    ExposureFacts,
    InsuranceFacts,
    LateCounts,
    LatenessFacts,
    SanctionsFacts,
)
from scoring.policy.rules import ExplanationPolicy
from scoring.prospect import judge_check
from scoring.reasons.rendering import render_change
from scoring.remedies import apply_remedy
from tests.scoring.companies import FINANCIALS, LATE, POLICY, PROMPT, TODAY, company, registered, scored
from tests.scoring.strategies import troubled_facts

BIG = Asked(Decimal("30000.00"))
NO_CREDIT = replace(LATE, dbt_days=Decimal(4))
LONG_OVERDUE = replace(PROMPT, overdue_amount=Decimal("4000.00"), oldest_overdue_days=90)


@pytest.mark.parametrize(
    ("facts", "change", "from_value", "to_value", "outcome"),
    [
        (company(asked=BIG), "order_amount", Decimal("30000.00"), Decimal("27000.00"), "accept"),
        (company(asked=BIG), "prepayment", Decimal(0), Decimal("3000.00"), "accept"),
        (
            company(asked=Asked(Decimal("20000.00")), exposure=ExposureFacts(Decimal("9000.00"))),
            "exposure_amount",
            Decimal("9000.00"),
            Decimal("7000.00"),
            "accept",
        ),
        (
            company(asked=Asked(Decimal("16000.00")), insurance=InsuranceFacts(True, Decimal("5000.00"))),
            "insurer_cover",
            Decimal("5000.00"),
            Decimal("6000.00"),
            "accept",
        ),
        (
            company(asked=Asked(Decimal("5000.00"), monthly_sales=Decimal("4000.00"), payment_term_days=7)),
            "payment_term_days",
            7,
            30,
            "accept",
        ),
        (
            company(bureau=scored(5), behaviour=LONG_OVERDUE, exposure=ExposureFacts(Decimal("8000.00"))),
            "overdue_amount",
            Decimal("4000.00"),
            Decimal(0),
            "accept",
        ),
        (company(debtor=DebtorFacts("NL", "bv", on_hold=True)), "on_hold", True, False, "accept"),
        (
            company(debtor=DebtorFacts("NL", "bv", on_hold=True), asked=BIG),
            "on_hold",
            True,
            False,
            "accept_prepayment",
        ),
        (
            company(debtor=DebtorFacts("NL", "bv", first_payment_pending=True), bureau=scored(45)),
            "first_payment_pending",
            True,
            False,
            "accept",
        ),
        (
            company(debtor=DebtorFacts("NL", "bv", unresolved_write_off=True)),
            "unresolved_write_off",
            True,
            False,
            "accept",
        ),
        (
            company(register=registered(identity_mismatch=("name", "vat"))),
            "identity_mismatch",
            ("name", "vat"),
            (),
            "accept",
        ),
        (company(sanctions=SanctionsFacts("x", TODAY, "possible")), "sanctions_hit", "possible", "none", "accept"),
        (
            company(debtor=DebtorFacts("NL"), register=registered(legal_form=None), bureau=scored(5)),
            "is_natural_person",
            None,
            False,
            "accept_prepayment",
        ),
    ],
)
def test_a_trouble_has_its_remedy(facts: CheckFacts, change: str, from_value: Any, to_value: Any, outcome: str) -> None:
    found = {remedy.change: remedy for remedy in judge_check(facts, POLICY).remedies}
    assert change in found, list(found)
    remedy = found[change]
    assert (remedy.from_value, remedy.to_value, remedy.gives_outcome) == (from_value, to_value, outcome)


def test_what_is_accepted_needs_no_remedy() -> None:
    assert judge_check(company(behaviour=LATE), POLICY).remedies == ()


def test_a_change_that_leaves_the_outcome_is_not_offered() -> None:
    facts = company(debtor=DebtorFacts("NL", "bv", on_hold=True), register=registered(identity_mismatch=("name",)))
    assert judge_check(facts, POLICY).remedies == ()


def test_the_best_remedy_comes_first() -> None:
    facts = company(debtor=DebtorFacts("NL", "bv", first_payment_pending=True), asked=BIG, bureau=scored(45))
    assert [remedy.gives_outcome for remedy in judge_check(facts, POLICY).remedies] == ["accept_prepayment"]


def needed(facts: CheckFacts) -> list[str]:
    return [change.change for change in judge_check(facts, POLICY).to_accept]


@pytest.mark.parametrize(
    ("facts", "changes"),
    [
        (company(), []),
        (company(asked=BIG), ["order_amount"]),
        (
            company(debtor=DebtorFacts("NL", "bv", on_hold=True), register=registered(identity_mismatch=("name",))),
            ["on_hold", "identity_mismatch"],
        ),
        (company(debtor=DebtorFacts("NL", "bv", on_hold=True), asked=BIG), ["on_hold", "order_amount"]),
        (
            company(
                debtor=DebtorFacts("NL", "bv", first_payment_pending=True, unresolved_write_off=True),
                asked=BIG,
                bureau=scored(45),
            ),
            ["unresolved_write_off", "first_payment_pending", "order_amount"],
        ),
        # No credit for a grade that the record earned: it takes some invoices paid on time.
        (
            company(bureau=None, behaviour=replace(LATE, dbt_days=Decimal(4)), asked=Asked(Decimal(500))),
            ["overdue_and_on_time_count"],
        ),
        (company(register=registered(status="dissolved")), []),
        (company(bureau=None), []),
    ],
)
def test_what_it_takes_to_say_yes_is_the_fewest_changes_that_do(facts: CheckFacts, changes: list[str]) -> None:
    assert sorted(needed(facts)) == sorted(changes)


@given(troubled_facts)
def test_all_changes_together_are_accepted_and_none_of_them_is_needless(facts: CheckFacts) -> None:
    changes = judge_check(facts, POLICY).to_accept
    assert POLICY.explanation is not None
    assert len(changes) <= POLICY.explanation.changes_max
    for left_out in (None, *changes):
        changed = facts
        for change in changes:
            if change is not left_out:
                changed = apply_remedy(changed, change)
        accepted = judge_check(changed, POLICY).outcome == "accept"
        assert accepted == (left_out is None) or not changes


def test_no_more_is_tried_out_than_the_policy_allows() -> None:
    facts = company(debtor=DebtorFacts("NL", "bv", on_hold=True), asked=BIG)
    untried = replace(POLICY, explanation=ExplanationPolicy(tries_max=1))
    assert judge_check(facts, untried).to_accept == ()


WEAK = scored(
    45,
    recommended_limit=CreditLimit("amount", Decimal(2500)),
    financials=replace(FINANCIALS, current_liabilities=Decimal(610_000), equity=Decimal(40_000)),
)
OPEN = replace(
    LATE,
    peak_exposure=Decimal("6000.00"),
    open_amount=Decimal("5085.00"),
    overdue_amount=Decimal(0),
    oldest_overdue_days=0,
    lateness=None if LATE.lateness is None else replace(LATE.lateness, past_due=NO_ITEMS),
)
OVERDUE = replace(
    LONG_OVERDUE,
    dbt_days=Decimal(4),
    open_amount=Decimal("40000.00"),
    lateness=LatenessFacts(
        730, 90, LateCounts(60, 20, 10, 4, 1, 0), LateCounts(8, 0, 0, 0, 0, 0), LateCounts(2, 2, 2, 2, 1, 0)
    ),
)
OWING = ExposureFacts(Decimal("5085.00"))


@pytest.mark.parametrize(
    ("facts", "changes"),
    [
        # The limit is less than the order, and what is open is more than the limit.
        (
            company(asked=Asked(Decimal("6000.00")), bureau=WEAK, behaviour=OPEN, exposure=OWING),
            [("exposure_amount", "5085.00", "0"), ("order_amount", "6000.00", "2500.00")],
        ),
        # What is overdue keeps the debtor from any credit.
        (
            company(
                asked=Asked(Decimal("20000.00")),
                bureau=scored(5),
                behaviour=OVERDUE,
                exposure=ExposureFacts(Decimal("40000.00")),
            ),
            [("overdue_amount", "4000.00", "0"), ("exposure_amount", "36000.00", "0.00")],
        ),
        (
            company(
                asked=Asked(Decimal("60000.00")),
                bureau=scored(5),
                behaviour=OVERDUE,
                exposure=ExposureFacts(Decimal("40000.00")),
            ),
            [("exposure_amount", "40000.00", "0"), ("order_amount", "60000.00", "19000.00")],
        ),
        (
            company(asked=Asked(requested_limit=Decimal(80000)), bureau=WEAK, behaviour=OPEN, exposure=OWING),
            [("exposure_amount", "5085.00", "2250.00")],
        ),
    ],
)
def test_what_is_open_is_paid_before_the_order_is_lowered(
    facts: CheckFacts, changes: list[tuple[str, str, str]]
) -> None:
    found = judge_check(facts, POLICY).to_accept
    assert [(each.change, str(each.from_value), str(each.to_value)) for each in found] == changes
    for left_out in (None, *found):
        changed = facts
        for change in found:
            if change is not left_out:
                changed = apply_remedy(changed, change)
        assert (judge_check(changed, POLICY).outcome == "accept") is (left_out is None)


def test_a_limit_that_is_used_up_is_freed_by_paying_what_is_open() -> None:
    facts = company(asked=Asked(requested_limit=Decimal(80000)), bureau=WEAK, behaviour=OPEN, exposure=OWING)
    judgement = judge_check(facts, POLICY)
    assert "limit_used_up" in [each.code for each in judgement.reasons]
    (remedy,) = judgement.remedies
    assert (remedy.change, remedy.gives_outcome) == ("exposure_amount", "accept")
    freed = judge_check(apply_remedy(facts, remedy), POLICY)
    assert freed.outcome == "accept"
    assert freed.headroom is not None
    assert freed.headroom > 0


@pytest.mark.parametrize(
    ("behaviour", "change", "text"),
    [
        (OPEN, "on_time_count", "Have the next {} invoices paid on time."),
        (LATE, "overdue_and_on_time_count", "Have what is overdue and the next {} invoices paid on time."),
    ],
)
def test_what_is_overdue_is_named_only_where_anything_is(behaviour: BehaviourFacts, change: str, text: str) -> None:
    facts = company(bureau=None, behaviour=replace(behaviour, dbt_days=Decimal(4)), asked=Asked(Decimal(500)))
    (needed_change,) = judge_check(facts, POLICY).to_accept
    assert needed_change.change == change
    shown = {"change": change, "from": needed_change.from_value, "to": needed_change.to_value}
    assert render_change(shown, "EUR", "en") == text.format(needed_change.to_value)
