"""What a limit weighs: the amount that must lie within somebody's authority."""

from decimal import Decimal

from sqlalchemy.orm import Session

from api.acceptance.limit_fields import in_policy_currency
from api.wiring import Wiring
from scoring.facts import CreditLimit
from scoring.money import Money
from scoring.policy.document import Policy


def amount_to_weigh(
    session: Session, limit: CreditLimit, currency: str, policy: Policy, given: Wiring, pointer: str = "/limit"
) -> Money | None:
    """Give what of a limit must lie within somebody's authority, in the policy's currency; None: unlimited.

    Raises BadInput where its currency has no recent rate.
    """
    if limit.kind == "unlimited":
        return None
    if limit.amount is None:
        return Money(Decimal(0), policy.currency)
    return in_policy_currency(session, Money(limit.amount, currency), policy, given.today, pointer)
