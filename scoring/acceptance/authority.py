"""Who may decide on how much credit: alone, as a second person, or not at all."""

from dataclasses import dataclass
from decimal import Decimal

from scoring.policy.document import Policy
from scoring.policy.grading import RiskClass

MACHINE = "machine"
DECIDING_ROLES = ("finance", "credit_manager")  # The least authority first.
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Decider:
    """A person, known by `subject` whatever credential is used, in a role."""

    subject: str
    role: str


def authority_amount(risk_class: RiskClass | None, role: str, policy: Policy) -> Decimal | None:
    """The largest limit a role may decide on alone, in the currency of the policy; None where it may decide on none.

    No credit puts nothing at risk, so zero is within the authority of everybody who decides.
    """
    if role not in DECIDING_ROLES:
        return None
    amounts = policy.authority.finance if role == "finance" else policy.authority.credit_manager
    return _ZERO if risk_class is None else amounts.get(risk_class, _ZERO)


def within_authority(amount: Decimal | None, risk_class: RiskClass | None, role: str, policy: Policy) -> bool:
    """Whether a role may decide alone on a limit of `amount` (None: unlimited) for a class (None: not known).

    The machine may give whatever amount the policy gives: two persons approved that. Unlimited nobody gives alone.
    """
    if amount is None:
        return False
    if role == MACHINE:
        return True
    most = authority_amount(risk_class, role, policy)
    return most is not None and amount <= most


def roles_within(amount: Decimal | None, risk_class: RiskClass | None, policy: Policy) -> tuple[str, ...]:
    """The roles whose authority covers a limit, the least first; none where it takes two credit managers."""
    return tuple(role for role in DECIDING_ROLES if within_authority(amount, risk_class, role, policy))


def may_second(
    first: Decider, second: Decider, amount: Decimal | None, risk_class: RiskClass | None, policy: Policy
) -> bool:
    """Whether `second` may approve the verdict of `first`: another person, within whose authority the limit lies.

    A limit that lies within nobody's takes a credit manager after a credit manager.
    """
    if first.subject == second.subject:
        return False
    covering = roles_within(amount, risk_class, policy)
    if covering:
        return second.role in covering
    return first.role == second.role == DECIDING_ROLES[-1]
