"""The first-payment rule: when it holds an order, and when a first payment begins."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.facts import (
    Asked,
    BehaviourFacts,
    CheckFacts,
    DebtorFacts,
)
from scoring.first_payment import FirstInvoice, first_payment_state, holds_next_order
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


GRACE_DAYS = 5
DUE = date(2026, 6, 12)


def paid_on(day: int) -> FirstInvoice:
    """An invoice due on the 12th that was paid in full on a day of the same month."""
    return FirstInvoice(DUE, date(2026, 6, day))


@pytest.mark.parametrize(
    ("has_order", "invoices", "day", "state", "holds"),
    [
        (False, [], 15, "no_order", False),
        (True, [], 15, "first_order_open", True),
        (True, [FirstInvoice(DUE)], 17, "first_invoice_open", True),
        (True, [FirstInvoice(DUE)], 18, "first_invoice_overdue", True),
        (True, [paid_on(17)], 30, "first_paid_on_time", False),
        (True, [paid_on(18)], 30, "first_paid_late", False),
        (True, [paid_on(1), FirstInvoice(DUE)], 15, "first_invoice_open", True),
        (True, [paid_on(1), FirstInvoice(date(2026, 7, 1))], 30, "first_invoice_open", True),
        (True, [FirstInvoice(date(2026, 7, 1)), FirstInvoice(DUE)], 18, "first_invoice_overdue", True),
        (True, [paid_on(1), paid_on(18)], 30, "first_paid_late", False),
        (True, [paid_on(17), FirstInvoice(date(2026, 6, 20), date(2026, 6, 25))], 30, "first_paid_on_time", False),
        (False, [FirstInvoice(DUE)], 15, "first_invoice_open", True),
    ],
)
def test_the_first_order_goes_from_open_to_paid_and_all_its_invoices_count(
    has_order: bool, invoices: list[FirstInvoice], day: int, state: str, holds: bool
) -> None:
    found = first_payment_state(has_order, invoices, date(2026, 6, day), GRACE_DAYS)
    assert (found, holds_next_order(found)) == (state, holds)


some_days = st.integers(0, 60).map(lambda days: date(2026, 6, 1) + timedelta(days=days))
some_invoices = st.lists(st.builds(FirstInvoice, some_days, st.none() | some_days), max_size=4)


@given(some_invoices, some_days, st.integers(0, 10))
def test_the_next_order_waits_just_as_long_as_anything_of_the_first_is_unpaid(
    invoices: list[FirstInvoice], as_of: date, grace_days: int
) -> None:
    state = first_payment_state(True, invoices, as_of, grace_days)
    unpaid = not invoices or any(each.paid_in_full_on is None for each in invoices)
    assert holds_next_order(state) is unpaid


@given(some_invoices, some_days, st.integers(0, 10), st.integers(1, 30))
def test_time_alone_only_makes_an_open_invoice_overdue(
    invoices: list[FirstInvoice], as_of: date, grace_days: int, days: int
) -> None:
    before = first_payment_state(True, invoices, as_of, grace_days)
    after = first_payment_state(True, invoices, as_of + timedelta(days=days), grace_days)
    assert after == before or (before, after) == ("first_invoice_open", "first_invoice_overdue")


@given(some_invoices, some_days, st.integers(0, 10), some_days)
def test_a_return_opens_a_paid_first_order_again(
    invoices: list[FirstInvoice], as_of: date, grace_days: int, due_on: date
) -> None:
    returned = [*invoices, FirstInvoice(due_on, None)]
    assert holds_next_order(first_payment_state(True, returned, as_of, grace_days))
