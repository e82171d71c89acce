"""Who decides: a person, known by his subject whatever credential he uses, and never on what he asked for himself."""

from api.problems import NotAllowed
from api.web.money import amount_answer
from api.wiring import Wiring
from scoring.acceptance import DECIDING_ROLES, Decider, authority_amount, roles_within
from scoring.money import Money
from scoring.policy.document import Policy
from scoring.policy.grading import RiskClass


def require_person(given: Wiring, act: str) -> Decider:
    """Give who decides. Raises NotAllowed for a machine: `act` is what only a person may do."""
    if given.caller.subject is None:
        raise NotAllowed(f"Only a person may {act}, and this credential is a machine's.", code="person_needed")
    return Decider(given.caller.subject, given.caller.role)


def is_decider(given: Wiring) -> bool:
    """Whether the caller is a person who decides on credit: what lifts a hold is never a machine's to say."""
    return given.caller.subject is not None and given.caller.role in DECIDING_ROLES


def is_same(one: str, other: str | None) -> bool:
    """Whether two names are of one person; e-mail addresses are written in any case."""
    return other is not None and one.strip().casefold() == other.strip().casefold()


def refuse_own(decider: Decider, *asked_by: str | None) -> None:
    """Raise NotAllowed where the decider asked himself, or a machine named him as the one who asks."""
    if any(is_same(decider.subject, each) for each in asked_by):
        raise NotAllowed("Nobody decides on his own request.", code="own_request")


def beyond_authority(
    decider: Decider, amount: Money | None, risk_class: RiskClass | None, policy: Policy
) -> NotAllowed:
    """Say up to how much somebody may decide for this class, and who could decide this."""
    most = authority_amount(risk_class, decider.role, policy)
    may = "nothing" if most is None else f"up to {policy.currency} {amount_answer(most, policy.currency)}"
    asked = (
        "an unlimited limit" if amount is None else f"{amount.currency} {amount_answer(amount.amount, amount.currency)}"
    )
    covering = roles_within(None if amount is None else amount.amount, risk_class, policy)
    who = f"a {' or a '.join(covering)}" if covering else "two credit managers, one after the other"
    words = "without a class" if risk_class is None else f"of class {risk_class}"
    return NotAllowed(
        f"As {decider.role} you may decide {may} for a debtor {words}; {asked} takes {who}.",
        code="beyond_authority",
    )
