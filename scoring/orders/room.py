"""The room that the limits on the way to the top leave, and the least of an order that must be paid before."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from scoring.money import quantised
from scoring.orders.facts import LimitLevel, OrderFacts
from scoring.policy.document import Policy
from scoring.policy.grading import RiskClass

_ZERO = Decimal(0)
_Value = TypeVar("_Value", Decimal, int)


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit in force that is an amount, and its room before the order: below zero where it is overdrawn."""

    level: LimitLevel
    most: Decimal
    exposure: Decimal

    @property
    def room(self) -> Decimal:
        """What may still be outstanding."""
        return self.most - self.exposure


def tightest(facts: OrderFacts) -> Bound | None:
    """The bound with the least room, the lowest of equals; None where no limit in force is an amount."""
    bounds = [
        Bound(level, level.most, level.exposure - facts.asked.own_exposure)
        for level in facts.limits_in_force
        if level.most is not None
    ]
    return min(bounds, key=_room_of, default=None)


def headroom_of(facts: OrderFacts) -> Decimal | None:
    """The least room before the order on the way to the top; None only where every limit is unlimited.

    A limit that is not in force leaves no room, however little is outstanding.
    """
    tight = tightest(facts)
    room = None if tight is None else tight.room
    if len(facts.limits_in_force) < len(facts.levels):
        room = _ZERO if room is None else min(room, _ZERO)
    return None if room is None else quantised(room, facts.currency, "down" if room > 0 else "up")


def still_to_prepay(facts: OrderFacts, policy: Policy) -> Decimal:
    """The smallest sum still to be paid before the order, for it to go out if nothing else stands against it.

    What asks for prepayment other than the room leaves no credit at all: then all of it.
    """
    asked = facts.asked
    open_amount = asked.amount - asked.prepaid_cleared
    tight = tightest(facts)
    without_credit = len(facts.limits_in_force) < len(facts.levels) or not facts.terms_agreed
    if without_credit or missing_items(facts):
        return open_amount
    excess = _ZERO
    if tight is not None and asked.adds > tight.room:
        # Where the limit is overdrawn no part fits: only what is paid whole takes no credit.
        excess = asked.adds - tight.room if tight.room >= 0 else open_amount
    share = prepaid_share(facts, policy) or _ZERO
    by_share = quantised(share * asked.amount, facts.currency, "up") - asked.prepaid_cleared
    return quantised(max(excess, by_share), facts.currency, "up")


def missing_items(facts: OrderFacts) -> tuple[str, ...]:
    """What the file of the debtor lacks, besides terms that are not agreed: those have a reason of their own."""
    return tuple(each for each in facts.onboarding_missing if each != "terms_agreed")


def prepaid_share(facts: OrderFacts, policy: Policy) -> Decimal | None:
    """The share of each order that the debtor's class prepays, None where the policy asks for none."""
    shares = policy.orders.prepayment_share
    return of_class(shares, facts.risk_class, max(shares.values(), default=None))


def of_class(
    by_class: Mapping[RiskClass, _Value], risk_class: RiskClass | None, strictest: _Value | None
) -> _Value | None:
    """What a policy says for a class, None where nothing; for a class that is not known the strictest it says."""
    return strictest if risk_class is None else by_class.get(risk_class)


def _room_of(bound: Bound) -> Decimal:
    """The room of a bound, by which the least is found."""
    return bound.room
