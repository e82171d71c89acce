"""Who may give credit to a debtor, and what it weighs: what must lie within somebody's authority."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from api.acceptance.limit_fields import in_policy_currency
from api.persons import refuse_own
from api.records import applications, securities
from api.wiring import Wiring
from scoring.acceptance import Decider
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


@dataclass(frozen=True, slots=True)
class Credit:
    """A limit as it is or would be, and securities that would raise it beside those that do."""

    limit: CreditLimit
    currency: str
    scope: str = "own"
    more: Sequence[Money] = ()


def credit_to_weigh(session: Session, debtor_id: UUID, credit: Credit, policy: Policy, given: Wiring) -> Money | None:
    """Give what a limit weighs with all that raises it from today on; None: unlimited, which nothing raises.

    No limit is nothing at risk, whatever would raise one, so that everybody who decides can stop credit. Raises
    BadInput where a currency has no recent rate.
    """
    own = amount_to_weigh(session, credit.limit, credit.currency, policy, given)
    if own is None or credit.scope != "own" or (own.amount == 0 and not credit.more):
        return own
    raising = [*credit.more, *raising_from(session, debtor_id, given.today)]
    amounts = (in_policy_currency(session, each, policy, given.today, "/amount").amount for each in raising)
    return Money(sum(amounts, own.amount), policy.currency)


def raising_from(session: Session, debtor_id: UUID, day: date) -> list[Money]:
    """Give the amounts by which securities raise a debtor's limit, on a day or later."""
    found = securities.raising_from(session, debtor_id, day)
    return [Money(each.amount, each.currency) for each in found if each.amount is not None]


def refuse_applicant(session: Session, debtor_id: UUID, decider: Decider) -> None:
    """Raise NotAllowed for who asked for a debtor's newest application: another way to give it is no other person."""
    newest = applications.newest(session, debtor_id)
    if newest is not None:
        refuse_own(decider, newest.applied_by, newest.actor)
