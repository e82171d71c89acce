"""What a person who releases an order must have authority for."""

from decimal import Decimal

from scoring.money import quantised
from scoring.orders.facts import LimitLevel, OrderFacts

_ZERO = Decimal(0)


def release_amount(facts: OrderFacts) -> Decimal:
    """The amount at stake, in the currency of the facts: the larger of the order on account and what goes above limits.

    A limit that is not in force leaves nothing to stand on: then all of the exposure is above it.
    """
    on_account = max(_ZERO, facts.asked.amount - facts.asked.prepaid_cleared)
    above = [_above(level, facts) for level in facts.levels]
    return quantised(max(on_account, *above), facts.currency, "up")


def _above(level: LimitLevel, facts: OrderFacts) -> Decimal:
    """How far the order takes exposure above a limit."""
    return level.above(level.exposure - facts.asked.own_exposure + facts.asked.adds, facts.as_of)
