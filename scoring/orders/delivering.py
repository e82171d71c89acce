"""The judgement of a delivery: may it leave, and if it left all the same, what stands against it."""

from dataclasses import dataclass, replace
from decimal import Decimal

from scoring.judgement import Reason, reason
from scoring.orders.facts import OrderFacts
from scoring.orders.judging import release_order
from scoring.policy.document import Policy
from scoring.reasons import Params


@dataclass(frozen=True, slots=True)
class DeliveryAsked:
    """A delivery of an order in `state`. Amounts are in `currency`, that of the order, VAT included.

    `gone_amount` was delivered or invoiced before; with this one `delivered_amount` will have been delivered, of an
    order of `order_amount`; of this one `newly_counted_amount` was in no exposure before, such as what lay beyond the
    horizon. The order was judged `judged_hours_ago`; `is_outdated`: for less than counts now, or for another group.
    Where a person released it, `released_codes` are the reasons that he released it from.
    """

    state: str
    currency: str
    order_amount: Decimal
    gone_amount: Decimal
    delivered_amount: Decimal
    judged_hours_ago: Decimal
    newly_counted_amount: Decimal = Decimal(0)
    is_outdated: bool = False
    released_codes: frozenset[str] | None = None

    @property
    def rise(self) -> Decimal:
        """How much more than was ordered will have been delivered; below zero while something is left."""
        return self.delivered_amount - self.order_amount

    @property
    def was_judged_otherwise(self) -> bool:
        """Whether nobody, machine or person, has judged what would leave as it counts now."""
        return self.is_outdated or self.newly_counted_amount > 0


def is_check_due(asked: DeliveryAsked, policy: Policy) -> bool:
    """Whether the order must be judged anew: its judgement is old, of less or another group, or never let it go."""
    is_old = asked.judged_hours_ago > policy.orders.recheck_after_hours
    return asked.state != "released" or is_old or asked.rise > 0 or asked.was_judged_otherwise


def delivery_reasons(asked: DeliveryAsked, facts: OrderFacts, policy: Policy) -> tuple[Reason, ...]:
    """What stands against a delivery; empty where it may leave. `facts` are of the order with all that is delivered.

    A stop of supply and whatever forbids an order that is paid holds at any time; what forbids credit where the check
    is due. A person's release stands against the reasons it was given for, until it ends, however old it is.
    """
    if asked.delivered_amount <= asked.gone_amount:
        return ()  # It was invoiced before: nothing is added.
    found = []
    if asked.state not in ("released", "completed"):
        found.append(reason("order_not_released", "refer", {"state": asked.state}))
    is_persons = asked.released_codes is not None
    tolerated = 0 if is_persons else policy.orders.recheck_above_rise * asked.order_amount
    if asked.rise > tolerated:
        params: Params = {
            "delivered_amount": asked.delivered_amount,
            "order_amount": asked.order_amount,
            "currency": asked.currency,
        }
        found.append(reason("delivered_above_order", "refer", params))
    whole = asked.was_judged_otherwise if is_persons else is_check_due(asked, policy)
    judged = release_order(facts if whole else _all_paid(facts), policy).reasons
    released = asked.released_codes or frozenset()
    found.extend(each for each in judged if each.effect == "decline" or each.code not in released)
    # Some reasons only tell, such as that the debtor is critical.
    return tuple(each for each in found if each.effect != "none")


def _all_paid(facts: OrderFacts) -> OrderFacts:
    """The same order, as if it were paid: what then still stands against it stands against everything."""
    asked = facts.asked
    return replace(facts, asked=replace(asked, prepaid_cleared=max(asked.amount, asked.prepaid_cleared)))
