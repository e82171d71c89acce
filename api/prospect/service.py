"""Answers a credit check. Nothing is reserved and no limit changes."""

from functools import partial

from sqlalchemy.orm import Session

from api.credit_check.asking import CheckRequest
from api.credit_check.deciding import Decided, decide
from api.decision_answer import SEE_EVERYTHING, decision_answer
from api.problems import NotAllowed
from api.wiring import Wiring, answer_bytes


def check_credit(request: CheckRequest, given: Wiring) -> bytes:
    """Decide whether to sell to a debtor, on which terms and up to how much, and keep the decision.

    Gives the answer as it is sent. Raises Problems; a source that is down is part of the answer, not a problem.
    """
    if request.policy_version is not None and given.caller.role != "credit_manager":
        raise NotAllowed("Only a credit manager may ask for another version of the policy.")
    if request.ask_again and given.caller.role not in SEE_EVERYTHING:
        raise NotAllowed("Only finance may have everything asked again.")
    return decide(request, "credit_check", partial(_answer, given), given)


def _answer(given: Wiring, _session: Session, decided: Decided) -> bytes:
    return answer_bytes(decision_answer(decided.decision, given.seller, given.caller.role, given.language))
