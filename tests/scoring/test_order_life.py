"""Deliveries judged by tables of cases, and what a person who releases an order must have authority for."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from scoring.judgement import Outcome
from scoring.orders import OrderFacts, OrderJudgement, release_order
from scoring.orders.delivering import DeliveryAsked, delivery_reasons, is_check_due
from scoring.orders.releasing import release_amount
from tests.scoring.companies import POLICY
from tests.scoring.ordered import any_order, asked, happened, level, order

TOO_MUCH = order(asked=asked(13_000))


def delivery(**changed) -> DeliveryAsked:
    """1,000 of a released order of 4,000 that was judged an hour ago."""
    values = {
        "state": "released",
        "currency": "EUR",
        "order_amount": Decimal(4_000),
        "gone_amount": Decimal(0),
        "delivered_amount": Decimal(1_000),
        "judged_hours_ago": Decimal(1),
    }
    return DeliveryAsked(**{**values, **changed})


def codes(asked: DeliveryAsked, facts: OrderFacts) -> list[str]:
    return [each.code for each in delivery_reasons(asked, facts, POLICY)]


@pytest.mark.parametrize(
    ("changed", "facts", "found"),
    [
        ({}, order(), []),
        ({}, TOO_MUCH, []),  # Its check is fresh.
        ({"judged_hours_ago": Decimal(24)}, TOO_MUCH, []),
        ({"judged_hours_ago": Decimal("24.01")}, TOO_MUCH, ["limit_exceeded"]),
        ({"judged_hours_ago": Decimal(25)}, order(), []),
        ({}, order(supply_stopped=True), ["stop_supply"]),
        ({}, order(events=(happened("bankruptcy"),)), ["insolvency_event"]),
        ({"state": "held"}, order(), ["order_not_released"]),
        ({"state": "expired"}, TOO_MUCH, ["order_not_released", "limit_exceeded"]),
        ({"delivered_amount": Decimal(4_200)}, order(asked=asked(4_200)), []),
        ({"delivered_amount": Decimal("4200.01")}, order(asked=asked("4200.01")), ["delivered_above_order"]),
        ({"delivered_amount": Decimal(4_100)}, order(asked=asked(4_100), levels=(level(12_000),)), ["limit_exceeded"]),
        # Fresh, but of less than counts now, or of another group.
        ({"newly_counted_amount": Decimal("0.01")}, TOO_MUCH, ["limit_exceeded"]),
        ({"is_outdated": True}, TOO_MUCH, ["limit_exceeded"]),
        ({"newly_counted_amount": Decimal(1_000), "is_outdated": True}, order(), []),
        # What was invoiced before adds nothing.
        ({"state": "completed", "gone_amount": Decimal(4_000)}, order(supply_stopped=True), []),
        # Released by a person, from what stood against it then.
        ({"judged_hours_ago": Decimal(99), "released_codes": frozenset({"limit_exceeded"})}, TOO_MUCH, []),
        ({"released_codes": frozenset({"account_on_hold"})}, order(on_hold=True), []),
        ({"released_codes": frozenset({"limit_exceeded"})}, order(on_hold=True), ["account_on_hold"]),
        ({"released_codes": frozenset()}, order(supply_stopped=True), ["stop_supply"]),
        (
            {"released_codes": frozenset({"insolvency_event"})},
            order(events=(happened("bankruptcy"),)),
            ["insolvency_event"],
        ),
        ({"is_outdated": True, "released_codes": frozenset({"limit_exceeded"})}, TOO_MUCH, []),
        ({"is_outdated": True, "released_codes": frozenset({"account_on_hold"})}, TOO_MUCH, ["limit_exceeded"]),
        (
            {"released_codes": frozenset(), "delivered_amount": Decimal("4000.01")},
            order(asked=asked("4000.01")),
            ["delivered_above_order"],
        ),
    ],
)
def test_a_delivery(changed, facts, found):
    assert codes(delivery(**changed), facts) == found


@given(any_order)
def test_what_is_judged_anew_leaves_exactly_when_the_gate_accepts(facts: OrderFacts):
    old = delivery(judged_hours_ago=Decimal(1_000), order_amount=facts.asked.amount, delivered_amount=Decimal("0.01"))
    assert is_check_due(old, POLICY)
    judged: OrderJudgement = release_order(facts, POLICY)
    calling = [each.code for each in judged.reasons if each.effect != "none"]
    assert codes(old, facts) == calling
    assert (not calling) == (judged.outcome is Outcome.ACCEPT)


@given(any_order)
def test_a_fresh_check_never_lets_out_what_is_declined(facts: OrderFacts):
    asked = delivery(order_amount=facts.asked.amount, delivered_amount=Decimal("0.01"))
    if release_order(facts, POLICY).outcome is Outcome.DECLINE:
        assert codes(asked, facts)


@pytest.mark.parametrize(
    ("facts", "amount"),
    [
        (order(), "4000.00"),
        (order(asked=asked(4_000, prepaid=1_000)), "3000.00"),
        (order(levels=(level(20_000, 30_000),)), "14000.00"),
        (order(levels=(level(None, 30_000),)), "34000.00"),  # Nothing was ever granted.
        (order(levels=(level(20_000, 30_000, ends=-1),)), "34000.00"),  # Or it is over.
        (order(levels=(level("unlimited", 30_000),)), "4000.00"),
        (order(levels=(level(), level(10_000, 60_000, scope="group"))), "54000.00"),
        (order(levels=(level(20_000, 30_000, secured=12_000),)), "4000.00"),
        (order(asked=replace(asked(4_000), own_exposure=Decimal(3_000)), levels=(level(20_000, 30_000),)), "11000.00"),
    ],
)
def test_what_is_at_stake_in_a_release(facts, amount):
    assert release_amount(facts) == Decimal(amount)


@given(any_order)
def test_never_less_than_the_order_on_account_is_at_stake(facts: OrderFacts):
    on_account = max(Decimal(0), facts.asked.amount - facts.asked.prepaid_cleared)
    assert release_amount(facts) >= on_account >= 0
