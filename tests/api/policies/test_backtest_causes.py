"""The causes a backtest tells: what is counted, in which order, and how many."""

from dataclasses import replace
from decimal import Decimal

from api.policies.backtest.causes import CAUSES_MAX, Causes, causes_of
from scoring.facts import Asked, DebtorFacts
from scoring.judgement import Reason
from scoring.prospect import judge_check
from tests.scoring.companies import POLICY, company

ACCEPTED = judge_check(company(), POLICY)
ON_HOLD = judge_check(company(debtor=DebtorFacts("NL", "bv", on_hold=True)), POLICY)
EXCEEDED = judge_check(company(asked=Asked(Decimal("30000.00"))), POLICY)


def test_only_what_stops_an_order_counts_and_the_heaviest_comes_first() -> None:
    causes = Causes()
    for judgement, amount in ((ACCEPTED, 1), (EXCEEDED, 20), (EXCEEDED, 30), (ON_HOLD, 400)):
        causes.add(judgement, Decimal(amount))
    assert causes_of(causes, "EUR") == {
        "reasons": [
            {"effect": str(ON_HOLD.outcome), "code": "account_on_hold", "orders": 1, "amount": "400.00"},
            {"effect": "accept_prepayment", "code": "limit_exceeded", "orders": 2, "amount": "50.00"},
        ],
        "zero_limits": [],
    }


def test_of_each_effect_those_of_most_orders_are_told() -> None:
    causes = Causes()
    for number in range(CAUSES_MAX + 3):
        # Twice in one judgement, once in the count.
        found = (Reason(f"code_{number:02}", "order", "accept_prepayment", "sales", {}),) * 2
        for _ in range(number + 1):
            causes.add(replace(EXCEEDED, reasons=found), Decimal(1))
    told = causes_of(causes, "EUR")["reasons"]
    assert [(each["code"], each["orders"]) for each in told] == [
        (f"code_{number:02}", number + 1) for number in reversed(range(3, CAUSES_MAX + 3))
    ]
