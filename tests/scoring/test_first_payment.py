"""The first-payment rule: when it holds an order, and when a first payment begins."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from scoring.facts import (
    Asked,
    BehaviourFacts,
    CheckFacts,
    DebtorFacts,
)
from scoring.judgement import Judgement
from scoring.prospect import judge_check
from tests.scoring.companies import (
    POLICY,
    PROMPT,
    company,
    counted,
    scored,
)


def judged(facts: CheckFacts) -> Judgement:
    return judge_check(facts, POLICY)


def test_the_first_payment_rule_is_on_for_new_debtors_of_class_normal_and_high_only() -> None:
    modes = {
        score: judged(company(asked=Asked(Decimal(500)), bureau=scored(score))).terms.mode for score in (74, 45, 25)
    }
    assert modes == {74: "open_account", 45: "first_payment_first", 25: "first_payment_first"}
    known = judged(company(asked=Asked(Decimal(500)), bureau=scored(45), behaviour=PROMPT))
    assert known.terms.mode == "open_account"


LONG_AGO = BehaviourFacts(365, 0, Decimal(0), first_settled_on=date(2019, 1, 1))


@pytest.mark.parametrize(
    ("changed", "mode", "told"),
    [
        ({}, "first_payment_first", True),
        ({"behaviour": replace(counted(PROMPT, 0), first_settled_on=None)}, "first_payment_first", True),
        ({"behaviour": LONG_AGO}, "open_account", False),
        ({"debtor": DebtorFacts("NL", "bv", critical=True)}, "open_account", False),
        ({"debtor": DebtorFacts("NL", "bv", first_payment_pending=True)}, "open_account", False),
        ({"asked": Asked(Decimal(90_000))}, "prepayment", False),
        ({"debtor": DebtorFacts("NL", "bv", unresolved_write_off=True)}, "prepayment", False),
        ({"debtor": DebtorFacts("NL", "bv", on_hold=True)}, None, False),
    ],
)
def test_a_first_payment_begins_only_with_an_order_accepted_on_account_of_a_new_debtor(
    changed: dict[str, Any], mode: str | None, told: bool
) -> None:
    found = judged(company(**{"asked": Asked(Decimal(500)), "bureau": scored(45), **changed}))
    assert found.terms.mode == mode
    assert ("first_payment_first" in {reason.code for reason in found.reasons}) is told


def test_a_first_invoice_holds_orders_in_the_classes_of_the_policy_only() -> None:
    facts = company(debtor=DebtorFacts("NL", "bv", first_payment_pending=True), bureau=scored(45))
    assert judged(facts).outcome == "hold_first_payment"
    off = replace(POLICY, first_payment=replace(POLICY.first_payment, classes=()))
    found = judge_check(facts, off)
    told = {reason.code: reason.effect for reason in found.reasons}
    assert (found.outcome, told["first_payment_open"]) == ("accept", "none")
    assert "first_payment_pending" not in told
