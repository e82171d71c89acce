"""Whether judging a debtor again, without an order, tells anything that the newest decision on it did not."""

from dataclasses import dataclass

from scoring.judgement import Outcome
from scoring.policy.grading import RiskClass


@dataclass(frozen=True, slots=True)
class Before:
    """What stands: by the newest decision, or where nobody decided (`outcome` None) the class of the limit.

    `is_of_monitoring`: that decision too was made without an order.
    """

    outcome: str | None
    risk_class: str | None
    is_of_monitoring: bool = False


def is_news(before: Before, outcome: Outcome, risk_class: RiskClass | None) -> bool:
    """Whether a judgement without an order differs from what stands in class or outcome.

    Without a class it tells nothing, unless it declines: what is stored does not suffice. A lighter outcome than that
    of a decision on an order is no news: the order may have made it heavier. That one declined is.
    """
    declines = outcome is Outcome.DECLINE
    if risk_class is None and not declines:
        return False
    if before.outcome is None:
        return declines or (before.risk_class is not None and before.risk_class != risk_class)
    was = Outcome(before.outcome)
    if risk_class != before.risk_class or outcome.rank > was.rank:
        return True
    return outcome.rank < was.rank and (before.is_of_monitoring or was is Outcome.DECLINE)
